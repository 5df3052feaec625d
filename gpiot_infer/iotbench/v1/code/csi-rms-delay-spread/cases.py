import cmath
import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def response(n, taps):
    """Sum the frequency response of taps {index: complex amplitude} term by term."""
    return np.array([sum(a * cmath.exp(-2j * math.pi * k * f / n) for k, a in taps.items()) for f in range(n)])


def case(name, n, spacing, floor, taps, counted):
    """Return the case whose answer is the moments of the taps that count."""
    weight = {k: abs(taps[k]) ** 2 for k in counted}
    total = sum(weight.values())
    step = 1e9 / (n * spacing)
    mean = sum(k * w for k, w in weight.items()) / total * step
    square = sum((k * step - mean) ** 2 * w for k, w in weight.items()) / total
    return Case(name, (response(n, taps), spacing, floor), close((mean, math.sqrt(square)), rtol=1e-10, atol=1e-9))


def cases() -> list[Case]:
    return [
        Case("flat channel", (np.ones(64, dtype=complex), 312500.0, 20.0), close((0.0, 0.0), atol=1e-9)),
        # Taps at 0 and 50 ns of equal power: mean 25 ns, spread 25 ns.
        Case("two equal taps", (response(64, {0: 1, 1: 1}), 312500.0, 20.0), close((25.0, 25.0), rtol=1e-6)),
        case("one late tap", 64, 312500.0, 20.0, {9: 2 - 1j}, (9,)),
        case("three taps, 20 MHz", 64, 312500.0, 30.0, {0: 1.0, 3: 0.6j, 7: -0.3}, (0, 3, 7)),
        case("floor removes a tap 24 dB down", 64, 312500.0, 20.0, {2: 1.0, 5: 0.5, 30: 0.063}, (2, 5)),
        case("a tap 18 dB down stays", 64, 312500.0, 20.0, {2: 1.0, 5: 0.5, 30: 0.126}, (2, 5, 30)),
        case("a tap 14 dB down falls under a 12 dB floor", 56, 312500.0, 12.0, {1: 1.0, 4: 0.4, 20: 0.2j}, (1, 4)),
        case("taps 0.5 dB above and 0.4 dB below the floor", 64, 312500.0, 20.0, {0: 1.0, 12: 0.106, 40: 0.096}, (0, 12)),
        case("strongest tap is not the first", 128, 78125.0, 25.0, {4: 0.3, 6: 1.5j, 11: -0.8, 100: 0.4}, (4, 6, 11, 100)),
    ]
