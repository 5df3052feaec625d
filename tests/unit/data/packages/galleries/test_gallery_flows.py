from __future__ import annotations

import ast

import pytest

from gpiot_data.packages.galleries.cells import Cell, Page
from gpiot_data.packages.galleries.flows import read_flow
from gpiot_data.packages.galleries.showing import shown_code
from gpiot_data.packages.galleries.steps import page_steps
from gpiot_data.packages.prompts import Fragment


def names(code: str) -> tuple[list[str], list[str]]:
    flow = read_flow(ast.parse(f"import numpy as np\nimport toy\n{code}\n"), {"toy"})
    return [item.name for item in flow.inputs], [item.name for item in flow.outputs]


@pytest.mark.parametrize(
    ("code", "inputs", "outputs"),
    [
        ("a, b = 1, 2\ny = toy.f(a, b)", ["a", "b"], ["y"]),
        ("found = []\nfor x in [1]:\n    found.append(toy.f(x))\ny = toy.g(found)", [], ["y"]),
        ("count = 0\ncount += 1\nx = [2]\ny = toy.f(x, count)", ["x"], ["y"]),
        ("x = np.zeros(3)\nx[0] = toy.f(1)\ny = toy.g(x)", [], ["y"]),
        ("x = [1]\nm = toy.Model()\nm.fit(x)", ["x"], ["m"]),
        ("x = [1]\nm = toy.Model()\nm.fit(x)\ny = m.predict(x)", ["x"], ["y"]),
        ("x = [1]\ny = toy.f(x)\nleft = toy.g(x)\nprint(y)", ["x"], ["y"]),
        ("x = [1]\na, b = toy.split(x)\nm = toy.Model()\nprint(m.fit(a))", ["x"], []),
        ("x = [1]\ny = toy.f(x)\nassert len(y) == 1\nprint(y[0])", ["x"], ["y"]),
        ("x = [1]\ndef g(v):\n    return toy.f(v)\ny = g(x)\nz = g(y)", ["x"], ["z"]),
        ("key = lambda v: v\nx = [1]\ny = toy.f(x, key)", ["x"], ["y"]),
    ],
)
def test_inputs_are_given_and_outputs_are_what_is_wanted(code, inputs, outputs):
    found = names(code)
    assert found[0] == inputs
    assert set(outputs) <= set(found[1])
    assert "left" not in found[1]


def test_what_is_made_of_itself_is_known_by_what_it_was_made_of_first():
    flow = read_flow(ast.parse("import toy\nx = [1, 2]\nx = x[:1]\ny = toy.f(x)\n"), {"toy"})
    assert [(item.name, item.line) for item in flow.inputs] == [("x", 2)]
    assert flow.repeats == 0


def test_values_that_are_unpacked_know_their_place():
    flow = read_flow(ast.parse("import toy\nx, y = toy.load_room()\nz = toy.f(x, y)\n"), {"toy"})
    assert [(item.name, item.part, item.parts) for item in flow.inputs] == [("x", 0, 2), ("y", 1, 2)]


def test_a_program_of_several_examples_repeats_its_values():
    code = "import toy\na = [1]\nb = 2\nprint(toy.f(a, b))\na = [3]\nb = 4\nprint(toy.f(a, b))\n"
    assert read_flow(ast.parse(code), {"toy"}).repeats == 2


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("print(y[0])", False),
        ("print(y)", False),
        ("print('done')", False),
        ("print(toy.score(y))", True),
        ("print(f'{y:.2f}')", True),
        ("print(y.pmf(0)[:2])", True),
    ],
)
def test_the_text_is_an_output_where_it_shows_more_than_the_outputs(code, expected):
    assert read_flow(ast.parse(f"import toy\ny = toy.f(1)\n{code}\n"), {"toy"}).prints is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("y", "print(y)"),
        ("y.head()", "print(y.head())"),
        ("y.shape", "print(y.shape)"),
        ("draw_room(y)", "draw_room(y)"),
        ("fig", None),
        ("[name for name in dir(y) if name]", None),
        ("[ax.grid() for ax in axs]", "[ax.grid() for ax in axs]"),
        ("'some words'", None),
        ("print(__doc__)", None),
        ("so.Plot(y).add(so.Dots())", "so.Plot(y).add(so.Dots()).show()"),
        ("p.share(x=True)", "p.share(x=True).show()"),
        ("print(y)", "print(y)"),
    ],
)
def test_only_what_surely_has_a_value_is_printed(code, expected):
    page = Page("a.ipynb", "notebook", "", "", (Cell("", "", (Fragment(code, shows_last=True),), (0, 1)),))
    (step,) = page_steps(page).steps
    assert shown_code(step, prints_display=True) == expected


def test_an_expression_that_nothing_shows_is_left_out():
    page = Page("a.py", "script", "", "", (Cell("", "", (Fragment("x = 1\nx\ny = 2"),), (0, 1)),))
    assert [shown_code(step, prints_display=True) for step in page_steps(page).steps] == ["x = 1", None, "y = 2"]


@pytest.mark.parametrize(
    ("code", "plots", "prints"),
    [
        ("def f(x):\n    print(toy.g(x))\n    plt.plot(x)\n", False, False),
        ("def f(x):\n    print(toy.g(x))\n    plt.plot(x)\nf(1)\n", True, True),
        ("toy.show_versions()\n", False, False),
        ("model = toy.Model()\nmodel.draw()\n", False, False),
        ("from matplotlib.dates import date2num\nprint(date2num(toy.day()))\n", False, True),
        ("toy.draw_room(1)\n", True, False),
        ("for n in range(3):\n    print(f'room {n}')\n    x = toy.f(n)\n", False, False),
        ("for n in range(3):\n    print(n, toy.f(n))\n", False, True),
    ],
)
def test_only_what_runs_draws_and_prints(code, plots, prints):
    flow = read_flow(ast.parse(f"import toy\nimport matplotlib.pyplot as plt\n{code}"), {"toy"})
    assert (flow.plots, flow.prints) == (plots, prints)


def test_an_expression_that_does_something_is_kept_also_where_nothing_shows_it():
    page = Page("a.py", "script", "", "", (Cell("", "", (Fragment("m.fit(1).coef_\n(y := 3)\nx.shape\ny = 2"),), (0, 1)),))
    assert [shown_code(step, prints_display=True) for step in page_steps(page).steps] == ["m.fit(1).coef_", "(y := 3)", None, "y = 2"]
