import numpy as np


def dense_int8(inputs, weights, bias, multipliers, shifts, input_zero, output_zero):
    acc = inputs.astype(np.int64) @ weights.astype(np.int64).T + bias
    high = (acc * multipliers.astype(np.int64) + (1 << 30)) >> 31
    shift = shifts.astype(np.int64)
    mask = (1 << shift) - 1
    rest = high & mask
    threshold = (mask >> 1) + (high < 0)
    out = (high >> shift) + (rest > threshold)
    return np.clip(out + output_zero, -128, 127).astype(np.int8)
