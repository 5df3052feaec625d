from __future__ import annotations

import pytest

from gpiot_data.packages.docstrings import Documentation, parse_docstring
from gpiot_data.packages.entries import Entry
from gpiot_data.packages.sheets import MAX_NOTES_CHARS, entry_lines, metadata_sheet, one_line
from gpiot_data.packages.symbols import Symbol

SYMBOL = Symbol("function", "toy.f", (), "", "toy.py", (1, 2), (0, 1), "0" * 64)


@pytest.mark.parametrize(
    ("description", "line"),
    [
        ("The indices. They are sorted. Only returned if `full`.", "- `y`: The indices. Only returned if `full`."),
        ("The indices. They are sorted.", "- `y`: The indices."),
        ("If a, it is one. If b, it is two. More.", "- `y`: If a, it is one. If b, it is two."),
        ("If a, it is one. Fine.", "- `y`: If a, it is one."),
    ],
)
def test_a_short_entry_keeps_its_conditions(description, line):
    assert entry_lines([Entry("y", None, None, description)], brief=True) == [line]


def test_a_value_that_is_not_always_returned_is_marked():
    (entry,) = parse_docstring("Do it.\n\nReturns\n-------\ny : array, optional\n    The indices.\n").returns
    assert entry_lines([entry], brief=False, not_always=True) == ["- `y` (array, optional): The indices."]
    assert entry_lines([entry], brief=False) == ["- `y` (array): The indices."]


def test_an_entry_that_is_only_a_name_is_left_out():
    assert entry_lines([Entry("x", None, None, ""), Entry("y", "int", None, "")], brief=False) == ["- `y` (int)"]


@pytest.mark.parametrize("title", ["*Self-loops in graphs*", "Self-loops in graphs"])
def test_a_part_of_the_notes_that_does_not_fit_goes_with_its_title(title):
    notes = "\n\n".join(["Plain.", title, "An edge is a set.", "Not so for loops. " * (MAX_NOTES_CHARS // 15)])
    sheet = metadata_sheet(SYMBOL, Documentation("Do it.", notes=notes), "toy")
    assert sheet is not None
    assert sheet.partition("## Notes\n\n")[2] == "Plain."


def test_a_parameter_that_another_swallowed_is_an_entry_again():
    text = "Do it.\n\nParameters\n----------\npath: str\n    The place of the file.\n    classes: np.ndarray\n        The set of classes.\n"
    assert [(entry.name, entry.type, entry.description) for entry in parse_docstring(text).parameters] == [
        ("path", "str", "The place of the file."),
        ("classes", "np.ndarray", "The set of classes."),
    ]


def test_the_attributes_of_a_value_are_a_list():
    text = "Do it.\n\nReturns\n-------\nres : Result\n    An object with attributes:\n\n    mean : float\n        The mean.\n    n : int\n        The count.\n"
    (entry,) = parse_docstring(text).returns
    assert entry.description == "An object with attributes:\n\n- `mean` (float): The mean.\n- `n` (int): The count."


def test_paragraphs_on_one_line_are_sentences():
    assert one_line("If it is negative\n\nIf it is no number", brief=False) == "If it is negative. If it is no number"


def test_an_initial_ends_no_sentence():
    assert one_line("After an idea by D. Someone. More.", brief=True) == "After an idea by D. Someone."


def test_a_text_that_goes_on_with_a_block_goes_with_it():
    assert (
        one_line("The function.\n\n```\nf(x: float,\n  y) -> float\n```\n\nwhere `x` is one.\n\nIt is fast.", brief=False)
        == "The function. It is fast."
    )


def test_a_long_type_is_not_run_into_the_text_below():
    text = 'Do it.\n\nParameters\n----------\nby : str, one of ["local", "global", "panel"], optional, default="local"\n    level of the groups\n'
    (entry,) = parse_docstring(text).parameters
    assert (entry.type, entry.description) == ('str, one of ["local", "global", "panel"]', "level of the groups")


@pytest.mark.parametrize(
    ("docstring", "title"),
    [
        ("Do it.\n\nYields\n------\ny : array\n    The indices.\n", "## Yields"),
        ("Do it.\n\nReturns\n-------\ny : array\n    The indices.\n", "## Returns"),
        ("Do it.\n\nYields:\n    array: The indices.\n", "## Yields"),
        ("Do it.\n\nReturns:\n    array: The indices.\n", "## Returns"),
    ],
)
def test_what_a_generator_gives_one_by_one_is_not_said_to_be_returned(docstring, title):
    sheet = metadata_sheet(SYMBOL, parse_docstring(docstring), "toy")
    assert sheet is not None
    assert [line for line in sheet.split("\n") if line.startswith("## ")] == [title]


def test_notes_end_before_a_list_that_does_not_fit():
    items = "\n\n".join(f"- the method number {number}: {'word ' * 60}\n\n  It is used." for number in range(4))
    documented = parse_docstring(f"Do it.\n\nNotes\n-----\nIt is fast.\n\nThe methods are as follows:\n\n{items}\n")
    sheet = metadata_sheet(Symbol("function", "toy.f", (), "", "p.py", (1, 1), (0, 1), "0"), documented, "toy")
    assert sheet is not None
    assert sheet.endswith("## Notes\n\nIt is fast.")


def test_a_list_of_the_notes_that_fits_stays_where_the_next_does_not():
    notes = f"Advantages:\n\n- It is fast.\n\nDisadvantages:\n\n- {'word ' * 160}\n"
    documented = parse_docstring(f"Do it.\n\nNotes\n-----\n{notes}")
    sheet = metadata_sheet(Symbol("function", "toy.f", (), "", "p.py", (1, 1), (0, 1), "0"), documented, "toy")
    assert sheet is not None
    assert sheet.endswith("## Notes\n\nAdvantages:\n\n- It is fast.")


def test_what_announces_a_long_list_names_its_items():
    items = "\n".join(f"- `part{number}` (int): {'word ' * 40}." for number in range(2))
    assert one_line(f"An object containing attributes:\n\n{items}", brief=True) == "An object containing attributes: `part0`, `part1`."
    assert one_line(f"Correct the baseline by:\n\n- {'word ' * 60}", brief=True) == ""
    assert one_line(f"The kinds:\n\n- None: {'word ' * 60}\n- 'auto': more", brief=True) == "The kinds."
    assert one_line(f"Any of the kinds:\n\n- {'word ' * 60}", brief=True) == "Any of the kinds."


@pytest.mark.parametrize(
    ("description", "line"),
    [
        ("If `x` is false, one. If `x` is true, two. More.", "If `x` is false, one. If `x` is true, two."),
        ("A matrix. It is flat. Alternatively, a list.", "A matrix. Alternatively, a list."),
        ("Many warnings might be thrown. If True, they are not. More.", "Many warnings might be thrown. If True, they are not."),
        (
            "An object with the following attributes:\n\n- statistic : float\n- pvalue : float",
            "An object with the following attributes: statistic, pvalue.",
        ),
        ("The mean. If None, zero.", "The mean."),
    ],
)
def test_a_first_sentence_comes_with_what_else_there_may_be(description, line):
    assert one_line(description, brief=True) == line
