from itertools import pairwise

import numpy as np


def step_lengths(vertical, starts, gain):
    bounds = [*starts, len(vertical)]
    lengths = []
    for a, b in pairwise(bounds):
        step = vertical[a:b]
        lengths.append(gain * np.sqrt(step.max() - step.min()))
    return np.array(lengths)
