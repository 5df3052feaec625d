import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def multiscale_entropy(rr: np.ndarray, m: int, r: float, scales: int) -> np.ndarray:
    """Return the sample entropy of the coarse-grained series at each scale, with one tolerance for all."""
    tolerance = r * np.std(rr)
    entropy = []
    for scale in range(1, scales + 1):
        groups = len(rr) // scale
        coarse = rr[: groups * scale].reshape(groups, scale).mean(axis=1)
        longer = _close_pairs(coarse, m + 1, tolerance)
        # The last value starts no template of length m + 1, so it may not end the last one of length m.
        shorter = _close_pairs(coarse[:-1], m, tolerance)
        entropy.append(math.log(shorter / longer) if longer else math.nan)
    return np.array(entropy)


def _close_pairs(series: np.ndarray, length: int, tolerance: float) -> int:
    """Count the pairs of templates that stay within the tolerance in every element, each pair twice."""
    if len(series) < length:
        return 0
    templates = sliding_window_view(series, length)
    distance = np.abs(templates[:, None] - templates).max(axis=2)
    return np.count_nonzero(distance <= tolerance) - len(templates)
