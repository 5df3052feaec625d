"""Programs of a documentation that do not show their symbol, or cannot run as they stand."""

from __future__ import annotations

import ast
import re

from gpiot_data.packages.symbols import Symbol

#: "example_backend", "path/to/file.wav", "<your token>": what a reader has to replace.
_PLACEHOLDER = re.compile(
    r"(?:example|your|some|dummy)_(?:backend|token|key|password|host|file|path)$|/?path/to/|<[a-z][\w -]*>$|your[ _-]\w+$"
)
#: "# For Int8Dtype:", where one text serves several classes.
_TURN = re.compile(r"^# For `?(?P<name>[A-Z]\w*[A-Z]\w*)`?:?$", re.MULTILINE)


def program_fault(symbol: Symbol, code: str, tree: ast.Module) -> str | None:
    """Return why a program is none of its symbol: `placeholder_value`, `shared_example` or `never_made`; None where it is one."""
    if any(isinstance(node, ast.Constant) and isinstance(node.value, str) and _PLACEHOLDER.match(node.value) for node in ast.walk(tree)):
        return "placeholder_value"
    if symbol.kind == "class" and any(turn["name"] != symbol.short_name for turn in _TURN.finditer(code)):
        return "shared_example"
    return "never_made" if symbol.kind == "class" and not _is_made(symbol, tree) else None


def _is_made(symbol: Symbol, tree: ast.Module) -> bool:
    """Tell whether a program makes an object of a class, or a class of its own out of it."""
    callers = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    bases = [base for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases]
    decorators = [part for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef) for part in node.decorator_list]
    return any(_last(value) == symbol.short_name for value in [*callers, *bases, *decorators])


def _last(value: ast.expr) -> str:
    return value.attr if isinstance(value, ast.Attribute) else value.id if isinstance(value, ast.Name) else ""
