import numpy as np


def isolation_scores(depths, leaf_sizes, sample_size):
    c = 2 * sum(1 / k for k in range(1, sample_size)) - 2 * (sample_size - 1) / sample_size
    return np.power(2.0, -np.mean(depths, axis=0) / c)
