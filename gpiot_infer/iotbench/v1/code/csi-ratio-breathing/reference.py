import numpy as np


def breathing_rate(csi_a: np.ndarray, csi_b: np.ndarray, fs: float, angles: int) -> tuple[float, float]:
    """Return breaths a minute and the breathing-to-noise ratio."""
    directions = np.exp(-1j * np.pi * np.arange(angles) / angles)
    # Axes: packet, subcarrier, direction. The real part after a turn by -theta is the projection on theta.
    candidates = np.multiply.outer(csi_a / csi_b, directions).real
    candidates -= candidates.mean(axis=0)
    power = np.abs(np.fft.rfft(candidates, axis=0)) ** 2
    frequency = np.arange(len(power)) * fs / len(csi_a)
    (band,) = np.nonzero((frequency >= 0.125) & (frequency <= 0.625))
    bnr = power[band].max(axis=0) / power.sum(axis=0)
    subcarrier, direction = np.unravel_index(bnr.argmax(), bnr.shape)
    strongest = band[power[band, subcarrier, direction].argmax()]
    return 60 * frequency[strongest], bnr.max()
