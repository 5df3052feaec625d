import numpy as np


def step_lengths(vertical, starts, gain):
    bounce = (np.max(vertical) - np.min(vertical)) ** 0.25
    return np.full(len(starts), gain * bounce)
