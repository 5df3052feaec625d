from __future__ import annotations

import pytest

from gpiot_data.packages.galleries.cells import Cell, Page
from gpiot_data.packages.galleries.comments import clean_comments, telling_comment
from gpiot_data.packages.galleries.steps import page_steps
from gpiot_data.packages.prompts import Fragment


def cleaned(code: str) -> list[str]:
    page = Page("a.py", "script", "", "", (Cell("", "", (Fragment(code),), (0, 1)),))
    return [clean_comments(step).code for step in page_steps(page).steps]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Set the window in samples", "Set the window in samples"),
        ("2. Load data", "Load data"),
        ("* The data is on temperatures", "The data is on temperatures"),
        ("``fs`` is the rate in Hz", "`fs` is the rate in Hz"),
        ("data loading (see section 1 for explanation)", ""),
        ("As seen previously, the dataset contains columns", ""),
        ("Notice that two sensors are flat", ""),
        (":class: sidebar note", ""),
        ("map to `~toy.Spectrum`", ""),
        ("Author: somebody, BSD licence", ""),
        ("plt.show()", ""),
        ("x = smooth(y)", ""),
        ("-----", ""),
        ("the window, which is", "the window, which is"),
        ("the window (of five", ""),
        ("smaller noise then design", ""),
        ("stronger noise than in the room", ""),
        ("Keep values larger than three", "Keep values larger than three"),
    ],
)
def test_a_comment_that_leans_on_its_page_says_nothing(text, expected):
    assert telling_comment(text) == expected


def test_comments_go_as_whole_blocks_and_code_stays_as_it_is():
    code = "# Smooth the signal\n# with a window\nx = 1  # see below\n# As described above,\n# we go on\ny = [\n    # * first item\n    '# no comment',\n]"
    assert cleaned(code) == ["# Smooth the signal\n# with a window\nx = 1", "y = [\n    # first item\n    '# no comment',\n]"]


def test_code_that_is_commented_out_is_not_wrapped_as_prose():
    assert cleaned('# To save the room, use\n#\n# save("a.mp4")\n# or\n#\n# writer = toy.Writer(\n#     fps=15)\nx = 1') == ["x = 1"]
    assert cleaned("# to explicit constant\n# x[:, 1] = 1\nx = 1") == ["x = 1"]
    assert cleaned("# Smooth the room\n# (slow changes) as a whole\nx = 1") == ["# Smooth the room\n# (slow changes) as a whole\nx = 1"]


@pytest.mark.parametrize(("code", "expected"), [("# Smooth it\nx = 1", ("# Smooth it\nx = 1", 1)), ("# see above\nx = 1", ("x = 1", 0))])
def test_the_head_of_a_step_is_what_is_left_of_its_comments(code, expected):
    page = Page("a.py", "script", "", "", (Cell("", "", (Fragment(code),), (0, 1)),))
    (step,) = page_steps(page).steps
    assert (clean_comments(step).code, clean_comments(step).head) == expected
