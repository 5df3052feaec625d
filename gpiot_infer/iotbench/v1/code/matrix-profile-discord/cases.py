import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, Expect, check, close, every


def by_correlation(series: np.ndarray, width: int) -> np.ndarray:
    """Distances from Pearson's r: the square is 2 * width * (1 - r) for two subsequences that are not flat."""
    count = len(series) - width + 1
    pieces = [series[i : i + width] for i in range(count)]
    profile = []
    for i in range(count):
        best = math.inf
        for j in range(count):
            if abs(i - j) < math.ceil(width / 2):
                continue
            flat = [len(set(pieces[k])) == 1 for k in (i, j)]
            if any(flat):
                distance = 0.0 if all(flat) else math.sqrt(width)
            else:
                a, b = (pieces[k] - sum(pieces[k]) / width for k in (i, j))
                r = float(a @ b) / math.sqrt(float(a @ a) * float(b @ b))
                distance = math.sqrt(max(0.0, 2 * width * (1 - r)))
            best = min(best, distance)
        profile.append(best)
    return np.array(profile)


def expect(profile: np.ndarray) -> Expect:
    """The profile within 1e-5, and as discord any number whose entry is the largest finite one to 1e-6."""
    height = np.where(np.isfinite(profile), profile, -1.0)
    places = np.flatnonzero(height > height.max() - 1e-6) if height.max() >= 0 else [-1]

    def is_discord(result: tuple[np.ndarray, int]) -> str | None:
        return None if type(result[1]) is not bool and result[1] in list(places) else f"the discord {result[1]} is none of {list(places)}"

    return every(lambda result: close((profile, places[0]), atol=1e-5)((result[0], places[0])), check(is_discord))


def cases() -> list[Case]:
    random = np.random.default_rng(3)
    beat = np.sin(2 * np.pi * np.arange(180) / 20) + 0.05 * random.normal(size=180)
    beat[101:109] = -beat[101:109]
    scaled = np.concatenate([(k + 1) * np.array([0.0, 3, 1, 4, 1, 5, 2]) + 10 * k for k in range(6)])
    scaled[23] -= 7
    flats = np.array([0.0, 0, 0, 0, 0, 2, 5, 1, 0, 0, 0, 0, 0, 0, 3, 3, 3, 3, 3, 1, 7, 2, 9, 9, 9, 9])
    walk = np.cumsum(random.normal(size=70))
    # four pieces of width 4, excluded within 2: pairs 0-2, 0-3, 1-3 remain
    short = np.array([1.0, 2, 4, 3, 0, 6, 5])

    def profile_and_discord(series: np.ndarray, width: int) -> Case:
        return Case(f"{len(series)} samples, width {width}", (series, width), expect(by_correlation(series, width)))

    return [
        profile_and_discord(beat, 20),
        profile_and_discord(scaled, 7),
        profile_and_discord(flats, 5),
        profile_and_discord(flats[:14], 4),
        profile_and_discord(walk, 9),
        profile_and_discord(walk[:41], 4),
        profile_and_discord(short, 4),
        # three pieces of width 5, nearest admissible distance would be 3
        Case("no pair far enough apart", (np.array([1.0, 2, 0, 4, 1, 3, 2]), 5), expect(np.full(3, np.inf))),
        # width 3: excluded below 2; pieces 0 and 2 are up and down: r = -1, distance sqrt(12); the middle piece has no partner
        Case("opposite ramps", (np.array([0.0, 1, 2, 1, 0]), 3), expect(np.array([math.sqrt(12), np.inf, math.sqrt(12)]))),
        Case("all flat", (np.full(12, 0.1), 4), expect(np.zeros(9))),
    ]
