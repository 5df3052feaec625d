import cmath
import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, check, equal


def by_sums(ppg, acc, fs, previous):
    """The Fourier sums at each whole beat per minute, without an FFT."""
    n = len(ppg)
    hann = 0.5 - 0.5 * np.cos(2 * math.pi * np.arange(n) / (n - 1))

    def magnitude(x, k):
        turn = cmath.exp(-2j * math.pi * k / 60.0 / fs) ** np.arange(n)
        return abs(complex(np.dot((x - np.mean(x)) * hann, turn)))

    p = {k: magnitude(ppg, k) for k in range(40, 201)}
    a = {k: max(magnitude(acc[:, axis], k) for axis in range(3)) for k in p}
    if max(p.values()) < 1e-9:
        return previous
    top_p, top_a = max(p.values()), max(a.values())
    d = {k: p[k] / top_p - (a[k] / top_a if top_a >= 1e-9 else 0.0) for k in p}
    near = [k for k in d if previous is None or abs(k - previous) <= 15]
    best = max(near, key=lambda k: d[k])
    return previous if previous is not None and d[best] < 0.2 else best


def window(fs, seconds, tones, swings=(), noise=0.0, seed=0):
    """PPG from (amplitude, beats per minute) and acceleration from (amplitude, axis, beats per minute)."""
    rng = np.random.default_rng(seed)
    clock = np.arange(int(fs * seconds)) / fs
    ppg = (
        2000.0
        + sum(a * np.sin(2 * np.pi * b / 60 * clock + 0.4 * i) for i, (a, b) in enumerate(tones))
        + noise * rng.standard_normal(len(clock))
    )
    acc = np.zeros((len(clock), 3)) + [0.0, 0.0, 1.0] + 0.02 * noise * rng.standard_normal((len(clock), 3))
    for amplitude, axis, beats in swings:
        acc[:, axis] += amplitude * np.sin(2 * np.pi * beats / 60 * clock + 0.7)
    return ppg, acc


def near(beats):
    def expect(result):
        right = isinstance(result, int | np.integer) and abs(result - beats) <= 2
        return None if right else f"{result}, but the heart beats {beats} times per minute"

    return check(expect)


def cases() -> list[Case]:
    rest = window(25, 8, [(20, 72)])
    running = window(25, 8, [(20, 131), (45, 85)], [(0.8, 0, 85)], noise=3.0, seed=1)
    opposite = window(50, 8, [(20, 110), (40, 80)], [(0.5, 0, 80), (-0.5, 1, 80)], noise=2.0, seed=2)
    cadence = window(25, 10, [(20, 96), (30, 150), (5, 180)], [(0.2, 1, 96), (0.6, 2, 150)], noise=1.0, seed=3)
    hidden = window(25, 8, [(20, 100)], [(0.7, 1, 100)])
    other = window(32, 8, [(12, 64), (20, 140)])
    lowest, highest = window(25, 20, [(20, 40)]), window(25, 20, [(20, 200)])
    outside = window(25, 20, [(60, 30), (20, 90), (60, 215)])
    edges = window(20, 20, [(20, 115), (16, 85), (30, 118), (30, 82)])
    off = (np.full(200, 7.0), rest[1])
    # Largest magnitudes of some 3e-9: faint, but above the limit of 1e-9.
    faint = (3e-12 * rest[0], rest[1])
    trembling = (hidden[0], 1e-10 * (hidden[1] - [0.0, 0.0, 1.0]))
    below, above = window(25, 40, [(20, 38)]), window(25, 40, [(20, 202)])
    lower, upper = window(25, 40, [(20, 83)]), window(25, 40, [(20, 117)])
    still = (running[0], np.zeros((200, 3)))
    weak = window(25, 12, [(20, 170), (4.4, 60)])
    weaker = window(25, 12, [(20, 170), (3.6, 60)])
    made = [
        Case("at rest", (*rest, 25, None), near(72)),
        Case("arm swings harder than the heart beats", (*running, 25, None), near(131)),
        Case("motion on opposite axes", (*opposite, 50, None), near(110)),
        Case("motion hides the pulse", (*hidden, 25, 97), equal(97)),
        Case("a stronger tone far from the previous rate", (*other, 32, 66), near(64)),
        Case("lowest rate", (*lowest, 25, None), equal(40)),
        Case("highest rate", (*highest, 25, None), equal(200)),
        Case("sensor off", (*off, 25, 80), equal(80)),
        Case("sensor off, nothing known", (*off, 25, None), equal(None)),
    ]
    for name, (ppg, acc), fs, previous in [
        ("strong tones outside of the range", outside, 25, None),
        ("upper end of the search", edges, 20, 100),
        ("one beat short of the upper end", edges, 20, 103),
        ("search cut at the lowest rate", lowest, 25, 44),
        ("search cut at the highest rate", highest, 25, 195),
        ("pulse just strong enough", weak, 25, 62),
        ("pulse just too weak", weaker, 25, 62),
        ("faint but there", faint, 25, 80),
        ("trembling that is just motion", trembling, 25, 97),
        ("flank of a tone below the range", below, 25, None),
        ("flank of a tone above the range", above, 25, None),
        ("flank of a tone below the search", lower, 25, 100),
        ("flank of a tone above the search", upper, 25, 100),
        ("no acceleration at all", still, 25, None),
        ("running, rate known", running, 25, 125),
        ("two axes, two motions", cadence, 25, 100),
        ("two axes, two motions, rate unknown", cadence, 25, None),
        ("longer window than a minute needs", window(10, 60, [(20, 77.5)], noise=5.0, seed=5), 10, None),
    ]:
        made.append(Case(name, (ppg, acc, fs, previous), equal(by_sums(ppg, acc, fs, previous))))
    return made
