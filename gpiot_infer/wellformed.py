"""What can be said about a program without running it."""

from __future__ import annotations

import ast
import builtins
import symtable
import warnings

_IDLE = (ast.Import, ast.ImportFrom, ast.Pass)


def parse_program(code: str) -> ast.Module | None:
    """Return the tree of a program, or None where it is no Python."""
    try:
        with warnings.catch_warnings():
            # An invalid escape in what a model wrote is for whoever reads the program, not for this terminal.
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def is_program(code: str) -> bool:
    """Tell whether a text is Python with a statement in it: nothing, and nothing but comments, is none."""
    tree = parse_program(code)
    return tree is not None and bool(tree.body)


def does_something(tree: ast.Module) -> bool:
    """Tell whether any statement is more than a docstring, a bare constant, an import or `pass`."""
    return any(_acts(node) for node in tree.body)


def _acts(node: ast.stmt) -> bool:
    if isinstance(node, _IDLE) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return False
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return any(_acts(child) for child in node.body)
    return True


def unbound_names(code: str) -> list[str]:
    """Return names that a program reads but binds nowhere: not assigned, imported, or built in."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            top = symtable.symtable(code, "<answer>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    if any(name == "*" for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom) for name in [node.names[0].name]):
        return []
    bound = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()}
    bound |= set(dir(builtins)) | {"__name__", "__file__", "__doc__"}
    return sorted(_global_reads(top) - bound)


def _global_reads(table: symtable.SymbolTable) -> set[str]:
    at_top = table.get_type() == "module"
    reads = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced() and (at_top or symbol.is_global())}
    return reads.union(*(_global_reads(child) for child in table.get_children()))
