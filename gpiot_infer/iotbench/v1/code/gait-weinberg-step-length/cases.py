import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def cases() -> list[Case]:
    # Ranges 16, 81 and 1 have whole fourth roots: 2, 3 and 1.
    whole = np.array([50.0, 1.0, 17.0, 9.0, -40.0, 41.0, 0.0, 9.8, 10.8])
    # The extreme value of each step is its first or its last sample, so a bound off by one shows.
    edges = np.array([0.0, 16.0, 5.0, 5.0, 5.0, 86.0, 7.0, 6.0])
    rng = np.random.default_rng(11)
    walk = 9.81 + 2.5 * np.sin(2 * np.pi * np.arange(300) / 50) + rng.normal(0, 0.3, 300)
    beginnings = np.array([12, 60, 111, 160, 214, 262])
    lengths = []
    for number, begin in enumerate(beginnings):
        end = 300 if number == 5 else int(beginnings[number + 1])
        samples = sorted(walk[begin:end].tolist())
        lengths.append(0.45 * math.sqrt(math.sqrt(samples[-1] - samples[0])))
    return [
        Case("whole fourth roots", (whole, np.array([1, 4, 7]), 1.0), close(np.array([2.0, 3.0, 1.0]))),
        Case("gain is a factor", (whole, np.array([1, 4, 7]), 0.5), close(np.array([1.0, 1.5, 0.5]))),
        Case("extremes at the bounds of the steps", (edges, np.array([0, 2, 6]), 2.0), close(np.array([4.0, 6.0, 2.0]))),
        Case("one step", (np.array([3.0, 1.0, 17.0]), np.array([0]), 0.4), close(np.array([0.8]))),
        Case("a step without motion", (np.array([9.81, 9.81, 9.81, 10.81]), np.array([0, 2]), 0.5), close(np.array([0.0, 0.5]))),
        Case("no steps", (walk, np.array([], dtype=int), 0.5), close(np.zeros(0))),
        Case("noisy walk of six steps", (walk, beginnings, 0.45), close(np.array(lengths))),
    ]
