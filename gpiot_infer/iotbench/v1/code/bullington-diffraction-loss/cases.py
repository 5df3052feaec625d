from math import exp, log10, sqrt

import numpy as np

from gpiot_infer.iotbench.cases import Case, check, close, every


def _total(nu: float, length_km: float) -> float:
    """The loss of one edge with the term that stands for the rest of the terrain."""
    edge = 6.9 + 20 * log10(sqrt((nu - 0.1) ** 2 + 1) + nu - 0.1)
    return edge + (1 - exp(-edge / 6)) * (10 + 0.02 * length_km)


def _fresnel(above_m: float, from_tx_m: float, from_rx_m: float, frequency_mhz: float) -> float:
    """The diffraction parameter in plain SI units."""
    wavelength = 299.792458 / frequency_mhz
    return above_m * sqrt(2 * (from_tx_m + from_rx_m) / (wavelength * from_tx_m * from_rx_m))


def _by_hand() -> list[Case]:
    """Profiles whose edge can be told at sight."""
    # A ridge in the middle of 10 km: 500 * 25 / 8500 m of curvature, antennas level at 30 m.
    ridge = (np.array([0.0, 5.0, 10.0]), np.array([0.0, 60.0, 0.0]), 30.0, 30.0, 868.0)
    ridge_nu = _fresnel(60 + 12500 / 8500 - 30, 5000, 5000, 868.0)
    # Two ridges seen from either end: the lines of slope 25 and 25 m/km cross midway, at 10 + 25 * 6 m.
    bend = [500 * 4.0 * 8.0 / 8500] * 2
    two = (np.array([0.0, 4.0, 8.0, 12.0]), np.array([0.0, 110.0 - bend[0], 110.0 - bend[1], 0.0]), 10.0, 10.0, 433.0)
    two_nu = _fresnel(150.0, 6000, 6000, 433.0)
    # A hill below the line of sight by 5 m after curvature, at a third of the way, receiver higher.
    low = 45 + 30 - 5 - 500 * 3.0 * 6.0 / 8500
    clear = (np.array([0.0, 3.0, 9.0]), np.array([25.0, low, 100.0]), 20.0, 35.0, 868.0)
    clear_nu = _fresnel(-5.0, 3000, 6000, 868.0)
    return [
        Case("one ridge", ridge, close(_total(ridge_nu, 10.0))),
        Case("two ridges", two, close(_total(two_nu, 12.0))),
        Case("a hill just below the line", clear, close(_total(clear_nu, 9.0))),
    ]


def _clear_by(metres: float) -> tuple[np.ndarray, np.ndarray, float, float, float]:
    """A profile of 4 km whose middle point stays below the line of sight by so much."""
    return np.array([0.0, 2.0, 4.0]), np.array([0.0, 50 - metres - 2000 / 8500, 0.0]), 50.0, 50.0, 868.0


def _two_lines(arguments: tuple) -> float:
    """Bullington's point of an obstructed path by solving for the crossing in metres."""
    distance, terrain, tx_height, rx_height, frequency = arguments
    x = distance * 1000.0
    raised = terrain + x * (x[-1] - x) / (2 * 8_500_000.0)
    left, right = terrain[0] + tx_height, terrain[-1] + rx_height
    up = max((raised[i] - left) / x[i] for i in range(1, len(x) - 1))
    down = max((raised[i] - right) / (x[-1] - x[i]) for i in range(1, len(x) - 1))
    at, height = np.linalg.solve([[-up, 1.0], [down, 1.0]], [left, right + down * x[-1]])
    line = left + (right - left) * at / x[-1]
    return _total(_fresnel(height - line, at, x[-1] - at, frequency), distance[-1])


def _symmetric(arguments: tuple) -> tuple:
    distance, terrain, tx_height, rx_height, frequency = arguments
    return distance[-1] - distance[::-1], terrain[::-1].copy(), rx_height, tx_height, frequency


def cases() -> list[Case]:
    """Edges by hand, then hills checked by solving for the crossing, both ways round."""
    distance = np.linspace(0.0, 24.0, 49)
    rolling = 40 + 35 * np.sin(distance * 0.9) + 20 * np.cos(distance * 0.37 + 1)
    hills = (distance, rolling, 12.0, 2.5, 169.4)
    hidden = _two_lines(hills)
    sea = (np.linspace(0.0, 60.0, 31), np.zeros(31), 20.0, 15.0, 868.0)
    summits = (np.array([0.0, 3.0, 7.0, 10.0]), np.array([300.0, 325.0, 318.0, 290.0]), 10.0, 5.0, 868.0)
    clear = _clear_by(12.0)
    half = sqrt(2 * 4000 / (299.792458 / 868.0 * 2000 * 2000))
    return [
        *_by_hand(),
        Case("rolling hills", hills, close(hidden)),
        Case("rolling hills, from the other end", _symmetric(hills), close(hidden)),
        Case("over the sea beyond the horizon", sea, every(close(_two_lines(sea)), check(_much))),
        Case("between summits", summits, close(_two_lines(summits))),
        Case("far above the ground", clear, close(0.0, atol=1e-9)),
        Case("slightly clear", _clear_by(1.5), close(_total(-1.5 * half, 4.0))),
        Case("parameter -0.7", _clear_by(0.7 / half), close(_total(-0.7, 4.0), rtol=1e-4)),
        Case("parameter -0.9", _clear_by(0.9 / half), close(0.0, atol=1e-9)),
    ]


def _much(result: object) -> str | None:
    return None if result > 20 else "the sea horizon should cost more than 20 dB"
