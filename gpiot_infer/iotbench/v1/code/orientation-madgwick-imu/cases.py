import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, check, close, every

STEP = 1e-30


def hamilton(a, b):
    """Return the Hamilton product."""
    w, v, u, r = a[0], a[1:], b[0], b[1:]
    return np.concatenate([[w * u - v @ r], w * r + u * v + np.cross(v, r)])


def slope(q, gravity):
    """Differentiate half the squared error by complex steps, without any formula of the derivative."""
    gradient = []
    for axis in range(4):
        w, x, y, z = (complex(value, STEP if axis == at else 0.0) for at, value in enumerate(q))
        errors = (2 * (x * z - w * y) - gravity[0], 2 * (w * x + y * z) - gravity[1], 1 - 2 * x * x - 2 * y * y - gravity[2])
        gradient.append(sum(error * error for error in errors).imag / 2 / STEP)
    return np.array(gradient)


def simulated(name, gyro, accel, fs, beta):
    """Return the case of any motion, followed step by step."""
    q, rows = np.array([1.0, 0, 0, 0]), []
    for rate, force in zip(gyro, accel, strict=True):
        change = hamilton(q, np.concatenate([[0.0], rate])) / 2
        if force.any():
            gradient = slope(q, force / math.hypot(*force))
            length = math.hypot(*gradient)
            change = change - (beta / length * gradient if length > 1e-6 else 0)
        q = q + change / fs
        q = q / math.hypot(*q)
        rows.append(q)
    return Case(name, (gyro, accel, fs, beta), close(np.array(rows), rtol=0, atol=1e-8))


def ends_at(up):
    """Expect that the last orientation turns the sensor's reading `up` into the vertical of the earth, to three degrees."""

    def verdict(result):
        w, x, y, z = result[-1]
        vertical = np.array([2 * (x * z - w * y), 2 * (w * x + y * z), 1 - 2 * (x * x + y * y)])
        off = math.degrees(math.acos(min(1.0, vertical @ up / np.linalg.norm(up))))
        return None if off < 3 else f"ends {off:.1f} degrees from the vertical"

    return check(verdict)


def cases() -> list[Case]:
    rng = np.random.default_rng(77)
    still = np.zeros((40, 3))
    level = np.tile([0.0, 0.0, 1.0], (40, 1))
    # Without correction each step of a turn about one axis adds 2 * atan(rate / (2 * fs)).
    turn = 2 * np.arctan(1.2 / 2 / 50) * np.arange(1, 41)
    spun = np.stack([np.cos(turn / 2), 0 * turn, np.sin(turn / 2), 0 * turn], axis=1)
    spin = np.tile([0.0, 1.2, 0.0], (40, 1))
    tilted = np.array([0.5, -0.3, 0.7])
    settle = simulated("settles on a tilted reading of 2 g", np.zeros((120, 3)), np.tile(2 * tilted, (120, 1)), 50.0, 0.6)
    t = np.arange(100)[:, None] / 100
    swing = 2 * np.sin(2 * np.pi * t * [1.0, 1.7, 0.6] + [0.0, 1.0, 2.0])
    hand = np.array([0.2, -0.1, 0.9]) + rng.normal(0, 0.2, (100, 3))
    drop = hand.copy()
    drop[20:35] = 0
    axes_only = np.array([[0, 0, -0.8], [0, 0.9, 0], [1.1, 0, 0], [0, -1, 0], [0.3, 0, 0]])
    # Gradients of 2e-6, which counts, and of 8e-7, which does not.
    faint = np.array([[1e-6, 0.0, 1.0]])
    fainter = np.array([[0.0, 4e-7, 1.0]])
    identity = close(np.array([[1.0, 0, 0, 0]]), atol=1e-12)
    return [
        Case("level and still", (still, level, 100.0, 0.1), close(np.tile([1.0, 0, 0, 0], (40, 1)), atol=1e-12)),
        Case("gyroscope alone", (spin, np.zeros((40, 3)), 50.0, 0.1), close(spun, rtol=0, atol=1e-10)),
        Case(settle.name, settle.arguments, every(settle.expect, ends_at(tilted))),
        simulated("hand motion with noise", swing, hand, 100.0, 0.3),
        simulated("free fall in between", swing, drop, 100.0, 0.2),
        simulated("gravity along single axes", swing[:5], axes_only, 25.0, 1.5),
        simulated("a gradient just long enough", still[:1], faint, 10.0, 0.5),
        Case("a gradient too short", (still[:1], fainter, 10.0, 0.5), identity),
    ]
