"""What calls of asked symbols are given, and whether a specification says it."""

from __future__ import annotations

import ast

import pytest

from gpiot_data.packages.galleries.operands import (
    asked_calls,
    bound_directly,
    depend_on,
    draws_over,
    operand_names,
    settings,
    strange_words,
    unnamed_sources,
)


def calls_of(code: str, *symbols: str) -> list[ast.Call]:
    return asked_calls(ast.parse(code), symbols)


def test_calls_are_told_with_what_they_are_given_beside_variables() -> None:
    calls = calls_of("m = toy.Model(a, order=(1, 0), ax=ax)\nm.fit(x, [1, 2])\n", "toy.Model")
    assert settings(calls) == "`order=(1, 0)` and `fit(x, [1, 2])`"
    assert operand_names(calls) >= {"a", "x", "m"}


@pytest.mark.parametrize("code", [f"toy.smooth({list(range(40))})", ", ".join(f"toy.smooth(x, {n})" for n in range(9))])
def test_more_than_a_target_can_say_is_not_said(code: str) -> None:
    assert settings(calls_of(code, "toy.smooth")) is None
    assert settings(calls_of("toy.smooth(x, y)", "toy.smooth")) == ""


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("d = sm.datasets.anes96.load()", "none", ["sm.datasets.anes96.load()"]),
        ("d = sm.datasets.anes96.load()", "`d`: `sm.datasets.anes96.load()`", []),
        ("d = load().data", "`d`: `load().data`", ["load()"]),
        ("d = read(get('https://a.org/b.dta'))", "", ["https://a.org/b.dta"]),
        ("d = make_blobs(3)\ne = json.load(f)", "", []),
    ],
)
def test_data_sets_and_addresses_have_to_be_named(code: str, text: str, expected: list[str]) -> None:
    assert unnamed_sources(ast.parse(code), text) == expected


def test_only_what_comes_out_of_the_asked_calls_depends_on_them() -> None:
    code = "a = [1]\nb = toy.smooth(a)\nc = b + 1\nd = other(a)\n"
    tree = ast.parse(code)
    calls = calls_of(code, "toy.smooth")
    assert {"a", "b", "c", "d"} & depend_on(tree, calls) == {"b", "c"}
    assert bound_directly(tree, calls) == {"b"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("sns.kdeplot(x=a)\nsns.kdeplot(y=a)\n", True),
        ("sns.kdeplot(x=a, ax=one)\nsns.kdeplot(y=a, ax=two)\n", False),
        ("sns.kdeplot(x=a)\nsns.rugplot(x=a)\n", False),
    ],
)
def test_plots_of_one_kind_on_the_same_axes_are_several_examples(code: str, expected: bool) -> None:
    names = ("seaborn.kdeplot", "seaborn.rugplot")
    assert draws_over(calls_of(code, *names), names, ast.parse(code)) == expected


def test_a_comment_of_another_program_speaks_of_what_the_code_has_not() -> None:
    code = "# Plot width as a function of sepal_length\nplot(bill_length)  # bill_length in mm\n"
    assert strange_words(code) == ["sepal_length"]
