import itertools

import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def by_hand(emg, length, hop, threshold):
    """The definitions with loops over samples."""
    rows = []
    start = 0
    while start + length <= len(emg):
        row = []
        for channel in range(emg.shape[1]):
            x = [float(emg[start + i, channel]) for i in range(length)]
            crossings = turns = 0
            for a, b in itertools.pairwise(x):
                crossings += (a < 0 < b or b < 0 < a) and abs(a - b) >= threshold
            for a, b, c in zip(x, x[1:], x[2:], strict=False):
                turns += ((b > a and b > c) or (b < a and b < c)) and max(abs(b - a), abs(b - c)) >= threshold
            row += [sum(map(abs, x)) / length, sum(abs(b - a) for a, b in itertools.pairwise(x)), crossings, turns]
        rows.append(row)
        start += hop
    return np.array(rows, dtype=float).reshape(len(rows), 4 * emg.shape[1])


def cases() -> list[Case]:
    rng = np.random.default_rng(1993)
    emg = 0.3 * rng.standard_normal((400, 3))
    coarse = rng.integers(-3, 4, (90, 2)) / 4.0
    # One window: crossing 1 to -1 (step 2), touching 0 is no crossing, a flat top is no turn.
    small = np.array([[1.0], [-1.0], [0.0], [2.0], [2.0], [1.5], [1.75]])
    return [
        Case("worked by hand", (small, 7, 7, 0.5), close(np.array([[9.25 / 7, 5.75, 1.0, 2.0]]))),
        Case("threshold equal to the steps", (small, 7, 7, 2.0), close(np.array([[9.25 / 7, 5.75, 1.0, 1.0]]))),
        Case("threshold above all steps", (small, 7, 7, 2.25), close(np.array([[9.25 / 7, 5.75, 0.0, 0.0]]))),
        Case("three channels, overlapping", (emg, 100, 50, 0.2), close(by_hand(emg, 100, 50, 0.2), rtol=1e-9)),
        Case("windows apart, rest dropped", (emg[:305], 60, 70, 0.05), close(by_hand(emg[:305], 60, 70, 0.05), rtol=1e-9)),
        Case("whole last window", (emg[:200, :2], 50, 25, 0.0), close(by_hand(emg[:200, :2], 50, 25, 0.0), rtol=1e-9)),
        Case("equal neighbours and exact steps", (coarse, 30, 10, 0.75), close(by_hand(coarse, 30, 10, 0.75), rtol=1e-9)),
        Case("one window exactly", (emg[:64, :1], 64, 8, 0.3), close(by_hand(emg[:64, :1], 64, 8, 0.3), rtol=1e-9)),
        Case("one sample short", (emg[:63], 64, 8, 0.3), close(np.zeros((0, 12)))),
        Case("nothing", (np.zeros((0, 2)), 10, 5, 0.1), close(np.zeros((0, 8)))),
    ]
