"""Outputs in comments, against what the run printed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gpiot_data.augment.displays import is_confirmed, without_displays, without_unconfirmed
from gpiot_data.schema import CgdRow, Expected, SourceRef, Specification, Teacher, Variable
from gpiot_data.verify.judge import Finding
from gpiot_data.verify.observed import Observation

ROW = CgdRow(
    source=SourceRef("c", "toy", "1.0", "0" * 64, (1, 2), "1" * 64, path="a.py", lines=(3, 4)),
    license="MIT",
    teacher=Teacher("rules", "cgd-rules/8"),
    kind="implementation",
    symbol="toy.f",
    package="toy",
    documentation="## What it does\nGet f.",
    imports=("toy",),
    specification=Specification("Get f.", (), (Variable("y"),)),
    code="import toy\n\ny = toy.f()\nprint(y)\n# -> [0.936 0.063]\nprint(len(y))\n# -> 2",
    expected=(Expected(4, "array([0.936, 0.063])"), Expected(6, "2")),
)
SEEN = (
    Observation("y", 1, "ndarray", (2,), "float64", [0.936773, 0.0632269]),
    Observation("y", 2, "ndarray", (2,), "float64", [0.936773, 0.0632269]),
    Observation("len(y)", 3, "int", None, None, 2),
)


def array(*values: float) -> Observation:
    return Observation("y", 1, "ndarray", (len(values),), "float64", list(values))


def number(value: float) -> Observation:
    return Observation("y", 1, "float64", None, "float64", value)


def test_a_rounded_output_goes_and_the_documented_values_move_with_their_statements() -> None:
    done = without_unconfirmed(ROW.to_json(), Finding("passed", None, 2, "strong", SEEN))
    assert done["code"] == "import toy\n\ny = toy.f()\nprint(y)\nprint(len(y))\n# -> 2"
    assert [item["line"] for item in done["expected"]] == [4, 5]
    assert done["id"] != ROW.to_json()["id"]


def test_a_row_whose_outputs_are_all_printed_stays_as_it_is() -> None:
    row = replace(ROW, code=(ROW.code or "").replace("[0.936 0.063]", "[0.93677312 0.06322688]")).to_json()
    assert without_unconfirmed(row, Finding("passed", None, 2, "strong", SEEN)) == row


def test_numbers_of_a_program_that_was_compared_with_nothing_stay_only_where_they_were_seen() -> None:
    done = without_unconfirmed(ROW.to_json(), Finding("ran", "it depends on chance", 0, "strong", SEEN))
    assert "0.936" not in done["code"]
    assert done["code"].endswith("# -> 2")
    other = (*SEEN[:2], Observation("len(y)", 3, "int", None, None, 3))
    assert "# ->" not in without_unconfirmed(ROW.to_json(), Finding("ran", "it depends on chance", 0, "strong", other))["code"]


@pytest.mark.parametrize(
    ("text", "seen", "confirmed"),
    [
        ("0.39165892158983273", number(0.391659), True),
        ("0.39165892158983273", number(0.391655), False),
        ("0.3917", number(0.391659), False),
        ("0.96", number(0.96), True),
        ("0.39165892", number(0.391659), False),
        ("1609459200.0", number(1.60946e9), True),
        ("[1.479 1.5   3.   ]", array(1.47902, 1.5, 3.0), False),
        ("[1.47901995 1.5        3.        ]", array(1.47902, 1.5, 3.0), True),
        ("[0.25 0.75]", array(0.25, 0.75), True),
        ("[0.25 0.75]", array(0.25, 0.75, 1.0), False),
        ("[1.00000000e+00 2.07548111e-16]", array(1.0, 2.16125e-16), False),
        ("[0.936773 0.063227]", array(0.936773, 0.063227), False),
        ("[0.9367731 0.0632269]", Observation("y", 1, "ndarray", (2,), "float32", [0.936773, 0.0632269]), True),
        ("(1.0, 0.001)", Observation("y", 1, "tuple", (2,), None, [1.0, 0.001]), False),
        ("TestResult(statistic=2.0, pvalue=0.73)", Observation("y", 1, "scipy.TestResult"), False),
        ("F1: 86.60%", Observation("y", 1, "river.F1"), True),
        ("<xarray.DataArray (x: 2)> Size: 16B\narray([0.1, 0.2])", Observation("y", 1, "xarray.DataArray"), True),
        ("<class 'numpy.ndarray'>", None, True),
        ("{}", Observation("y", 1, "dict", (0,), None, []), True),
    ],
)
def test_an_output_is_confirmed_where_it_has_the_digits_that_are_printed(text: str, seen: Observation | None, confirmed: bool) -> None:
    assert is_confirmed(text, seen, compared=text != "{}", numpy_values=True, numerals=set()) == confirmed


def test_plain_floats_in_a_list_are_confirmed_where_no_value_is_of_numpy() -> None:
    seen = Observation("y", 1, "list", (2,), None, [0.5, 0.25])
    assert is_confirmed("[0.5, 0.25]", seen, compared=True, numpy_values=False, numerals=set())
    assert not is_confirmed("[0.5, 0.3]", seen, compared=True, numpy_values=False, numerals=set())


def test_of_a_long_array_the_ends_the_extremes_and_the_mean_have_to_agree() -> None:
    values = [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5]
    told = {"n": 10, "finite": 10, "of": [0.0, 4.5, 2.25, 1.43614, 1.1], "ends": [0.0, 0.5, 1.0, 3.5, 4.0, 4.5]}
    seen = Observation("y", 1, "ndarray", (10,), "float64", told)
    text = f"[{' '.join(map(str, values))}]"
    assert is_confirmed(text, seen, compared=True, numpy_values=True, numerals=set())
    assert not is_confirmed(text.replace("2.0", "2.9"), seen, compared=True, numpy_values=True, numerals=set())


def test_settings_in_the_repr_of_an_object_are_as_the_program_spells_them() -> None:
    seen = Observation("y", 1, "sklearn.SVC")
    assert is_confirmed("SVC(C=2.5)", seen, compared=True, numpy_values=True, numerals={"2.5"})
    assert not is_confirmed("SVC(C=2.5)", seen, compared=True, numpy_values=True, numerals=set())


def test_a_table_of_pandas_shows_six_digits_behind_the_point() -> None:
    seen = Observation("y", 1, "pandas.Series", (2,), "float64", [0.936773, 1.5])
    assert is_confirmed("0    0.936773\n1    1.500000\ndtype: float64", seen, compared=True, numpy_values=True, numerals=set())
    assert not is_confirmed("0    0.94\n1    1.50\ndtype: float64", seen, compared=True, numpy_values=True, numerals=set())


def test_a_program_that_did_not_run_shows_no_output() -> None:
    done = without_displays(ROW.to_json())
    assert done["code"] == "import toy\n\ny = toy.f()\nprint(y)\nprint(len(y))"
    assert [item["line"] for item in done["expected"]] == [4, 5]
    plain = replace(ROW, code="import toy\n\ny = toy.f()", expected=()).to_json()
    assert without_displays(plain) == plain


def test_a_number_cut_to_the_digits_that_are_known_is_not_confirmed() -> None:
    assert not is_confirmed("-2.73799", number(-2.73799), compared=True, numpy_values=False, numerals=set())
    assert is_confirmed("-2.7379", number(-2.7379), compared=True, numpy_values=False, numerals=set())
