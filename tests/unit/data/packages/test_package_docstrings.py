from __future__ import annotations

import pytest

from gpiot_data.packages.docstrings import drop_keyword_lists, is_template, parse_docstring
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


def test_only_a_list_of_artist_properties_may_be_missing():
    inside = "Do it.\n\nParameters\n----------\n**kwargs\n    More.\n\n    %(Line2D:kwdoc)s\n\nReturns\n-------\ny : int\n"
    assert not is_template(drop_keyword_lists(inside))


@pytest.mark.parametrize("mark", ["%(what)s", "x : int\n    %(Patch:kwdoc)s and more", "\n%snippet\n", "\n    {params.core.data}\n"])
def test_a_mark_that_is_left_tells_that_the_docstring_is_not_complete(mark):
    assert is_template(drop_keyword_lists(f"Do it.\n\nParameters\n----------\n{mark}\n"))


def test_sets_and_formulas_are_no_marks():
    assert not is_template("Do it with {a, b} and $x_{i}$ in {red} at 50 % of (all).\n\n{1, 2}\n")


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
        ("Extends `Device` to represent an Energenie socket controller.", "class", "Create an Energenie socket controller"),
        ("Extends `Device` and adds a source.", "class", None),
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


@pytest.mark.timeout(120)
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


def test_google_sections_are_read():
    parsed = parse_docstring(
        "Open a port.\n\nIt waits.\n\nArgs:\n    port (str): The port, e.g. COM1.\n        More of it.\n    rate (int, optional): In Hz.\n\n"
        "Returns:\n    bool: Whether it is open.\n\nRaises:\n    OSError: If it fails.\n\nNote:\n    Mind it.\n\nExamples:\n    >>> 1\n    1\n"
    )
    assert [(entry.name, entry.type, entry.description) for entry in (*parsed.parameters, *parsed.returns, *parsed.raises)] == [
        ("port", "str", "The port, e.g. COM1. More of it."),
        ("rate", "int", "In Hz."),
        ("result", "bool", "Whether it is open."),
        ("OSError", None, "If it fails."),
    ]
    assert (parsed.summary, parsed.extended, parsed.notes, parsed.examples) == ("Open a port.", "It waits.", "Mind it.", (">>> 1", "1"))


def test_fields_of_several_paragraphs_and_words_are_read_whole():
    parsed = parse_docstring(
        "Do it.\n\n  :param int or None x: The signal.\n\n      - one\n      - two\n  :raises ValueError: If bad.\n\nMore text.\n"
    )
    assert [(entry.name, entry.type, entry.description) for entry in (*parsed.parameters, *parsed.raises)] == [
        ("x", "int or None", "The signal.\n\n- one\n- two"),
        ("ValueError", None, "If bad."),
    ]
    assert parsed.extended == "More text."


def test_a_role_at_the_start_of_a_line_is_no_field():
    assert parse_docstring("Do it.\n\nUse the\n:keyword:`in` of Python.\n").extended == "Use the `in` of Python."


def test_fields_that_no_reader_knows_stay_as_text():
    assert parse_docstring("Do it.\n\n:validation: It is right.\n\n:References: [Marple]_\n").extended == "Validation: It is right."


def test_the_deprecation_of_the_whole_is_kept_apart():
    parsed = parse_docstring("Do it.\n\n.. deprecated:: 1.2\n    Use :func:`g`.\n\nMore.\n\nParameters\n----------\nx : int\n    A.\n")
    assert (parsed.deprecation, parsed.extended) == ("Deprecated since version 1.2. Use `g`.", "More.")


def test_plain_text_below_returns_is_one_description():
    (entry,) = parse_docstring("Do it.\n\nReturns\n-------\nThe default environment for models made by calls to\n:func:`save`.\n").returns
    assert (entry.name, entry.description) == ("", "The default environment for models made by calls to `save`.")


def test_exceptions_and_attributes_are_read():
    parsed = parse_docstring(
        "Do it.\n\nRaises\n------\nValueError\n    If bad.\n\nAttributes\n----------\ncoef_ : ndarray\n    The result.\n"
    )
    assert [(entry.name, entry.type, entry.description) for entry in (*parsed.raises, *parsed.attributes)] == [
        ("ValueError", None, "If bad."),
        ("coef_", "ndarray", "The result."),
    ]


