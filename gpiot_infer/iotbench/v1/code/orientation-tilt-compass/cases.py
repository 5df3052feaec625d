import numpy as np

from gpiot_infer.iotbench.cases import Case, check

# Field of central Europe in north-east-down axes: 20 uT north, 44 uT down.
FIELD = np.array([20.0, 0.0, 44.0])


def body(vector, roll, pitch, yaw):
    """Turn a north-east-down vector into body axes by the three matrices of the specification."""
    r, p, y = np.radians([roll, pitch, yaw])
    rx = np.array([[1, 0, 0], [0, np.cos(r), np.sin(r)], [0, -np.sin(r), np.cos(r)]])
    ry = np.array([[np.cos(p), 0, -np.sin(p)], [0, 1, 0], [np.sin(p), 0, np.cos(p)]])
    rz = np.array([[np.cos(y), np.sin(y), 0], [-np.sin(y), np.cos(y), 0], [0, 0, 1]])
    return rx @ ry @ rz @ vector


def angles(roll, pitch, heading):
    """Accept three angles within a thousandth of a degree, the heading also across north."""

    def verdict(result):
        if not isinstance(result, tuple | list) or len(result) != 3:
            return "not three angles"
        got = np.asarray(result, dtype=float)
        if not np.all(np.isfinite(got)):
            return "an angle is not finite"
        if not 0 <= got[2] <= 360:
            return f"heading {got[2]} outside [0, 360)"
        off = got - np.array([roll, pitch, heading])
        off[2] = (off[2] + 180) % 360 - 180
        return None if np.max(np.abs(off)) < 1e-3 else f"got {got.tolist()}, want {[roll, pitch, heading]}"

    return check(verdict)


def posed(name, roll, pitch, yaw, declination=0.0, scale=1.0):
    """Return the case of a device in a known attitude."""
    gravity = body(np.array([0.0, 0.0, scale]), roll, pitch, yaw)
    return Case(name, (gravity, body(FIELD, roll, pitch, yaw), declination), angles(roll, pitch, (yaw + declination) % 360))


def cases() -> list[Case]:
    return [
        Case("level, east", (np.array([0.0, 0.0, 1.0]), np.array([0.0, -20.0, 44.0]), 0.0), angles(0.0, 0.0, 90.0)),
        posed("level, south-west", 0, 0, 225),
        posed("nose up", 0, 30, 40),
        posed("right side down", 35, 0, 40),
        posed("rolled and pitched", -50, 20, 130),
        posed("rolled and nose down", 65, -40, 290, scale=9.81),
        posed("upside down", 170, 15, 80),
        posed("declination to the east crosses north", 10, -5, 355, declination=12.5),
        posed("declination to the west crosses north", 10, 5, 3, declination=-9.0),
        posed("steep pitch", 20, 80, 200, scale=0.98),
    ]
