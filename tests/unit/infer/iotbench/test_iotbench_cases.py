"""What counts as the expected value, and what does not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from gpiot_infer.iotbench.cases import Case, check, close, equal, every, fault_of

EQUAL = [
    (3, np.int64(3)),
    (0.5, np.float64(0.5)),
    (True, np.bool_(True)),
    ("a", np.str_("a")),
    ([1, (2, 3)], (1, [2, 3])),
    ({"a": [1.0]}, {"a": (1.0,)}),
    (None, None),
    (b"ab", b"ab"),
    (math.nan, math.nan),
    (np.array([1.0, math.nan]), np.array([1.0, math.nan])),
    (np.array([1, 2], dtype=np.int8), np.array([1, 2], dtype=np.uint64)),
    (np.array([1.0], dtype=np.float32), np.array([1.0])),
    (np.array([]), np.array([])),
    (2**20000, 2**20000),
]
UNEQUAL = [
    (1, True),
    (True, 1),
    (1, 1.0),
    (1.0, 1),
    (1.0, complex(1.0)),
    ("1", 1),
    ("ab", b"ab"),
    ([1], np.array([1])),
    (np.array([1]), [1]),
    (np.array([1]), np.array([1.0])),
    (np.array([1]), np.array([True])),
    (np.array([1, 2]), np.array([[1, 2]])),
    (np.array([1, 2]), np.array([1, 3])),
    (np.array([1.0, math.nan]), np.array([math.nan, 1.0])),
    ([1, 2], [1]),
    ([1, 2], [2, 1]),
    ({"a": 1}, {"a": 1, "b": 2}),
    ({"a": 1, "b": 2}, {"a": 1, "c": 2}),
    ({1: "a"}, {True: "a"}),
    (None, 0),
    (0, None),
    (math.nan, 1.0),
    (1.0, math.nan),
    (2**20000, 2**20000 + 1),
    (1.0, 1.0 + 1e-15),
]


@pytest.mark.parametrize(("wanted", "got"), EQUAL, ids=lambda value: repr(type(value)))
def test_the_same_value_is_equal(wanted: Any, got: Any) -> None:
    assert equal(wanted)(got) is None
    assert close(wanted)(got) is None


@pytest.mark.parametrize(("wanted", "got"), UNEQUAL, ids=lambda value: repr(type(value)))
def test_another_value_is_not_equal(wanted: Any, got: Any) -> None:
    assert equal(wanted)(got) is not None


CLOSE = [
    (1.0, 1, 0.0, 0.0),
    (2.0, 2.0 + 1e-6, 1e-6, 0.0),
    (-2.0, -2.0 - 1e-6, 1e-6, 0.0),
    (0.0, 0.25, 0.0, 0.25),
    (10, 12, 0.0, 2.0),
    (complex(1, 1), complex(1, 1 + 1e-7), 1e-6, 0.0),
    (complex(1, 0), 1.0, 1e-6, 0.0),
    (math.inf, math.inf, 1e-6, 0.0),
    ([0.5, (1.0, "a")], (0.5, [1.0, "a"]), 1e-6, 0.0),
    (np.array([1, 2]), np.array([1.0, 2.0]), 1e-6, 0.0),
    (np.array([3, 250], dtype=np.uint8), np.array([4, 249], dtype=np.uint8), 0.0, 1.0),
    (np.array([1.0, -math.inf]), np.array([1.0, -math.inf]), 1e-6, 0.0),
    (np.array([1j]), np.array([1j + 1e-9]), 1e-6, 0.0),
]
FAR = [
    (0.0, 1e-12, 1e-6, 0.0),
    (2.0, 2.0 + 3e-6, 1e-6, 0.0),
    (10, 13, 0.0, 2.0),
    (math.inf, -math.inf, 1e-6, math.inf),
    (math.inf, 1e300, 1.0, 0.0),
    (1e300, math.inf, 1.0, 0.0),
    (1.0, math.nan, 1e-6, 1.0),
    (1.0, True, 0.0, 1.0),
    (1.0, complex(1, 0), 0.0, 1.0),
    ([1.0], [1.0, 1.0], 1.0, 1.0),
    (["a"], ["b"], 1.0, 1.0),
    (np.array([1.0, math.inf]), np.array([1.0, 5.0]), 1.0, 0.0),
    (np.array([1.0, 2.0]), np.array([1.0, 2.1]), 1e-6, 0.0),
    (np.array([1.0]), np.array([True]), 1.0, 1.0),
    (np.array([1.0]), np.array([1.0 + 0j]), 1.0, 1.0),
    (np.array([1.0]), 1.0, 1.0, 1.0),
    (np.array([3, 250], dtype=np.uint8), np.array([5, 250], dtype=np.uint8), 0.0, 1.0),
]


@pytest.mark.parametrize(("wanted", "got", "rtol", "atol"), CLOSE, ids=repr)
def test_a_value_within_its_tolerance_is_close(wanted: Any, got: Any, rtol: float, atol: float) -> None:
    assert close(wanted, rtol, atol)(got) is None


@pytest.mark.parametrize(("wanted", "got", "rtol", "atol"), FAR, ids=repr)
def test_a_value_beyond_its_tolerance_is_not_close(wanted: Any, got: Any, rtol: float, atol: float) -> None:
    assert close(wanted, rtol, atol)(got) is not None


def test_the_place_of_a_difference_is_named() -> None:
    fault = equal({"a": [1, np.array([[1.0, 2.0]])]})({"a": [1, np.array([[1.0, 3.0]])]})
    assert fault == "['a'][1][0, 1] is 3.0, expected 2.0 (1 of 2 differ)"


def test_of_several_expectations_the_first_that_fails_is_named() -> None:
    expect = every(check(lambda result: None), check(lambda result: "too short"), check(lambda result: "too long"))
    assert expect(1) == "too short"
    assert every(equal(1), close(1.0))(1) is None


def test_an_expectation_that_cannot_cope_with_a_result_finds_it_wrong() -> None:
    case = Case("mean", (), check(lambda result: None if result.mean() > 0 else "low"))
    assert fault_of(case, None) == "cannot be compared (AttributeError: 'NoneType' object has no attribute 'mean')"
    assert fault_of(case, np.array([1.0])) is None


def test_a_text_array_with_letters_that_are_none_is_wrong_and_no_crash() -> None:
    forged = np.frombuffer(b"\xff\xff\xff\xff", dtype="<U1")
    assert fault_of(Case("text", (), equal(np.array(["a"]))), forged) is not None
