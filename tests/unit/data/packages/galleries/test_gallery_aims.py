from __future__ import annotations

import ast

import pytest

from gpiot_data.packages.galleries.aims import says_too_little, tells_outcome
from gpiot_data.packages.galleries.flows import read_flow
from gpiot_data.packages.references import PublicNames

PUBLIC = PublicNames(["toy.smooth", "toy.peaks", "toy.read_room", "toy.Filter", "toy.Filter.apply", "toy.make_chain"])
SUMMARIES = {"toy.smooth": "Smooth a signal.", "toy.peaks": "Find the peaks of a signal.", "toy.read_room": "Read a room."}


def tells(request: str, code: str) -> bool:
    tree = ast.parse(f"import toy\n{code}\n")
    return tells_outcome(request, tree, read_flow(tree, {"toy"}), PUBLIC, SUMMARIES, own_line=1)


@pytest.mark.parametrize(
    ("request_text", "code", "expected"),
    [
        ("Read a room", "x = toy.read_room(1)\ny = toy.smooth(x)\nz = toy.peaks(y)\nprint(z)", False),
        ("Read a room", "x = toy.read_room(1)\nprint(x)", True),
        ("Read a room, then find the peaks of a signal", "x = toy.read_room(1)\ny = toy.smooth(x)\nz = toy.peaks(y)\nprint(z)", True),
        ("Find the peaks of a room", "x = toy.read_room(1)\nz = toy.peaks(x)", True),
        ("Warm a room", "x = [1]\nz = toy.peaks(x)", False),
        ("Filter with `Other`", "f = toy.Filter()\nf.filter(1)\no = toy.Other()\nprint(o.f)", False),
        ("Clean a room", "for f in [toy.smooth, toy.peaks]:\n    print(f(1))", False),
        ("Smooth and find peaks", "for f in [toy.smooth, toy.peaks]:\n    print(f(1))", True),
        ("Fit `Filter`", "f = toy.Filter()\nf.filter(1)\nf.plot()", False),
        ("Fit `Filter`, then draw a line plot", "f = toy.Filter()\nf.filter(1)\nf.plot()", True),
        ("Build a `make_chain`", "z = {'a': toy.make_chain(1), 'b': toy.Filter(), 'c': toy.Other()}", False),
        ("Build `make_chain` and `Filter`", "z = {'a': toy.make_chain(1), 'b': toy.Filter()}", True),
    ],
)
def test_a_request_names_what_the_outputs_are_made_by(request_text, code, expected):
    assert tells(request_text, code) is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("y = toy.smooth(x, width=w)", False),
        ("y = toy.smooth(x, width=3, mode='same', pad=True)", True),
        ("\n".join(f"y = toy.smooth(y, {number})" for number in range(7)), True),
    ],
)
def test_the_word_for_a_function_in_general_says_too_little_of_many_options_or_statements(code, expected):
    tree = ast.parse(f"import toy\n{code}\n")
    assert says_too_little("Smooth a signal (`smooth`)", tree.body[1:], read_flow(tree, {"toy"})) is expected
    assert says_too_little("Smooth a signal (`smooth`)", tree.body[1:], read_flow(tree, {"toy"}), titled=True) is ("\n" in code)
    assert not says_too_little("Smooth the signal of a room", tree.body[1:], read_flow(tree, {"toy"}))
