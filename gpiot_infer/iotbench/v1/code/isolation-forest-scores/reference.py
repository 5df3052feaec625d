import numpy as np


def average_path(count: int) -> float:
    """Return the mean depth of an unsuccessful search in a binary search tree of `count` samples."""
    return 2 * sum(1 / k for k in range(1, count)) - 2 * (count - 1) / count


def isolation_scores(depths: np.ndarray, leaf_sizes: np.ndarray, sample_size: int) -> np.ndarray:
    """Return the isolation forest score of every point from its leaf in every tree."""
    # a leaf of several samples stands for the tree that was not grown any further
    lengths = depths + np.vectorize(average_path)(leaf_sizes)
    return 2 ** (-lengths.mean(axis=0) / average_path(sample_size))
