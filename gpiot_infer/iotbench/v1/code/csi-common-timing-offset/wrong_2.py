import numpy as np


def remove_timing_offset(csi, indices, spacing_hz):
    k = np.arange(csi.shape[1])
    phase = np.unwrap(np.angle(csi), axis=1).mean(axis=0)
    slope, _ = np.polyfit(k, phase, 1)
    return csi * np.exp(-1j * slope * k), float(-slope / (2 * np.pi * spacing_hz) * 1e9)
