from __future__ import annotations

import ast

import pytest

from gpiot_data.packages.program_faults import program_fault
from gpiot_data.packages.references import PublicNames
from gpiot_data.packages.symbols import Symbol

PUBLIC = PublicNames(
    ["toy.Box", "toy.Box.fill", "toy.char.isdigit", "toy.strings.isdigit", "toy.strings.mod", "toy.tools.ends.Day"],
    {"toy.char.mod": "toy.strings.mod", "toy.ends.Day": "toy.tools.ends.Day", "toy.api.tools.Day": "toy.tools.ends.Day"},
)


@pytest.mark.parametrize(
    ("kind", "code", "fault"),
    [
        ("function", "Box(1)", None),
        ("function", "Box(1, backend='example_backend')", "placeholder_value"),
        ("function", "Box('path/to/it.wav')", "placeholder_value"),
        ("class", "Box(1)", None),
        ("class", "class Mine(Box):\n    pass", None),
        ("class", "Box.of(1)", "never_made"),
        ("class", "# For Int8Dtype:\nInt8Dtype()\n# For Box:\nBox()", "shared_example"),
    ],
)
def test_a_program_that_does_not_show_its_symbol_is_refused_with_the_reason(kind, code, fault):
    symbol = Symbol(kind, "toy.Box", (), "", "p.py", (1, 1), (0, 1), "0")
    assert fault == program_fault(symbol, code, ast.parse(code), PUBLIC)


@pytest.mark.parametrize(
    ("kind", "name", "code", "fault"),
    [
        ("function", "toy.char.isdigit", "import toy\ntoy.strings.isdigit('1')", "other_symbol"),
        ("function", "toy.char.isdigit", "import math as toy\ntoy.isdigit('1')", "other_symbol"),
        ("function", "toy.char.isdigit", "import toy\ntoy.char.isdigit('1')", None),
        ("function", "toy.char.isdigit", "import toy\ntoy.strings.isdigit('1')\ntoy.char.isdigit('1')", None),
        ("function", "toy.strings.mod", "import toy\ntoy.char.mod('1')", "other_symbol"),
        ("function", "toy.tools.ends.Day", "import toy\ntoy.ends.Day('1')", None),
        ("function", "toy.tools.ends.Day", "import toy.api as t\nt.tools.Day('1')", None),
        ("function", "toy.char.isdigit", "import toy\ntoy.private.isdigit('1')", None),
        ("method", "toy.Box.fill", "import toy\ntoy.random.fill(1)", "other_symbol"),
        ("method", "toy.Box.fill", "import toy\nbox = toy.Box()\nbox.fill(1)", None),
        ("method", "toy.Box.fill", "import toy\ntoy.Box.fill(1)", None),
    ],
)
def test_a_program_that_only_uses_another_symbol_of_that_name_is_refused(kind, name, code, fault):
    symbol = Symbol(kind, name, (), "", "p.py", (1, 1), (0, 1), "0")
    assert fault == program_fault(symbol, code, ast.parse(code), PUBLIC)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("# the first assert does not raise\nBox(1)", "comment_counts"),
        ("# In the first example, it is full.\nBox(1)\n\n# The second one is not.\nBox(2)", None),
        ("# The first item is taken.\nBox(1)", None),
        ("Box(1)\n# -> first example", None),
    ],
)
def test_a_comment_that_counts_what_is_alone_is_refused(code, fault):
    symbol = Symbol("class", "toy.Box", (), "", "p.py", (1, 1), (0, 1), "0")
    assert fault == program_fault(symbol, code, ast.parse(code), PUBLIC)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("toy.a_quality(1)\ntoy.b_quality(1)\ntoy.signal_quality(1)", "mostly_others"),
        ("toy.a_quality(1)\ntoy.signal_quality(1)\ntoy.signal_quality(2)", None),
        ("x = toy.a_simulate(1)\ny = toy.b_simulate(1)\ntoy.signal_quality(x, y)", None),
    ],
)
def test_a_program_mostly_of_others_of_its_kind_is_refused(code, fault):
    symbol = Symbol("function", "toy.signal_quality", (), "", "p.py", (1, 1), (0, 1), "0")
    assert fault == program_fault(symbol, code, ast.parse(code), PUBLIC)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("g = toy.read(1)\ng = toy.Box(1)", "overwritten_result"),
        ("g = toy.read(1)\nprint(g)\ng = toy.Box(1)", None),
        ("g = toy.read(1)\ng = toy.read(2)\nprint(g)", None),
        ("g = toy.read(1)\ng = toy.Box(g)", None),
        ("g = toy.read(1)\nh = toy.Box(1)", None),
    ],
)
def test_a_result_that_is_overwritten_before_its_use_is_refused(code, fault):
    symbol = Symbol("function", "toy.read", (), "", "p.py", (1, 1), (0, 1), "0")
    assert fault == program_fault(symbol, code, ast.parse(code), PUBLIC)


@pytest.mark.parametrize(
    ("code", "fault"),
    [("a = g.plot()", "called_property"), ("a = g.plot.line()", None), ("a = g.plot", None), ("a = g.plot\nb = g.plot()", None)],
)
def test_a_property_that_is_called_gives_something_else(code, fault):
    symbol = Symbol("property", "toy.Group.plot", None, "", "p.py", (1, 1), (0, 1), "0")
    assert program_fault(symbol, code, ast.parse(code), PUBLIC) == fault
