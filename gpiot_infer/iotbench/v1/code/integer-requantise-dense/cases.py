import math
from fractions import Fraction

import numpy as np

from gpiot_infer.iotbench.cases import Case, Expect, equal, every


def by_fractions(
    inputs: np.ndarray,
    weights: np.ndarray,
    bias: np.ndarray,
    multipliers: np.ndarray,
    shifts: np.ndarray,
    input_zero: int,
    output_zero: int,
) -> np.ndarray:
    """Element by element with exact fractions."""
    rows = []
    for sample in inputs.tolist():
        row = []
        for o, channel in enumerate(weights.tolist()):
            total = int(bias[o]) + sum((x - input_zero) * w for x, w in zip(sample, channel, strict=True))
            first = math.floor(Fraction(total * int(multipliers[o]), 2**31) + Fraction(1, 2))
            second = Fraction(abs(first), 2 ** int(shifts[o]))
            nearest = math.floor(second + Fraction(1, 2)) * (1 if first >= 0 else -1)
            row.append(max(-128, min(127, nearest + output_zero)))
        rows.append(row)
    return np.array(rows, np.int8)


def is_int8(result: np.ndarray) -> str | None:
    """Say so if the array is not int8."""
    return None if result.dtype == np.int8 else f"dtype is {result.dtype}, expected int8"


def layer(random: np.random.Generator, batch: int, width: int, channels: int, zeros: tuple[int, int], shift: int) -> tuple:
    """Arguments of a random layer."""
    return (
        random.integers(-128, 128, (batch, width)).astype(np.int8),
        random.integers(-127, 128, (channels, width)).astype(np.int8),
        random.integers(-3000, 3000, channels).astype(np.int32),
        random.integers(2**30, 2**31, channels).astype(np.int32),
        random.integers(shift, shift + 3, channels).astype(np.int32),
        *zeros,
    )


def column(values: list[int]) -> Expect:
    """Expect exactly these int8 outputs of one channel."""
    return every(equal(np.array(values, np.int8).reshape(-1, 1)), is_int8)


def identity(values: list[int], multiplier: int, shift: int, bias: int = 0) -> tuple:
    """One weight of 1 for a column of inputs: the accumulators are the values plus the bias."""
    inputs = np.array(values, np.int8).reshape(-1, 1)
    one = np.ones((1, 1), np.int8)
    return (inputs, one, np.array([bias], np.int32), np.array([multiplier], np.int32), np.array([shift], np.int32), 0, 0)


def cases() -> list[Case]:
    random = np.random.default_rng(30)
    large = layer(random, 8, 64, 10, (-4, 9), 9)
    wide = layer(random, 5, 200, 6, (127, -128), 10)
    saturating = layer(random, 6, 30, 8, (-128, 3), 5)
    unshifted = layer(random, 40, 1, 6, (1, 0), 0)
    few = layer(random, 60, 2, 5, (3, -2), 6)
    tiny = (*few[:2], np.zeros(5, np.int32), np.full(5, 2**30, np.int32), np.arange(3, 8, dtype=np.int32), 3, -2)
    heavy = identity([100, -100, 1], 2**31 - 1, 24, 2**31 - 200)

    def expect(arguments: tuple) -> Expect:
        return every(equal(by_fractions(*arguments)), is_int8)

    return [
        # 2**30 is one half: 5 -> 2.5 -> 3, -5 -> -2.5 -> -2, 1 -> 1, -1 -> 0
        Case("first rounding by hand", identity([5, -5, 1, -1, 4, 127, -128], 2**30, 0), column([3, -2, 1, 0, 2, 64, -64])),
        # halved, then quartered: 12 -> 6 -> 1.5 -> 2, -12 -> -6 -> -1.5 -> -2, -13 -> -6 -> -2,
        # 19 -> 10 -> 2.5 -> 3, -19 -> -9 -> -2.25 -> -2
        Case("second rounding by hand", identity([12, -12, -13, 19, -19, 20, -20], 2**30, 2), column([2, -2, -2, 3, -2, 3, -3])),
        Case("layer of 10 channels", large, expect(large)),
        Case("zero points at the limits", wide, expect(wide)),
        Case("outputs limited on both sides", saturating, expect(saturating)),
        Case("no right shift", unshifted, expect(unshifted)),
        Case("many ties", tiny, expect(tiny)),
        Case("accumulator near 2**31", heavy, expect(heavy)),
    ]
