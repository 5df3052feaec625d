import numpy as np


def a_weighted_level(frequencies, levels):
    f = np.asarray(frequencies, dtype=float)
    num = 12194.0**2 * f**4
    den = (f**2 + 20.6**2) * np.sqrt((f**2 + 107.7**2) * (f**2 + 737.9**2)) * (f**2 + 12194.0**2)
    a = 20 * np.log10(num / den) + 2.0
    return float(20 * np.log10(np.sum(10 ** ((levels + a) / 20))))
