from __future__ import annotations

import ast

import pytest

from gpiot_data.packages.galleries.outcomes import drawn_figure, draws_twice, printed_text


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("print('shape', y.shape)\nprint(f'{z:.2f}')", "What the program prints: `y.shape`, `z`."),
        ("print('done')", "What the program prints."),
        ("print(a, b, c, d, e)", "What the program prints."),
        (f"print({'a' * 60})", "What the program prints."),
    ],
)
def test_printed_text_is_known_by_what_is_printed_where_that_is_short(code, expected):
    assert printed_text(ast.parse(code)).description == expected


@pytest.mark.parametrize(
    ("code", "name", "description"),
    [
        ("fig, ax = plt.subplots()", "fig", "The figure that the program draws."),
        ("fig1 = plt.figure()\nfig2 = plt.figure()", "figure", "The figure that the program draws."),
        (
            "plt.plot(x)\nplt.savefig('a.pdf')\nplt.savefig('a.svg')",
            "figure",
            "The figure that the program draws and saves as `a.pdf`, `a.svg`.",
        ),
    ],
)
def test_a_figure_has_the_name_that_it_is_bound_to_and_tells_its_files(code, name, description):
    made = drawn_figure(ast.parse(code))
    assert (made.name, made.description) == (name, description)


def test_figures_above_and_below_the_line_of_a_section_are_two():
    tree = ast.parse("fig, ax = plt.subplots()\nax.plot(x)\nfig, ax = plt.subplots()\nax.plot(y)\n")
    assert draws_twice(tree, own_line=3)
    assert not draws_twice(tree, own_line=1)
