import math

import numpy as np


def cusum_alarms(values: np.ndarray, target: float, slack: float, limit: float) -> list[tuple[int, int, int]]:
    """Report where a two-sided CUSUM crosses its limit, to which side, and since when it had been growing."""
    alarms = []
    sums = {+1: 0.0, -1: 0.0}
    onsets = {}
    for index, value in enumerate(values):
        if math.isnan(value):
            continue
        for side, total in sums.items():
            if total == 0:
                onsets[side] = index
            sums[side] = max(0.0, total + side * (value - target) - slack)
        for side in [side for side in sums if sums[side] > limit]:
            alarms.append((index, side, onsets[side]))
            sums = {+1: 0.0, -1: 0.0}
    return alarms
