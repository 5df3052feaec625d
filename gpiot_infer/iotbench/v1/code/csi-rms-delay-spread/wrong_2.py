import numpy as np


def delay_spread(csi, spacing_hz, floor_db):
    taps = np.abs(np.fft.ifft(csi))
    power = taps**2
    keep = 10 * np.log10(taps / taps.max() + 1e-30) >= -floor_db
    power = power * keep
    delays = np.arange(len(taps)) / (len(taps) * spacing_hz) * 1e9
    mean = np.sum(delays * power) / np.sum(power)
    spread = np.sqrt(np.sum((delays - mean) ** 2 * power) / np.sum(power))
    return float(mean), float(spread)
