import numpy as np
from scipy.signal import lfilter


def notch_blocks(blocks, fs, f0, q):
    w = 2 * np.pi * f0 / fs
    alpha = np.sin(w) / (2 * q)
    b = np.array([1, -2 * np.cos(w), 1]) / (1 + alpha)
    a = np.array([1 + alpha, -2 * np.cos(w), 1 - alpha]) / (1 + alpha)
    return [lfilter(b, a, block) if len(block) else block for block in blocks]
