from __future__ import annotations

import ast

import pytest

from gpiot_data.packages.examples import MAX_CODE_CHARS, NoProgramError, make_program, undefined_names


def program(text: str, symbol: str = "toy.smooth"):
    return make_program(text.splitlines(), symbol)


FULL = """First, smooth it:

>>> from toy import smooth
>>> for i in range(2):
...     y = smooth(i)

Then print:

>>> import math
>>> print(y)
4
"""
PROGRAM = """from toy import smooth
import math

# First, smooth it:
for i in range(2):
    y = smooth(i)

# Then print:
print(y)
# -> 4
"""
VALUES = """>>> smooth(1)  # one
1
>>> smooth(2)
array([1, ...,
       2])
>>> smooth(3) # doctest: +SKIP
>>> smooth(4)
<object at 0x1>
"""


def test_prompts_become_code_and_prose_comments_with_imports_first():
    made = program(FULL)
    assert made.code == PROGRAM
    assert made.imports == ("math", "toy")
    assert made.lead == "First, smooth it:"


def test_a_shown_value_is_printed_and_short_ones_stay():
    made = program(VALUES)
    assert made.code.splitlines()[2:] == ["print(smooth(1))  # one", "# -> 1", "print(smooth(2))", "smooth(3)", "smooth(4)"]


def test_a_statement_that_raises_is_left_out():
    made = program('>>> smooth(1)\n>>> smooth("x")\nTraceback (most recent call last):\nValueError: no\n')
    assert made.code == "from toy import smooth\n\nsmooth(1)\n"


def test_conventional_names_and_the_symbol_are_imported():
    made = program(">>> plt.plot(smooth(np.arange(3)))\n")
    assert made.code == "from toy import smooth\nimport matplotlib.pyplot as plt\nimport numpy as np\n\nplt.plot(smooth(np.arange(3)))\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_example"),
        ("Only prose.", "no_example"),
        (">>> smooth(\n", "not_python"),
        (">>> x = 1\n", "symbol_unused"),
        (">>> from toy import smooth\n", "symbol_unused"),
        (">>> smooth(data)\n", "undefined_name"),
        (">>> from toy import *\n>>> smooth(1)\n", "star_import"),
        (">>> smooth(" + "1 + " * 1000 + "1)\n", "too_long"),
    ],
)
def test_what_gives_no_program_says_why(text, reason):
    with pytest.raises(NoProgramError) as caught:
        program(text)
    assert caught.value.reason == reason


def test_a_long_section_ends_between_two_of_its_examples():
    block = "Again:\n\n>>> y = smooth(1)\n" + ">>> y = y + 1  # some text\n" * 20 + "\n"
    made = program(block * 8)
    assert len(made.code) <= MAX_CODE_CHARS + 100
    assert made.code.count("# Again:") == 2
    assert made.code.count("# some text") == 40
    ast.parse(made.code)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def f(a):\n    return a + b\n", ("b",)),
        ("b = 1\ndef f(a):\n    return a + b\n", ()),
        ("[x for x in range(3)]\nprint(x)\n", ("x",)),
        ("import a.b as c\nc.d(lambda q: q)\n", ()),
        ("def f():\n    global g\n    g = 1\nprint(g)\n", ()),
        ("try:\n    pass\nexcept ValueError as e:\n    print(e)\n", ()),
        ("x += 1\n", ()),
        ("class A:\n    y = 1\n    def f(self):\n        return y\n", ("y",)),
    ],
)
def test_undefined_names_follow_pythons_scopes(code, expected):
    assert undefined_names(code) == expected
