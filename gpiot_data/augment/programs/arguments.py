"""Literals in calls of a symbol as parameters of a function: `mode="same"` becomes a default, a literal list an input."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gpiot_data.augment.programs.roles import Roles, is_symbol_call

#: A list of one number is an order or an axis rather than data.
_MIN_DATA_ITEMS = 2
#: These stand for many things in one program.
_COMMON = (0, 1, 2, True, False, None, "")


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter that was a literal: its text, whether it stands as data before the call, and the spans it is written in."""

    name: str
    text: str
    value: ast.expr
    is_data: bool
    spans: tuple[tuple[int, int], ...]


def literal_arguments(roles: Roles, places: Sequence[ast.AST], parameters: Sequence[str], taken: Collection[str]) -> tuple[Argument, ...]:
    """Return the literals that calls of the symbol in `places` set, in the order in which they are met.

    Args:
        roles: of the program.
        places: statements and expressions that become part of the function.
        parameters: names of the symbol's positional parameters in order; may be empty, then only keywords count.
        taken: names that a parameter must not have.

    A literal stays as it is written where two calls, be they of the symbol or not, set its name to different values, or
    where one call of the symbol leaves it out: a function with that parameter would not do what its name says.
    """
    calls = _calls(places)
    uses: dict[str, list[tuple[str, ast.expr, tuple[int, int]]]] = {}
    wanted: dict[str, int] = {}
    for call in calls:
        is_symbol = is_symbol_call(call, roles.symbol, roles.names)
        given: list[tuple[str, ast.expr]] = [(keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg]
        if is_symbol and not any(isinstance(item, ast.Starred) for item in call.args):
            given += zip(parameters, call.args, strict=False)
        for name, value in given:
            span = roles.source.span(value)
            uses.setdefault(name, []).append((roles.source.text(span), value, span))
            wanted[name] = wanted.get(name, 0) + is_symbol
    n_calls = sum(is_symbol_call(call, roles.symbol, roles.names) for call in calls)
    arguments = []
    for name in sorted(uses, key=lambda name: uses[name][0][2]):
        text, value, _ = uses[name][0]
        same = all(other == text for other, _, _ in uses[name]) and wanted[name] == n_calls
        same = same and not _said_elsewhere(value, {span for _, _, span in uses[name]}, roles, places)
        if same and is_name(name) and name not in taken and (_is_scalar(value) or _is_data(value)):
            arguments.append(Argument(name, text, value, _is_data(value), tuple(span for _, _, span in uses[name])))
    return tuple(arguments)


def is_name(text: str) -> bool:
    """Tell whether a documented name can be that of a variable: compiled functions have parameters such as `lambda`."""
    return text.isidentifier() and not keyword.iskeyword(text)


def _said_elsewhere(value: ast.expr, spans: Collection[tuple[int, int]], roles: Roles, places: Sequence[ast.AST]) -> bool:
    """Tell whether a literal that is no common number also stands where it would not follow the parameter."""
    if not isinstance(value, ast.Constant) or value.value in _COMMON:
        return False
    others = (node for place in places for node in ast.walk(place) if isinstance(node, ast.Constant) and node.value == value.value)
    return any(roles.source.span(node) not in spans for node in others)


def _calls(places: Sequence[ast.AST]) -> list[ast.Call]:
    calls = [node for place in places for node in ast.walk(place) if isinstance(node, ast.Call)]
    return sorted(calls, key=lambda node: (node.lineno, node.col_offset))


def _is_scalar(value: ast.expr) -> bool:
    if isinstance(value, ast.UnaryOp):
        value = value.operand
    return isinstance(value, ast.Constant) and value.value is not None and value.value is not Ellipsis


def _is_data(value: ast.expr) -> bool:
    if not isinstance(value, ast.List):
        return False
    literal = all(isinstance(node, ast.List | ast.Tuple | ast.Constant | ast.UnaryOp | ast.unaryop | ast.Load) for node in ast.walk(value))
    return literal and sum(isinstance(node, ast.Constant) for node in ast.walk(value)) >= _MIN_DATA_ITEMS
