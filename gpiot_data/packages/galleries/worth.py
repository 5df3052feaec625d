"""Why a program that may well run is still none that anybody would ask for: it makes one object, or drops what it works out."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

from gpiot_data.packages.galleries.steps import last_name
from gpiot_data.packages.references import used_names

#: Calls that are made for what they do.
_EFFECT = re.compile(
    r"plot|draw|show|print|display|report|view|set|save|write|dump|export|seed|close|add|run|start|stop|register|update|use|[A-Z]"
)
#: Methods that work something out and leave their object as it was.
_RESULTS = re.compile(r"(?:rank|predict\w*|forecast\w*|score\w*|get_\w+|inverse_transform|describe|mean|std|var|sum|min|max|median)$")
_PLOTTING = frozenset({"matplotlib", "seaborn", "plotly", "mpl_toolkits"})


def worthless(tree: ast.Module, packages: Collection[str]) -> str | None:
    """Return why nobody would ask for a program about `packages`, `trivial` or `discards_result`; None where somebody may."""
    statements = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    if len(statements) == 1 and _makes_an_object(statements[0]):
        return "trivial"
    return "discards_result" if statements and _discards(tree, statements[-1], packages) else None


def _makes_an_object(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and last_name(node.value.func)[:1].isupper()


def _discards(tree: ast.Module, last: ast.stmt, packages: Collection[str]) -> bool:
    """Tell whether the last statement is a call of a function, or of a method for its value, that nothing takes."""
    if not isinstance(last, ast.Expr) or not isinstance(last.value, ast.Call) or _EFFECT.search(last_name(last.value.func)):
        return False
    function = last.value.func
    if isinstance(function, ast.Attribute) and _RESULTS.match(function.attr):
        return True
    names = {dotted.partition(".")[0] for place, dotted in used_names(tree) if place == (function.lineno, function.col_offset)}
    return bool(names & set(packages) - _PLOTTING)
