from __future__ import annotations

import ast

import pytest

from gpiot_data.packages.galleries.cells import Cell, Page
from gpiot_data.packages.galleries.leftovers import without_leftovers
from gpiot_data.packages.galleries.reach import running
from gpiot_data.packages.galleries.steps import page_steps
from gpiot_data.packages.prompts import Fragment


def left(code: str, cell: int | None = 0) -> str:
    page = Page("a.py", "script", "", "", (Cell("", "", (Fragment(code),), (0, 1)),))
    return "\n".join(step.code for step in without_leftovers(page_steps(page).steps, cell))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = 1\nunused = 2\ny = f(x)", "x = 1\ny = f(x)"),
        ("a = [1]\nb = np.zeros(3)\ny = f(3)", "y = f(3)"),
        ("m = f(3)\nc = m.coef_\ny = m.b", "m = f(3)\nc = m.coef_\ny = m.b"),
        ("path = load_room()\ny = f(3)", "y = f(3)"),
        ("def g():\n    pass\ny = f(3)", "y = f(3)"),
        ("@keep\ndef g():\n    pass\ny = f(3)", "@keep\ndef g():\n    pass\ny = f(3)"),
        ("x = rng.normal()\ny = f(3)", "x = rng.normal()\ny = f(3)"),
        ("a.b = 1\ny = f(3)", "a.b = 1\ny = f(3)"),
        ("y = f(3)\ndel y\ngc.collect()", "y = f(3)"),
        ("np.random.seed(3)\nnp.random.seed(1)\ny = f(3)", "np.random.seed(1)\ny = f(3)"),
        ("x = 1\ny = 2", "y = 2"),
        ("def k():\n    pass\nm = Model(k)\nm = Model(2)\nm.fit(1)", "m = Model(2)\nm.fit(1)"),
        ("m = Model(1)\nm.fit(1)\nm = Model(2)\nm.fit(1)", "m = Model(1)\nm.fit(1)\nm = Model(2)\nm.fit(1)"),
        ("set_config(out='a')\nset_config(out='default')\ny = f(3)", "y = f(3)"),
        ("set_config(out='a')\nx = g()\nset_config(out='default')\nf(x)", "set_config(out='a')\nx = g()\nset_config(out='default')\nf(x)"),
        ("set_config(out='a')\nset_config(other='b')\nf(3)", "set_config(out='a')\nset_config(other='b')\nf(3)"),
    ],
)
def test_what_does_nothing_for_a_program_is_left_out(code, expected):
    assert left(code) == expected


def test_of_other_sections_and_whole_documents_nothing_is_left_out():
    assert left("x = 1\ny = f(3)", None) == "x = 1\ny = f(3)"
    assert left("x = 1\ny = f(3)", 1) == "x = 1\ny = f(3)"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def f():\n    return g()\ndef g():\n    pass\nf()", ["f", "g"]),
        ("def f():\n    return g()\ndef g():\n    pass\nx = 1", []),
        ("@app\ndef f():\n    return g()\ndef g():\n    pass", ["f", "g"]),
        ("class A:\n    pass\nx = [A]", ["A"]),
    ],
)
def test_only_definitions_that_something_names_run(code, expected):
    assert [node.name for node in running(ast.parse(code)).body if hasattr(node, "name")] == expected
