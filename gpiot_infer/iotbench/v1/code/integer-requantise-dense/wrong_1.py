import numpy as np


def dense_int8(inputs, weights, bias, multipliers, shifts, input_zero, output_zero):
    acc = (inputs.astype(np.int64) - input_zero) @ weights.astype(np.int64).T + bias
    real = acc * (multipliers / 2.0**31) / 2.0 ** shifts.astype(float)
    return np.clip(np.rint(real) + output_zero, -128, 127).astype(np.int8)
