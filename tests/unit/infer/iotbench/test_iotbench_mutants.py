"""Mutants differ from their reference in one place, and from each other."""

from __future__ import annotations

import ast

import pytest

from gpiot_infer.iotbench.mutants import MAX_MUTANTS, make_mutants

ONE_EACH = [
    ("arithmetic", "x = a + b", {"x = a - b"}),
    ("arithmetic", "x @= b", set()),
    ("arithmetic", "x += b", {"x -= b"}),
    ("boundary", "x = a < b", {"x = a <= b"}),
    ("boundary", "x = a < b >= c", {"x = a <= b >= c", "x = a < b > c"}),
    ("boundary", "x = a == b", set()),
    ("constant", "x = 5", {"x = 50", "x = 6", "x = 4"}),
    ("constant", "x = 0", {"x = 1", "x = -1"}),
    ("constant", "x = True", set()),
    ("constant", "x = 'a'", set()),
    ("slice", "x = a[b:]", {"x = a[b + 1:]", "x = a[b - 1:]"}),
    ("slice", "x = a[:5]", set()),
    ("axis", "x = f(a, axis=0)", {"x = f(a, axis=1)"}),
    ("axis", "x = f(a, axis=-1)", {"x = f(a, axis=0)"}),
    ("axis", "x = f(a, axis=None)", set()),
    ("swap", "x = f(a, b)", {"x = f(b, a)"}),
    ("swap", "x = f(a, b, c)", {"x = f(b, a, c)", "x = f(a, c, b)"}),
    ("swap", "x = max(a, b)", set()),
    ("swap", "x = f(a, a)", set()),
    ("swap", "x = f(*a, b)", set()),
    ("deletion", "def f(a):\n    a.sort()\n    return a", {"def f(a):\n    return a", "def f(a):\n    a.sort()"}),
]


def without_pass(program: str) -> str:
    return "\n".join(line for line in program.splitlines() if line.strip() != "pass")


@pytest.mark.parametrize(("operator", "program", "expected"), ONE_EACH)
def test_an_operator_changes_what_it_names(operator: str, program: str, expected: set[str]) -> None:
    assert {without_pass(mutant.program) for mutant in make_mutants(program) if mutant.operator == operator} == expected


def test_docstrings_and_annotations_stay() -> None:
    program = 'def f(a: "int | 3" = b) -> Literal[5]:\n    """Add 1 to 2."""\n    return a\n'
    assert {mutant.operator for mutant in make_mutants(program)} == {"deletion"}


def test_mutants_differ_from_the_reference_and_each_other_and_come_in_one_order() -> None:
    program = "def f(a, b):\n    for i in range(3):\n        a[i:] += b * 1\n    return a if a < b else b + 1\n"
    mutants = make_mutants(program)
    forms = [ast.dump(ast.parse(mutant.program)) for mutant in mutants]
    assert len({*forms, ast.dump(ast.parse(program))}) == len(mutants) + 1
    assert mutants == make_mutants(program)
    assert len({mutant.id for mutant in mutants}) == len(mutants)


def test_a_change_that_two_operators_make_is_made_once() -> None:
    programs = [mutant.program for mutant in make_mutants("x = f(a, axis=0)")]
    assert programs.count("x = f(a, axis=1)\n") == 1


def test_of_very_many_mutants_a_fixed_sample_is_taken() -> None:
    program = "x = [" + ", ".join(str(number) for number in range(100, 200)) + "]"
    mutants = make_mutants(program)
    assert len(mutants) == MAX_MUTANTS
    assert mutants == make_mutants(program)


def test_a_mutant_shows_its_change() -> None:
    (mutant,) = make_mutants("y = 1.5 if a else b\nx = a + b")[-1:]
    assert (mutant.line, mutant.change) == (2, "a + b -> a - b   in   x = a + b")
