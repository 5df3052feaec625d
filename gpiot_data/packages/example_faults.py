"""Why an example that ran is still not what its specification says, told from its text: hidden inputs, leftovers, untrue words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gpiot_data.schema import Specification
from gpiot_data.syntax_trees import walk

_CLOCKS = frozenset({"perf_counter", "perf_counter_ns", "process_time", "default_timer", "monotonic", "timeit"})
#: Modules that are imported for what their import does.
_ENABLING = re.compile(r"__future__|\.experimental\b|mplot3d|(?:^|\.)enable_")
_CUT = re.compile(r",? \(?(?:i\.e|e\.g)\W*[)`;,]?(?=\s*(?:and `|; as a|\)|$))")
_GONE_WORD = re.compile(r"\brepeated-wise\b|(?:^|\s)-(?:wise|based|like|level)\b", re.IGNORECASE)
_FUNCTION = re.compile(r"as a function `(\w+)`")


def example_fault(specification: Specification, code: str) -> str | None:
    """Return why an example may not be kept, a stable word; None where nothing is wrong.

    `unused_import`, `elapsed_time` (what it shows is another at each run), `false_random` (a split that does not shuffle), `cut_phrase`
    or `lost_word`.
    """
    tree = ast.parse(code)
    if any(_unused_imports(tree)):
        return "unused_import"
    if any(_reads_clock(node) for node in walk(tree)):
        return "elapsed_time"
    if "shuffle=False" in code and re.search(r"\brandom(?:ly)? (?:train|subsets|splits?)\b", specification.target):
        return "false_random"
    if _CUT.search(specification.target):
        return "cut_phrase"
    return "lost_word" if _GONE_WORD.search(specification.target) else None


def function_fault(specification: Specification, code: str) -> str | None:
    """Return why an example that is a function and its call may not be kept, a stable word; None where nothing is wrong.

    `hidden_global` (a function reads what the program binds outside of it), `overwritten_output` or `unused_code`.
    """
    tree = ast.parse(code)
    if any(_globals_read(node, _bound_at_top(tree)) for node in tree.body if isinstance(node, ast.FunctionDef)):
        return "hidden_global"
    outputs = {item.name for item in specification.outputs}
    called = _FUNCTION.search(specification.target)
    at = next((place for place, node in enumerate(tree.body) if called and _is_call_of(node, called[1])), len(tree.body))
    if outputs & {name for node in tree.body[at + 1 :] for name in _stored(node)}:
        return "overwritten_output"
    used = {node.id for node in walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)} | outputs
    return "unused_code" if any(_is_unused(node, used) for node in tree.body[:at]) else None


def _unused_imports(tree: ast.Module) -> Iterator[str]:
    used = {node.id for node in walk(tree) if isinstance(node, ast.Name)}
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                name = (alias.asname or alias.name).partition(".")[0]
                if name != "*" and name not in used and not _ENABLING.search(f"{module}.{alias.name}"):
                    yield name


def _reads_clock(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="time"), attr="time" | "time_ns")):
            return True
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name in _CLOCKS or (name == "time" and isinstance(node.func, ast.Name) and not node.args)
    return False


def _stored(node: ast.AST) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return set()
    return {part.id for part in walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def _bound_at_top(tree: ast.Module) -> set[str]:
    return {name for node in tree.body for name in _stored(node)}


def _globals_read(function: ast.FunctionDef, bound: set[str]) -> set[str]:
    own = {part.arg for part in walk(function) if isinstance(part, ast.arg)}
    own |= {part.id for part in walk(function) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    read = {part.id for part in walk(function) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
    return (read & bound) - own


def _is_call_of(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.Assign) and any(isinstance(part, ast.Name) and part.id == name for part in walk(node.value))


def _is_unused(node: ast.stmt, used: set[str]) -> bool:
    """Tell whether a statement only binds names that nothing reads."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name not in used
    plain = isinstance(node, ast.Assign) and all(isinstance(target, ast.Name | ast.Tuple) for target in node.targets)
    bound = _stored(node)
    return plain and bool(bound) and not bound & used and not all(name.startswith("_") for name in bound)
