import numpy as np


def quantise_int8(values: np.ndarray) -> tuple[np.ndarray, float, int]:
    """Quantise a tensor to int8 with one scale and one zero point that represents 0 exactly."""
    low = values.min(initial=0.0)
    high = values.max(initial=0.0)
    if low == high:
        return np.zeros(values.shape, np.int8), 1.0, 0
    scale = (high - low) / 255
    zero_point = np.rint(-128 - low / scale)
    # both roundings of the lowest value cancel, so only the upper limit can be passed
    quantised = np.minimum(np.rint(values / scale) + zero_point, 127)
    return quantised.astype(np.int8), scale, int(zero_point)
