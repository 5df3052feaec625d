import statistics

import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def by_hand(x, half_width, n_sigmas):
    """The definition with lists and the statistics module."""
    cleaned, spikes = [], []
    for i, value in enumerate(x):
        window = [float(x[j]) for j in range(len(x)) if abs(j - i) <= half_width]
        middle = statistics.median(window)
        spread = statistics.median([abs(v - middle) for v in window])
        far = abs(value - middle) > n_sigmas * 1.4826 * spread
        cleaned.append(middle if far else float(value))
        if far:
            spikes.append(i)
    return np.array(cleaned), spikes


def cases() -> list[Case]:
    rng = np.random.default_rng(11)
    noisy = np.sin(np.arange(120) / 9.0) + 0.05 * rng.standard_normal(120)
    noisy[[7, 40, 41, 90, 119]] += [2.0, -3.0, 2.5, 0.4, 1.5]
    rough = rng.standard_normal(80)
    ramp = np.array([0.0, 1.0, 2.0, 50.0, 4.0, 5.0, 6.0])
    return [
        Case("spike on a ramp", (ramp, 2, 3.0), close((np.array([0.0, 1.0, 2.0, 4.0, 4.0, 5.0, 6.0]), [3]))),
        Case(
            "spread of zero: any other value is a spike",
            (np.array([1.0, 1.0, 1.0, 1.25, 1.0, 1.0]), 2, 3.0),
            close((np.ones(6), [3])),
        ),
        # Median 0 and deviation 1: the sample at 1.4826 lies exactly on the threshold.
        Case(
            "exactly on the threshold is kept",
            (np.array([-1.0, 1.0, 1.4826, 0.0, -1.0]), 4, 1.0),
            close((np.array([-1.0, 1.0, 1.4826, 0.0, -1.0]), [])),
        ),
        Case(
            "between the raw and the scaled deviation is kept",
            (np.array([-1.0, 1.0, 1.25, 0.0, -1.0]), 4, 1.0),
            close((np.array([-1.0, 1.0, 1.25, 0.0, -1.0]), [])),
        ),
        Case("spikes in noise", (noisy, 5, 3.0), close(by_hand(noisy, 5, 3.0))),
        Case("tight threshold", (rough, 3, 0.5), close(by_hand(rough, 3, 0.5))),
        Case("window longer than the signal", (rough[:6], 9, 1.0), close(by_hand(rough[:6], 9, 1.0))),
        Case("half width of zero keeps everything", (ramp, 0, 0.0), close((ramp, []))),
        Case("empty signal", (np.zeros(0), 3, 3.0), close((np.zeros(0), []))),
    ]
