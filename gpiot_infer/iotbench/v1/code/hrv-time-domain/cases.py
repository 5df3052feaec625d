import itertools
import math
import statistics

import numpy as np

from gpiot_infer.iotbench.cases import Case, close, equal


def by_hand(rr):
    steps = [b - a for a, b in itertools.pairwise(rr)]
    return {
        "mean_hr": 60000.0 / statistics.fmean(rr),
        "sdnn": statistics.stdev(rr),
        "rmssd": math.sqrt(math.fsum(s * s for s in steps) / len(steps)),
        "pnn50": 100.0 * sum(abs(s) > 50 for s in steps) / len(steps),
    }


def cases() -> list[Case]:
    rng = np.random.default_rng(14)
    resting = 850.0 + 40.0 * rng.standard_normal(300)
    slow = 1100.0 + np.cumsum(rng.standard_normal(50) * 30.0)
    # Differences +50, -50, +51, -51, +49: two of five lie strictly above 50 ms.
    border = np.array([800.0, 850.0, 800.0, 851.0, 800.0, 849.0])
    return [
        Case("resting", (resting,), close(by_hand(resting.tolist()))),
        Case("slow drift", (slow,), close(by_hand(slow.tolist()))),
        Case("differences of exactly 50 ms", (border,), close(by_hand(border.tolist()))),
        Case(
            "worked by hand",
            (np.array([1000.0, 1000.0, 400.0]),),
            close({"mean_hr": 75.0, "sdnn": 200 * math.sqrt(3), "rmssd": 300 * math.sqrt(2), "pnn50": 50.0}),
        ),
        Case(
            "two intervals",
            (np.array([900.0, 700.0]),),
            close({"mean_hr": 75.0, "sdnn": 100 * math.sqrt(2), "rmssd": 200.0, "pnn50": 100.0}),
        ),
        Case("constant", (np.full(10, 800.0),), close({"mean_hr": 75.0, "sdnn": 0.0, "rmssd": 0.0, "pnn50": 0.0})),
        Case("one interval", (np.array([800.0]),), equal(None)),
        Case("none", (np.zeros(0),), equal(None)),
    ]
