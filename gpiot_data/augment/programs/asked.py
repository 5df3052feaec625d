"""The asked call of a program: its core cut down to what calls the symbol, so that all that goes in is data and all else comes after.

A function made of more would hide what it works on: a graph that it draws itself, a fit that its request does not speak of.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from gpiot_data.augment.programs.effects import Effects
from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.roles import Datum, Roles, Shown, find_inputs, find_results, is_symbol_call
from gpiot_data.packages.scope import names_of
from gpiot_data.syntax_trees import walk

#: What only brings the result of a call into a form that can be read.
_WRAPPERS = frozenset({"list", "sorted", "dict", "set", "tuple"})
_FITTING = frozenset({"fit", "partial_fit"})


def narrow(roles: Roles) -> Roles:
    """Return roles whose core are the calls of the symbol and what lies between them; what they need is data, what follows is shown.

    The expressions are the calls of the symbol in what is shown. Functions and classes of the program that the core uses are inputs.

    Raises:
        Refused: `no_core`, `mixed_result` (what a call gives is worked on in the same statement), `call_in_block` or `input_changes`.
    """
    calls = [at for at in roles.core if _asks(roles, roles.source.steps[at].nodes)]
    for at in calls:
        _check_call(roles, at)
    expressions = tuple(_narrowed(roles, shown) for shown in roles.expressions if _asks(roles, [shown.node]))
    if not calls and not expressions:
        raise Refused("no_core")
    core, after = _split(roles, calls, expressions)
    data = sorted({*roles.data, *roles.core} - {*core, *after})
    shows = sorted({*roles.shows, *after})
    inputs = find_inputs(roles.effects, data, core, expressions)
    _check_changes(roles.effects, [item.name for item in inputs], data, [*core, *shows])
    results = find_results(roles.source, roles.effects, roles.figures, core, shows, expressions)
    return replace(
        roles,
        data=tuple(data),
        core=tuple(core),
        shows=tuple(shows),
        inputs=(*inputs, *_helpers(roles, core, expressions)),
        results=results,
        expressions=expressions,
    )


def result_call(value: ast.expr, roles: Roles) -> ast.Call | None:
    """Return the call of the symbol whose result an expression is: wrapped in a list, or for a class also fitted; else None."""
    if is_symbol_call(value, roles.symbol, roles.names) and isinstance(value, ast.Call):
        return value
    match value:
        case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]) if name in _WRAPPERS and name not in roles.names:
            return result_call(inner, roles)
        case ast.Call(func=ast.Attribute(value=inner, attr=method)) if method in _FITTING and roles.symbol.rsplit(".", 1)[-1][:1].isupper():
            return result_call(inner, roles)
    return None


def _asks(roles: Roles, nodes: Iterable[ast.AST]) -> bool:
    return any(is_symbol_call(inner, roles.symbol, roles.names) for node in nodes for inner in walk(node))


def _check_call(roles: Roles, at: int) -> None:
    for node in roles.source.steps[at].nodes:
        if not isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr):
            raise Refused("call_in_block", type(node).__name__)
        plain = not isinstance(node, ast.Assign) or (len(node.targets) == 1 and _binds_names(node.targets[0]))
        if node.value is None or result_call(node.value, roles) is None or not plain:
            raise Refused("mixed_result")


def _binds_names(target: ast.expr) -> bool:
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    return all(isinstance(part, ast.Name) for part in parts)


def _narrowed(roles: Roles, shown: Shown) -> Shown:
    """Return the largest part of an expression that is the result of its only call of the symbol."""
    if sum(is_symbol_call(inner, roles.symbol, roles.names) for inner in walk(shown.node)) > 1:
        raise Refused("mixed_result")
    if any(isinstance(inner, ast.Lambda | ast.IfExp | ast.BoolOp | ast.comprehension) for inner in walk(shown.node)):
        raise Refused("call_in_block", type(shown.node).__name__)
    node = next(inner for inner in walk(shown.node) if isinstance(inner, ast.expr) and result_call(inner, roles) is not None)
    return Shown(shown.at, node, names_of([ast.Expr(node)]).needs - roles.names.keys())


def _split(roles: Roles, calls: Collection[int], expressions: Iterable[Shown]) -> tuple[list[int], list[int]]:
    """Return the steps from the first call to the last that take part in them, and those that only use what they give."""
    made: set[str] = set()
    following = []
    for at in roles.core:
        effects = roles.effects[at]
        if at in calls or (effects.reads | effects.changes) & made:
            following.append(at)
            made |= _named(effects.writes)
    wanted = set[str]().union(*(shown.reads for shown in expressions))
    core = []
    for at in reversed(following):
        if at in calls or _named(roles.effects[at].writes) & wanted:
            core.append(at)
            wanted |= _named(roles.effects[at].reads)
    return sorted(core), sorted(set(following) - set(core))


def _named(names: Iterable[str]) -> set[str]:
    return {name for name in names if not name.startswith("<")}


def _check_changes(effects: tuple[Effects, ...], inputs: Collection[str], data: Collection[int], later: Collection[int]) -> None:
    """Refuse inputs that are changed in place before the call and after it: no run tells how they were in between."""
    for name in inputs:
        if any(name in effects[at].changes for at in data) and any(name in effects[at].writes for at in later):
            raise Refused("input_changes", name)


def changed_before(roles: Roles) -> frozenset[str]:
    """Return the inputs that the data of a narrowed program binds again or changes in place before they are taken."""
    writes = [name for at in roles.data for name in (*roles.effects[at].binds, *roles.effects[at].changes)]
    return frozenset(item.name for item in roles.inputs if writes.count(item.name) > 1)


def _helpers(roles: Roles, core: Collection[int], expressions: Iterable[Shown]) -> Iterator[Datum]:
    """Yield the functions and classes of the program that the core uses."""
    reads = set[str]().union(*(roles.effects[at].reads for at in core), *(shown.reads for shown in expressions))
    for at in roles.helpers:
        for name in sorted(roles.effects[at].binds & reads):
            yield Datum(name, at, tuple(core))
