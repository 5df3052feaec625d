import numpy as np


def step_lengths(vertical, starts, gain):
    lengths = np.zeros(len(starts))
    for i in range(len(starts) - 1):
        step = vertical[starts[i] : starts[i + 1]]
        lengths[i] = gain * (step.max() - step.min()) ** 0.25
    return lengths
