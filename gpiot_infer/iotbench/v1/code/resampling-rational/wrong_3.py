import numpy as np


def resample_rational(x, up, down, half_length):
    n = len(x)
    if n == 0:
        return np.zeros(0)
    reach = half_length * max(up, down)
    i = np.arange(-reach, reach + 1)
    h = 0.9 * np.sinc(0.9 * i / up) * np.hamming(len(i))
    stuffed = np.zeros(n * up)
    stuffed[::up] = x
    return np.convolve(stuffed, h)[reach : reach + n * up : down]
