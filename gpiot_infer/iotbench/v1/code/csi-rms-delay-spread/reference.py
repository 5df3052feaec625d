import numpy as np


def delay_spread(csi: np.ndarray, spacing_hz: float, floor_db: float) -> tuple[float, float]:
    """Return mean delay and RMS delay spread in nanoseconds."""
    power = np.abs(np.fft.ifft(csi)) ** 2
    power[power < power.max() / 10 ** (floor_db / 10)] = 0
    delays = np.arange(power.size) * 1e9 / (power.size * spacing_hz)
    mean = np.average(delays, weights=power)
    spread = np.sqrt(np.average((delays - mean) ** 2, weights=power))
    return float(mean), float(spread)
