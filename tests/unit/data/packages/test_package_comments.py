from __future__ import annotations

import pytest

from gpiot_data.packages.comments import comment_lines, sensible_prose
from gpiot_data.packages.examples import make_program
from gpiot_data.packages.markdown import inline

PENDULUM = """The second order equation of a pendulum can be written::

    theta''(t) + b*theta'(t) = 0

where `b` is a positive constant. Solve it:

>>> y = smooth(1)
"""


def code(text: str) -> list[str]:
    return make_program(text.splitlines(), "toy.smooth").code.splitlines()


def test_a_short_formula_that_a_sentence_announces_stays_with_what_explains_it():
    assert code(PENDULUM) == [
        "from toy import smooth",
        "",
        "# The second order equation of a pendulum can be written:",
        "#",
        "#     theta''(t) + b*theta'(t) = 0",
        "#",
        "# where `b` is a positive constant. Solve it:",
        "y = smooth(1)",
    ]


@pytest.mark.parametrize(
    ("prose", "kept"),
    [
        ("where `b` is a constant.\n\nWe solve it:", "We solve it:"),
        ("We get the system:\n\n$x = y$\n\nwhere `y` is fixed.\n\nSolve it:", "Solve it:"),
        ("We get the system:\n\nLet `y` be fixed.", "Let `y` be fixed."),
        ("We get the system:\n\n```\nx = y\n```\n\nwhere `y` is fixed.", "We get the system:\n\n```\nx = y\n```\n\nwhere `y` is fixed."),
        ("It holds, see the table below. Thus it is fast.\n\nThe mean is fast.", "The mean is fast."),
        ("The mean is fast. Thus it is used.", "The mean is fast. Thus it is used."),
        ("A form `y = b*x**2` and a column of `x**2` are *quick*.", "A form `y = b*x**2` and a column of `x**2` are quick."),
        ("Three ways:\n\n- one way\n- another way", "Three ways:\n\n- one way\n- another way"),
    ],
)
def test_what_leans_on_a_lost_formula_or_sentence_goes_with_it(prose, kept):
    assert sensible_prose(prose, first=True) == kept


def test_a_long_block_goes_with_its_announcement():
    block = "\n".join(f"{number} x" for number in range(20))
    assert sensible_prose(f"Smooth it. The data are:\n\n```\n{block}\n```\n\nThe mean is 3.", first=False) == "Smooth it.\n\nThe mean is 3."


def test_a_comment_has_one_mark_only():
    assert comment_lines("# Replaces it by the median.") == "# Replaces it by the median."


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("In [4]_, the heights are as follows:", "The heights are as follows:"),
        ("The heights are known. In [4]_, they are given.", "The heights are known. They are given."),
        ("Method for the p-value, see Notes. Default is 1.", "Method for the p-value. Default is 1."),
        ("A constant (small, see [1]_).", "A constant (small)."),
        ("In [2]_ it is described as follows.", "It is described as follows."),
        ("In all, the heights differ.", "In all, the heights differ."),
    ],
)
def test_a_sentence_outlives_the_citation_that_it_opens_with(text, plain):
    assert inline(text) == plain
