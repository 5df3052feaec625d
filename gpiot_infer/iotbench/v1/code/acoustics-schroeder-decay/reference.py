import math

import numpy as np


def decay_times(impulse: np.ndarray, fs: float) -> tuple[float, float]:
    """Return early decay time and T20 in seconds."""
    onset = np.argmax(np.abs(impulse))
    remaining = np.cumsum(impulse[onset:][::-1] ** 2)[::-1]
    level = 10 * np.log10(remaining / remaining[0])
    return _time(level, fs, 0, -10), _time(level, fs, -5, -25)


def _time(level: np.ndarray, fs: float, upper: float, lower: float) -> float:
    if level[-1] > lower:
        return math.nan
    (inside,) = np.nonzero((level <= upper) & (level >= lower))
    slope, _ = np.polyfit(inside / fs, level[inside], 1)
    return -60 / slope
