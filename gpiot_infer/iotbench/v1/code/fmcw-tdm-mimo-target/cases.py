import cmath
import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, check, close

WAVELENGTH = 299792458.0 / 77e9
CHIRP = 50e-6


def echo(transmitters, loops, receivers, velocity, degrees, wavelength, chirp):
    """Return the echoes of one target, value by value after the signal model."""
    values = np.zeros((transmitters, loops, receivers), dtype=complex)
    for m, loop, r in np.ndindex(values.shape):
        time = (loop * transmitters + m) * chirp
        turns = 2 * velocity / wavelength * time + (m * receivers + r) * math.sin(math.radians(degrees)) / 2
        values[m, loop, r] = cmath.exp(2j * math.pi * turns)
    return values


def noisy(values, level, seed):
    """Return the values in complex noise."""
    rng = np.random.default_rng(seed)
    return values + level * (rng.normal(size=values.shape) + 1j * rng.normal(size=values.shape))


def case(name, size, step, degrees, seed, wavelength=WAVELENGTH, chirp=CHIRP, noise=0.05):
    """Return the case of a target at a whole number of velocity bins, at an angle of the grid."""
    transmitters, loops, _ = size
    velocity = step / (transmitters * loops) * wavelength / (2 * chirp)
    values = noisy(echo(*size, velocity, degrees, wavelength, chirp), noise, seed)
    grid = np.arange(-60.0, 61.0, 2.0)
    return Case(name, (3.0 * values, wavelength, chirp, grid), close((velocity, degrees), rtol=1e-9, atol=1e-9))


def between() -> Case:
    """Return the case of a target between velocity bins and between angles: the nearest of each, the angle to one step."""
    unit = WAVELENGTH / (2 * CHIRP) / (3 * 32)
    values = noisy(echo(3, 32, 4, -20.3 * unit, 17.4, WAVELENGTH, CHIRP), 0.02, 9)

    def verdict(result):
        velocity, angle = result
        if abs(velocity + 20 * unit) > 1e-6:
            return f"velocity {velocity}, want {-20 * unit}"
        return None if abs(angle - 17.4) <= 1.5 else f"angle {angle}, want 17 or 18"

    return Case("between the bins and the angles", (values, WAVELENGTH, CHIRP, np.arange(-70.0, 71.0)), check(verdict))


def at_the_limit() -> Case:
    """Return the case of a target at the limit of velocity, where rounding may decide on the sign."""
    values = noisy(echo(2, 16, 4, WAVELENGTH / (4 * CHIRP), -12.0, WAVELENGTH, CHIRP), 0.05, 7)
    wanted = close((WAVELENGTH / (4 * CHIRP), -12.0), rtol=1e-9)
    expect = check(lambda result: wanted((abs(result[0]), result[1])))
    return Case("on the limit of velocity", (values, WAVELENGTH, CHIRP, np.arange(-60.0, 61.0, 2.0)), expect)


def cases() -> list[Case]:
    return [
        case("standing target to the right", (2, 16, 4), 0, 20.0, 1),
        case("moving away slowly", (2, 16, 4), 5, -30.0, 2),
        case("approaching slowly, three transmitters", (3, 16, 4), -6, 14.0, 3),
        case("too fast for the bins of one transmitter", (3, 16, 4), 19, -22.0, 4),
        case("approaching too fast for the bins of one transmitter", (2, 32, 4), -27, 40.0, 5),
        case("just below the upper limit of velocity", (2, 16, 4), 15, 8.0, 6),
        at_the_limit(),
        case("one transmitter at 60 GHz", (1, 64, 6), 21, -48.0, 8, wavelength=0.005, chirp=120e-6),
        case("four transmitters, two receivers, much noise", (4, 16, 2), 29, 4.0, 10, noise=0.3),
        between(),
    ]
