"""What calls of a symbol are given as parameters of a function: `mode="same"` becomes a default, any other operand an input."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from gpiot_data.augment.programs.effects import dotted_name
from gpiot_data.augment.programs.roles import Roles, is_symbol_call
from gpiot_data.packages.scope import names_of
from gpiot_data.syntax_trees import walk


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter that was an expression: its text, whether it stands as data before the call, and the spans it is written in."""

    name: str
    text: str
    value: ast.expr
    is_data: bool
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Given:
    """An argument of one call; `main` tells that it is the first that is given by its place, or what a method is called on."""

    name: str
    value: ast.expr
    main: bool


def operand_arguments(roles: Roles, places: Sequence[ast.AST], parameters: Sequence[str], taken: Collection[str]) -> tuple[Argument, ...]:
    """Return what calls of the symbol in `places` are given and is no variable, in the order in which it is met.

    Args:
        roles: of the program.
        places: statements and expressions that become part of the function.
        parameters: names of the symbol's positional parameters in order; may be empty, then only keywords count.
        taken: names that a parameter must not have.

    A scalar, or a function of a library, becomes a default, unless it is the first argument and so what the call works on; an array
    made on the spot, a list or a function becomes data. An expression stays as it is written where two calls give other ones, where
    one leaves it out, or where it is made of what the core computes.
    """
    calls = [node for place in places for node in walk(place) if is_symbol_call(node, roles.symbol, roles.names)]
    calls.sort(key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)))
    uses: dict[str, list[tuple[str, _Given, tuple[int, int]]]] = {}
    for call in calls:
        for given in _given(call, roles, parameters) if isinstance(call, ast.Call) else ():
            span = roles.source.span(given.value)
            uses.setdefault(given.name, []).append((roles.source.text(span), given, span))
    computed = frozenset().union(*(roles.effects[at].writes for at in roles.core))
    arguments: list[Argument] = []
    for name, found in sorted(uses.items(), key=lambda item: item[1][0][2]):
        text, given, _ = found[0]
        if len(found) < len(calls) or any(other != text for other, _, _ in found) or not _is_operand(given.value, roles, computed):
            continue
        is_data = given.main or not _is_setting(given.value, roles)
        free = _free_name(name, {*taken, *(item.name for item in arguments)}, is_data=is_data)
        if free:
            arguments.append(Argument(free, text, given.value, is_data, tuple(span for _, _, span in found)))
    return tuple(arguments)


def is_name(text: str) -> bool:
    """Tell whether a documented name can be that of a variable: compiled functions have parameters such as `lambda`."""
    return text.isidentifier() and not keyword.iskeyword(text)


def _free_name(name: str, taken: Collection[str], *, is_data: bool) -> str:
    """Return the name of a parameter, of data another one where the program has that name already; "" where there is none."""
    candidates = [name, f"{name}_given"] if is_data else [name]
    return next((item for item in candidates if is_name(name) and item not in taken), "")


def _given(call: ast.Call, roles: Roles, parameters: Sequence[str]) -> Iterator[_Given]:
    if isinstance(call.func, ast.Attribute) and dotted_name(call.func, roles.names) is None:
        owner = roles.symbol.split(".")[-2:-1]
        if owner and owner[0][:1].isupper():
            yield _Given(_snake(owner[0]), call.func.value, main=True)
            parameters = parameters[1:] if parameters[:1] in (("self",), ["self"]) else parameters
    if not any(isinstance(item, ast.Starred) for item in call.args):
        for at, (name, value) in enumerate(zip(parameters, call.args, strict=False)):
            yield _Given(name, value, main=at == 0)
    for given in call.keywords:
        if given.arg:
            yield _Given(given.arg, given.value, main=False)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _is_operand(value: ast.expr, roles: Roles, computed: Collection[str]) -> bool:
    """Tell whether an expression is more than variables, and can stand before the call."""
    inside = list(walk(value))
    if isinstance(value, ast.Starred) or any(is_symbol_call(inner, roles.symbol, roles.names) for inner in inside):
        return False
    if isinstance(value, ast.Constant) and (value.value is None or value.value is Ellipsis):
        return False
    plain = all(isinstance(inner, ast.Name | ast.Tuple | ast.List | ast.expr_context) for inner in inside)
    needs = names_of([ast.Expr(value)]).needs
    return not needs & set(computed) and not (plain and not needs & roles.names.keys())


def _is_setting(value: ast.expr, roles: Roles) -> bool:
    """Tell whether an expression is a number, a text, or something that a library has a name for."""
    if isinstance(value, ast.UnaryOp):
        value = value.operand
    return isinstance(value, ast.Constant) or dotted_name(value, roles.names) is not None
