import numpy as np


def delay_spread(csi, spacing_hz, floor_db):
    power = np.abs(np.fft.ifft(csi)) ** 2
    power[power < power.max() * 10 ** (-floor_db / 10)] = 0
    delays = np.arange(len(power)) / (len(power) * spacing_hz) * 1e9
    mean = np.sum(delays * power) / np.sum(power)
    spread = np.sqrt(np.sum(delays**2 * power) / np.sum(power))
    return float(mean), float(spread)
