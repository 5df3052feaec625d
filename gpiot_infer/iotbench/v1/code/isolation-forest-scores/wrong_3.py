import numpy as np


def c(n):
    return 0.0 if n <= 1 else 2 * np.sum(1 / np.arange(1, n)) - 2 * (n - 1) / n


def isolation_scores(depths, leaf_sizes, sample_size):
    extra = np.array([[c(int(n)) for n in row] for row in leaf_sizes]).reshape(depths.shape)
    return np.power(2.0, -(depths + extra) / c(sample_size)).mean(axis=0)
