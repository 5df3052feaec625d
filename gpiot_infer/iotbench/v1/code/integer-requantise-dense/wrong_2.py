import numpy as np


def dense_int8(inputs, weights, bias, multipliers, shifts, input_zero, output_zero):
    acc = (inputs.astype(np.int64) - input_zero) @ weights.astype(np.int64).T + bias
    scaled = (acc * multipliers.astype(np.int64)) >> (31 + shifts.astype(np.int64))
    return np.clip(scaled + output_zero, -128, 127).astype(np.int8)
