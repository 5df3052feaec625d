from __future__ import annotations

import pytest

from gpiot_data.packages.specification_faults import specification_fault
from gpiot_data.packages.symbols import Symbol
from gpiot_data.schema import Specification, Variable


def fault(name: str, target: str, said: str, *, output: bool = False) -> str | None:
    symbol = Symbol("function", f"toy.{name}", (), "", "p.py", (1, 1), (0, 1), "0")
    given = (Variable("x", description=said),)
    return specification_fault(symbol, Specification(target, () if output else given, given if output else ()))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("The approach applied to the forecasts based on.", "cut_text"),
        ("What the result depends on", "cut_text"),
        ("Column to group by.", None),
        ("The axis that the function is applied on.", None),
        ('behaves as if: "bool" = if it is true ">", ">=" = if it is more', "flattened_list"),
        ('"mean" = the mean of the samples', None),
    ],
)
def test_texts_that_are_cut_or_run_together_are_refused(said: str, expected: str | None) -> None:
    assert fault("f", "Get f.", said) == expected
    assert fault("f", "Get f.", said, output=True) == expected


def test_an_output_of_other_dimensions_than_the_name_belongs_to_another_function() -> None:
    assert (
        fault("polygrid3d", "Evaluate a 3-D polynomial.", "The values of the two dimensional polynomial.", output=True) == "other_dimension"
    )
    assert fault("polygrid3d", "Evaluate a 2-D polynomial.", "The values.", output=True) == "other_dimension"
    assert fault("polygrid3d", "Evaluate a 3-D polynomial.", "From the two to the three dimensional one.", output=True) is None
    assert fault("polygrid3d", "Evaluate a polynomial.", "A 1-D array of places.") is None
    assert fault("polygrid", "Evaluate a 2-D polynomial.", "The values.", output=True) is None


def test_arguments_that_nobody_names_are_no_input() -> None:
    symbol = Symbol("function", "toy.f", (), "", "p.py", (1, 1), (0, 1), "0")
    assert specification_fault(symbol, Specification("Get f.", (Variable("*args"),), ())) == "unnamed_input"
    assert specification_fault(symbol, Specification("Get f.", (Variable("args", description="Signals."),), ())) is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("If `indices` is false, an array of truth values.", "one_case"),
        ("If `indices` is false, an array. If it is true, a tuple.", None),
        ("If `indices` is false, an array, otherwise a tuple.", None),
        ("The array, if `indices` is false.", None),
    ],
)
def test_an_output_of_which_one_case_is_told_is_refused(said: str, expected: str | None) -> None:
    assert fault("f", "Get f.", said, output=True) == expected
    assert fault("f", "Get f.", said) is None