def test_a_literal_block_that_imports_is_an_example():
    parsed = parse_docstring("Do it.\n\nFor example::\n\n    from p import f\n\n    f()\n\nThe layout::\n\n    a b\n")
    assert parsed.examples == (
        *("For example:", "", ".. code-block:: python", "", "", "    from p import f", "", "    f()", ""),
        *("The layout::", "", "    a b"),
    )


def test_code_announced_by_the_first_paragraph_keeps_its_lines():
    parsed = parse_docstring("Do it. For example::\n\n    if a:\n        b\n\n    c\n\nMore.\n\nNotes\n-----\nA note.\n")
    assert (parsed.summary, parsed.extended, parsed.notes) == (
        "Do it.",
        "For example:\n\n```\nif a:\n    b\n\nc\n```\n\nMore.",
        "A note.",
    )


def test_a_formula_over_two_lines_is_no_list():
    assert to_markdown(["The term :math:`-x", "+ y` matters.", "- one", "- two"]) == "The term $-x + y$ matters.\n\n- one\n- two"


def test_code_outside_of_sections_serves_as_an_example():
    parsed = parse_docstring("Do it.\n\nText.\n\nFor example:\n\n>>> 1 + 1\n2\n")
    assert parsed.examples == ("For example:", "", ">>> 1 + 1", "2")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([".. code-block:: python", "   :linenos:", "", "   a = 1"], "```\na = 1\n```"),
        (["See:", "", ">>> a", "1", "", ">>> b", "2"], "See:\n\n```\n>>> a\n1\n\n>>> b\n2\n```"),
        (["=== ===", "a   b", "=== ===", "1   2", "=== ==="], "```\n=== ===\na   b\n=== ===\n1   2\n=== ===\n```"),
        (["It is :math:`\\|x\\|_2` and ``a\\_b``."], "It is $\\|x\\|_2$ and `a\\_b`."),
        ([".. math::", "", "   a = b"], "$a = b$"),
        (["It holds. The picture:", "", ".. plot::", "", "   x"], "It holds."),
        ([".. legacy:: function", "", "   Use another."], "This function is legacy: it gets no more updates.\n\nUse another."),
        (["Take :func:`python:open`. Read more in the :ref:`User Guide <x>`."], "Take `open`."),
        (["A method from [Wagner2023]_."], "A method."),
        (["The distance :cite:p:`huynh2009` is short. It is defined in :cite:`a,b`."], "The distance is short."),
    ],
)
def test_what_a_text_holds_is_kept(lines, expected):
    assert to_markdown(lines, whole=True) == expected


def test_a_part_of_a_text_may_end_in_an_announcement():
    assert to_markdown(["It holds:"]) == "It holds:"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("tuple of int, default = (64, 128)", "tuple of int"),
        ("bool, default=False", "bool"),
        ("float, default=10 000", "float"),
        ("str, optional (default: 'same')", "str"),
        ("{'a', 'b'}, default 'a'", "{'a', 'b'}"),
        ("array-like of shape (n,), default=None", "array-like"),
        ("int, default=10,000", "int"),
    ],
)
def test_defaults_are_no_part_of_a_type(kind, expected):
    (entry,) = parse_docstring(f"Do it.\n\nParameters\n----------\nx : {kind}\n    A.\n").parameters
    assert entry.type == expected


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "hostile",
    [
        "Args:\n" + ("    " + "a(" * 20 + "a" * 550 + ":\n") * 90,
        "Args:\n" + ("    " + "a( " * 20 + " " * 530 + ":\n") * 90,
        "Args:\n    " + "a(" * 20000 + ": b\n",
        ":param " + "x " * 5000 + ": a\n",
        ":param x: a\n" * 5000,
        "Args:\n" + "    x: a\n" * 8000,
        ".. deprecated:: 1\n" + "  a\n\n" * 10000,
        "See Also\n--------\n" * 5000,
        ":" + "a" * 50000 + ":\n" + ":References:\n " * 5000,
    ],
)
def test_other_hostile_docstrings_end_in_time(hostile):
    try:
        summary = parse_docstring(f"Do it.\n\n{hostile}").summary
    except ValueError as error:
        summary = str(error)
    assert summary


