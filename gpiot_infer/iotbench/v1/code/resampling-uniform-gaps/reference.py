import itertools

import numpy as np


def resample_uniform(t: np.ndarray, x: np.ndarray, fs: float, max_gap: float) -> tuple[np.ndarray, np.ndarray]:
    """Interpolate irregular readings on a uniform grid; NaN inside gaps longer than `max_gap`."""
    count = int((t[-1] - t[0]) * fs) + 1
    grid = t[0] + np.arange(count) / fs
    values = np.interp(grid, t, x)
    for before, after in itertools.pairwise(t):
        if after - before > max_gap:
            values[(grid > before) & (grid < after)] = np.nan
    return grid, values
