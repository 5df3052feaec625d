import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def arriving(elements, spacing, angles, signals):
    """Return snapshots of plane waves; `signals` has a row for each angle."""
    m = np.arange(elements)
    snapshots = np.zeros((elements, signals.shape[1]), dtype=complex)
    for degrees, signal in zip(angles, signals, strict=True):
        turns = spacing * m * math.sin(math.radians(degrees))
        snapshots += np.outer(np.cos(2 * np.pi * turns) + 1j * np.sin(2 * np.pi * turns), signal)
    return snapshots


def gauss(seed, *shape):
    """Return complex noise of unit power."""
    rng = np.random.default_rng(seed)
    return (rng.normal(size=shape) + 1j * rng.normal(size=shape)) / math.sqrt(2)


def case(name, snapshots, spacing, angles, atol):
    """Return the case of sources whose directions are known."""
    return Case(name, (snapshots, len(angles), spacing), close(np.array(sorted(angles)), rtol=0, atol=atol))


def cases() -> list[Case]:
    two = gauss(1, 2, 50)
    reflected = np.stack([two[0], 0.8 * np.exp(1.1j) * two[0]])
    mixed = np.stack([two[0], two[1], 0.6 * np.exp(-0.4j) * two[0]])
    return [
        case("one source, two elements, one snapshot", arriving(2, 0.5, [33.0], two[:1, :1]), 0.5, [33.0], 1e-4),
        case("two sources", arriving(6, 0.5, [24.0, -41.0], two), 0.5, [24.0, -41.0], 1e-4),
        case("narrow spacing", arriving(5, 0.35, [-10.0, 60.0], two), 0.35, [-10.0, 60.0], 1e-4),
        case("two sources one degree apart", arriving(8, 0.5, [5.0, 6.0], two), 0.5, [5.0, 6.0], 1e-4),
        case("a source and its reflection", arriving(6, 0.5, [-15.0, 30.0], reflected), 0.5, [-15.0, 30.0], 1e-4),
        case("reflection and a third source", arriving(8, 0.45, [12.0, -52.0, 40.0], mixed), 0.45, [12.0, -52.0, 40.0], 1e-4),
        case("two sources in noise", arriving(8, 0.5, [-8.0, 17.0], gauss(2, 2, 200)) + 0.1 * gauss(3, 8, 200), 0.5, [-8.0, 17.0], 0.5),
        case(
            "reflection in noise", arriving(8, 0.5, [-20.0, 35.0], np.tile(reflected, 4)) + 0.03 * gauss(4, 8, 200), 0.5, [-20.0, 35.0], 0.5
        ),
    ]
