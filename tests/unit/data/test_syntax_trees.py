"""Trees are walked as `ast.walk` walks them, and parsed once."""

from __future__ import annotations

import argparse
import ast
import dataclasses
import inspect
import textwrap
from types import ModuleType

import pytest

from gpiot_data.syntax_trees import parse_quietly, walk

EVERY_KIND = """
import a.b as c
from . import d as e

@decorated
async def f(x: int, /, *rest: str, y=1, **more) -> None:
    global g
    async with x as z, y: await (yield)
    try:
        raise E from None
    except* (A, B) as error:
        del error.args[1:2, ...], z
    match x:
        case {"k": [1, *others], **rest} | P(q=None) as whole: pass
    return f"{x!r:>{y}}", lambda h, *i: not h, [j async for j in k if (m := j)], {**n}, 1 < o <= 2j
"""


@pytest.mark.parametrize("module", [argparse, dataclasses, inspect])
def test_nodes_come_in_the_order_of_the_standard_library(module: ModuleType) -> None:
    tree = ast.parse(inspect.getsource(module))
    assert walk(tree) == list(ast.walk(tree))


def test_nodes_of_rare_statements_are_all_there() -> None:
    tree = ast.parse(EVERY_KIND)
    assert walk(tree) == list(ast.walk(tree))
    assert walk(tree.body[2]) == list(ast.walk(tree.body[2]))


def test_a_text_is_parsed_once() -> None:
    code = textwrap.dedent(EVERY_KIND)
    assert parse_quietly(code) is parse_quietly(code)


def test_a_warning_about_the_text_of_others_is_not_given() -> None:
    assert ast.unparse(parse_quietly("x = '\\d'")) == "x = '\\\\d'"


def test_text_that_is_no_python_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(SyntaxError):
            parse_quietly("a = = b")
