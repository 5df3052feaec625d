"""Comments and bodies of functions that hold where they stand."""

from __future__ import annotations

import pytest

from gpiot_data.augment.programs.sound import hidden_parts, plain_comments, without_comments


def test_code_loses_its_comments_and_keeps_its_texts() -> None:
    assert without_comments('# It is one:\ny = f("# no")  # as expected') == 'y = f("# no")'


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        ("# Setting `allow_fill=True` places `fill_value` in those positions.", ""),
        ("# Take the roots. The array `z` is gone.", "# Take the roots."),
        ("# Take roots of `x` with `f`.", "# Take roots of `x` with `f`."),
        ("# Scale the series.", ""),
        ("", ""),
        ("# Boost three tree classifiers. Learn from `x`.", "# Learn from `x`."),
        ("# This can then be applied to other arrays.", ""),
        ("# The result is slightly better than when using one tree.", ""),
        ("# Shift it up and to the right:", ""),
        ("# This default behaviour can be changed:", ""),
        ("# A study (Chan, 1998) of vaccines. Take roots.", "# Take roots."),
        ("# The data are a table:\n#\n#        Vaccine   Placebo\n# Yes    7         12", ""),
    ],
)
def test_a_sentence_that_leans_on_what_is_not_there_goes(lead: str, expected: str) -> None:
    assert plain_comments(lead, {"x", "f"}, "Scale the series") == expected


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ('def g(x):\n    """Say 3."""\n    return f(x)', []),
        ("def g(x):\n    return f(x, 2)", ["2"]),
        ("def g(x):\n    return f(x, y)", ["y"]),
        ("def g(x):\n    y = f(x)\n    return y", []),
    ],
)
def test_literals_and_variables_that_are_no_parameters_are_hidden(function: str, expected: list[str]) -> None:
    assert hidden_parts(function, {"f"}) == expected


@pytest.mark.parametrize(
    ("lead", "expected"),
    [("# 1000 bits at 10 samples per bit.", "# 1000 bits at 10 samples per bit."), ("# In the following example three trees grow.", "")],
)
def test_above_the_data_a_comment_may_tell_of_its_values(lead: str, expected: str) -> None:
    assert plain_comments(lead, (), "", calls=False) == expected
