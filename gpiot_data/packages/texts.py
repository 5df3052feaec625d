"""What the statements of a module say of documentation outside docstrings: named texts, tables of texts, and assigned docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

#: Functions that give a compiled object its docstring.
_NEWDOC_CALLS = frozenset({"add_newdoc", "add_docstr", "add_docstring", "_add_docstring", "add_newdoc_for_scalar_type"})
#: Methods that put named texts into a table.
_TABLE_CALLS = frozenset({"register", "update"})


@dataclass(frozen=True, slots=True)
class ModuleTexts:
    """Expressions that may be texts, none of them evaluated.

    `names` are module-level names, `entries` the keys of tables (all values in the order of the file), `docs` what is assigned to
    the `__doc__` of a dotted name, and `calls` those that give a compiled object its docstring.
    """

    names: dict[str, ast.expr] = field(default_factory=dict)
    entries: dict[str, list[ast.expr]] = field(default_factory=dict)
    docs: dict[str, ast.expr] = field(default_factory=dict)
    calls: list[ast.Call] = field(default_factory=list)


def collect_texts(statements: Iterable[ast.stmt]) -> ModuleTexts:
    """Read the module-level statements of a file."""
    texts = ModuleTexts()
    for statement in statements:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                _collect_assignment(target, statement.value, texts)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            _collect_assignment(statement.target, statement.value, texts)
        elif isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add) and isinstance(statement.target, ast.Name):
            name = statement.target.id
            if name in texts.names:
                texts.names[name] = ast.BinOp(texts.names[name], ast.Add(), statement.value)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            _collect_call(statement.value, texts)
    return texts


def may_be_text(value: ast.expr) -> bool:
    """Tell whether an expression may be a text, a number in one, or a table of texts."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str | int | float)
    return isinstance(value, ast.BinOp | ast.JoinedStr | ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.Dict)


def _collect_assignment(target: ast.expr, value: ast.expr, texts: ModuleTexts) -> None:
    if not may_be_text(value):
        return
    if isinstance(target, ast.Name):
        texts.names[target.id] = value
        _collect_table(value, texts)
    elif isinstance(target, ast.Subscript) and isinstance(key := target.slice, ast.Constant) and isinstance(key.value, str):
        texts.entries.setdefault(key.value, []).append(value)
    elif isinstance(target, ast.Attribute) and target.attr == "__doc__" and (name := dotted_name(target.value)):
        texts.docs[name] = value


def _collect_call(call: ast.Call, texts: ModuleTexts) -> None:
    name = (dotted_name(call.func) or "").rsplit(".", 1)[-1]
    if name in _NEWDOC_CALLS:
        texts.calls.append(call)
    elif name in _TABLE_CALLS:
        _collect_keywords(call, texts)
        for argument in call.args:
            _collect_table(argument, texts)


def _collect_table(value: ast.expr, texts: ModuleTexts) -> None:
    if isinstance(value, ast.Dict):
        for key, item in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and may_be_text(item):
                texts.entries.setdefault(key.value, []).append(item)
    elif isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict":
        _collect_keywords(value, texts)


def _collect_keywords(call: ast.Call, texts: ModuleTexts) -> None:
    for keyword in call.keywords:
        if keyword.arg is not None and may_be_text(keyword.value):
            texts.entries.setdefault(keyword.arg, []).append(keyword.value)


def dotted_name(expression: ast.expr) -> str | None:
    """Return the dotted name that an expression is, if it is one."""
    parts: list[str] = []
    while isinstance(expression, ast.Attribute):
        parts.append(expression.attr)
        expression = expression.value
    return ".".join([expression.id, *reversed(parts)]) if isinstance(expression, ast.Name) else None
