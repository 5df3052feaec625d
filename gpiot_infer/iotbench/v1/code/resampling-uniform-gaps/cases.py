import numpy as np

from gpiot_infer.iotbench.cases import Case, close

NAN = float("nan")


def by_hand(t, x, fs, max_gap):
    """One grid time after the other; rates and times are binary fractions, so that the sums are exact."""
    grid, values = [], []
    now, k = t[0], 0
    while now <= t[-1]:
        after = next(i for i in range(len(t)) if t[i] >= now)
        grid.append(now)
        if t[after] == now:
            values.append(x[after])
        elif t[after] - t[after - 1] > max_gap:
            values.append(NAN)
        else:
            share = (now - t[after - 1]) / (t[after] - t[after - 1])
            values.append((1 - share) * x[after - 1] + share * x[after])
        k += 1
        now = t[0] + k / fs
    return np.array(grid), np.array(values)


def cases() -> list[Case]:
    rng = np.random.default_rng(21)
    t = np.array([1.0, 1.5, 2.0, 4.0, 4.25, 5.0])
    x = np.array([0.0, 2.0, 1.0, 9.0, 8.0, 5.0])
    steps = rng.integers(1, 40, 150) / 64.0
    times = 100.0 + np.cumsum(steps)
    readings = rng.standard_normal(150)
    wide = np.array([1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0])
    return [
        Case("gap longer than allowed", (t, x, 2.0, 1.0), close((wide, np.array([0, 2, 1, NAN, NAN, NAN, 9, 7, 5.0])))),
        Case("gap exactly as long as allowed", (t, x, 2.0, 2.0), close((wide, np.array([0, 2, 1, 3, 5, 7, 9, 7, 5.0])))),
        Case("last reading off the grid", (t[:5], x[:5], 1.0, 5.0), close((np.array([1.0, 2, 3, 4]), np.array([0.0, 1, 5, 9])))),
        Case("slow grid skips readings", (t, x, 0.25, 5.0), close((np.array([1.0, 5.0]), np.array([0.0, 5.0])))),
        Case("many readings", (times, readings, 16.0, 0.5), close(by_hand(times, readings, 16.0, 0.5))),
        Case(
            "fine grid, every second step too long",
            (times[:60], readings[:60], 64.0, 0.3125),
            close(by_hand(times[:60], readings[:60], 64.0, 0.3125)),
        ),
        Case("one reading", (np.array([7.5]), np.array([3.0]), 10.0, 1.0), close((np.array([7.5]), np.array([3.0])))),
        Case(
            "two readings too far apart",
            (np.array([0.0, 3.0]), np.array([1.0, 4.0]), 1.0, 2.0),
            close((np.arange(4.0), np.array([1.0, NAN, NAN, 4.0]))),
        ),
    ]
