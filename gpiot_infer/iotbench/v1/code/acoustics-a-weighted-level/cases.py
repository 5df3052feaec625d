import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, check, close

# The exact base-ten centres of the octave bands from 31.5 Hz to 16 kHz, for which the standard tables the weighting.
OCTAVES = 1000 * 10 ** (0.3 * np.arange(-5, 5))
# Rounded weightings of the octave bands as tabled in the standard.
TABLE = [-39.4, -26.2, -16.1, -8.6, -3.2, 0.0, 1.2, 1.0, -1.1, -6.6]


def weighting(f):
    """Return A(f) as the gain of four zeros at the origin and six poles, pole by pole in the complex plane."""
    s = 1j * f
    gain = 12194**2 * s**4
    for pole in (20.6, 20.6, 107.7, 737.9, 12194, 12194):
        gain /= s + pole
    return 20 * math.log10(abs(gain)) + 2


def exact(name, frequencies, levels):
    """Return the case of band levels, its sum taken term by term."""
    energy = math.fsum(10 ** ((level + weighting(f)) / 10) for f, level in zip(frequencies, levels, strict=True))
    arguments = (np.array(frequencies, dtype=float), np.array(levels, dtype=float))
    return Case(name, arguments, close(10 * math.log10(energy), rtol=0, atol=1e-6))


def tabled(index):
    """Return the case of one octave band against the table, which is rounded to a tenth."""
    want = 60 + TABLE[index]
    verdict = check(lambda got: None if abs(got - want) < 0.1 else f"got {got}, the table says {want}")
    return Case(f"octave {OCTAVES[index]:.0f} Hz", (OCTAVES[index : index + 1], np.array([60.0])), verdict)


def cases() -> list[Case]:
    return [
        *(tabled(index) for index in (0, 2, 4, 7, 9)),
        exact("one band at 1 kHz", [1000], [94]),
        exact("two equal bands add three decibels", [1000, 1000], [70, 70]),
        exact("rumble of traffic", OCTAVES.tolist(), [78, 80, 75, 71, 68, 66, 63, 57, 49, 40]),
        exact("20 Hz alone", [20], [100]),
        exact("20 kHz alone", [20000], [50]),
        exact("quiet night", [100, 800, 6300], [12.5, 3.0, -4.0]),
    ]
