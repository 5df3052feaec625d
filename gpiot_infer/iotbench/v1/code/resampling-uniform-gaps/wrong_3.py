import numpy as np


def resample_uniform(t, x, fs, max_gap):
    count = int(np.floor((t[-1] - t[0]) * fs)) + 1
    grid = t[0] + np.arange(count) / fs
    nearest = np.abs(grid[:, None] - t[None, :]).argmin(axis=1)
    values = x[nearest].astype(float)
    for i in range(len(t) - 1):
        if t[i + 1] - t[i] > max_gap:
            values[(grid > t[i]) & (grid < t[i + 1])] = np.nan
    return grid, values
