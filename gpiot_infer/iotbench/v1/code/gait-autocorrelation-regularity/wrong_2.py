import math

import numpy as np


def gait_regularity(acceleration, fs, slowest, fastest):
    x = acceleration - np.mean(acceleration)
    n = len(x)
    r = np.correlate(x, x, "full")[n - 1 :] / (n - np.arange(n))
    r = r / r[0]
    lo, hi = math.ceil(60 * fs / fastest), math.floor(60 * fs / slowest)
    s = lo + int(np.argmax(r[lo : hi + 1]))
    d = 2 * s
    return float(60 * fs / s), float(r[s]), float(r[d]), float(r[s] / r[d])
