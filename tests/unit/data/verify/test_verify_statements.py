"""Programs and docstrings as statements; wanted outputs stay with us."""

from __future__ import annotations

import json
import time

import pytest

from gpiot_data.packages.examples import make_program
from gpiot_data.schema import Expected
from gpiot_data.verify.run import Example, limits_for, make_job, print_era
from gpiot_data.verify.statements import Statement, parse_examples, split_docstring, split_program

CODE = """import math  # first

@property
def f(x):
    return x

a = 1; b = 2
print(a + b)
# -> 3
if a:
    b = 3
"""


def test_top_level_statements_with_what_shares_their_line() -> None:
    assert [(item.line, item.source.splitlines()[0]) for item in split_program(CODE, [Expected(8, "3")])] == [
        (1, "import math  # first"),
        (3, "@property"),
        (7, "a = 1; b = 2"),
        (8, "print(a + b)"),
        (10, "if a:"),
    ]


@pytest.mark.parametrize(("code", "expected"), [("x = (", []), ("x = 1\n", [Expected(2, "1")]), ("x = (1,\n 2)\n", [Expected(2, "1")])])
def test_what_cannot_be_run_is_refused(code: str, expected: list[Expected]) -> None:
    with pytest.raises(ValueError):
        split_program(code, expected)


def test_wanted_outputs_are_not_sent_inside() -> None:
    statements = split_program("print(1 + 1)\n# -> 2718281828\n", [Expected(1, "2718281828")])
    job = make_job(Example("key", statements), limits_for(5))
    assert json.loads(job.argument)["statements"] == [["print(1 + 1)", False]]
    assert b"2718281828" not in job.argument
    assert "2718281828" not in job.program


def test_a_docstring_gives_its_examples_and_what_they_show() -> None:
    text = """Title.

    >>> x = f(1)
    >>> x
    array([1.,
           2.])
    >>> x  # doctest: +SKIP
    1
    >>> x  # may vary
    3
    >>> f('no')
    Traceback (most recent call last):
    ValueError: no
    """
    assert split_docstring(text, ["import numpy as np"]) == (
        Statement(0, "import numpy as np"),
        Statement(3, "x = f(1)"),
        Statement(4, "x", "array([1.,\n       2.])"),
        Statement(9, "x  # may vary"),
        Statement(11, "f('no')", "", "ValueError: no\n"),
    )


def test_a_program_keeps_the_outputs_of_its_section_with_their_lines() -> None:
    section = """
    Smooth it:

    >>> y = smooth(2)
    >>> y
    array([1.,
           2.])
    >>> (y +
    ...  1)
    3
    >>> from toy import smooth
    >>> y  # doctest: +SKIP
    7
    """
    program = make_program(section.splitlines(), "toy.smooth")
    lines = program.code.splitlines()
    assert [(lines[item.line - 1], item.output) for item in program.expected] == [
        ("print(y)", "array([1.,\n       2.])"),
        ("print((y +", "3"),
    ]
    assert split_program(program.code, program.expected)


def test_expected_lines_move_with_imports_put_first() -> None:
    program = make_program([">>> smooth(np.pi)", "3", ">>> plt.x(1)", "4"], "toy.smooth")
    lines = program.code.splitlines()
    assert lines[:3] == ["from toy import smooth", "import matplotlib.pyplot as plt", "import numpy as np"]
    assert [(lines[item.line - 1], item.output) for item in program.expected] == [("print(smooth(np.pi))", "3"), ("print(plt.x(1))", "4")]


@pytest.mark.parametrize(("want", "era"), [("0.5", "1.25"), ("np.float64(0.5)", None), ("'text'", None), ("", None)])
def test_print_options_follow_what_the_documentation_shows(want: str, era: str | None) -> None:
    assert print_era([Statement(1, "x", want)]) == era


def test_a_docstring_with_many_lines_of_white_space_is_parsed_in_time_that_grows_with_it() -> None:
    text = ">>> f()\nTraceback (most recent call last):\n" + "\xa0\n" * 30_000 + "!\n\n>>> 1\n1\n"
    started = time.process_time()
    examples = [part for part in parse_examples(text) if not isinstance(part, str)]
    assert time.process_time() - started < 5
    assert [(example.source, example.want, example.lineno) for example in examples][1] == ("1\n", "1\n", 30_004)