def test_lists_without_marks_become_lists():
    lines = [
        "Writes to self:",
        "_is_fitted : flag is set.",
        "_X : X, a copy of X",
        "    by reference.",
        "",
        "Ways:",
        "    make(D)",
        "        where D is an array",
    ]
    assert (
        to_markdown(lines)
        == "Writes to self:\n\n- _is_fitted: flag is set.\n- _X: X, a copy of X by reference.\n\nWays:\n\n- make(D): where D is an array"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Relative Roughness (RR)**", "Relative Roughness (RR)"),
        ("It is 2**3 and 3**2.", "It is 2**3 and 3**2."),
        ("This is due to Polge and Bhagavan[1].", "This is due to Polge and Bhagavan."),
        ("Cross-trial statistics [1].", "Cross-trial statistics."),
        ("A network, adapted from the one used in [1]_.", "A network, adapted from the one."),
        ("The means, as described by Smith in [2]_.", "The means."),
        ("The item x[1] of it.", "The item x[1] of it."),
        ("The `.Axes` of it.", "The `Axes` of it."),
    ],
)
def test_bold_marks_and_sources_go(text, expected):
    assert inline(text) == expected


def test_entries_on_one_line_each_stay_apart():
    parsed = parse_docstring(
        "Make bits.\n\nParameters\n----------\nn_bits: the number of RZ bits to make,\nns: the number of samples per bit\n"
    )
    assert [(entry.name, entry.description) for entry in parsed.parameters] == [
        ("n_bits", "the number of RZ bits to make"),
        ("ns", "the number of samples per bit"),
    ]


def test_a_description_that_goes_on_from_the_type_slot_is_one_sentence():
    parsed = parse_docstring(
        "Fit.\n\nParameters\n----------\nx : further arguments that are passed to the parts of the\n    pipeline if they take them.\n"
    )
    assert [(entry.type, entry.description) for entry in parsed.parameters] == [
        (None, "further arguments that are passed to the parts of the pipeline if they take them.")
    ]


def test_text_that_makes_no_sense_alone_is_left_out():
    parsed = parse_docstring("Fit it.\n\nIt is fast. See more here.\n\nThe table below holds.\n\n====  ====\nAIC   one\n====  ====\n")
    assert parsed.extended == "It is fast."


def test_a_number_that_ends_a_sentence_on_the_next_line_is_no_list():
    assert (
        to_markdown(["They are inserted with length", "1. If not, the", "2. one is taken."])
        == "They are inserted with length 1. If not, the 2. one is taken."
    )
    assert to_markdown(["The steps:", "1. one", "2. two"]) == "The steps:\n\n- one\n- two"


def test_a_deprecation_keeps_no_half_of_its_code():
    parsed = parse_docstring(
        "Fit it.\n\n.. deprecated:: 1.8\n    It goes. Instead use::\n\n        reg = f(\n            x=1,\n        )\n"
    )
    assert parsed.deprecation == "Deprecated since version 1.8. It goes. Instead use:\n\n```\nreg = f(\n    x=1,\n)\n```"


def test_a_summary_does_not_announce_a_formula():
    assert (
        parse_docstring("Normal gravity at the equator, computed as:\n\n.. math::\n    g = 1\n").summary == "Normal gravity at the equator."
    )


def test_a_line_below_named_values_is_no_value():
    parsed = parse_docstring("Load it.\n\nReturns\n-------\nX : list\n    The series.\ny : array\n    The labels for each\nin X\n")
    assert [entry.name for entry in parsed.returns] == ["X", "y"]


def test_a_parameter_that_is_listed_twice_counts_once():
    text = "Do it.\n\nParameters\n----------\nrng : int\n    The seed.\nrng : int, optional\n"
    assert [(entry.name, entry.description) for entry in parse_docstring(text).parameters] == [("rng", "The seed.")]
