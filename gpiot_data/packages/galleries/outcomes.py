"""What comes out of a program beside the values it binds: the text it prints, and the figure it draws."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gpiot_data.packages.galleries.steps import last_name
from gpiot_data.schema import Variable
from gpiot_data.syntax_trees import walk

MAX_PRINTED = 4
MAX_EXPRESSION_CHARS = 50
MAX_FILES = 4
_FIGURE = re.compile(r"fig(?:ure)?\d*")
_MAKERS = frozenset({"figure", "subplots", "subplot_mosaic"})


def printed_text(tree: ast.Module) -> Variable:
    """Return the text that a program prints as an output, which names the expressions printed where they are few and short."""
    told = list(dict.fromkeys(ast.unparse(part) for part in _printed(tree)))
    brief = 0 < len(told) <= MAX_PRINTED and all(len(text) <= MAX_EXPRESSION_CHARS and not re.search(r"[`\n]", text) for text in told)
    what = ": " + ", ".join(f"`{text}`" for text in told) if brief else ""
    return Variable("output", type="text", description=f"What the program prints{what}.")


def drawn_figure(tree: ast.Module) -> Variable:
    """Return the figure that a program draws as an output, by the name that it is bound to, with the files it is saved as."""
    bound = {name for node in tree.body for name in _bound_names(node) if _FIGURE.fullmatch(name)}
    files = [
        text.value
        for node in walk(tree)
        if isinstance(node, ast.Call) and last_name(node.func) == "savefig"
        for text in node.args[:1]
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    ]
    saved = " and saves as " + ", ".join(f"`{name}`" for name in files) if 0 < len(files) <= MAX_FILES else ""
    return Variable(bound.pop() if len(bound) == 1 else "figure", type="figure", description=f"The figure that the program draws{saved}.")


def draws_twice(tree: ast.Module, own_line: int) -> bool:
    """Tell whether a figure is made above the line where the wanted section begins, and another one below."""
    made = made_figures(tree)
    return any(line < own_line for line in made) and any(line >= own_line for line in made)


def made_figures(tree: ast.Module) -> list[int]:
    """Return the lines of the statements that make a figure."""
    return [
        node.lineno
        for node in tree.body
        if isinstance(node, ast.Assign | ast.Expr) and isinstance(call := node.value, ast.Call) and last_name(call.func) in _MAKERS
    ]


def _printed(tree: ast.Module) -> Iterator[ast.expr]:
    calls = [
        node
        for node in walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "pprint")
    ]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        for part in call.args:
            pieces = (
                [piece.value for piece in part.values if isinstance(piece, ast.FormattedValue)]
                if isinstance(part, ast.JoinedStr)
                else [part]
            )
            yield from (piece for piece in pieces if not isinstance(piece, ast.Constant))


def _bound_names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Assign):
        yield from (part.id for target in node.targets for part in walk(target) if isinstance(part, ast.Name))
