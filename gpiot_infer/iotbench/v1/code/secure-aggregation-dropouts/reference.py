import numpy as np


def unmask_mean(survivors: list[int], uploads: np.ndarray, masks: list[tuple[int, int, np.ndarray]], fraction_bits: int) -> np.ndarray:
    """Return the mean fixed-point update of the survivors after removing the masks shared with dropped clients."""
    total = uploads.sum(axis=0, dtype=np.int64)
    for lower, higher, mask in masks:
        # +1: only the lower client uploaded and added the mask; -1: only the higher one, which subtracted it; 0: neither
        total -= mask * np.int64((lower in survivors) - (higher in survivors))
    signed = (total + 2**31) % 2**32 - 2**31
    return signed / 2**fraction_bits / len(survivors)
