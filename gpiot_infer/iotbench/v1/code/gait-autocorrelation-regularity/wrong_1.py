import math

import numpy as np


def gait_regularity(acceleration, fs, slowest, fastest):
    x = acceleration - np.mean(acceleration)
    r = np.correlate(x, x, "full")[len(x) - 1 :]
    r = r / r[0]
    lo, hi = math.ceil(60 * fs / fastest), math.floor(60 * fs / slowest)
    s = lo + int(np.argmax(r[lo : hi + 1]))
    w = s // 4
    d = 2 * s - w + int(np.argmax(r[2 * s - w : 2 * s + w + 1]))
    return float(60 * fs / s), float(r[s]), float(r[d]), float(r[s] / r[d])
