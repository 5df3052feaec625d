"""Methods as symbols: those that a program calls on objects it makes itself, and on the axes it draws on."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from gpiot_data.packages.galleries.steps import last_name
from gpiot_data.packages.references import PublicNames, used_names
from gpiot_data.syntax_trees import walk

_AXES = "matplotlib.axes.Axes"
_AXES_NAME = re.compile(r"ax(?:e?s)?(?:_?\w{1,12})?")
#: Axes of other kinds draw in their own way.
_OTHER_AXES = re.compile(r"mplot3d|projection|polar|axisartist|ternary", re.IGNORECASE)


def used_methods(tree: ast.Module, public: PublicNames) -> tuple[str, ...]:
    """Return the public methods that a program surely calls, in order: of `x` bound once, to `Class(...)`, or named as axes are."""
    owners = dict(_made(tree, public))
    calls = sorted((node for node in walk(tree) if isinstance(node, ast.Call)), key=lambda node: (node.lineno, node.col_offset))
    plain = _OTHER_AXES.search(ast.unparse(tree)) is None
    found: list[str] = []
    for call in calls:
        if not isinstance(call.func, ast.Attribute):
            continue
        value = call.func.value
        # "axs[0].plot" is a method of one of the axes.
        name = value.value if isinstance(value, ast.Subscript) else value
        if not isinstance(name, ast.Name):
            continue
        owner = owners.get(name.id, "") if name is value else ""
        if not owner and plain and _AXES_NAME.fullmatch(name.id):
            owner = _AXES
        method = f"{owner}.{call.func.attr}"
        if owner and method in public.names:
            found.append(method)
    return tuple(dict.fromkeys(found))


def _made(tree: ast.Module, public: PublicNames) -> Iterator[tuple[str, str]]:
    """Yield the names that are bound once, each with the class of the package that is called for it."""
    dotted: Mapping[tuple[int, int], str] = dict(used_names(tree))
    bound = Counter(node.id for node in walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    for node in walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and len(node.targets) == 1:
            target, function = node.targets[0], node.value.func
            called = dotted.get((function.lineno, function.col_offset), "")
            symbol = public.find(called) if called else None
            if symbol and isinstance(target, ast.Name) and bound[target.id] == 1:
                name = symbol.rpartition(".")[2]
                # "Class(...).fit()" starts like "Class(...)", and what it gives is another thing.
                if name[:1].isupper() and last_name(function) == name:
                    yield target.id, symbol
