import itertools
import math
import statistics

import numpy as np

from gpiot_infer.iotbench.cases import Case, check, close

NAN = float("nan")


def by_hand(ppg, peaks):
    """The comparison of the pulses with lists and the statistics module."""
    peaks = peaks.tolist()
    half = math.floor(statistics.median(b - a for a, b in itertools.pairwise(peaks)) / 2)
    pulses = [ppg[p - half : p + half + 1].tolist() for p in peaks if p - half >= 0 and p + half <= len(ppg) - 1]
    template = [statistics.fmean(column) for column in zip(*pulses, strict=True)]
    mean = statistics.fmean(statistics.correlation(pulse, template) for pulse in pulses)
    return mean >= 0.86, mean


def accepted(result):
    return None if isinstance(result[0], bool | np.bool_) and result[0] and 0.86 <= result[1] <= 1.0 else "a good window should be accepted"


def pulses(fs, peaks, count, noise=0.0, seed=0, sizes=None):
    """A PPG with a systolic and a dicrotic wave for each peak."""
    rng = np.random.default_rng(seed)
    clock = np.arange(count) / fs
    ppg = 0.05 * np.sin(2 * np.pi * 0.25 * clock) + noise * rng.standard_normal(count)
    for peak, size in zip(peaks, np.ones(len(peaks)) if sizes is None else sizes, strict=True):
        since = clock - peak / fs
        ppg += size * (np.exp(-0.5 * (since / 0.09) ** 2) + 0.4 * np.exp(-0.5 * ((since - 0.28) / 0.08) ** 2))
    return ppg


def cases() -> list[Case]:
    rng = np.random.default_rng(12)
    even = np.arange(30, 490, 45)
    good = pulses(50.0, even, 500, noise=0.02)
    jittered = np.cumsum(rng.integers(70, 95, 12))
    uneven = pulses(100.0, jittered, 1050, noise=0.15, seed=1, sizes=rng.uniform(0.5, 1.5, 12))
    noise = rng.standard_normal(500)
    odd = np.array([20, 61, 104, 145])
    tight = pulses(50.0, odd, 166, noise=0.2, seed=2)
    made = [
        Case("good window", (good, even, 50.0), check(accepted)),
        Case("good window, value", (good, even, 50.0), close(by_hand(good, even), rtol=1e-9)),
        Case("pulses of different size", (uneven, jittered, 100.0), close(by_hand(uneven, jittered), rtol=1e-9)),
        Case("noise is rejected", (noise, even, 50.0), close(by_hand(noise, even), rtol=1e-9)),
        Case("last pulse just whole", (tight, odd, 50.0), close(by_hand(tight, odd), rtol=1e-9)),
        Case("last pulse one sample too short", (tight[:165], odd, 50.0), close(by_hand(tight[:165], odd), rtol=1e-9)),
        Case(
            "first pulse just whole",
            (tight[:150], np.array([21, 63, 105]), 50.0),
            close(by_hand(tight[:150], np.array([21, 63, 105])), rtol=1e-9),
        ),
    ]
    # Rhythms at the limits; the pulses themselves are of one shape, so only the rhythm decides.
    ramp = np.sin(np.arange(4000) / 5.0) + np.arange(4000) / 900.0
    for name, intervals, fs, fits in [
        ("40 beats per minute", [150, 150, 150], 100.0, True),
        ("just below 40", [150, 150, 151], 100.0, False),
        ("just below 180 beats per minute", [200, 201, 200], 600.0, True),
        ("just above 180", [200, 199, 200], 600.0, False),
        ("longest less than 2.2 times the shortest", [40, 87, 50], 64.0, True),
        ("longest exactly 2.2 times the shortest", [40, 88, 50], 64.0, False),
        ("one interval of three seconds", [*[139] * 30, 300], 100.0, True),
        ("one interval of more than three seconds", [*[139] * 30, 301], 100.0, False),
        ("three peaks", [60, 70], 100.0, True),
    ]:
        peaks = 100 + np.cumsum([0, *intervals])
        signal = np.tile(ramp, 2)[: peaks[-1] + 90]
        made.append(Case(name, (signal, peaks, fs), close(by_hand(signal, peaks) if fits else (False, NAN), rtol=1e-9)))
    made.append(Case("two peaks", (good, even[:2], 50.0), close((False, NAN))))
    made.append(Case("no peaks", (good, even[:0], 50.0), close((False, NAN))))
    return made
