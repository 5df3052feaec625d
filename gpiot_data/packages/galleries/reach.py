"""What runs of a program: functions and classes that nothing names any more only stand there."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from gpiot_data.syntax_trees import walk

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def running(tree: ast.Module) -> ast.Module:
    """Return a program without the definitions that none of its running statements name; those with decorators may be handed over."""
    waiting = {node.name: node for node in tree.body if isinstance(node, _DEFINITIONS) and not node.decorator_list}
    names = _read_names(node for node in tree.body if not (isinstance(node, _DEFINITIONS) and node.name in waiting))
    reached: set[str] = set()
    while found := (names & waiting.keys()) - reached:
        reached |= found
        names |= _read_names(node for node in tree.body if isinstance(node, _DEFINITIONS) and node.name in found)
    body = [node for node in tree.body if not (isinstance(node, _DEFINITIONS) and node.name in waiting and node.name not in reached)]
    return ast.Module(body, tree.type_ignores)


def _read_names(nodes: Iterable[ast.AST]) -> set[str]:
    return {part.id for node in nodes for part in walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
