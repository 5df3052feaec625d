import numpy as np

from gpiot_infer.iotbench.cases import Case, equal


def by_partial_sums(values: np.ndarray, target: float, slack: float, limit: float) -> list[tuple[int, int, int]]:
    """The sum after sample i is the largest of 0 and all partial sums that end at i and start after the last alarm."""
    alarms: list[tuple[int, int, int]] = []
    here = [int(i) for i in np.flatnonzero(~np.isnan(values))]
    begin = 0
    for place, index in enumerate(here):
        for side in (1, -1):
            steps = [side * (values[i] - target) - slack for i in here[begin : place + 1]]
            tails = [sum(steps[k:]) for k in range(len(steps))]
            if max(tails) > limit:
                # the positive run starts where the tail is largest (steps are continuous: no ties)
                alarms.append((index, side, here[begin + int(np.argmax(tails))]))
                begin = place + 1
                break
    return alarms


def cases() -> list[Case]:
    random = np.random.default_rng(5)
    drifting = random.normal(21.5, 0.4, 400)
    drifting[120:150] += 0.6
    drifting[260:300] -= 0.5
    gappy = drifting.copy()
    gappy[[3, 77, 119, 121, 122, 125, 259, 262, 399]] = np.nan
    nan = np.nan
    return [
        # slack 1: upper sum 0 1 2 3 4 | after the alarm 1 2
        Case("upward shift by hand", (np.array([10.0, 12, 12, 12, 12, 12, 12]), 10.0, 1.0, 3.5), equal([(4, 1, 1)])),
        Case("downward shift by hand", (np.array([10.0, 11, 7, 7, 12, 7]), 10.0, 1.0, 3.0), equal([(3, -1, 2)])),
        # the sum reaches 4 exactly: no alarm, one sample later 5
        Case("the limit itself is no alarm", (np.array([2.0, 2, 2, 2, 2]), 0.0, 1.0, 4.0), equal([(4, 1, 0)])),
        Case("a lasting shift alarms again after each reset", (np.full(10, 3.0), 1.0, 0.5, 4.0), equal([(2, 1, 0), (5, 1, 3), (8, 1, 6)])),
        # sums 3, exactly 0, 3, 5: the onset is the sample after the exact 0
        Case("onset after an exact 0", (np.array([4.0, -2, 4, 3]), 0.0, 1.0, 4.0), equal([(3, 1, 2)])),
        Case("gap inside the run and before it", (np.array([0.0, nan, nan, 3, nan, 3, nan, 0]), 0.0, 1.0, 3.0), equal([(5, 1, 3)])),
        # the lower sum is 4 when the upper one alarms; without its reset the -3 would raise an alarm at 6
        Case("both sums are reset", (np.array([-3.0, -3, 5, 0, 0, 0, -3]), 0.0, 0.0, 8.0), equal([])),
        Case(
            "the other sum restarts as well",
            (np.array([-2.0, -2, 6, 6, -4, -4, -4]), 0.0, 0.25, 11.0),
            equal([(3, 1, 2), (6, -1, 4)]),
        ),
        Case("pump pressure with two shifts", (drifting, 21.5, 0.2, 2.0), equal(by_partial_sums(drifting, 21.5, 0.2, 2.0))),
        Case("the same with gaps", (gappy, 21.5, 0.2, 1.6), equal(by_partial_sums(gappy, 21.5, 0.2, 1.6))),
        Case("no slack, low limit", (drifting, 21.4, 0.0, 1.3), equal(by_partial_sums(drifting, 21.4, 0.0, 1.3))),
        Case("only gaps", (np.full(4, nan), 0.0, 0.5, 1.0), equal([])),
        Case("nothing", (np.zeros(0), 0.0, 0.5, 1.0), equal([])),
    ]
