import cmath
import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, close

INTEL = np.array([*range(-28, -1, 2), -1, *range(1, 28, 2), 28])
SPACING = 312500.0


def joint_fit(csi, indices):
    """Solve for one slope and an intercept for each antenna at once; phases followed step by step."""
    rows, values = [], []
    for antenna, row in enumerate(csi):
        phase = cmath.phase(row[0])
        for column, (number, value) in enumerate(zip(indices, row, strict=True)):
            if column:
                phase += cmath.phase(value / row[column - 1])
            rows.append([float(number), *(float(antenna == other) for other in range(len(csi)))])
            values.append(phase)
    return np.linalg.lstsq(np.array(rows), np.array(values), rcond=None)[0][0]


def fitted(name, csi, indices, spacing=SPACING):
    """Return the case of any channel, solved by the joint fit."""
    slope = joint_fit(csi, indices)
    clean = np.array([[value * cmath.exp(-1j * slope * k) for k, value in zip(indices, row, strict=True)] for row in csi])
    expected = (clean, -slope / (2 * math.pi * spacing) * 1e9)
    return Case(name, (csi, indices, spacing), close(expected, rtol=1e-7, atol=1e-7))


def known(name, indices, tau_ns, gains, spacing=SPACING):
    """Return the case of a flat channel with one complex gain for each antenna, delayed by a known offset."""
    flat = np.outer(gains, np.ones(len(indices)))
    ramp = np.array([cmath.exp(-2j * math.pi * float(k) * spacing * tau_ns * 1e-9) for k in indices])
    return Case(name, (flat * ramp, indices, spacing), close((flat, tau_ns), rtol=1e-10, atol=1e-10))


def multipath(seed, antennas, indices, spacing, delays_ns, tau_ns):
    """Return the channel of several paths on a linear array with some noise and a time offset."""
    rng = np.random.default_rng(seed)
    frequency = indices * spacing
    csi = np.zeros((antennas, len(indices)), dtype=complex)
    for path, delay in enumerate(delays_ns):
        gain = 0.5**path * np.exp(2j * np.pi * rng.random())
        steer = np.exp(-1j * np.pi * np.arange(antennas) * np.sin(rng.uniform(-1, 1)))
        csi += gain * np.outer(steer, np.exp(-2j * np.pi * frequency * (delay + tau_ns) * 1e-9))
    return csi + rng.normal(0, 0.01, csi.shape) + 1j * rng.normal(0, 0.01, csi.shape)


def cases() -> list[Case]:
    even = np.arange(-32, 32)
    return [
        known("flat channel, three antennas, offset 120 ns", INTEL, 120.0, [1.0, 0.5j, -0.8 + 0.2j]),
        known("negative offset of many turns", INTEL, -330.0, [2.0j, -1.0]),
        known("no offset", INTEL, 0.0, [1 + 1j, 0.4]),
        known("one antenna, 64 even subcarriers that are not centred", even + 40, 75.0, [0.3 - 0.9j], 78125.0),
        fitted("two paths", multipath(21, 3, INTEL, SPACING, [20, 60], 90), INTEL),
        fitted("three paths, late offset", multipath(22, 3, INTEL, SPACING, [5, 35, 80], 210), INTEL),
        fitted(
            "paths on four antennas, numbers without zero", multipath(23, 4, even * 2 + 1, 156250.0, [10, 90], -150), even * 2 + 1, 156250.0
        ),
    ]
