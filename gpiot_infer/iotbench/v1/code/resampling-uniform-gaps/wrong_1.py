import numpy as np


def resample_uniform(t, x, fs, max_gap):
    count = int(np.floor((t[-1] - t[0]) * fs)) + 1
    grid = t[0] + np.arange(count) / fs
    return grid, np.interp(grid, t, x)
