"""Syntax trees of small programs, parsed once and walked fast: most of what extraction does is to read them.

Trees are shared between all who ask for the same text: nobody may change one.
"""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache

#: Fields that hold no nodes.
_PLAIN = frozenset({"id", "attr", "arg", "module", "level", "asname", "kind", "type_comment", "lineno", "simple", "is_async"})
#: For each kind of node the fields that may hold nodes.
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {
    kind: () if issubclass(kind, ast.Constant) else tuple(field for field in kind._fields if field not in _PLAIN)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


@lru_cache(maxsize=4096)
def parse_quietly(code: str) -> ast.Module:
    """Parse code, without warnings about it.

    Raises:
        SyntaxError: and `ValueError`, `RecursionError` or `MemoryError`, where the text is no Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)


def walk(node: ast.AST) -> list[ast.AST]:
    """Return a node and all below it in the order of `ast.walk`, level by level."""
    nodes = [node]
    for found in nodes:
        for field in _FIELDS[type(found)]:
            value = getattr(found, field, None)
            if isinstance(value, ast.AST):
                nodes.append(value)
            elif isinstance(value, list):
                nodes += [item for item in value if isinstance(item, ast.AST)]
    return nodes
