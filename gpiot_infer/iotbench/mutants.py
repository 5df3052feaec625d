"""Mutants of a reference: the same program with one small mistake, to see whether the cases of its task notice.

Operators: another arithmetic operator, a comparison that takes or leaves its boundary, a constant ten times as large or one more or less,
a slice bound one more or less, another axis, two neighbouring arguments swapped, a statement left out. A change that cannot be
noticed is not made: docstrings and annotations stay, and neither order of `max(a, b)` is wrong. Other mutants may
still be equivalent to their reference; they count as not caught.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

from gpiot_data.store import content_id

#: Above this number a fixed sample is taken.
MAX_MUTANTS = 150
_MAX_SHOWN = 100
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
_BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
#: Functions whose first two arguments may stand in any order.
_SYMMETRIC = frozenset(
    {"max", "min", "maximum", "minimum", "fmax", "fmin", "hypot", "gcd", "lcm", "logaddexp", "add", "multiply", "convolve"}
)
_DELETABLE = (
    *(ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.If, ast.For, ast.While),
    *(ast.Raise, ast.Continue, ast.Break),
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed program; `change` shows what was changed, on one line."""

    id: str
    operator: str
    line: int
    change: str
    program: str


@dataclass(frozen=True, slots=True)
class _Change:
    """A node to be replaced in the statement that it belongs to."""

    operator: str
    node: ast.AST
    new: ast.AST


def make_mutants(program: str) -> tuple[Mutant, ...]:
    """Return the mutants of a program, no two alike, in the order of its text; at most `MAX_MUTANTS`, then a fixed sample of them.

    Raises:
        SyntaxError: if `program` is no Python.
    """
    tree = ast.parse(program)
    seen = {_normal(tree)}
    found = []
    for change in _changes(tree):
        mutated = _Replace(change).visit(copy.deepcopy(tree, {id(change.node): change.node, id(change.new): change.new}))
        ast.fix_missing_locations(mutated)
        form = _normal(mutated)
        if form not in seen:
            seen.add(form)
            found.append(_mutant(tree, change, mutated))
    if len(found) <= MAX_MUTANTS:
        return tuple(found)
    chosen = {mutant.id for mutant in sorted(found, key=lambda mutant: mutant.id)[:MAX_MUTANTS]}
    return tuple(mutant for mutant in found if mutant.id in chosen)


def _mutant(tree: ast.Module, change: _Change, mutated: ast.AST) -> Mutant:
    program = ast.unparse(mutated) + "\n"
    line = getattr(change.node, "lineno", 0)
    before, after = (" ".join(ast.unparse(node).split())[:_MAX_SHOWN] for node in (change.node, change.new))
    context = _statement_at(tree, change.node)
    shown = f"{before} -> {after}" + ("" if context is change.node else f"   in   {ast.unparse(context).splitlines()[0][:_MAX_SHOWN]}")
    return Mutant(content_id([change.operator, program]), change.operator, line, shown, program)


def _statement_at(tree: ast.Module, node: ast.AST) -> ast.AST:
    """Return the innermost statement that holds `node`."""
    holding = [stmt for stmt in ast.walk(tree) if isinstance(stmt, ast.stmt) and any(inner is node for inner in ast.walk(stmt))]
    return holding[-1]


class _Replace(ast.NodeTransformer):
    def __init__(self, change: _Change) -> None:
        self._change = change

    def visit(self, node: ast.AST) -> ast.AST:
        """Return the new node for the old one, found by identity."""
        return self._change.new if node is self._change.node else self.generic_visit(node)


def _normal(tree: ast.AST) -> str:
    """Return a dump without what does not run: docstrings, bare constants and annotations of arguments and results."""
    tree = copy.deepcopy(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                argument.annotation = None
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [entry for entry in body if not _is_idle(entry)] or [ast.Pass()]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_idle(node: ast.AST) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _changes(tree: ast.Module) -> Iterator[_Change]:
    for node in _running(tree):
        if isinstance(node, ast.BinOp | ast.AugAssign) and (other := _ARITHMETIC.get(type(node.op))):
            yield _with("arithmetic", node, op=other())
        elif isinstance(node, ast.Compare):
            for at, op in enumerate(node.ops):
                if boundary := _BOUNDARY.get(type(op)):
                    yield _with("boundary", node, ops=[*node.ops[:at], boundary(), *node.ops[at + 1 :]])
        elif isinstance(node, ast.Constant):
            yield from _constants(node)
        elif isinstance(node, ast.Slice):
            yield from _slices(node)
        elif isinstance(node, ast.Call):
            yield from _axes(node)
            yield from _swaps(node)
        if isinstance(node, ast.FunctionDef):
            yield from _deletions(node)


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield nodes in the order of the text, without docstrings and annotations."""
    yield tree
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_idle(child):
                yield from _running(child)


def _with(operator: str, node: ast.AST, **fields: object) -> _Change:
    kept = {name: getattr(node, name) for name in (*node._fields, *node._attributes)}
    return _Change(operator, node, type(node)(**{**kept, **fields}))


def _constants(node: ast.Constant) -> Iterator[_Change]:
    number = node.value
    if isinstance(number, int | float) and not isinstance(number, bool):
        for value in (number * 10, number + 1, number - 1):
            yield _with("constant", node, value=value)


def _slices(node: ast.Slice) -> Iterator[_Change]:
    for name in ("lower", "upper"):
        bound = getattr(node, name)
        # A bound that is a number is changed as a constant.
        if bound is not None and not _is_number(bound):
            for op in (ast.Add(), ast.Sub()):
                yield _with("slice", node, **{name: ast.BinOp(bound, op, ast.Constant(1))})


def _is_number(node: ast.expr) -> bool:
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant)


def _axes(node: ast.Call) -> Iterator[_Change]:
    for at, keyword in enumerate(node.keywords):
        if keyword.arg == "axis" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is None):
            other = 1 if isinstance(keyword.value, ast.Constant) and keyword.value.value == 0 else 0
            changed = ast.keyword("axis", ast.Constant(other))
            yield _with("axis", node, keywords=[*node.keywords[:at], changed, *node.keywords[at + 1 :]])


def _swaps(node: ast.Call) -> Iterator[_Change]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return
    for at in range(1 if name in _SYMMETRIC else 0, len(node.args) - 1):
        one, other = node.args[at : at + 2]
        yield _with("swap", node, args=[*node.args[:at], other, one, *node.args[at + 2 :]])


def _deletions(function: ast.FunctionDef) -> Iterator[_Change]:
    for node in ast.walk(function):
        if isinstance(node, _DELETABLE) and not _is_idle(node):
            yield _Change("deletion", node, ast.copy_location(ast.Pass(), node))
