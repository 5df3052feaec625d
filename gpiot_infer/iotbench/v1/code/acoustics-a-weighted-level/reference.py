import numpy as np


def a_weighted_level(frequencies: np.ndarray, levels: np.ndarray) -> float:
    """Return the A-weighted total level of band levels in dB."""
    f2 = frequencies**2
    ratio = 12194**2 * f2**2 / ((f2 + 20.6**2) * np.sqrt((f2 + 107.7**2) * (f2 + 737.9**2)) * (f2 + 12194**2))
    weighted = levels + 20 * np.log10(ratio) + 2.00
    return 10 * np.log10(np.sum(10 ** (weighted / 10)))
