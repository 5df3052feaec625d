import numpy as np


def bullington_loss(distance_km, terrain_m, tx_height_m, rx_height_m, frequency_mhz):
    d = distance_km[-1]
    hts, hrs = terrain_m[0] + tx_height_m, terrain_m[-1] + rx_height_m
    lam = 299.792458 / frequency_mhz
    x = distance_km[1:-1]
    h = terrain_m[1:-1] + 500 * x * (d - x) / 8500
    stim = ((h - hts) / x).max()
    if stim < (hrs - hts) / d:
        nu = ((h - (hts * (d - x) + hrs * x) / d) * np.sqrt(0.002 * d / (lam * x * (d - x)))).max()
    else:
        srim = ((h - hrs) / (d - x)).max()
        xb = (hrs - hts + srim * d) / (stim + srim)
        nu = (hts + stim * xb - (hts * (d - xb) + hrs * xb) / d) * np.sqrt(0.002 * d / (lam * xb * (d - xb)))
    j = 6.9 + 20 * np.log10(np.sqrt((nu - 0.1) ** 2 + 1) + nu - 0.1)
    return float(j + (1 - np.exp(-j / 6)) * (10 + 0.02 * d))
