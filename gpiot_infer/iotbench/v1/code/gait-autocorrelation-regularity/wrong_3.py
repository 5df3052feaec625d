import math

import numpy as np


def gait_regularity(acceleration, fs, slowest, fastest):
    n = len(acceleration)
    r = np.correlate(acceleration, acceleration, "full")[n - 1 :] / (n - np.arange(n))
    r = r / r[0]
    lo, hi = math.ceil(60 * fs / fastest), math.floor(60 * fs / slowest)
    s = lo + int(np.argmax(r[lo : hi + 1]))
    w = s // 4
    d = 2 * s - w + int(np.argmax(r[2 * s - w : 2 * s + w + 1]))
    return float(60 * fs / s), float(r[s]), float(r[d]), float(r[s] / r[d])
