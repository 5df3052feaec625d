import numpy as np


def delay_spread(csi, spacing_hz, floor_db):
    taps = np.abs(np.fft.ifft(csi))
    taps = np.where(20 * np.log10(taps / taps.max() + 1e-30) < -floor_db, 0.0, taps)
    delays = np.arange(len(taps)) / (len(taps) * spacing_hz) * 1e9
    mean = np.sum(delays * taps) / np.sum(taps)
    spread = np.sqrt(np.sum((delays - mean) ** 2 * taps) / np.sum(taps))
    return float(mean), float(spread)
