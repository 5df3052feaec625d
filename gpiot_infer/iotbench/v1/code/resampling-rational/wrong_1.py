import numpy as np


def resample_rational(x, up, down, half_length):
    n = len(x)
    if n == 0:
        return np.zeros(0)
    count = -(-n * up // down)
    return np.interp(np.arange(count) * down / up, np.arange(n), x)
