"""Documentation that Python text gives to compiled functions and classes: `add_newdoc("pkg.module", "name", "...")` and its kin."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from gpiot_data.packages.modules import Module
from gpiot_data.packages.templates import TextResolver
from gpiot_data.packages.texts import dotted_name


@dataclass(frozen=True, slots=True)
class NewDoc:
    """The docstring of a compiled object: the module it belongs to, its name, that of its member (or ''), and the call that says so."""

    module: Module
    place: str
    name: str
    member: str
    docstring: str
    call: ast.Call


def find_newdocs(module: Module, resolver: TextResolver) -> Iterator[NewDoc]:
    """Yield what the calls of one module document, in their order."""
    package = module.name if module.file.is_package else module.name.rpartition(".")[0]
    for call in module.texts.calls:
        place, name, docs = _arguments(call, package)
        if not name:
            continue
        for member, expression in _members(docs):
            text = resolver.text(expression, module)
            if text is not None and text.strip():
                yield NewDoc(module, place, name, member, resolver.fill(inspect.cleandoc(text), module), call)


def _arguments(call: ast.Call, package: str) -> tuple[str, str, ast.expr | None]:
    """Return place, name and documentation of a call in one of its forms; the name is '' where it is none of them."""
    arguments = call.args
    if len(arguments) == 2:
        # add_newdoc("name", doc) of a module for itself, or add_docstr(module.name, doc).
        place, _, name = (dotted_name(arguments[0]) or _constant(arguments[0])).rpartition(".")
        return place or package, name, arguments[1]
    if len(arguments) == 3:
        return _constant(arguments[0]), _constant(arguments[1]), arguments[2]
    return "", "", None


def _members(docs: ast.expr | None) -> Iterator[tuple[str, ast.expr]]:
    """Yield (member, text): one with '' for the object itself, `("name", text)` for a member, or a list of those."""
    if isinstance(docs, ast.List):
        for item in docs.elts:
            yield from _members(item)
    elif isinstance(docs, ast.Tuple):
        if len(docs.elts) == 2 and (member := _constant(docs.elts[0])):
            yield member, docs.elts[1]
    elif docs is not None:
        yield "", docs


def _constant(expression: ast.expr) -> str:
    return expression.value if isinstance(expression, ast.Constant) and isinstance(expression.value, str) else ""
