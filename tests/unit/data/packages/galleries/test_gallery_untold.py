"""Steps that a target leaves out."""

from __future__ import annotations

import ast

import pytest

from gpiot_data.packages.galleries.acts import is_generic
from gpiot_data.packages.galleries.untold import untold_steps

CURVE = "from sklearn.model_selection import train_test_split, validation_curve\na, b = train_test_split(x)\ny = validation_curve(a, b)"


@pytest.mark.parametrize(
    ("target", "code", "expected"),
    [
        ("Draw a filled area between curves (subject: Validation Curves).", CURVE, ["sklearn.model_selection.validation_curve"]),
        ("Validate a pipeline and draw the curve.", CURVE, []),
        ("Fit `Model` and predict with it.", "y = df.groupby('day').mean()", ["groupby"]),
        ("Average the predictions per day.", "y = df.groupby('day').mean()", []),
        ("Create a system (`tf`).", "import control\ng = control.tf([1], [1, 2])", []),
        ("Draw a curve.", "import numpy as np\ny = np.cumsum(x)", []),
    ],
)
def test_calls_of_other_libraries_and_turned_tables_are_steps(target: str, code: str, expected: list[str]) -> None:
    assert untold_steps(target, ast.parse(code)) == expected


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("Draw an image", True),
        ("Animate a line plot with reference lines", True),
        ("Draw an image with a color bar", False),
        ("Draw a pie chart of the parts of a day", False),
    ],
)
def test_one_kind_of_drawing_alone_is_no_request(request_: str, expected: bool) -> None:
    assert is_generic(request_) == expected
