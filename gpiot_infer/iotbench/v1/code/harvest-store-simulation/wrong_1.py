import numpy as np


def simulate_store(harvest, load, capacity, initial, efficiency, leakage):
    level, spilled, unmet, levels = initial, 0.0, 0.0, []
    for gained, used in zip(harvest, load, strict=True):
        level += efficiency * gained - used
        if level > capacity:
            spilled += level - capacity
            level = capacity
        if level < 0:
            unmet -= level
            level = 0.0
        level = max(0.0, level - leakage)
        levels.append(level)
    return np.array(levels, dtype=float), float(spilled), float(unmet)
