from fractions import Fraction

import numpy as np

from gpiot_infer.iotbench.cases import Case, Expect, check, close, every

SPAN = 2**40
METRES_A_TICK = Fraction(299792458) / (128 * 499200000)


def _row(round_1: int, reply_1: int, round_2: int, reply_2: int, tag: int = 1000, anchor: int = 5000) -> list[int]:
    """The six counter values of an exchange, from its intervals and the counters at its start."""
    return [value % SPAN for value in (tag, anchor, anchor + reply_1, tag + round_1, tag + round_1 + reply_2, anchor + reply_1 + round_2)]


def _distance(round_1: int, reply_1: int, round_2: int, reply_2: int) -> float:
    """The formula in exact fractions."""
    ticks = Fraction(round_1 * round_2 - reply_1 * reply_2, round_1 + round_2 + reply_1 + reply_2)
    return float(ticks * METRES_A_TICK)


def _simulated(metres: float, reply_1_s: float, reply_2_s: float, tag_ppm: float, anchor_ppm: float) -> tuple[int, int, int, int]:
    """The intervals that both clocks measure, to the nearest tick."""
    rate = 128 * 499.2e6
    flight = metres / 299792458
    tag, anchor = rate * (1 + tag_ppm * 1e-6), rate * (1 + anchor_ppm * 1e-6)
    return (
        round(tag * (2 * flight + reply_1_s)),
        round(anchor * reply_1_s),
        round(anchor * (2 * flight + reply_2_s)),
        round(tag * reply_2_s),
    )


def _right(*exchanges: tuple[int, int, int, int]) -> Expect:
    return close(np.array([_distance(*exchange) for exchange in exchanges]), rtol=5e-10, atol=1e-6)


def _near(metres: float) -> Expect:
    def near(result: object) -> str | None:
        worst = float(np.max(np.abs(np.asarray(result, dtype=float) - metres)))
        return None if worst < 0.03 else f"{worst:.3f} m from the true distance"

    return check(near)


def cases() -> list[Case]:
    """Intervals with known results, then counters that start again, long intervals and clocks of different rates."""
    plain = (20_000_400, 20_000_000, 20_000_400, 20_000_000)
    uneven = _simulated(12.5, 0.0005, 0.0021, 12.0, -18.0)
    long = _simulated(73.2, 0.31, 0.27, -9.0, 14.0)
    longest = (SPAN - 1, SPAN - 5001, SPAN - 3, SPAN - 4003)
    wrapped = [
        _row(*uneven, tag=SPAN - 7, anchor=100),
        _row(*uneven, tag=SPAN - uneven[0] - 5, anchor=SPAN - uneven[1]),
        _row(*uneven, tag=3, anchor=SPAN - uneven[1] - 9),
        _row(*uneven, tag=SPAN - 1, anchor=SPAN - 1),
    ]
    below = (20_000_000, 20_000_012, 20_000_003, 20_000_001)
    halfway = (SPAN // 2 + 300, SPAN // 2 - 300, 30_000_600, 30_000_000)
    delay_line = (900_000_000, 400_000_000, 1_300_000_000, 800_000_000)
    return [
        Case("200 ticks away", (np.array([_row(*plain)]),), close(np.array([float(200 * METRES_A_TICK)]), rtol=5e-10, atol=1e-6)),
        Case("uneven replies", (np.array([_row(*uneven)]),), every(_near(12.5), _right(uneven))),
        Case("counters start again", (np.array(wrapped),), _right(uneven, uneven, uneven, uneven)),
        Case("replies of 0.3 s", (np.array([_row(*long)]),), every(_near(73.2), _right(long))),
        Case("longest intervals", (np.array([_row(*longest, tag=77, anchor=SPAN - 2)]),), _right(longest)),
        Case("half of the counter's range", (np.array([_row(*halfway)]),), _right(halfway)),
        Case("a delay line of 4 ms", (np.array([_row(*delay_line)]),), _right(delay_line)),
        Case("negative estimate", (np.array([_row(*below)]),), _right(below)),
        Case("several", (np.array([_row(*plain), _row(*below), _row(*long)]),), _right(plain, below, long)),
        Case("no exchange", (np.zeros((0, 6), dtype=np.int64),), close(np.zeros(0))),
    ]
