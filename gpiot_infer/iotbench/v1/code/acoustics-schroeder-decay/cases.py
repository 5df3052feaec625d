import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def slope_time(points):
    """Return the time of a fall by 60 dB from (time, level) points by the sums of the normal equations."""
    n = len(points)
    st, sl = (math.fsum(p[axis] for p in points) for axis in (0, 1))
    stt, stl = math.fsum(t * t for t, _ in points), math.fsum(t * level for t, level in points)
    return -60 * (n * stt - st * st) / (n * stl - st * sl)


def worked(name, impulse, fs):
    """Return the case of any response, worked out by the definition."""
    loudest = max(abs(v) for v in impulse)
    onset = next(i for i, v in enumerate(impulse) if abs(v) == loudest)
    tail, energies = 0.0, []
    for value in reversed(impulse[onset:]):
        tail += float(value) ** 2
        energies.insert(0, tail)
    curve = [(i / fs, 10 * math.log10(energy / tail)) for i, energy in enumerate(energies)]
    times = []
    for upper, lower in ((0, -10), (-5, -25)):
        inside = [point for point in curve if lower <= point[1] <= upper]
        times.append(slope_time(inside) if curve[-1][1] <= lower else math.nan)
    return Case(name, (np.array(impulse, dtype=float), fs), close(tuple(times), rtol=1e-7))


def exponential(t60, fs, seconds, seed):
    """Return noise under an exponential envelope that falls by 60 dB in `t60`."""
    t = np.arange(int(seconds * fs)) / fs
    return np.random.default_rng(seed).normal(0, 1, t.size) * 10 ** (-3 * t / t60)


def cases() -> list[Case]:
    fs = 1000.0
    t = np.arange(3000) / fs
    # A pure exponential long enough that cutting it off does not show: both times are the T60 of its envelope.
    pure = 10 ** (-3 * t / 0.5) * np.where(np.arange(3000) % 2, -1, 1)
    double = np.sqrt(10 ** (-6 * t / 0.2) + 0.03 * 10 ** (-6 * t / 1.5))
    late = np.concatenate([0.01 * np.ones(150), [0.0, -3.0], exponential(0.4, fs, 1.0, 8)])
    # Energies 10, 1: the curve meets -10 dB exactly, and falls by 10 dB in one sample.
    exact = Case("the curve ends on -10 dB exactly", (np.array([0.0, 3.0, 1.0]), 100.0), close((0.06, math.nan), rtol=1e-9))
    return [
        Case("pure exponential of half a second", (pure, fs), close((0.5, 0.5), rtol=1e-6)),
        Case("the same at twice the rate", (pure, 2 * fs), close((0.25, 0.25), rtol=1e-6)),
        exact,
        worked("curve does not reach -10 dB", np.array([1.0, 0.9, 0.8, 0.9, 0.7]), 48000.0),
        worked("curve reaches -10 dB but not -25 dB", 10 ** (-3 * t[:150] / 0.5), fs),
        worked("two slopes: early decay shorter than T20", double, fs),
        worked("noise under an envelope", exponential(1.1, 4000.0, 1.2, 7), 4000.0),
        worked("quiet lead before a negative peak", late, fs),
        worked("two samples of the same largest magnitude", np.array([0.2, -4.0, 1.0, 4.0, 2.0, 1.0, 0.5, 0.3, 0.1, 0.05]), 50.0),
    ]
