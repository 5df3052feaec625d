from fractions import Fraction

import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def average_path(count: int) -> Fraction:
    """c(n) by exact fractions."""
    harmonic = sum((Fraction(1, k) for k in range(1, count)), Fraction(0))
    return 2 * harmonic - Fraction(2 * (count - 1), count)


def by_fractions(depths: np.ndarray, leaves: np.ndarray, sample_size: int) -> np.ndarray:
    """Exponents as exact fractions, the power last."""
    trees, points = depths.shape
    scores = []
    for p in range(points):
        total = sum((int(depths[t, p]) + average_path(int(leaves[t, p])) for t in range(trees)), Fraction(0))
        scores.append(2.0 ** -float(total / trees / average_path(sample_size)))
    return np.array(scores)


def cases() -> list[Case]:
    random = np.random.default_rng(17)
    depths = random.integers(1, 9, (25, 12))
    leaves = np.where(depths == 8, random.integers(1, 40, depths.shape), 1)
    one = np.array([[1]])
    return [
        # c(2) = 1: a single leaf at depth 1 scores 2^-1
        Case("smallest sample", (one, one, 2), close(np.array([0.5]))),
        # c(4) = 2 (1 + 1/2 + 1/3) - 6/4 = 13/6; path 2 + c(3) = 2 + 3 - 4/3 = 11/3
        Case("one tree by hand", (np.array([[2]]), np.array([[3]]), 4), close(np.array([2 ** (-22 / 13)]))),
        Case("two trees by hand", (np.array([[2], [4]]), np.array([[1], [2]]), 2), close(np.array([2**-3.5]))),
        Case("point in the root leaf", (np.array([[0, 0]]), np.array([[256, 1]]), 256), close(np.array([0.5, 1.0]))),
        Case("forest of 25 trees", (depths, leaves, 256), close(by_fractions(depths, leaves, 256))),
        Case("another sample size", (depths, leaves, 60), close(by_fractions(depths, leaves, 60))),
        Case("one point, many trees", (depths[:, :1], leaves[:, :1], 128), close(by_fractions(depths[:, :1], leaves[:, :1], 128))),
    ]
