from __future__ import annotations

import pytest

from gpiot_data.packages.docstrings import parse_docstring
from gpiot_data.packages.line_breaks import BREAK, joined, marked


def test_wrapped_prose_is_joined():
    lines = ["The level of the signal is followed sample by sample, with a filter", "of first order. A sample is", "weighted by the gain."]
    assert joined(lines) == [" ".join(lines)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["Behaviour:", "if `path` is None, returns the bytes", "if `path` is a file, stores them there"],
            ["Behaviour:", "- if `path` is None, returns the bytes", "- if `path` is a file, stores them there"],
        ),
        (
            ["Seed of the estimator", "if None, the global state is used", "if int, it is the seed"],
            ["Seed of the estimator:", "- if None, the global state is used", "- if int, it is the seed"],
        ),
        (
            ["Requires:", "x - array of x values", "y - array of y values"],
            ["Requires:", "- x - array of x values", "- y - array of y values"],
        ),
    ],
)
def test_lines_that_open_alike_are_a_list(lines, expected):
    assert joined(lines) == expected


def test_a_line_that_ends_early_before_a_sentence_ends_one_itself():
    assert joined(["Whether to skip the constraint", "This is for internal use."]) == [
        "Whether to skip the constraint. This is for internal use."
    ]


def test_a_break_that_nothing_explains_is_marked():
    assert joined(["link is an alias for Link", "link = Link()"]) == [f"link is an alias for Link {BREAK} link = Link()"]
    assert marked(["- no padding", "zeros at both ends"]) == f"- no padding {BREAK} zeros at both ends"


@pytest.mark.parametrize(
    "lines",
    [
        ["It is due to the", "Fourier transform."],
        ["It holds (as long as", "x is small)."],
        ["The number of samples", "of the window."],
        ["Use ``a", "b`` here."],
        ["Use it, if you want,", "as a filter."],
    ],
)
def test_a_line_that_plainly_goes_on_is_no_break(lines):
    assert joined(lines) == [" ".join(lines)]


def test_columns_before_the_first_line_count():
    assert joined(["Whether to skip", "constraint"], offset=50) == ["Whether to skip constraint"]


def test_a_description_keeps_what_stands_before_a_break():
    (entry,) = parse_docstring(
        "Do it.\n\nParameters\n----------\nx : int\n    A number. None or a file\n    path one\n    path two\n"
    ).parameters
    assert entry.description == "A number."


def test_a_summary_ends_where_its_line_does():
    parsed = parse_docstring("Fit the model\nThe data are kept.\n")
    assert (parsed.summary, parsed.extended) == ("Fit the model.", "The data are kept.")


def test_what_stands_below_a_label_is_parted_by_clauses():
    lines = ["Behaviour: returns an alignment for what was fitted", "    model should be fitted, parameters are read"]
    assert joined(lines) == ["Behaviour: returns an alignment for what was fitted; model should be fitted, parameters are read"]
    wrapped = ["Note: this is a text which is wrapped at the end of the line where the", "    next word did not fit"]
    assert joined(wrapped) == ["Note: this is a text which is wrapped at the end of the line where the next word did not fit"]
