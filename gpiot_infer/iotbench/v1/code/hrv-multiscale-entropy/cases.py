import math
import statistics

import numpy as np

from gpiot_infer.iotbench.cases import Case, close

NAN = float("nan")


def by_pairs(rr, m, r, scales):
    """The definition, pair by pair."""
    tolerance = r * statistics.pstdev(rr)
    out = []
    for s in range(1, scales + 1):
        x = [statistics.fmean(rr[i : i + s]) for i in range(0, len(rr) - s + 1, s)]
        starts = range(max(0, len(x) - m))
        a = b = 0
        for i in starts:
            for j in starts:
                near = [abs(x[i + k] - x[j + k]) <= tolerance for k in range(m + 1)]
                b += i < j and all(near[:m])
                a += i < j and all(near)
        out.append(math.log(b / a) if a else NAN)
    return np.array(out)


def cases() -> list[Case]:
    rng = np.random.default_rng(6)
    white = 800.0 + 50.0 * rng.standard_normal(110)
    drift = 800.0 + np.cumsum(10.0 * rng.standard_normal(90))
    # Standard deviation exactly 2, whole numbers: with r = 0.5 a difference of 1 lies exactly on the tolerance.
    whole = np.array([2.0, 3.0, 7.0, 2.0, 3.0, 7.0, 6.0, 2.0, 1.0, 5.0, 7.0, 4.0, 4.0, 3.0])
    return [
        Case("white noise", (white, 2, 0.3, 3), close(by_pairs(white.tolist(), 2, 0.3, 3))),
        Case("drift", (drift, 1, 0.2, 4), close(by_pairs(drift.tolist(), 1, 0.2, 4))),
        Case("longer templates", (drift, 3, 0.5, 2), close(by_pairs(drift.tolist(), 3, 0.5, 2))),
        Case("differences exactly as large as the tolerance", (whole, 2, 0.5, 1), close(np.array([math.log(3.0)]))),
        Case("constant series", (np.full(9, 800.0), 2, 0.2, 2), close(np.zeros(2), atol=1e-12)),
        Case("no match of the longer templates", (np.array([0.0, 0.0, 100.0, 0.0, 0.0, 300.0]), 2, 0.1, 1), close(np.array([NAN]))),
        Case(
            "too short at the larger scales",
            (np.array([1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0]), 2, 0.1, 7),
            close(by_pairs([1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0], 2, 0.1, 7), atol=1e-12),
        ),
        Case("one interval", (np.array([800.0]), 2, 0.2, 2), close(np.array([NAN, NAN]))),
    ]
