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
