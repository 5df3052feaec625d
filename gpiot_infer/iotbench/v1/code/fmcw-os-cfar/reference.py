import math

import numpy as np
from scipy.optimize import newton


def os_cfar(power: np.ndarray, guard: int, train: int, pfa: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the detected cells and the threshold of every cell."""
    thresholds = np.zeros(len(power))
    for cell in range(len(power)):
        near, far = cell - guard, cell + guard + 1
        left = power[max(near - train, 0) : max(near, 0)]
        reference = np.sort([*left, *power[far : far + train]])
        rank = math.ceil(0.75 * reference.size)
        thresholds[cell] = reference[rank - 1] * _factor(reference.size, rank, pfa)
    return np.flatnonzero(power > thresholds), thresholds


def _factor(cells: int, rank: int, pfa: float) -> float:
    """Solve the false-alarm equation, in logarithms to keep it nearly linear."""
    remaining = cells - np.arange(rank)
    return newton(lambda factor: np.log1p(factor / remaining).sum() + math.log(pfa), 0.0)
