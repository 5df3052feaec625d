import numpy as np


def dense_int8(
    inputs: np.ndarray,
    weights: np.ndarray,
    bias: np.ndarray,
    multipliers: np.ndarray,
    shifts: np.ndarray,
    input_zero: int,
    output_zero: int,
) -> np.ndarray:
    """Return the int8 outputs of a dense layer, computed in integers with two roundings."""
    accumulators = (inputs.astype(np.int64) - input_zero) @ weights.astype(np.int64).T + bias
    # an arithmetic shift rounds down, so half a unit first makes it nearest with ties upwards
    scaled = (accumulators * multipliers + 2**30) >> 31
    shift = shifts.astype(np.int64)
    # on magnitudes the same trick sends ties away from 0; a shift by 0 has no half
    magnitude = (np.abs(scaled) + ((1 << shift) >> 1)) >> shift
    return np.clip(np.sign(scaled) * magnitude + output_zero, -128, 127).astype(np.int8)
