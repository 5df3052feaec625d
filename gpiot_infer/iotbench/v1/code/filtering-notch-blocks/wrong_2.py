import numpy as np
from scipy.signal import lfilter


def notch_blocks(blocks, fs, f0, q):
    w = np.pi * f0 / (fs / 2) * 2
    alpha = np.sin(w) / (2 * q)
    b = np.array([1, -2 * np.cos(w), 1]) / (1 + alpha)
    a = np.array([1, -2 * np.cos(w) / (1 + alpha), (1 - alpha) / (1 + alpha)])
    state = np.zeros(2)
    filtered = []
    for block in blocks:
        if len(block) == 0:
            filtered.append(np.zeros(0))
            continue
        out, state = lfilter(b, a, block, zi=state)
        filtered.append(out)
    return filtered
