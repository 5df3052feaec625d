from __future__ import annotations

import pytest

from gpiot_data.packages.entries import make_entry
from gpiot_data.packages.slots import is_garbled, read_slot


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        ("array_like, shape (N,), optional", ("array_like", "(N,)")),
        ("float, ndarray of shape (n,) or None, default=0.0", ("float, ndarray or None", "(n,)")),
        ("array-like of shape (n,) or (n, m)", ("array-like of shape (n,) or (n, m)", None)),
        ("float in (0, 1)", ("float in (0, 1)", None)),
        ("np.ndarray [shape=(..., n), non-negative]", ("np.ndarray, non-negative", "(..., n)")),
        ("ndarray (n_rows,)", ("ndarray", "(n_rows,)")),
        ("(float, float)", ("(float, float)", None)),
        ("{'a', 'b'}, default='a'", ("{'a', 'b'}", None)),
    ],
)
def test_a_slot_is_a_type_and_at_most_one_shape(slot, expected):
    assert read_slot(slot) == expected


@pytest.mark.parametrize("kind", ["list of transformers, or", "{'a', 'b'", "ndarray [ , non-negative]", "int or array of", "x" * 200])
def test_a_cut_type_is_garbled(kind):
    assert is_garbled(kind)


@pytest.mark.parametrize("kind", ["int or None", "{0 or 'index', None}", "ndarray of the pulse shape", "dict[str, float]"])
def test_a_whole_type_is_not_garbled(kind):
    assert not is_garbled(kind)


def test_a_type_that_goes_on_below_is_joined():
    entry = make_entry("steps", "list of transformers, or", ["list of tuples (str, estimator) of transformers.", "The last forecasts."])
    assert entry is not None
    assert (entry.type, entry.description) == (
        "list of transformers, or list of tuples (str, estimator) of transformers",
        "The last forecasts.",
    )


def test_a_type_that_stays_cut_is_left_out():
    entry = make_entry("steps", "list of transformers, or", ["The last forecasts."])
    assert entry is not None
    assert (entry.type, entry.description) == (None, "The last forecasts.")


def test_a_lone_small_word_in_returns_is_a_name():
    entry = make_entry("", "locs", ["The locations."])
    assert entry is not None
    assert (entry.name, entry.type) == ("locs", None)


def test_a_tuple_of_number_types_is_no_shape():
    assert read_slot("2-D array (uint8, uint16)") == ("2-D array (uint8, uint16)", None)


def test_a_type_that_goes_on_in_one_of_two_lines_ends_where_it_is_whole():
    lines = ["list of tuples (str, estimator) of transformers", 'these are "blueprint" transformers, which do not change in any way at all']
    entry = make_entry("steps", "list of toy transformers, or", lines)
    assert entry is not None
    assert (entry.type, entry.description) == (
        "list of toy transformers, or list of tuples (str, estimator) of transformers",
        'These are "blueprint" transformers, which do not change in any way at all',
    )


def test_alternatives_that_cannot_be_parted_from_the_text_are_all_kept():
    entry = make_entry("steps", "array of shape (n,) or list of", ["lists of int, or", "any other of", "The values."])
    assert entry is not None
    assert entry.description.startswith("array of shape (n,) or list of lists of int")


@pytest.mark.parametrize(
    ("kind", "lines", "expected"),
    [
        ("dict, only returned if full == True", ["The details."], ("dict", "The details.\n\nOnly returned if full == True.")),
        ("dict", ["The details."], ("dict", "The details.")),
        ("float array or None. If it is set", ["to None all are"], (None, "float array or None. If it is set to None all are")),
        ("toy classifier, descendant of Base", ["the one to use"], ("toy classifier, descendant of Base", "the one to use")),
        ("the values that are to be smoothed by the", ["function"], (None, "the values that are to be smoothed by the function")),
        ("array of int - class labels for it", ["indices are those of X"], ("array of int", "class labels for it; indices are those of X")),
        (
            "int",
            ["The number of draws for each clone", "If int, all of them."],
            ("int", "The number of draws for each clone. If int, all of them."),
        ),
        ("int", ["The number of those that are in the", "If branch."], ("int", "The number of those that are in the If branch.")),
    ],
)
def test_a_slot_and_the_lines_below_it_are_told_apart(kind, lines, expected):
    entry = make_entry("x", kind, lines)
    assert entry is not None
    assert (entry.type, entry.description) == expected


@pytest.mark.parametrize(("head", "name", "kind"), [("delta:", "delta", None), ("deep - bool, optional", "deep", "bool"), ("x", "x", None)])
def test_heads_without_a_colon_between_name_and_type_are_read(head, name, kind):
    entry = make_entry(head, "", ["Whether it is deep."])
    assert entry is not None
    assert (entry.name, entry.type) == (name, kind)
