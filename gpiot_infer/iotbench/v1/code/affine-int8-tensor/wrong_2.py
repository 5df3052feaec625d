import numpy as np


def quantise_int8(values):
    low, high = float(values.min()), float(values.max())
    if low == high:
        return np.zeros(values.shape, dtype=np.int8), 1.0, 0
    scale = (high - low) / 255
    zero = int(np.rint(-128 - low / scale))
    return np.clip(np.rint(values / scale) + zero, -128, 127).astype(np.int8), scale, zero
