from __future__ import annotations

import pytest

from gpiot_data.packages.docstrings import drop_parameter_templates, is_template, parse_docstring
from gpiot_data.packages.markdown import first_sentence, inline, to_markdown
from gpiot_data.packages.wording import imperative, is_request


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Use :func:`~scipy.signal.find_peaks` on ``x``.", "Use `find_peaks` on `x`."),
        ("The angle :math:`\\omega` in [0, 1].", "The angle $\\omega$ in [0, 1]."),
        ("A fast method [1]_ for `x`.", "A fast method for `x`."),
        ("It is exact. As shown in [2]_, it holds. It ends.", "It is exact. It ends."),
        ("Works well (see [1]_, [2]_).", "Works well."),
        ("Read `the guide <https://example.org/x>`_ first.", "Read the guide first."),
        ("New (*versionadded: 1.3.0*) here.", "New here."),
        ("It holds. See Notes for details.", "It holds."),
        ("See :ref:`Modes <ref-modes>`.", "See Modes."),
    ],
)
def test_inline_markup_becomes_plain_markdown(text, expected):
    assert inline(text) == expected


def test_directives_go_and_notes_stay():
    lines = [
        "One.",
        "",
        ".. versionadded:: 1.0",
        "   With text.",
        "",
        ".. note:: Mind",
        "   this.",
        "",
        ".. plot::",
        "",
        "   >>> 1",
        "",
        "Two.",
    ]
    assert to_markdown(lines) == "One.\n\nMind this.\n\nTwo."


def test_literal_blocks_are_fenced_and_lists_kept():
    assert (
        to_markdown(["It is::", "", "    a = b", "", "with", "", "* one", "  more", "* two"])
        == "It is:\n\n```\na = b\n```\n\nwith\n\n- one more\n- two"
    )


def test_definition_lists_become_items():
    assert to_markdown(["Modes:", "", "``full``", "    All.", "``same``", "    Some."]) == "Modes:\n\n- `full`: All.\n- `same`: Some."


def test_an_abbreviation_ends_no_sentence():
    assert first_sentence("The rate, e.g. The one in Hz. More.") == "The rate, e.g. The one in Hz."


def test_parameters_carry_type_shape_and_unit_as_stated():
    parsed = parse_docstring("Do it.\n\nParameters\n----------\nx : array_like, shape (N,), optional\n    Rate in Hz. More.\n")
    (entry,) = parsed.parameters
    assert (entry.name, entry.type, entry.shape, entry.unit) == ("x", "array_like", "(N,)", "Hz")


def test_a_shape_may_stand_in_the_first_sentence():
    (entry,) = parse_docstring("Do it.\n\nParameters\n----------\nA : array_like\n    State matrix of shape ``(n, n)``\n").parameters
    assert (entry.type, entry.shape) == ("array_like", "(n, n)")


@pytest.mark.parametrize(
    ("head", "kind", "shape", "description"),
    [
        ("x : int (optional, default: 3)", "int", None, ""),
        ("x : (string, float) pair", "(string, float) pair", None, ""),
        ("x : the number of samples to skip", None, None, "the number of samples to skip"),
        ("x: int", "int", None, ""),
    ],
)
def test_type_slots_as_people_fill_them(head, kind, shape, description):
    (entry,) = parse_docstring(f"Do it.\n\nParameters\n----------\n{head}\n").parameters
    assert (entry.name, entry.type, entry.shape, entry.description) == ("x", kind, shape, description)


def test_sphinx_fields_are_read_too():
    parsed = parse_docstring("Do it.\n\n:param x: The signal.\n:type x: list\n:returns: The sum.\n:rtype: float\n")
    assert [(entry.name, entry.type, entry.description) for entry in (*parsed.parameters, *parsed.returns)] == [
        ("x", "list", "The signal."),
        ("result", "float", "The sum."),
    ]


def test_a_template_line_among_parameters_is_dropped_and_elsewhere_marks_the_docstring():
    inside = "Do it.\n\nParameters\n----------\nx : int\n    A number.\n%(snippet)s\n\nReturns\n-------\ny : int\n"
    outside = "Do %(what)s.\n\nParameters\n----------\nx : int\n"
    assert not is_template(drop_parameter_templates(inside))
    assert is_template(drop_parameter_templates(outside))


def test_sections_that_cannot_be_read_are_a_value_error():
    with pytest.raises(ValueError, match="Receives"):
        parse_docstring("Do it.\n\nReceives\n--------\nx : int\n    A.\n")


@pytest.mark.parametrize(
    ("summary", "kind", "expected"),
    [
        ("Find peaks inside a signal.", "function", "Find peaks inside a signal"),
        ("Returns the Hann window.", "function", "Compute the Hann window"),
        ("Butterworth digital and analog filter design.", "function", "Design a Butterworth digital and analog filter"),
        ("FIR filter design using the window method.", "function", "Design an FIR filter using the window method"),
        ("Frequency-swept cosine generator.", "function", "Generate a frequency-swept cosine"),
        ("State-space to transfer function.", "function", "Convert state-space to transfer function"),
        ("Step response of continuous-time system.", "function", "Compute the step response of continuous-time system"),
        ("Upsample, FIR filter, and downsample.", "function", "Upsample, FIR filter, and downsample"),
        ("Median filter a 2-dimensional array.", "function", "Apply a median filter to a 2-dimensional array"),
        ("Convenience function for creating various windows.", "function", "Create various windows"),
        ("Linear system class in state-space form.", "class", "Create a linear system in state-space form"),
        ("This data holds temperatures.", "function", None),
    ],
)
def test_a_summary_becomes_a_request(summary, kind, expected):
    assert imperative(summary, kind) == expected


def test_a_statement_is_no_request():
    assert [is_request(text) for text in ("Plot the window.", "The window is plotted.", "Filter design with scipy.", "")] == [
        True,
        False,
        False,
        False,
    ]


def test_an_odd_see_also_line_costs_nothing():
    parsed = parse_docstring("Do it.\n\nSee Also\n--------\n!! not ? a : name\n\nNotes\n-----\nStays.\n")
    assert (parsed.summary, parsed.notes) == ("Do it.", "Stays.")


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "hostile",
    [
        "x : (" + "a, " * 5000 + "b",
        "x : " + "'" * 20000,
        "'a'''" * 5000 + "\n        text",
        "x : int\n    " + "[1]_, " * 5000 + "(see " * 2000,
        "x : int\n    " + "`a" * 10000,
        "x : int\n    " + "(" * 20000 + " e.g. A" * 3000,
        "x : int\n    .. note::\n" + "\n".join(" " * number + ".. note::" for number in range(5, 300)),
    ],
)
def test_hostile_docstrings_end_in_time(hostile):
    parsed = parse_docstring(f"Do it.\n\nParameters\n----------\n{hostile}\n")
    assert parsed.summary == "Do it."
