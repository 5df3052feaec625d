import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def cases() -> list[Case]:
    rng = np.random.default_rng(2)
    # Parabolas with known tops are refined without error.
    tops = np.array([20.3, 60.0, 99.65, 140.49, 181.2])
    index = np.arange(200.0)
    ecg = np.full(200, -5.0)
    for top in tops:
        near = np.abs(index - top) < 4
        ecg[near] = 1.5 - 0.125 * (index[near] - top) ** 2
    coarse = np.round(tops).astype(int) + np.array([-3, 0, 3, 2, -1])
    wave = np.cos(2 * np.pi * (np.arange(640) / 128.0 - 0.0021) * 1.25)
    true_times = 0.0021 + np.arange(1, 6) * 0.8
    rough = (np.round(true_times * 128)).astype(int) + rng.integers(-4, 5, 5)
    edge = np.array([0.0, 1.0, 2.0, 3.0, 4.5, 9.0, 7.0, 6.0, 8.0])
    return [
        Case("parabolas with known tops", (ecg, 200.0, coarse, 3), close(tops / 200.0, rtol=1e-9)),
        Case("slow cosine", (wave, 128.0, rough, 6), close(true_times, rtol=0.0, atol=1e-5)),
        # The window ends on the rise: straight at 2 (k = 0), bent upwards at 3 and 4 (k = 0.5 and 3).
        Case("straight or bent upwards: no offset", (edge, 1.0, np.array([1, 2, 3]), 1), close(np.array([2.0, 3.0, 4.0]))),
        Case(
            "nearly straight: no offset above a half",
            (np.array([0.0, 4.0, 7.0, 9.0, 0.0]), 10.0, np.array([1]), 1),
            close(np.array([0.25])),
        ),
        Case(
            "falling edge: no offset below minus a half",
            (np.array([0.0, 9.0, 7.0, 4.0, 0.0]), 10.0, np.array([3]), 1),
            close(np.array([0.15])),
        ),
        Case(
            "first and last sample have no offset",
            (np.array([3.0, 1.0, 0.0, 2.0, 4.0]), 2.0, np.array([1, 3]), 1),
            close(np.array([0.0, 2.0])),
        ),
        Case(
            "peak next to either end",
            (np.array([1.0, 3.0, 2.0, 0.0, 1.0, 2.0, 0.0]), 1.0, np.array([0, 6]), 2),
            close(np.array([1 + 1 / 6, 5 - 1 / 6])),
        ),
        Case(
            "earliest of two equal maxima",
            (np.array([0.0, 0.0, 5.0, 1.0, 5.0, 4.0, 0.0]), 1.0, np.array([3]), 2),
            close(np.array([2 + 1 / 18])),
        ),
        Case("no search", (edge, 4.0, np.array([5, 4]), 0), close(np.array([5 + 2.5 / 13, 4.0]) / 4.0)),
        Case("reach just enough for the peak", (edge, 1.0, np.array([3, 7]), 2), close(np.array([5 + 2.5 / 13, 5 + 2.5 / 13]))),
        Case("reach beyond both ends", (edge, 1.0, np.array([4]), 20), close(np.array([5 + 2.5 / 13]))),
        Case("no peaks", (edge, 1.0, np.zeros(0, dtype=int), 2), close(np.zeros(0))),
    ]
