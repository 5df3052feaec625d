import numpy as np


def simulate_store(
    harvest: np.ndarray, load: np.ndarray, capacity: float, initial: float, efficiency: float, leakage: float
) -> tuple[np.ndarray, float, float]:
    """Follow the energy in a store through charging, discharging and leakage; return it with what was spilled and unmet."""
    balance = harvest - load
    level = initial
    levels = []
    spilled = unmet = 0.0
    # only what goes into the store pays the charging loss
    for change in efficiency * balance.clip(min=0.0) + balance.clip(max=0.0):
        wanted = level + change
        held = wanted.clip(0.0, capacity)
        spilled += (wanted - held).clip(min=0.0)
        unmet += (held - wanted).clip(min=0.0)
        level = (held - leakage).clip(min=0.0)
        levels.append(level)
    return np.array(levels), spilled, unmet
