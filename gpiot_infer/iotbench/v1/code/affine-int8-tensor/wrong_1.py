import numpy as np


def quantise_int8(values):
    peak = float(np.abs(values).max())
    scale = peak / 127 if peak > 0 else 1.0
    return np.clip(np.rint(values / scale), -128, 127).astype(np.int8), scale, 0
