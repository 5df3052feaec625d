"""Which names code binds and reads, by Python's own scope rules; nothing runs."""

from __future__ import annotations

import ast
import builtins
import symtable
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Scopes that run where they stand; a function and a lambda run when they are called.
_AT_ONCE = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a statement at module level.

    `binds` are those it binds or imports, `reads` those it needs when it runs, and `later` those that functions
    it defines need when they are called; builtins are in none of them.
    """

    binds: frozenset[str]
    reads: frozenset[str]
    later: frozenset[str]

    @property
    def needs(self) -> frozenset[str]:
        """Return all names that must be there sooner or later."""
        return self.reads | self.later


def names_of(nodes: Sequence[ast.stmt]) -> Names:
    """Return the names of statements that follow each other."""
    flow = _Flow()
    flow.run(nodes, set())
    known = frozenset(dir(builtins))
    return Names(frozenset(flow.binds), frozenset(flow.reads) - known, frozenset(flow.later) - known)


class _Flow:
    """Walks statements in the order in which they run; of branches, each is taken to run."""

    def __init__(self) -> None:
        self.binds: set[str] = set()
        self.reads: set[str] = set()
        self.later: set[str] = set()

    def run(self, nodes: Sequence[ast.stmt], bound: set[str]) -> None:
        """Take in statements; `bound` are the names bound so far, and grows."""
        for node in nodes:
            match node:
                case ast.For() | ast.AsyncFor():
                    self.take([node.iter], bound)
                    self.take([ast.copy_location(ast.Assign([node.target], ast.Constant(None)), node)], bound)
                    self.run([*node.body, *node.orelse], bound)
                case ast.While() | ast.If():
                    self.take([node.test], bound)
                    self.run([*node.body, *node.orelse], bound)
                case ast.With() | ast.AsyncWith():
                    self.take([ast.copy_location(type(node)([item], [ast.Pass()]), node) for item in node.items], bound)
                    self.run(node.body, bound)
                case ast.Try():
                    self.run(node.body, bound)
                    for handler in node.handlers:
                        self.take([handler.type] if handler.type else [], bound)
                        self.run(handler.body, bound | ({handler.name} if handler.name else set()))
                    self.run([*node.orelse, *node.finalbody], bound)
                case _:
                    self.take([node], bound)

    def take(self, parts: Sequence[ast.stmt | ast.expr], bound: set[str]) -> None:
        """Take in statements without further statements inside, or expressions."""
        for part in parts:
            binds, reads, later = _names_of_simple(part)
            self.reads |= reads - bound
            self.later |= later
            self.binds |= binds
            bound |= binds


def _names_of_simple(part: ast.stmt | ast.expr) -> tuple[set[str], set[str], set[str]]:
    """Return what a part binds, reads, and reads when a function in it is called, builtins included."""
    top = _table(ast.unparse(part))
    binds: set[str] = set()
    reads: set[str] = set()
    later: set[str] = set()
    tables = [(top, False)]
    while tables:
        table, deferred = tables.pop()
        for symbol in table.get_symbols():
            name = symbol.get_name()
            if (table is top and (symbol.is_assigned() or symbol.is_imported())) or (symbol.is_declared_global() and symbol.is_assigned()):
                binds.add(name)
            if symbol.is_referenced() and (table is top or symbol.is_global()):
                (later if deferred else reads).add(name)
        for child in table.get_children():
            waits = child.get_type() == "function" and child.get_name() not in _AT_ONCE
            tables.append((child, deferred or waits))
    if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
        reads.add(part.target.id)
    elif isinstance(part, ast.Delete):
        deleted = {target.id for target in part.targets if isinstance(target, ast.Name)}
        reads |= deleted
        binds -= deleted
    # A function may call itself.
    return binds, reads, later - binds if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else later


def undefined_names(code: str) -> tuple[str, ...]:
    """Return the names that code reads and neither binds nor imports, sorted; builtins count as bound."""
    top = _table(code)
    bound = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    missing: set[str] = set()
    tables = [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            name = symbol.get_name()
            if symbol.is_global() and symbol.is_assigned():
                bound.add(name)
            if symbol.is_referenced() and (symbol.is_global() or (table is top and name not in bound)) and not hasattr(builtins, name):
                missing.add(name)
    return tuple(sorted(missing - bound))


def used_too_early(parts: Iterable[Names]) -> tuple[str, ...]:
    """Return the names that statements, in their order, read before any of them may have bound them, sorted."""
    bound: set[str] = set()
    early: set[str] = set()
    for names in parts:
        early |= names.reads - bound
        bound |= names.binds
    return tuple(sorted(early))


def _table(code: str) -> symtable.SymbolTable:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return symtable.symtable(code, "<example>", "exec")
