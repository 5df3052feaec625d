import numpy as np


def resample_rational(x, up, down, half_length):
    n = len(x)
    if n == 0:
        return np.zeros(0)
    c = max(up, down)
    i = np.arange(-half_length * c, half_length * c + 1)
    h = 0.9 * up / c * np.sinc(0.9 * i / c) * np.hamming(len(i))
    stuffed = np.zeros(n * up)
    stuffed[::up] = x
    return np.convolve(stuffed, h)[: n * up : down]
