"""What a run was seen to have: told to six digits inside, read as data outside, compared with a tolerance."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from gpiot_data.verify import watch
from gpiot_data.verify.observed import Observation, first_seen, last_seen, read_observations, same_value, stored_observations


def seen(value: Any) -> Observation:
    """Return the observation of a value, by way of JSON."""
    (read,) = read_observations(json.loads(json.dumps([["x", 0, *watch.summary(value)]])), 1)
    return read


def test_numbers_keep_six_digits() -> None:
    assert [seen(value).value for value in (0.123456789, 123456789, True, 1 + 2j, float("nan"), np.float32(0.1))] == [
        0.123457,
        123457000,
        True,
        [1.0, 2.0],
        "nan",
        0.1,
    ]


def test_arrays_tell_shape_and_dtype_and_long_ones_statistics() -> None:
    short, long = seen(np.array([[1, 2], [3, 4]])), seen(np.arange(1000.0))
    assert (short.type, short.shape, short.dtype, short.value) == ("ndarray", (2, 2), "int64", [1, 2, 3, 4])
    assert (long.shape, long.dtype, long.value["n"], long.value["ends"]) == ((1000,), "float64", 1000, [0.0, 1.0, 2.0, 997.0, 998.0, 999.0])


def test_tables_of_pandas_and_sparse_arrays_are_looked_into() -> None:
    pandas = pytest.importorskip("pandas")
    from scipy import sparse

    table = seen(pandas.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]}))
    assert (table.type, table.shape, table.value["columns"]) == ("pandas.DataFrame", (2, 2), ["a", "b"])
    matrix = seen(sparse.csr_array(np.eye(3)))
    assert (matrix.type, matrix.shape) == ("scipy.csr_array", (3, 3))
    assert matrix.value is not None


def test_of_other_objects_only_the_type_is_told_and_they_equal_nothing() -> None:
    class Odd:
        @property
        def shape(self) -> tuple[int, ...]:
            raise RuntimeError("not now")

        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    found = seen(Odd())
    assert (found.type.rpartition(".")[2], found.shape, found.value) == ("Odd", None, None)
    assert not same_value(found, found)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1.0, 1.0 + 1e-9, True),
        (1.0, 1.001, False),
        (1, 1.0, False),
        (np.arange(100.0), np.arange(100.0), True),
        (np.arange(100.0), np.arange(100.0).reshape(10, 10), False),
        (np.arange(100.0), np.arange(100.0, dtype="float32"), False),
        (np.arange(100.0), np.arange(100.0)[[*range(50), 51, 50, *range(52, 100)]], False),
        ([1, "a"], [1, "a"], True),
        ([1, "a"], [1, "b"], False),
        ("t" * 100, "t" * 99 + "u", False),
        ({"a": 1}, {"b": 1}, False),
        (True, 1, False),
    ],
)
def test_values_are_the_same_or_not(one: Any, other: Any, same: bool) -> None:
    assert same_value(seen(one), seen(other)) is same


def test_the_first_and_the_last_sight_of_a_name_are_told_apart() -> None:
    names: dict[str, Any] = {"grown": []}
    watching = watch.Watch()
    import ast

    watching.bound(ast.parse("grown = []").body, names, 0)
    names["grown"].append(1)
    watching.ended(names, 2)
    found = read_observations(watching.records, 3)
    assert (first_seen(found)["grown"].value, last_seen(found)["grown"]) == ([], Observation("grown", 2, "list", (1,), None, [1]))


def test_names_bound_inside_functions_and_comprehensions_are_not_those_of_the_program() -> None:
    import ast

    code = "for i in range(2):\n    a = [j for j in range(i)]\ndef f():\n    b = 1\nwith open(p) as c:\n    d, *e = c\n"
    assert watch.bound_names(ast.parse(code).body) == {"i", "a", "c", "d", "e"}


@pytest.mark.parametrize(
    "item",
    [
        ["x", 0, "int"],
        ["x", 7, "int", None, None, 1],
        ["x\x1b[2J", 0, "int", None, None, 1],
        ["x", True, "int", None, None, 1],
        ["x", 0, "ndarray", [-1], None, 1],
        ["x", 0, "n" * 1000, None, None, 1],
    ],
)
def test_what_is_no_observation_is_left_out(item: Any) -> None:
    assert read_observations([item], 1) == ()
    with pytest.raises(ValueError, match="observation"):
        stored_observations([[item[0], -1, *item[2:]]])


def test_a_value_that_is_too_long_is_not_kept() -> None:
    (read,) = read_observations([["x", 0, "list", [9], None, ["y" * 5000]]], 1)
    assert (read.shape, read.value) == ((9,), None)
