"""Documented outputs, against the values that the run made."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_augment_displays import ROW

from gpiot_data.augment.contradictions import contradiction
from gpiot_data.schema import Specification, Variable
from gpiot_data.verify.observed import Observation

SEVERAL = "`delay` (int): Best delay; `dimension` (int): Best dimension."


def said(output: Variable, *observed: Observation) -> str | None:
    return contradiction(replace(ROW, specification=Specification("Get f.", (), (output,))).to_json(), observed)


@pytest.mark.parametrize(
    ("stated", "seen"),
    [
        ("list", "fortran"),
        ("GroupByPlot", "pandas.Series"),
        ("string", "generator"),
        ("ndarray", "complex128"),
        ("int", "dict"),
        ("int", "float64"),
        ("bool", "ndarray"),
        ("DataFrame", "pandas.Series"),
        ("DataFrame", "pandas.PeriodIndex"),
        ("tuple of float, length 2", "ndarray"),
        ("list of str or None", "str"),
    ],
)
def test_a_value_of_another_kind_contradicts_what_is_documented(stated: str, seen: str) -> None:
    assert said(Variable("y", type=stated), Observation("y", 3, seen)) == f"`y` ({stated}) is a {seen}"


@pytest.mark.parametrize(
    ("stated", "seen"),
    [
        ("list", "list"),
        ("(K,) ndarray or float", "float64"),
        ("array_like", "ndarray"),
        ("array-like", "list"),
        ("float", "int"),
        ("tuple", "scipy.FitResult"),
        ("list", "pandas.FrozenList"),
        ("Series or Index", "pandas.MultiIndex"),
        ("pandas.api.extensions.ExtensionArray", "pandas.IntegerArray"),
        ("object", "ndarray"),
        ("scalar", "float32"),
        ("{float, inf}", "float64"),
        ("Categorical or None", "ndarray"),
        ("iterator", "list"),
        ("int", "NoneType"),
        (None, "dict"),
    ],
)
def test_a_value_of_the_kind_or_of_one_that_words_cannot_tell_does_not(stated: str | None, seen: str) -> None:
    assert said(Variable("y", type=stated), Observation("y", 3, seen)) is None


def test_a_name_has_in_the_end_what_is_said_of_it() -> None:
    assert said(Variable("y", type="ndarray"), Observation("y", 1, "int"), Observation("y", 3, "ndarray", (2,))) is None
    later = (Observation("y", 1, "float64"), Observation("y", 3, "pandas.Series", (2,)))
    assert said(Variable("y", type="scalar"), *later) == "`y` (scalar) is a pandas.Series"


def test_several_documented_values_are_no_single_one() -> None:
    several = Variable("y", description=SEVERAL)
    assert said(several, Observation("y", 3, "dict", (2,))) == "`y` (several values) is a dict"
    assert said(several, Observation("y", 3, "tuple", (2,))) is None
    assert said(several, Observation("y", 3, "tuple", (3,))) == "`y` (several values) is a tuple"
    assert said(several, Observation("y", 3, "ndarray", (2, 5))) is None
    assert said(several, Observation("y", 3, "ndarray", (2,))) == "`y` (several values) is a ndarray"
    assert said(several, Observation("y", 3, "scipy.Result")) is None


def test_several_names_are_no_single_documented_number() -> None:
    assert said(Variable("a, b", type="float"), Observation("a", 3, "float")) == "`a, b` (float) is a tuple"
    assert said(Variable("a, b", type="tuple"), Observation("a", 3, "float")) is None


def test_what_was_not_seen_contradicts_nothing() -> None:
    assert said(Variable("y", type="list")) is None
