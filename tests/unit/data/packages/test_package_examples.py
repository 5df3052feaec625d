from __future__ import annotations

import ast

import pytest

from gpiot_data.packages.examples import MAX_CODE_CHARS, NoProgramError, make_program
from gpiot_data.packages.references import PublicNames


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
        (">>> from toy import *\n>>> smooth(other(1))\n", "undefined_name"),
        (">>> smooth(" + "1 + " * 1000 + "1)\n", "too_long"),
    ],
)
def test_what_gives_no_program_says_why(text, reason):
    with pytest.raises(NoProgramError) as caught:
        program(text)
    assert caught.value.reason == reason


def test_a_long_section_ends_between_two_of_its_examples():
    block = "Smooth it:\n\n>>> y = smooth(1)\n" + ">>> y = y + 1  # some text\n" * 20 + "\n"
    made = program(block * 8)
    assert len(made.code) <= MAX_CODE_CHARS + 100
    assert made.code.count("# Smooth it:") == 2
    assert made.code.count("# some text") == 40
    ast.parse(made.code)


def test_star_imports_become_the_names_that_are_used():
    section = ">>> from toy import *\n>>> from pylab import *\n>>> plot(smooth(other(arange(3))))\n"
    made = make_program(section.splitlines(), "toy.smooth", PublicNames(["toy.smooth", "toy.deep.other"]))
    assert made.code.splitlines()[:4] == [
        "from matplotlib.pyplot import plot",
        "from numpy import arange",
        "from toy import smooth",
        "from toy.deep import other",
    ]


def test_a_package_has_its_own_conventions():
    made = make_program([">>> sys = ct.tf([1], [1, 2])", ">>> ct.step_response(sys)"], "control.step_response")
    assert made.code.splitlines()[0] == "import control as ct"


def test_ipython_prompts_and_code_blocks_become_programs():
    session = ["In [1]: x = smooth(", "   ...:     2)", "", "In [2]: x", "Out[2]: 4"]
    assert program("\n".join(session)).code.endswith("x = smooth(\n    2)\nprint(x)\n# -> 4\n")
    block = ["Smooth it::", "", ".. code-block:: python", "", "    for i in range(2):", "        smooth(i)", ""]
    assert program("\n".join(block)).code.endswith("for i in range(2):\n    smooth(i)\n")


def test_a_method_takes_the_import_of_its_class():
    made = make_program([">>> Filter(3).smooth(1)"], "toy.core.Filter.smooth")
    assert made.code == "from toy.core import Filter\n\nFilter(3).smooth(1)\n"


def test_comments_have_no_pointers_elsewhere_and_no_marks():
    section = "**Series**\n\nSmooth it, see Notes. As mentioned above, it is fast. It is *quick*.\n\n>>> smooth(1)\n2\n"
    assert program(section).code.splitlines()[2:] == ["# Series", "# Smooth it.", "print(smooth(1))", "# -> 2"]


def test_a_first_comment_that_leans_on_other_text_and_a_lone_formula_go():
    section = "However, the C code is trimmed.\n\nCalculate\n\n$x^2$\n\n>>> smooth(1)\n2\n"
    assert program(section).code.splitlines()[2:] == ["print(smooth(1))", "# -> 2"]


def test_values_behind_a_draw_without_seed_are_not_told():
    drawn = ">>> import numpy as np\n>>> smooth(1)\n2\n>>> x = np.random.rand(3)\n>>> smooth(x)\n0.5\n"
    assert program(drawn).code.count("# ->") == 1
    assert program(">>> import numpy as np\n>>> np.random.seed(0)\n" + drawn).code.count("# ->") == 2


def test_a_call_of_a_symbol_that_gives_a_value_is_printed():
    lines = [">>> from toy import smooth", ">>> smooth(1)"]
    assert make_program(lines, "toy.smooth", gives=True).code.endswith("print(smooth(1))\n")
    assert make_program(lines, "toy.smooth").code.endswith("\nsmooth(1)\n")


def test_a_comment_that_sends_to_another_page_goes():
    made = make_program(["For a more detailed example see `pinv`.", "", ">>> import toy", ">>> b = toy.pinvh(1)"], "toy.pinvh")
    assert made.code == "import toy\n\nb = toy.pinvh(1)\n"
