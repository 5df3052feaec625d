"""Slips of authors, and texts beside them that must stay."""

from __future__ import annotations

import pytest

from gpiot_data.packages.docstrings import Documentation
from gpiot_data.packages.entries import Entry
from gpiot_data.packages.slips import Summaries, description_slip
from gpiot_data.packages.symbols import Symbol


def symbol(name: str, docstring: str, kind: str = "method") -> Symbol:
    return Symbol(kind, name, (), docstring, "p.py", (1, 1), (0, 1), "0")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("docstring", "names", "taken"),
    [
        ("Fit to data, then transform it.\n\nMore.", ("toy.A.transform", "toy.A.fit_transform"), ["transform"]),
        ("Validate window length.", ("toy.check_step_length", "toy.check_window_length"), ["check_step_length"]),
        ("Create a new federation.", ("toy.create", "toy.create_federation"), []),
        ("Return the cumulative sum.", ("toy.cumsum", "toy.cumulative_sum"), []),
        ("Set the font size.", ("toy.Text.set_fontsize", "toy.Text.set_size"), []),
        ("Connect to a broker.", ("toy.connect", "toy.connect_srv"), []),
        ("Akaike information criterion (AIC).", ("toy.aicc", "toy.aicc_sigma"), []),
    ],
)
def test_a_summary_that_names_another_symbol_is_that_of_the_other(docstring: str, names: tuple[str, ...], taken: list[str]) -> None:
    made = [symbol(name, docstring) for name in names]
    assert [one.short_name for one in made if Summaries.of(made).is_of_other(one)] == taken


def test_a_class_does_not_have_the_summary_of_a_function() -> None:
    made = [symbol("toy.M5Dataset", "Fetch M5 dataset.", "class"), symbol("toy.load_m5", "Fetch M5 dataset.", "function")]
    assert not any(map(Summaries.of(made).is_of_other, made))


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("f_hi", "lowest frequency in fraction of fs", "crossed_texts"),
        ("max_side", "Minimum size of a dimension.", "crossed_texts"),
        ("f_lo", "lowest frequency", None),
        ("max_nbytes", "Threshold on the minimum size of arrays.", None),
        ("a_max", "Minimum and maximum value.", None),
        ("min_max", "Minimum and maximum.", None),
    ],
)
def test_a_bound_described_as_the_opposite_one_is_a_slip(name: str, text: str, fault: str | None) -> None:
    assert description_slip(Documentation("Get f.", parameters=(Entry(name, None, None, text),)), "") == fault


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("from toy import Robot\n\nrobot = Robot(left=Motor(4))", "undefined_in_code"),
        ("from toy import Robot, Motor\n\nrobot = Robot(left=Motor(4))", None),
        ("from toy import *\n\nrobot = Robot(left=Motor(4))", None),
        ("robot.forward()", None),
        ("from toy import Robot ->", None),
    ],
)
def test_a_program_of_a_description_has_the_names_that_it_uses(code: str, fault: str | None) -> None:
    sheet = f"```python\ntoy.Robot(left)\n```\n\nIt drives:\n\n```\n{code}\n```\n\nIt stops."
    assert description_slip(Documentation("A robot."), sheet) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Convert to `2N - 1` points. Each array will be length `2N + 1`.", "two_lengths"),
        ("Convert to `2N - 1` points. Each array will be length `2N - 1`.", None),
        ("The lags from `2N - 1` to `2N + 1`.", None),
    ],
)
def test_one_length_is_given_once(text: str, fault: str | None) -> None:
    assert description_slip(Documentation("Get f."), text) == fault


@pytest.mark.parametrize(("kind", "fault"), [("float", "lost_return"), ("tuple of float", None), ("DataFrame", None), (None, None)])
def test_where_both_of_two_values_are_returned_one_number_is_not_all(kind: str | None, fault: str | None) -> None:
    documentation = Documentation("Compute it and return both value and path.", returns=(Entry("", kind, None, "Value."),))
    assert description_slip(documentation, "") == fault
