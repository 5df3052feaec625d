import numpy as np


def simulate_store(harvest, load, capacity, initial, efficiency, leakage):
    level, spilled, unmet, levels = initial, 0.0, 0.0, []
    for gained, used in zip(harvest, load, strict=True):
        surplus = max(gained - used, 0.0)
        deficit = max(used - gained, 0.0)
        room = (capacity - level) / efficiency
        spilled += max(surplus - room, 0.0)
        unmet += max(deficit - level, 0.0)
        level = max(min(level + efficiency * surplus, capacity) - deficit, 0.0)
        level = max(level - leakage, 0.0)
        levels.append(level)
    return np.array(levels, dtype=float), float(spilled), float(unmet)
