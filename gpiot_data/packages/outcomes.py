"""What a program of a symbol gives: as its documentation says, else as its summary and the program tell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gpiot_data.packages.docstrings import Documentation
from gpiot_data.packages.entries import Entry
from gpiot_data.packages.symbols import Symbol
from gpiot_data.syntax_trees import walk

#: "Return the mean of x.": what comes out is the rest.
_GIVEN = re.compile(r"(?:Returns?|Computes?|Calculates?|Gets?|Evaluates?|Estimates?|Yields?) (?P<what>(?:an?|the|all|[A-Z]?[\w-]+s?)\b.+)")

_SELF = re.compile(r"(?:partial_)?fit$|set_\w+$|learn_\w+$")


def outcome(symbol: Symbol, documentation: Documentation, tree: ast.Module) -> tuple[Entry, ...] | None:
    """Return what a program gets from the symbol; nothing where it uses no value of it, None where nobody says what the value is."""
    if symbol.kind == "class":
        names = [name for name, value in _bound(tree) if is_use(_innermost(value), symbol)]
        return (Entry(names[0] if names else "instance", symbol.name, None, ""),)
    if documentation.returns:
        return documentation.returns
    if symbol.kind != "property" and not any(_is_used(node, symbol) for node in walk(tree)):
        return ()
    match = _GIVEN.match(documentation.summary)
    what = match["what"] if match else documentation.summary if symbol.kind == "property" else ""
    names = [name for name, value in _bound(tree) if is_use(value, symbol)]
    return (Entry(names[0] if names else "result", None, None, what[0].upper() + what[1:]),) if what else None


def _bound(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that single assignments bind, with the expressions."""
    for node in walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


def _innermost(value: ast.expr) -> ast.expr:
    """Return the call that a chain of methods which give the object itself starts from: `Model(x)` of `Model(x).fit(y)`.

    A `fit` that takes no data belongs to an object that has them already, and gives its results.
    """
    while isinstance(value, ast.Call) and value.args and isinstance(value.func, ast.Attribute) and _SELF.match(value.func.attr):
        value = value.func.value
    return value


def bound_names(tree: ast.Module, symbol: Symbol) -> tuple[str, ...]:
    """Return the name, or the names of a tuple, that a program first binds to what the symbol gives."""
    for node in walk(tree):
        pairs: list[tuple[ast.expr | None, ast.expr]] = []
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            pairs = [(node.targets[0], node.value)]
        elif isinstance(node, ast.With):
            pairs = [(item.optional_vars, item.context_expr) for item in node.items]
        for target, value in pairs:
            if not is_use(_innermost(value) if symbol.kind == "class" else value, symbol):
                continue
            if isinstance(target, ast.Name):
                return (target.id,)
            if isinstance(target, ast.Tuple) and all(isinstance(part, ast.Name) for part in target.elts):
                return tuple(part.id for part in target.elts if isinstance(part, ast.Name))
    return ()


def is_use(value: ast.expr, symbol: Symbol) -> bool:
    """Tell whether an expression is a call of the symbol, or a property itself."""
    function = value.func if isinstance(value, ast.Call) else value
    name = function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    return name == symbol.short_name and (isinstance(value, ast.Call) or symbol.kind == "property")


def _is_used(node: ast.AST, symbol: Symbol) -> bool:
    """Tell whether a node takes the value of a call of the symbol: anything but a statement that is just the call."""
    if isinstance(node, ast.Expr):
        return False
    return any(isinstance(child, ast.expr) and is_use(child, symbol) for child in ast.iter_child_nodes(node))


def is_of_other_class(symbol: Symbol, tree: ast.Module) -> bool:
    """Tell whether every use of a member is one of another class than the symbol's, as far as the text tells.

    The class of a value is told where it is made by a call of a name in camel case.
    """
    if symbol.owner is None:
        return False
    made = {name: _class_of(value) for name, value in _bound(tree)}
    receivers = [node.value for node in walk(tree) if isinstance(node, ast.Attribute) and node.attr == symbol.short_name]
    classes = [made.get(value.id) if isinstance(value, ast.Name) else _class_of(value) for value in receivers]
    own = symbol.owner.rpartition(".")[2]
    defined = {node.name for node in walk(tree) if isinstance(node, ast.ClassDef)}
    return bool(classes) and all(name is not None and name != own and name not in defined for name in classes)


def _class_of(value: ast.expr) -> str | None:
    function = value.func if isinstance(value, ast.Call) else None
    name = function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    return name if re.match(r"[A-Z]\w*[a-z]", name) else None
