import numpy as np


def remove_timing_offset(csi, indices, spacing_hz):
    phase = np.angle(csi).mean(axis=0)
    slope, _ = np.polyfit(indices, phase, 1)
    return csi * np.exp(-1j * slope * indices), float(-slope / (2 * np.pi * spacing_hz) * 1e9)
