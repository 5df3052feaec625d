"""Printed values against documented ones: what counts as equal, what does not, and what is no value at all."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpiot_data.verify import token_match
from gpiot_data.verify.compare import is_comparable, matches
from gpiot_data.verify.tokens import MAX_TEXT_CHARS, read_tokens

EQUAL = [
    ("array([1., 2.])", "[1. 2.]"),
    ("array([[1, 2],\n       [3, 4]])", "[[1 2]\n [3 4]]"),
    ("0.5", "np.float64(0.5)"),
    ("(0.5, 2)", "(np.float64(0.5), np.int64(2))"),
    ("array([0., 1., ..., 9.])", "array([0.0, 1.0, 5.5, 6.5, 9.0])"),
    ("(1+2j)", "np.complex128(1+2j)"),
    ("array([1.+2.j, 0.-0.j])", "array([1.+2.j, 0.+1e-17j])"),
    ("True", "np.True_"),
    ("'a'", '"a"'),
    ("array([1, 2], dtype=int32)", "array([1, 2])"),
    ("array([0, 0], shape=(1000,), dtype=uint8)", "[0 0]"),
    ("array([nan, inf])", "array([nan, inf])"),
    ("0.1234", "0.12341"),
    ("1.0000000000000002", "0.9999999999999998"),
    ("array([1., 0.])", "array([1.0, -2e-17])"),
    ("12.63 # up to rounding", "12.629999999999999"),
    ("Chi: 0.12345, n=3", "Chi: 0.12346, n=3"),
    ("<BLANKLINE>\n1", "\n1"),
    ("3.", "3.0001"),
    ("array([1.e+00, 0.e+00, 2.5])", "array([1.e+00, 9.e-09, 2.5])"),
    ("<function <lambda> at 0x7f01>", "<function <lambda> at 0x7f02>"),
    ("{'at': <Thing at 0x7f01>}", "{'at': <Thing at 0x7f02>}"),
    ("1e400", "1e400"),
    ("array([[0, 1], ..., [8, 9]])", "array([[0, 1], [2, 3], [8, 9]])"),
    ("a ... z", "a b (c] z"),
    ("Result(statistic=0.5, pvalue=0.25)", "Result(statistic=np.float64(0.5), pvalue=np.float64(0.25))"),
    ("array([0, ..., 0], shape=(1000,))", "array([0, 1, ..., 0])"),
    ("array([], shape=(0, 3), dtype=float64)", "[]"),
    ("[(1, 2), ..., (5, 6)]", "[(1, 2), (3, 4), (5, 6)]"),
    ("{'a': 1, ..., 'z': 26}", "{'a': 1, 'b': 2, 'z': 26}"),
    ("(1, ..., 9)", "(1, 5, 9)"),
    ("KMeans(n_clusters=2, ..., tol=0.1)", "KMeans(n_clusters=2, init='k-means++', seed=(1, None), tol=0.1)"),
    ("(0.66..., 0.57...)", "(0.6666666666666666, 0.5714285714285714)"),
    ("array([-0.66..., 1.5...e-05])", "array([-6.66666667e-01,  1.51000000e-05])"),
    ("Score: 0.66...", "Score: 0.6666666666666666"),
    ("(3..., 4...)", "(3.14159, 4.0)"),
    ("['abc...', 1]", "['abcdef', 1]"),
    ("{'text': 'a...m...z'}", "{'text': 'a to m to z'}"),
    ("'a # b'", "'a # b'"),
    ("1.5  # don't mind", "1.5"),
    ('5" is 0.127 m', '5" is 0.12701 m'),
    ("Index([...], dtype='int64', length=5, start=1, ..., stop=3)", "Index([...], dtype='int64', length=5, start=1, step=2, stop=3)"),
]
UNEQUAL = [
    ("1", "2"),
    ("1.0", "1.01"),
    ("100000", "100050"),
    ("9007199254740993", "9007199254740992"),
    ("array([1., 2.])", "[[1. 2.]]"),
    ("[1 2]", "[1 2 3]"),
    ("array([0., ..., 9.])", "array([0., 1., 8.])"),
    ("array([0., ..., 5., ..., 9.])", "array([0., 1., 9.])"),
    ("True", "False"),
    ("1", "1j"),
    ("1.0", "'1.0'"),
    ("inf", "1e308"),
    ("nan", "1.0"),
    ("1e-9", "2e-9"),
    ("'dtype=int32'", "''"),
    ("f(dtype=int32)", "f(dtype=int64)extra"),
    ("1", ""),
    ("1", "True"),
    ("0", "False"),
    ("True", "1"),
    ("0x1f", "0x2e"),
    ("thing at 0x1f", "thing at 0x2e"),
    ("1000", "1000.9"),
    ("3", "3.002"),
    ("0.0", "5e-13"),
    ("1e-13", "9e-13"),
    ("(1.7e+09, 3.5)", "(1.7e+09, -12.5)"),
    ("[1e+30, 5.0]", "[1e+30, -77.0]"),
    ("(array([1e+30, 2.]), 5.0)", "(array([1e+30, 2.]), -77.0)"),
    ("array([1.7e+09])", "array([1.8e+09])"),
    ("192.168.1.1", "192.200.1.1"),
    ("1e400", "1e500"),
    ("array([0., ..., 9.])", "array([0., 'other', 9.])"),
    ("array([0., ..., 9.])", "array([0., open(1), 9.])"),
    ("array([0., ..., 9.])", "array([0.]), array([9.])"),
    ("array([1])", "__import__('os').system('true') or array([1])"),
    ("Spec(shape=(2, 3))", "Spec(shape=(9, 9))"),
    ("Spec(dtype=3)", "Spec(dtype='x')"),
    ("ShapeDtypeStruct(shape=(3,), dtype=float32)", "ShapeDtypeStruct(shape=(7, 7), dtype=int8)"),
    ("Array([1.0, 2.0], shape=(2,))", "Array([1.0, 2.0], shape=(5,))"),
    ("array([f(dtype=int8)])", "array([f(dtype=int16)])"),
    ("array([1, 2], dtype=int8)", "array([1, 2], dtype=uint8)"),
    ("array([], shape=(0, 3), dtype=float64)", "array([], shape=(0, 9), dtype=float64)"),
    ("{1, ..., 9}", "{1, 'nonsense', None, 9}"),
    ("(1, ..., 9)", "(1, 'z', 9)"),
    ("(1, ..., 9)", "(1, (5, 9)"),
    ("(1, ..., 9)", "(1), (9)"),
    ("[1, ..., 9]", "[1, [5], 9]"),
    ("{'a': [1, ..., 9]}", "{'a': [1, 'b', 9]}"),
    ("array([0., ..., 9.])", "array([0., 'nan', 9.])"),
    ("f(1, ..., 2)", "f(1), g(2)"),
    ("(0.66..., 1)", "(0.71, 1)"),
    ("(-0.66..., 1)", "(0.66666, 1)"),
    ("(0.66..., 1)", "(0.66, 'more', 1)"),
    ("0.66...", "0.66 and more"),
    ("['abc...', 1]", "['abc', 'x', 1]"),
    ("'a...z'", "'a', 'z'"),
    ("'a # b'", "'a"),
    ("'a # b'", "'a # c'"),
    ("('a # b', 1)", "('a # c', 2)"),
]


@pytest.mark.parametrize(("want", "got"), EQUAL)
def test_equal_values_in_another_notation(want: str, got: str) -> None:
    assert matches(want, got)


@pytest.mark.parametrize(("want", "got"), UNEQUAL)
def test_other_values(want: str, got: str) -> None:
    assert not matches(want, got)


def test_what_an_evaluating_checker_would_run_is_only_read(tmp_path) -> None:
    witness = tmp_path / "ran"
    assert not matches("1.0", f"__import__('pathlib').Path({str(witness)!r}).write_text('x') or 1.0")
    assert not witness.exists()


def test_an_address_in_the_output_does_not_make_it_right() -> None:
    assert not matches("1.0", "<object at 0x7f0000000000>")


@pytest.mark.parametrize(
    "want",
    [
        "",
        "...",
        "[...]",
        "array([...])",
        "array([...], dtype=float32)",
        "array(..., dtype=float32)",
        "tensor([...])",
        "Result(x=array([..., ...]), n=5)",
        "1.5 # may vary",
        "1.5  # random",
        "[<matplotlib.lines.Line2D object at 0x1>]",
        "<Figure size 640x480 with 1 Axes>",
        "Text(0.5, 1.0, 'Title')",
        "Thing at 0x7f",
        "# a comment",
    ],
)
def test_what_is_no_value_to_compare_with(want: str) -> None:
    assert not is_comparable(want)


@pytest.mark.parametrize("want", ["1", "array([1., ..., 2.])", "True", "'text'", "nan", "-0.0"])
def test_what_is_a_value(want: str) -> None:
    assert is_comparable(want)


numbers = st.one_of(
    st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False, width=32), st.just(float("inf")), st.just(float("nan"))
)
nested = st.recursive(numbers, lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner), max_leaves=12)


@given(nested)
def test_every_value_matches_its_own_repr(value) -> None:
    assert matches(repr(value), repr(value))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8))
def test_an_array_matches_however_it_is_shown(values: list[float]) -> None:
    array = np.array(values)
    assert matches(repr(array), str(array))
    with np.printoptions(legacy="1.13"):
        old = repr(array)
    assert matches(old, repr(array))


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=8), st.data())
def test_one_changed_number_is_noticed(values: list[int], data) -> None:
    position = data.draw(st.integers(0, len(values) - 1))
    changed = [value + 0.5 * (index == position) * max(1, value) for index, value in enumerate(map(float, values))]
    assert not matches(repr(np.array(values, dtype=float)), repr(np.array(changed)))


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_read_and_compared(want: str, got: str) -> None:
    read_tokens(want)
    matches(want, got)
    assert matches(want, want)


#: Repeated, each of these once took time that grew with the square of the text.
HOSTILE = {
    "quotes that are escaped": "'\\\\",
    "both quotes": "\"\\\\'",
    "lines of quotes": "'\\\\'x\n",
    "numbers cut short": "1...",
    "groups of versions": "1.1.1.",
    "notes": " # x",
    "brackets of three kinds": "[({",
    "closing brackets": "(]",
    "addresses": "<a at 0x",
    "shapes": "array(shape=(",
    "white space": " \t",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_text_that_repeats_itself_is_read_in_time_that_grows_with_it(piece: str) -> None:
    text = (piece * MAX_TEXT_CHARS)[: MAX_TEXT_CHARS - 1] + "x"
    started = time.process_time()
    assert not matches("1.0", text)
    assert not matches(text, "1.0")
    assert not matches(f"[1.0, ..., 2.0] {text[:-20]}", text)
    is_comparable(text)
    # Each takes well under a second; the square of it was 20 s and more.
    assert time.process_time() - started < 8


def test_pieces_between_gaps_are_searched_with_a_bounded_number_of_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    plain = token_match._equal

    def counted(want, got) -> bool:
        nonlocal compared
        compared += 1
        return plain(want, got)

    monkeypatch.setattr(token_match, "_equal", counted)
    want = "[0 ... " + "1 " * 10_000 + "2 ... 3]"
    assert not matches(want, "[0 " + "1 " * 30_000 + "3]")
    assert compared < 2 * token_match.MAX_STEPS


@pytest.mark.slow
def test_hostile_output_costs_bounded_time() -> None:
    started = time.process_time()
    gaps = "array([" + "1., ..., " * 300 + "2.])"
    nested = ["[" * 30_000, "(" * 20_000 + ")" * 20_000, "array(" * 8000, "f(dtype=" * 8000]
    long = ["1. " * 20_000, "9" * 60_000, "9" * 60_000 + "x", "9." * 30_000, "1" * (MAX_TEXT_CHARS + 1), "'" * 60_000, "a." * 30_000]
    long += ["<" * 60_000, "<a>" * 20_000, "<a at " * 10_000, "..." * 20_000, "[..." * 15_000, "1.1." * 15_000, "[1. 2." * 10_000]
    for got in nested + long:
        assert not matches("1.0", got)
        assert not matches(gaps, got)
        is_comparable(got)
        matches(got, "1.0")
    assert time.process_time() - started < 20
