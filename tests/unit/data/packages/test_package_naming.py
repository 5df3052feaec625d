from __future__ import annotations

import ast

import pytest

from gpiot_data.packages.examples import Program
from gpiot_data.packages.naming import name_value, snake_case, with_comment
from gpiot_data.packages.signatures import Parameter
from gpiot_data.packages.symbols import Symbol
from gpiot_data.schema import Expected


def symbol(kind="function", name="toy.mean"):
    return Symbol(kind, name, (), "", "p.py", (1, 1), (0, 1), "0")


def program(code, *expected):
    return Program(code, (), "", tuple(Expected(line, output) for line, output in expected))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print(toy.mean(x))\n# -> 2", "m = toy.mean(x)\nprint(m)\n# -> 2"),
        ("print(mean(mean(x)).shape)", "m = mean(mean(x))\nprint(m.shape)"),
        ("for v in mean(x):\n    print(v)", "m = mean(x)\nfor v in m:\n    print(v)"),
        ("if x:\n    print(mean(\n        x))", "if x:\n    m = mean(\n        x)\n    print(m)"),
        ("y = mean(x)[0]", "m = mean(x)\ny = m[0]"),
        ("mean(x)", "m = mean(x)"),
        ("p = join(Scaler(), mean(2))", "m = mean(2)\np = join(Scaler(), m)"),
        ("print('é', mean(x))", "m = mean(x)\nprint('é', m)"),
    ],
)
def test_a_value_inside_an_expression_gets_a_name(before, after):
    named, name = name_value(program(before), symbol(), ["m"])
    ast.parse(named.code)
    assert (after, "m") == (named.code, name)


@pytest.mark.parametrize(
    "code",
    [
        "y = mean(x)",
        "print(mean(x), mean(y))",
        "print([mean(v) for v in x])",
        "print(x or mean(x))",
        "print(draw(), mean(x))",
        "a = 1; print(mean(a))",
        "from toy import m\nprint(mean(m))",
    ],
)
def test_a_value_that_cannot_be_named_first_stays(code):
    assert name_value(program(code), symbol(), ["m", "list", "in"]) == (program(code), None)


def test_expected_outputs_follow_their_statements():
    code = "print(mean(\n    x))\nprint(1)\nprint(mean(y))\nprint(2)"
    named, _ = name_value(program(code, (1, "a"), (3, "b"), (4, "c"), (5, "d")), symbol(), ["m"])
    lines = named.code.split("\n")
    assert [(lines[item.line - 1], item.output) for item in named.expected] == [
        ("print(m)", "a"),
        ("print(1)", "b"),
        ("print(m)", "c"),
        ("print(2)", "d"),
    ]


def test_a_program_without_comments_gets_one_above_the_first_use():
    code = "import toy\n\nx = 1\nprint(toy.mean(x))\n# -> 1"
    commented = with_comment(program(code, (4, "1")), symbol(), "Compute the mean")
    assert commented.code == "import toy\n\nx = 1\n# Compute the mean.\nprint(toy.mean(x))\n# -> 1"
    assert (Expected(5, "1"),) == commented.expected


def test_a_program_with_comments_of_its_own_stays():
    code = "# Of one number.\nprint(mean(1))"
    assert program(code) == with_comment(program(code), symbol(), "Compute the mean")


def test_an_object_goes_by_the_name_of_its_class():
    assert [snake_case(name) for name in ("BusinessDay", "FIRFilter", "MLP")] == ["business_day", "fir_filter", "mlp"]


def test_a_comment_names_the_variables_of_the_program():
    called = Symbol("function", "toy.squeeze", (Parameter("a", "a", True),), "", "p.py", (1, 1), (0, 1), "0")
    commented = with_comment(program("x = 1\ny = toy.squeeze(x)"), called, "Remove axes from `a`")
    assert commented.code == "x = 1\n# Remove axes from `x`.\ny = toy.squeeze(x)"
    assert with_comment(program("toy.squeeze(1)"), called, "Remove axes from `a`").code == "# Remove axes from `a`.\ntoy.squeeze(1)"
