import numpy as np


def resample_rational(x: np.ndarray, up: int, down: int, half_length: int) -> np.ndarray:
    """Resample by up/down with a Hamming-windowed sinc that keeps 90 % of the lower band."""
    slowest = max(up, down)
    reach = half_length * slowest
    kept = np.arange(0, len(x) * up, down)
    # Distance from each output to each input on the grid of the upsampled signal.
    lag = np.subtract.outer(kept, np.arange(len(x)) * up)
    taps = 0.9 * up / slowest * np.sinc(0.9 * lag / slowest) * (0.54 + 0.46 * np.cos(np.pi * lag / reach))
    return np.where(np.abs(lag) <= reach, taps, 0.0) @ x
