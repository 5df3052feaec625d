import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, check, close, every


def turn(axis, degrees):
    """Return the unit quaternion of a rotation by an angle about an axis."""
    axis = np.asarray(axis, dtype=float)
    half = math.radians(degrees) / 2
    return np.concatenate([[math.cos(half)], math.sin(half) * axis / np.linalg.norm(axis)])


def product(a, b):
    """Return the Hamilton product of two quaternions."""
    w, v, u, r = a[0], a[1:], b[0], b[1:]
    return np.concatenate([[w * u - v @ r], w * r + u * v + np.cross(v, r)])


def about_one_axis(name, axis, degrees, weights, base=(1.0, 0.0, 0.0, 0.0), scales=1.0):
    """Return the case of rotations about one axis: there the optimum is the circular mean of the angles."""
    angles = np.radians(degrees)
    centre = math.atan2(np.sum(weights * np.sin(angles)), np.sum(weights * np.cos(angles)))
    off = np.degrees(np.abs((angles - centre + np.pi) % (2 * np.pi) - np.pi))
    spread = math.sqrt(np.sum(weights * off**2) / np.sum(weights))
    mean = product(np.asarray(base), turn(axis, math.degrees(centre)))
    rows = np.array([product(np.asarray(base), turn(axis, angle)) for angle in degrees])
    rows = rows * np.broadcast_to(scales, len(degrees))[:, None]
    return Case(name, (rows, np.asarray(weights, dtype=float)), close((mean * np.sign(mean[0]), spread), rtol=1e-6, atol=1e-5))


def never_nan(result):
    """Find fault with a NaN."""
    return "a value is NaN" if np.isnan(result[1]) or np.isnan(result[0]).any() else None


def cases() -> list[Case]:
    tilted = turn([1, -2, 0.5], 70)
    axes = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    # Equal turns to both sides about three axes cancel.
    ring = np.array([product(tilted, turn(axis, sign * 40)) for axis in axes for sign in (1, -1)])
    same = np.outer([1, -2, 3, 0.1, 7, -0.3, 11, 13], [0.8, 0.1, -0.5, 0.3])
    unit = same[0] / np.linalg.norm(same[0])
    return [
        Case("a single orientation", (tilted[None, :], np.array([3.0])), close((tilted, 0.0), atol=1e-4)),
        Case("the same orientation in eight lengths and signs", (same, np.ones(8)), every(check(never_nan), close((unit, 0.0), atol=1e-4))),
        about_one_axis("two turns about z", [0, 0, 1], np.array([10.0, 30.0]), np.array([1.0, 1.0])),
        about_one_axis("weights pull the mean", [0, 1, 0], np.array([0.0, 90.0]), np.array([3.0, 1.0])),
        about_one_axis("across half a turn", [1, 0, 0], np.array([-20.0, 100.0, 35.0]), np.array([0.2, 0.5, 0.3]), tilted),
        about_one_axis("signs and lengths differ", [1, 1, 0], np.array([5.0, 25.0, 60.0]), np.ones(3), tilted, [-1.0, 2.0, -0.25]),
        about_one_axis("wide spread", [0, 1, 1], np.array([-110.0, -10.0, 20.0, 130.0]), np.array([1.0, 2.0, 2.0, 1.5])),
        about_one_axis("a weight of zero", [0, 0, 1], np.array([15.0, 35.0, 170.0]), np.array([1.0, 1.0, 0.0])),
        Case("ring about a tilted orientation", (ring, np.full(6, 0.5)), close((tilted, 40.0), rtol=1e-6, atol=1e-5)),
    ]
