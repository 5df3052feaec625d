import numpy as np


def resample_uniform(t, x, fs, max_gap):
    grid = np.arange(t[0], t[-1], 1 / fs)
    values = np.interp(grid, t, x)
    right = np.clip(np.searchsorted(t, grid), 1, len(t) - 1)
    inside = (grid > t[right - 1]) & (grid < t[right]) if len(t) > 1 else np.zeros(len(grid), bool)
    values[inside & (t[right] - t[right - 1] > max_gap)] = np.nan
    return grid, values
