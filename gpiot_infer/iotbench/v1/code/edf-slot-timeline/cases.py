import numpy as np

from gpiot_infer.iotbench.cases import Case, equal


def by_ledger(sensors: list[tuple[int, int, int, int]], horizon: int) -> tuple[list[int], list[tuple[int, int]]]:
    """All jobs are written down first; each slot goes to the first line of the ledger that can use it."""
    ledger = [
        {"from": release, "due": release + within, "sensor": s, "left": need}
        for s, (offset, period, need, within) in enumerate(sensors)
        for release in range(offset, horizon, period)
    ]
    ledger.sort(key=lambda job: (job["due"], job["sensor"]))
    owners = []
    for slot in range(horizon):
        usable = [job for job in ledger if job["from"] <= slot < job["due"] and job["left"]]
        owners.append(usable[0]["sensor"] if usable else -1)
        if usable:
            usable[0]["left"] -= 1
    return owners, [(job["due"], job["sensor"]) for job in ledger if job["left"] and job["due"] < horizon]


def cases() -> list[Case]:
    random = np.random.default_rng(9)
    light = [(0, 5, 1, 5), (2, 8, 2, 6), (1, 12, 3, 10)]
    crowd = [(int(random.integers(0, 6)), int(t), int(random.integers(1, 4)), int(t + random.integers(-3, 5))) for t in (6, 9, 11, 14, 20)]
    overload = [(0, 4, 2, 4), (0, 4, 2, 4), (1, 6, 2, 5)]
    return [
        # sensor 1 has the later deadline and is interrupted at slot 3
        Case("preemption by hand", ([(3, 10, 2, 3), (1, 20, 4, 8)], 9), equal(([-1, 1, 1, 0, 0, 1, 1, -1, -1], []))),
        Case("equal deadlines go to the smaller index", ([(1, 9, 1, 3), (0, 9, 2, 4)], 5), equal(([1, 0, 1, -1, -1], []))),
        Case("dropped at the deadline", ([(0, 6, 3, 2), (1, 6, 2, 5)], 8), equal(([0, 0, 1, 1, -1, -1, 0, 0], [(2, 0)]))),
        Case("finished in the last usable slot", ([(0, 3, 3, 3)], 6), equal(([0] * 6, []))),
        Case("deadline longer than the period", ([(0, 2, 1, 5), (0, 6, 3, 4)], 12), equal(by_ledger([(0, 2, 1, 5), (0, 6, 3, 4)], 12))),
        Case("light load", (light, 60), equal(by_ledger(light, 60))),
        Case("overload", (overload, 48), equal(by_ledger(overload, 48))),
        Case("five sensors", (crowd, 300), equal(by_ledger(crowd, 300))),
        Case("miss exactly at the horizon is not examined", ([(0, 9, 4, 3)], 3), equal(([0, 0, 0], []))),
        Case("two misses in one slot", ([(0, 9, 3, 2), (0, 9, 3, 2)], 4), equal(([0, 0, -1, -1], [(2, 0), (2, 1)]))),
        Case("no sensors", ([], 4), equal(([-1] * 4, []))),
        Case("no slots", (light, 0), equal(([], []))),
    ]
