import numpy as np

from gpiot_infer.iotbench.cases import Case, close

NAN = float("nan")


def by_hand(red, infrared, feet):
    out = []
    for start, stop in zip(feet[:-1].tolist(), feet[1:].tolist(), strict=True):
        r, i = red[start:stop].tolist(), infrared[start:stop].tolist()
        dc_r, dc_i = sum(r) / len(r), sum(i) / len(i)
        if dc_r <= 0 or dc_i <= 0 or max(i) == min(i):
            out.append(NAN)
        else:
            out.append(min(100.0, max(0.0, 110.0 - 25.0 * (max(r) - min(r)) * dc_i / (dc_r * (max(i) - min(i))))))
    return np.array(out)


def cases() -> list[Case]:
    rng = np.random.default_rng(17)
    # One pulse of the shape 0, 1, 2, 1 has AC 2a and DC level + a.
    shape = np.array([0.0, 1.0, 2.0, 1.0])
    red, infrared = np.tile(99.0 + shape, 3), np.tile(198.0 + 2.0 * shape, 3)
    feet = np.array([0, 4, 8, 12])
    clock = np.arange(600) / 100.0
    pulse = np.maximum(0.0, np.sin(2 * np.pi * 1.3 * clock)) ** 2
    long_red = 52000.0 - 600.0 * pulse + 20.0 * rng.standard_normal(600)
    long_infrared = 81000.0 - 1500.0 * pulse + 20.0 * rng.standard_normal(600) + 900.0 * np.sin(0.8 * clock)
    long_feet = np.array([12, 90, 165, 243, 320, 396, 474, 550, 599])
    strong = np.array([100.0, 300.0, 100.0, 101.0, 100.0, 100.9, 100.0, 102.0])
    weak = np.array([100.0, 110.0, 100.0, 110.0, 100.0, 110.0, 100.0, 110.0])
    last = np.array([100.0, 104.0, 100.0, 104.0, 500.0, 104.0, 100.0])
    steady = np.array([100.0, 104.0, 100.0, 104.0, 100.0, 110.0, 100.0])
    return [
        # R = (2 / 100) / (4 / 200) = 1 in each pulse.
        Case("ratio of one", (red, infrared, feet), close(np.array([85.0, 85.0, 85.0]))),
        Case("a brighter red LED changes nothing", (3.0 * red, infrared, feet[:2]), close(np.array([85.0]))),
        Case("noisy pulses on a drifting level", (long_red, long_infrared, long_feet), close(by_hand(long_red, long_infrared, long_feet))),
        Case("limited to 0 and to 100", (strong, weak, np.array([0, 2, 4, 6, 8])), close(by_hand(strong, weak, np.array([0, 2, 4, 6, 8])))),
        Case(
            "the next foot belongs to the next pulse",
            (last, steady, np.array([0, 4, 7])),
            close(by_hand(last, steady, np.array([0, 4, 7]))),
        ),
        Case("no infrared pulse", (red, np.full(12, 200.0), feet), close(np.full(3, NAN))),
        Case(
            "small infrared pulse",
            (red, np.tile(100.0 + 0.25 * shape, 3), feet),
            close(by_hand(red, np.tile(100.0 + 0.25 * shape, 3), feet)),
        ),
        Case("no red pulse", (np.full(12, 50.0), infrared, feet), close(np.full(3, 100.0))),
        Case(
            "dark or negative light",
            (np.concatenate([-red[:4], red[4:]]), np.concatenate([infrared[:4], -infrared[4:8], infrared[8:]]), feet),
            close(np.array([NAN, NAN, 85.0])),
        ),
        Case(
            "mean of zero",
            (np.array([-1.0, 1.0, 4.0, 6.0]), np.array([4.0, 6.0, -1.0, 1.0]), np.array([0, 2, 4])),
            close(np.array([NAN, NAN])),
        ),
        Case("dim light", (0.005 * red, 0.0025 * infrared, feet), close(np.array([85.0, 85.0, 85.0]))),
        Case("one foot", (red, infrared, np.array([4])), close(np.zeros(0))),
        Case("no feet", (red, infrared, np.zeros(0, dtype=int)), close(np.zeros(0))),
    ]
