import math
from itertools import groupby, pairwise

import numpy as np

from gpiot_infer.iotbench.cases import Case, check, equal, every


def by_hand(emg, rest, k, join, shortest):
    """The steps one after the other with lists: runs, joining, dropping."""
    x = emg.tolist()
    energy = {i: x[i] * x[i] - x[i - 1] * x[i + 1] for i in range(1, len(x) - 1)}
    quiet = [energy[i] for i in range(1, rest)]
    mean = math.fsum(quiet) / len(quiet)
    threshold = mean + k * math.sqrt(math.fsum((e - mean) ** 2 for e in quiet) / len(quiet))
    runs = []
    for on, run in groupby(range(len(x)), key=lambda i: i in energy and abs(energy[i]) > threshold):
        samples = list(run)
        if on:
            runs.append((samples[0], samples[-1] + 1))
    while any(b[0] - a[1] < join for a, b in pairwise(runs)):
        at = next(i for i in range(len(runs) - 1) if runs[i + 1][0] - runs[i][1] < join)
        runs[at : at + 2] = [(runs[at][0], runs[at + 1][1])]
    return [(a, b) for a, b in runs if b - a >= shortest]


def activity(seed, count, bursts, level=0.02):
    """EMG-like noise: rest at `level`, and bursts (start, stop, size)."""
    rng = np.random.default_rng(seed)
    size = np.full(count, level)
    for start, stop, high in bursts:
        size[start:stop] = high
    return size * rng.standard_normal(count)


def around(wanted, slack):
    def expect(result):
        right = len(result) == len(wanted) and all(
            abs(a - c) <= slack and abs(b - d) <= slack for (a, b), (c, d) in zip(result, wanted, strict=True)
        )
        return None if right else f"bursts {result}, true ones {wanted}"

    return check(expect)


def cases() -> list[Case]:
    strong = activity(1, 3000, [(1000, 1400, 0.5), (2100, 2600, 0.4)])
    weak = activity(2, 1500, [(600, 900, 0.09)])
    many = activity(3, 1200, [(300 + 60 * i, 320 + 60 * i, 0.2 + 0.02 * i) for i in range(12)])
    to_end = activity(4, 500, [(400, 500, 0.6)])
    # At rest 2, 0, 2, 0, ...: the energies are -4 and 4 in turn, mean 0, deviation 4; with k = 1 the threshold is exactly 4.
    # Afterwards single samples in silence have the energy of their square, and their neighbours have none.
    single = np.zeros(70)
    single[0:11:2] = 2.0
    single[[20, 23, 27, 40]] = 3.0
    single[[30, 35, 50]] = [2.0, -2.0, -3.0]
    single[[60, 62, 69]] = [3.0, 3.0, 9.0]
    found = [(20, 24), (27, 28), (40, 41), (50, 51), (60, 63)]
    return [
        Case(
            "two contractions",
            (strong, 500, 15.0, 60, 100),
            every(around([(1000, 1400), (2100, 2600)], 12), equal(by_hand(strong, 500, 15.0, 60, 100))),
        ),
        Case("weak contraction", (weak, 400, 6.0, 80, 60), every(around([(600, 900)], 25), equal(by_hand(weak, 400, 6.0, 80, 60)))),
        Case("short contractions", (many, 250, 8.0, 12, 8), equal(by_hand(many, 250, 8.0, 12, 8))),
        Case("contractions joined to one", (many, 250, 8.0, 70, 8), equal(by_hand(many, 250, 8.0, 70, 8))),
        Case("activity up to the end", (to_end, 300, 10.0, 50, 20), equal(by_hand(to_end, 300, 10.0, 50, 20))),
        # 4 is not above the threshold; a pause of 2 is bridged, one of 3 is not; at 61 the energy is -9.
        Case("single samples", (single, 9, 1.0, 3, 1), equal(found)),
        Case("nothing joined", (single, 9, 1.0, 0, 1), equal([(20, 21), (23, 24), *found[1:]])),
        Case("just long enough", (single, 9, 1.0, 3, 4), equal([(20, 24)])),
        Case("none long enough", (single, 9, 1.0, 3, 5), equal([])),
        Case("threshold below all energies: all but both ends", (single, 9, -1.0, 1, 5), equal([(1, 69)])),
        Case("shortest rest", (np.array([0.0, 1.0, 0.0, 2.0, 0.0, 0.0]), 2, 0.0, 1, 1), equal([(2, 4)])),
        Case("no activity", (np.zeros(50), 20, 3.0, 5, 1), equal([])),
    ]
