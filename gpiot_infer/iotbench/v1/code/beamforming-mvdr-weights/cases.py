import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def steer(elements, spacing, degrees):
    """Return the response of the array to a plane wave."""
    turn = 2 * math.pi * spacing * math.sin(math.radians(degrees))
    return np.array([complex(math.cos(m * turn), math.sin(m * turn)) for m in range(elements)])


def minimised(name, snapshots, spacing, look, loading):
    """Return the case whose answer solves the constrained minimum by Lagrange multipliers in one bordered system."""
    m, k = snapshots.shape
    r = sum(np.outer(x, x.conj()) for x in snapshots.T) / k
    r = r + np.diag([loading * np.mean(np.diag(r).real)] * m)
    a = steer(m, spacing, look)
    system = np.zeros((m + 1, m + 1), dtype=complex)
    system[:m, :m], system[:m, m], system[m, :m] = r, -a, a.conj()
    solution = np.linalg.solve(system, np.array([0] * m + [1], dtype=complex))
    w = solution[:m]
    return Case(name, (snapshots, spacing, look, loading), close((w, float((w.conj() @ r @ w).real)), rtol=1e-6, atol=1e-10))


def scene(seed, elements, spacing, count, sources, noise):
    """Return snapshots of independent sources {angle: amplitude} in white noise."""
    rng = np.random.default_rng(seed)

    def gauss(*shape):
        return (rng.normal(size=shape) + 1j * rng.normal(size=shape)) / math.sqrt(2)

    x = noise * gauss(elements, count)
    for degrees, amplitude in sources.items():
        x += amplitude * np.outer(steer(elements, spacing, degrees), gauss(count))
    return x


def cases() -> list[Case]:
    # The columns are orthogonal and of equal length: R is 3 times the identity, so the weights are the conventional ones.
    white = np.fft.fft(np.eye(4)) * math.sqrt(3)
    plain = close((steer(4, 0.5, 20.0) / 4, 0.75), rtol=1e-9)
    return [
        Case("white field", (white, 0.5, 20.0, 0.0), plain),
        Case("white field, loaded", (white, 0.5, 20.0, 0.2), close((steer(4, 0.5, 20.0) / 4, 0.9), rtol=1e-9)),
        minimised("one interferer", scene(1, 6, 0.5, 200, {0.0: 1.0, 35.0: 5.0}, 0.3), 0.5, 0.0, 0.01),
        minimised("two interferers, narrow spacing", scene(2, 8, 0.4, 300, {-20.0: 1.0, 10.0: 3.0, 50.0: 8.0}, 0.2), 0.4, -20.0, 0.001),
        minimised("fewer snapshots than elements", scene(3, 8, 0.5, 5, {25.0: 2.0}, 0.5), 0.5, 25.0, 0.05),
        minimised("no loading, look beside the source", scene(4, 5, 0.5, 100, {12.0: 1.0}, 1.0), 0.5, 15.0, 0.0),
        minimised("weak signals in microvolts", 1e-6 * scene(5, 4, 0.45, 64, {-40.0: 1.0, 5.0: 2.0}, 0.4), 0.45, -42.0, 0.1),
    ]
