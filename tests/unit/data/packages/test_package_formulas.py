from __future__ import annotations

import pytest

from gpiot_data.packages.formulas import is_broken_formula, whole_formula
from gpiot_data.packages.markdown import inline, to_markdown
from gpiot_data.packages.prose import sound_blocks


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("a &= b, \\\\\n c &= d \\\\", "\\begin{aligned} a &= b, \\\\ c &= d \\end{aligned}"),
        ("\\begin{cases} a & b \\end{cases}", "\\begin{cases} a & b \\end{cases}"),
        ("\\sum_{\\substack{a \\\\ b}} c", "\\sum_{\\substack{a \\\\ b}} c"),
        ("\\\\frac{a}{b} + \\\\text{c}", "\\frac{a}{b} + \\text{c}"),
        ("\\ sin^2 x", "\\sin^2 x"),
        ("a = b \\\\", "a = b"),
    ],
)
def test_a_formula_is_written_so_that_it_can_be_set(formula, expected):
    assert whole_formula(formula) == expected


@pytest.mark.parametrize(
    ("formula", "broken"),
    [
        ("\\frac{a}{b}", False),
        ("\\left| x \\right| \\leftarrow \\{y", False),
        ("\\\\frac{a}{b} + \\left| x \\right|", True),
        ("\\frac{a}{b", True),
        ("\\left( x", True),
        ("100 % of x", True),
        ("   heta_1", True),
        ("\\theta_1 \\times 2", False),
    ],
)
def test_a_formula_that_cannot_be_set_is_told(formula, broken):
    assert is_broken_formula(formula) == broken


def test_formulas_between_empty_lines_are_several():
    assert to_markdown([".. math::", "    :nowrap:", "", "    a = b", "", "    c = d"]) == "$a = b$\n\n$c = d$"


def test_a_formula_in_a_role_without_name_is_a_formula():
    assert inline("an edge `\\{x, y\\}` in `G`") == "an edge $\\{x, y\\}$ in `G`"


def test_a_broken_formula_goes_with_its_announcement():
    assert sound_blocks(["It is fast. It is:", "$\\\\frac{a} \\left(b$", "where $a$ is one.", "The end."]) == ["It is fast.", "The end."]
