import math
from fractions import Fraction

import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def regular(x, lags):
    """Return the normalised autocorrelation at some lags, summed pair by pair."""
    mean = math.fsum(x) / len(x)
    x = [value - mean for value in x]

    def at(lag):
        return math.fsum(x[i] * x[i + lag] for i in range(len(x) - lag)) / (len(x) - lag)

    return {lag: at(lag) / at(0) for lag in lags}


def case(name, x, fs, slowest, fastest):
    """Return the case of a signal, worked out by the definition."""
    turn = 60 * Fraction(fs)
    steps = regular(x.tolist(), range(math.ceil(turn / Fraction(fastest)), math.floor(turn / Fraction(slowest)) + 1))
    step = max(steps, key=steps.get)
    strides = regular(x.tolist(), range(2 * step - step // 4, 2 * step + step // 4 + 1))
    stride = max(strides.values())
    return Case(name, (x, fs, slowest, fastest), close((60 * fs / step, steps[step], stride, steps[step] / stride), rtol=1e-7))


def walk(n, fs, period, limp, noise, seed):
    """Return a walk with steps `period` samples apart (not necessarily whole) of which every second one is weaker."""
    t = np.arange(n) / period
    rng = np.random.default_rng(seed)
    steps = 2 * np.sin(2 * np.pi * t) + 0.7 * np.sin(4 * np.pi * t + 0.4)
    return 9.81 + steps * (1 - limp * np.cos(np.pi * t)) + 0.5 * limp * np.sin(np.pi * t) + rng.normal(0, noise, n)


def cases() -> list[Case]:
    wave = 9.81 + np.cos(2 * np.pi * np.arange(400) / 50) + np.random.default_rng(5).normal(0, 0.02, 400)
    return [
        case("even walk at 100 Hz", walk(800, 100.0, 54.5, 0.0, 0.1, 1), 100.0, 70.0, 140.0),
        case("limping walk at 50 Hz", walk(500, 50.0, 28.0, 0.4, 0.1, 2), 50.0, 60.0, 150.0),
        case("noisy slow walk", walk(700, 64.0, 51.3, 0.2, 1.0, 3), 64.0, 48.0, 120.0),
        case("fast walk", walk(400, 100.0, 41.6, 0.15, 0.3, 4), 100.0, 80.0, 200.0),
        # The period is 50 samples; the lags that are allowed end or begin away from it, so their bounds are the maxima.
        case("largest value at the last lag, stride at its last lag", wave, 100.0, 150.0, 200.0),
        case("largest value at the first lag", wave, 110.0, 80.0, 120.0),
        case("stride at its first lag", wave, 125.0, 100.0, 120.0),
        case("bounds of the lags are no whole numbers", wave, 100.0, 147.0, 181.0),
        case("bounds of the lags are no whole numbers, above the period", wave, 100.0, 77.0, 107.0),
    ]
