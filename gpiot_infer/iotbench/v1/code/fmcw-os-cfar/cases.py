import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def factor(m, k, pfa):
    """Bisect the false-alarm product in logarithms of the factor."""
    low, high = 1e-12, 1e15
    for _ in range(300):
        middle = math.sqrt(low * high)
        alarm = math.prod((m - j) / (m - j + middle) for j in range(k))
        low, high = (middle, high) if alarm > pfa else (low, middle)
    return math.sqrt(low * high)


def case(name, power, guard, train, pfa):
    """Return the case of a profile, worked out cell by cell."""
    n = len(power)
    thresholds = []
    for i in range(n):
        cells = sorted(float(power[j]) for j in range(n) if guard < abs(i - j) <= guard + train)
        k = -(-3 * len(cells) // 4)
        thresholds.append(cells[k - 1] * factor(len(cells), k, pfa))
    detections = np.array([i for i in range(n) if power[i] > thresholds[i]], dtype=int)
    return Case(name, (np.array(power, dtype=float), guard, train, pfa), close((detections, np.array(thresholds)), rtol=2e-6))


def cases() -> list[Case]:
    rng = np.random.default_rng(33)
    noise = rng.exponential(1.0, 120)
    pair = noise.copy()
    pair[[40, 46, 90]] += [400.0, 300.0, 60.0]
    clutter = np.concatenate([rng.exponential(1.0, 40), rng.exponential(50.0, 40)])
    clutter[20] += 90
    clutter[60] += 3000
    # Where all reference cells are empty the threshold is zero, which an empty cell does not pass. One reference cell: a = 1 / pfa - 1 = 3.
    empty = (np.array([0.0, 0.0, 0.0, 5.0, 2.0]), 0, 1, 0.25)
    ends = (np.array([2.0, 6.1]), 0, 1, 0.25)
    return [
        Case("one reference cell", ends, close((np.array([1]), np.array([18.3, 6.0])), rtol=2e-6)),
        case("empty cells", *empty),
        case("two targets shadow each other", pair, 2, 8, 1e-4),
        case("no guard cells", pair, 0, 10, 1e-3),
        case("clutter edge", clutter, 1, 12, 1e-3),
        case("target in the first and the last cell", np.array([90.0, *noise[:30], 70.0]), 3, 6, 1e-2),
        case("one reference cell a side, high false-alarm rate", noise[:15], 1, 1, 0.2),
        case("noise of another power", 1e-9 * noise[60:100], 4, 7, 0.05),
    ]
