import numpy as np


def remove_timing_offset(csi, indices, spacing_hz):
    clean = np.empty_like(csi)
    slopes = []
    for m in range(csi.shape[0]):
        slope, _ = np.polyfit(indices, np.unwrap(np.angle(csi[m])), 1)
        clean[m] = csi[m] * np.exp(-1j * slope * indices)
        slopes.append(slope)
    return clean, float(-np.mean(slopes) / (2 * np.pi * spacing_hz) * 1e9)
