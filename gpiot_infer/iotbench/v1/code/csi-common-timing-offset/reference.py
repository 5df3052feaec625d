import numpy as np


def remove_timing_offset(csi: np.ndarray, indices: np.ndarray, spacing_hz: float) -> tuple[np.ndarray, float]:
    """Return the CSI without its common phase slope, and the time offset in nanoseconds."""
    phases = np.unwrap(np.angle(csi), axis=1)
    centred = indices - indices.mean()
    # Every antenna has the same subcarriers, so the joint slope is the mean of the slopes of the antennas.
    slope = (phases @ centred).mean() / (centred @ centred)
    return csi * np.exp(-1j * slope * indices), -1e9 * slope / (2 * np.pi * spacing_hz)
