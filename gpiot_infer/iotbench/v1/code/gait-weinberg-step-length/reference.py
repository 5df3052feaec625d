import numpy as np


def step_lengths(vertical: np.ndarray, starts: np.ndarray, gain: float) -> np.ndarray:
    """Return the Weinberg length of each step."""
    bounds = [*starts, len(vertical)]
    lengths = np.zeros(len(starts))
    for step, first in enumerate(starts):
        lengths[step] = gain * np.ptp(vertical[first : bounds[step + 1]]) ** 0.25
    return lengths
