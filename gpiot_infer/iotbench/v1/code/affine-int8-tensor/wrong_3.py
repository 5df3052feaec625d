import numpy as np


def quantise_int8(values):
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    if low == high:
        return np.zeros(values.shape, dtype=np.int8), 1.0, 0
    scale = (high - low) / 255
    zero = int(np.rint(-128 - low / scale))
    return (np.rint(values / scale) + zero).astype(np.int64).astype(np.int8), scale, zero
