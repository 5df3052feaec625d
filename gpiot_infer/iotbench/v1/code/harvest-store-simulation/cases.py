import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def by_flows(
    harvest: np.ndarray, load: np.ndarray, capacity: float, initial: float, efficiency: float, leakage: float
) -> tuple[np.ndarray, float, float]:
    """The same store told by what flows: each flow limited by what there is and by the room that is left."""
    energy, levels, spilled, unmet = initial, [], 0.0, 0.0
    for gained, used in zip(harvest.tolist(), load.tolist(), strict=True):
        direct = min(gained, used)
        offered = (gained - direct) * efficiency
        accepted = min(offered, capacity - energy)
        given = min(used - direct, energy)
        spilled += offered - accepted
        unmet += used - direct - given
        energy += accepted - given
        energy -= min(leakage, energy)
        levels.append(energy)
    return np.array(levels), spilled, unmet


def cases() -> list[Case]:
    random = np.random.default_rng(6)
    hours = np.arange(24 * 7)
    sun = np.maximum(0.0, np.sin(2 * np.pi * (hours - 6) / 24)) * np.repeat(random.uniform(0.2, 1.0, 7), 24) * 300.0
    use = np.where(hours % 4 == 0, 110.0, 45.0)

    def week(name: str, *store: float) -> Case:
        return Case(name, (sun, use, *store), close(by_flows(sun, use, *store), atol=1e-9))

    none = np.zeros(0)
    return [
        # +10 * 0.5 -> 9; +20 * 0.5 -> 19, spills 7, 12 - 1; -5 -> 6 - 1; -9 -> 4 short; even hour: nothing left to leak
        Case(
            "five hours by hand",
            (np.array([15.0, 25, 0, 0, 5]), np.array([5.0, 5, 5, 9, 5]), 12.0, 5.0, 0.5, 1.0),
            close((np.array([9.0, 11, 5, 0, 0]), 7.0, 4.0)),
        ),
        Case(
            "filled to the brim", (np.array([6.0, 4]), np.array([2.0, 4]), 10.0, 6.0, 1.0, 0.0), close((np.array([10.0, 10.0]), 0.0, 0.0))
        ),
        Case("emptied to the last joule", (np.array([1.0, 0]), np.array([4.0, 0]), 10.0, 3.0, 0.8, 2.0), close((np.zeros(2), 0.0, 0.0))),
        Case("leakage alone is not unmet", (np.zeros(4), np.zeros(4), 10.0, 5.0, 0.9, 2.0), close((np.array([3.0, 1, 0, 0]), 0.0, 0.0))),
        week("one week, small store", 400.0, 100.0, 0.8, 2.5),
        week("one week, large leaky store", 3000.0, 3000.0, 0.7, 9.0),
        week("one week, ideal store", 900.0, 0.0, 1.0, 0.0),
        Case("no hours", (none, none, 10.0, 4.0, 0.9, 1.0), close((none, 0.0, 0.0))),
    ]
