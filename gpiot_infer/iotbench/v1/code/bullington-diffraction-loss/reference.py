import numpy as np


def bullington_loss(distance_km: np.ndarray, terrain_m: np.ndarray, tx_height_m: float, rx_height_m: float, frequency_mhz: float) -> float:
    """Return the Bullington diffraction loss of a terrain profile in dB."""
    length = distance_km[-1]
    start = terrain_m[0] + tx_height_m
    end = terrain_m[-1] + rx_height_m
    wavelength = 299.792458 / frequency_mhz

    def nu(x: np.ndarray, height: np.ndarray) -> np.ndarray:
        above = height - (start * (length - x) + end * x) / length
        return above * np.sqrt(0.002 * length / (wavelength * x * (length - x)))

    x = distance_km[1:-1]
    height = terrain_m[1:-1] + 500 * x * (length - x) / 8500
    rising = np.max((height - start) / x)
    if rising < (end - start) / length:
        edge = np.max(nu(x, height))
    else:
        falling = np.max((height - end) / (length - x))
        crossing = (end - start + falling * length) / (rising + falling)
        edge = nu(crossing, start + rising * crossing)
    if edge <= -0.78:
        return 0.0
    loss = 6.9 + 20 * np.log10(np.hypot(edge - 0.1, 1) + edge - 0.1)
    return loss + (1 - np.exp(-loss / 6)) * (10 + 0.02 * length)
