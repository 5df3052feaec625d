import numpy as np

from gpiot_infer.iotbench.cases import Case, Expect, check, equal

SPEED = 0.299792458
HALL = np.array([[0.0, 0.0], [24.0, 0.0], [24.0, 15.0], [0.0, 15.0], [12.0, 15.5], [11.0, -0.5], [-0.5, 8.0]])
NAN = float("nan")


def _arrivals(tag: tuple[float, float], sent_ns: float, late_m: dict[int, float], noise_m: float = 0.0, seed: int = 0) -> np.ndarray:
    """Arrival times at the hall's anchors; `late_m` lengthens single paths."""
    path = np.hypot(HALL[:, 0] - tag[0], HALL[:, 1] - tag[1])
    path = path + np.random.default_rng(seed).normal(0.0, noise_m, len(HALL))
    for anchor, extra in late_m.items():
        path[anchor] += extra
    return sent_ns + path / SPEED


def _minimum(arrival_ns: np.ndarray, used: list[int]) -> np.ndarray:
    """The least-squares position by a grid that closes in: every point of the hall is looked at."""
    centre, width = np.array([12.0, 7.5]), 16.0
    ranges = arrival_ns[used] * SPEED
    ranges = ranges - ranges.mean()
    for _ in range(16):
        steps = np.linspace(-width, width, 41)
        x, y = np.meshgrid(centre[0] + steps, centre[1] + steps)
        errors = ranges[:, None, None] - np.hypot(x - HALL[used, 0, None, None], y - HALL[used, 1, None, None])
        cost = np.square(errors - errors.mean(axis=0)).sum(axis=0)
        row, column = np.unravel_index(np.argmin(cost), cost.shape)
        centre, width = np.array([x[row, column], y[row, column]]), width / 3
    return centre


def _found(arrival_ns: np.ndarray, used: list[int], tag: tuple[float, float] | None = None) -> Expect:
    wanted = np.array(tag) if tag is not None else _minimum(arrival_ns, used)

    def found(result: object) -> str | None:
        if not isinstance(result, list | tuple) or len(result) != 2:
            return "no pair of position and anchors"
        position = np.asarray(result[0], dtype=float)
        if position.shape != (2,):
            return f"the position has the shape {position.shape}"
        if list(result[1]) != used:
            return f"used the anchors {list(result[1])} instead of {used}"
        off = float(np.hypot(*(position - wanted)))
        return None if off <= 1e-3 else f"{off:.4f} m from the least-squares position"

    return check(found)


def cases() -> list[Case]:
    """Exact pulses, noisy ones, one and two reflected paths, and too few anchors."""
    everyone = list(range(7))
    exact = _arrivals((7.25, 4.5), 1000.0, {})
    noisy = _arrivals((17.0, 11.0), -250.0, {}, 0.15, 5)
    corner = _arrivals((1.5, 13.0), 830_000.0, {}, 0.2, 6)
    one_late = _arrivals((9.0, 6.0), 40.0, {3: 6.0}, 0.05, 7)
    two_late = _arrivals((14.0, 5.0), 40.0, {2: 7.0, 6: 4.0}, 0.05, 8)
    partly = _arrivals((6.0, 9.0), 500.0, {})
    partly[[0, 4]] = NAN
    four = _arrivals((13.0, 9.0), 0.0, {2: 2.5}, 0.05, 9)
    four[[0, 4, 6]] = NAN
    three = _arrivals((13.0, 9.0), 0.0, {})
    three[[0, 1, 4, 6]] = NAN
    five = _arrivals((10.0, 5.0), 60.0, {5: 5.0}, 0.02, 10)
    five[[4, 6]] = NAN
    return [
        Case("exact", (HALL, exact, 0.3), _found(exact, everyone, (7.25, 4.5))),
        Case("noisy", (HALL, noisy, 1.0), _found(noisy, everyone)),
        Case("noisy, near a corner", (HALL, corner, 1.5), _found(corner, everyone)),
        Case("one reflected path", (HALL, one_late, 0.3), _found(one_late, [0, 1, 2, 4, 5, 6])),
        Case("two reflected paths", (HALL, two_late, 0.3), _found(two_late, [0, 1, 3, 4, 5])),
        Case("a lax limit keeps all", (HALL, two_late, 20.0), _found(two_late, everyone)),
        Case("two anchors silent", (HALL, partly, 0.3), _found(partly, [1, 2, 3, 5, 6], (6.0, 9.0))),
        Case("five to four", (HALL, five, 0.1), _found(five, [0, 1, 2, 3])),
        Case("never below four", (HALL, four, 0.01), _found(four, [1, 2, 3, 5])),
        Case("three are too few", (HALL, three, 0.3), equal(None)),
    ]
