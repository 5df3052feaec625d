from fractions import Fraction

import numpy as np

from gpiot_infer.iotbench.cases import Case, Expect, close, every


def by_fractions(values: np.ndarray) -> tuple[np.ndarray, float, int]:
    """The same formulas on exact fractions; Python's round also takes ties to the even neighbour."""
    exact = [Fraction(float(v)) for v in values.ravel()]
    low, high = min(0, *exact, 0), max(0, *exact, 0)
    scale = Fraction(high - low) / 255
    zero = round(-128 - low / scale)
    whole = [max(-128, min(127, round(v / scale) + zero)) for v in exact]
    return np.array(whole, np.int8).reshape(values.shape), float(scale), zero


def same(expected: tuple[np.ndarray, float, int]) -> Expect:
    """Equal integers and zero point, scale to 1e-9, and an array of type int8."""

    def is_int8(result: tuple[np.ndarray, float, int]) -> str | None:
        return None if result[0].dtype == np.int8 else f"dtype is {result[0].dtype}, expected int8"

    return every(close(expected, rtol=1e-9), is_int8)


def cases() -> list[Case]:
    random = np.random.default_rng(2)
    activations = random.normal(0.3, 1.1, (4, 6, 5))
    relu = np.maximum(random.normal(0.0, 2.0, 64), 0.0)
    shifted = random.uniform(18.0, 26.0, (3, 7))
    # scale 0.5 exactly: -3 -> -6, zero point -122; 0.25 and 0.75 are ties: 0 and 2
    ties = np.array([-3.0, 124.5, 0.0, 0.25, 0.75, 1.25, -0.25, -0.75])
    return [
        Case("scale one half by hand", (ties,), same((np.array([-128, 127, -122, -122, -120, -120, -122, -124], np.int8), 0.5, -122))),
        # scale 0.5; low / scale = -1.5: zero point round(-126.5) = -126; 126.75 / 0.5 = 253.5 -> 254, limited
        Case("upper limit reached", (np.array([[-0.75], [126.75]]),), same((np.array([[-128], [127]], np.int8), 0.5, -126))),
        Case("temperatures above 0", (shifted,), same(by_fractions(shifted))),
        Case("all below 0", (-shifted,), same(by_fractions(-shifted))),
        Case("activations", (activations,), same(by_fractions(activations))),
        Case("after a rectifier", (relu,), same(by_fractions(relu))),
        Case("small weights", (activations * 1e-4,), same(by_fractions(activations * 1e-4))),
        Case("single value", (np.array([-7.5]),), same((np.array([-128], np.int8), 7.5 / 255, 127))),
        Case("all 0", (np.zeros((2, 3)),), same((np.zeros((2, 3), np.int8), 1.0, 0))),
    ]
