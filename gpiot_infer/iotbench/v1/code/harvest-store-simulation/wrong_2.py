import numpy as np


def simulate_store(harvest, load, capacity, initial, efficiency, leakage):
    level, spilled, unmet, levels = initial, 0.0, 0.0, []
    for gained, used in zip(harvest, load, strict=True):
        surplus = gained - used
        level += (efficiency * surplus if surplus > 0 else surplus) - leakage
        spilled += max(0.0, level - capacity)
        unmet += max(0.0, -level)
        level = min(max(level, 0.0), capacity)
        levels.append(level)
    return np.array(levels, dtype=float), float(spilled), float(unmet)
