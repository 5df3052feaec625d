from __future__ import annotations

import ast

from gpiot_data.packages.docstrings import Documentation
from gpiot_data.packages.entries import Entry
from gpiot_data.packages.outcomes import is_of_other_class, outcome
from gpiot_data.packages.symbols import Symbol


def symbol(kind, name):
    return Symbol(kind, name, (), "", "p.py", (1, 1), (0, 1), "0")


def given(kind, name, summary, code, returns=()):
    found = outcome(symbol(kind, name), Documentation(summary, returns=returns), ast.parse(code))
    return found if found is None else [(entry.name, entry.type, entry.description) for entry in found]


def test_documented_values_are_what_a_program_gets():
    returns = (Entry("y", "float", None, "Mean."),)
    assert given("function", "toy.mean", "Mean.", "mean(x)", returns) == [("y", "float", "Mean.")]


def test_an_undocumented_value_is_what_the_summary_says():
    assert given("function", "toy.mean", "Return the mean of x.", "m = mean(x)") == [("m", None, "The mean of x.")]
    assert given("property", "toy.T.size", "Size in bytes.", "print(t.size)") == [("result", None, "Size in bytes.")]


def test_a_value_that_nobody_describes_is_unknown_and_one_that_is_not_used_is_none():
    assert given("function", "toy.fold", "Fold it.", "print(fold(x))") is None
    assert given("function", "toy.fold", "Fold it.", "fold(x)") == []


def test_an_object_goes_by_the_name_that_it_is_given():
    assert given("class", "toy.Model", "A model.", "m = Model(1).fit(x)") == [("m", "toy.Model", "")]
    assert given("class", "toy.Model", "A model.", "print(Model(1))") == [("instance", "toy.Model", "")]


def test_a_member_that_is_only_used_of_another_class_is_told():
    nanos = symbol("property", "pd.offsets.Day.nanos")
    assert is_of_other_class(nanos, ast.parse("print(pd.offsets.Hour(5).nanos)"))
    assert is_of_other_class(nanos, ast.parse("h = Hour(5)\nprint(h.nanos)"))
    assert not is_of_other_class(nanos, ast.parse("print(Hour(5).nanos, Day(5).nanos)"))
    assert not is_of_other_class(nanos, ast.parse("print(load().nanos)"))
    assert not is_of_other_class(symbol("function", "pd.nanos"), ast.parse("Hour(5).nanos"))
