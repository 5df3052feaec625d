"""The Examples section of a docstring as one program that stands on its own.

Prompts become code, the prose between examples becomes comments, and a short expected value stays as a
comment behind the expression, which is printed. A program that uses a name nobody defines is refused.
"""

from __future__ import annotations

import ast
import builtins
import doctest
import re
import symtable
import textwrap
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from gpiot_data.packages.markdown import to_markdown

#: What documentation pages take as imported, package by package the same.
CONVENTIONAL_IMPORTS = {
    "np": "import numpy as np",
    "plt": "import matplotlib.pyplot as plt",
    "pd": "import pandas as pd",
    "mpl": "import matplotlib as mpl",
    "math": "import math",
}

#: About 700 tokens; a longer program is cut between two of its examples.
MAX_CODE_CHARS = 2000
MAX_VALUE_CHARS = 100
_COMMENT_WIDTH = 96
_OPTION = re.compile(r"[ \t]*#\s*(?:doctest|xdoctest):.*$|[ \t]*#\s*(?:may vary|random)\s*$", re.MULTILINE | re.IGNORECASE)


class NotAProgram(ValueError):
    """An Examples section that gives no program; `reason` is a stable word."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Program:
    """Code that parses and defines all it uses; `imports` are the top-level packages, `lead` the first prose sentence."""

    code: str
    imports: tuple[str, ...]
    lead: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """One prompt of the section, or a comment made of its prose."""

    code: str
    comment: bool = False


def make_program(lines: Sequence[str], symbol: str) -> Program:
    """Turn an Examples section into a program that uses `symbol`, a public dotted name.

    Raises:
        NotAProgram: with the reason `no_example`, `not_python`, `symbol_unused`, `star_import`, `undefined_name` or `too_long`.
    """
    pieces, lead = _pieces(lines)
    if not any(not piece.comment for piece in pieces):
        raise NotAProgram("no_example")
    blocks = _blocks(pieces)
    while True:
        code = _join(piece for block in blocks for piece in block)
        tree = _parse(code)
        if not uses_symbol(tree, symbol):
            raise NotAProgram("symbol_unused" if len(code) <= MAX_CODE_CHARS else "too_long")
        if len(code) <= MAX_CODE_CHARS:
            break
        if len(blocks) == 1:
            raise NotAProgram("too_long", f"{len(code)} characters")
        # Later examples build on earlier ones, never the other way round.
        blocks = blocks[:-1]
    code, tree = _with_imports(code, tree, symbol)
    return Program(code, _imported(tree), lead)


def uses_symbol(tree: ast.Module, symbol: str) -> bool:
    """Tell whether code names the last part of `symbol` outside its imports."""
    name = symbol.rsplit(".", 1)[-1]
    return any(
        (isinstance(node, ast.Attribute) and node.attr == name) or (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load))
        for node in ast.walk(tree)
    )


def undefined_names(code: str) -> tuple[str, ...]:
    """Return the names that code reads and neither binds nor imports, sorted; builtins count as bound."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        top = symtable.symtable(code, "<example>", "exec")
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


def _pieces(lines: Sequence[str]) -> tuple[list[_Piece], str]:
    text = textwrap.dedent("\n".join(line.expandtabs() for line in lines)) + "\n"
    try:
        parts = doctest.DocTestParser().parse(text)
    except ValueError as error:
        raise NotAProgram("not_python", str(error)) from error
    pieces: list[_Piece] = []
    lead = ""
    for part in parts:
        if isinstance(part, str):
            prose = to_markdown(part.splitlines())
            if comment := _comment(prose):
                pieces.append(_Piece(comment, comment=True))
                lead = lead or prose.split("\n\n")[0]
        elif part.exc_msg is None and part.source.strip() and not part.source.lstrip().startswith(("%", "!")):
            pieces.append(_Piece(_statement(part.source, part.want)))
    return [piece for piece in pieces if piece.code.strip()], lead


def _comment(prose: str) -> str:
    """Write prose as comment lines; code blocks in it are no program and are left out."""
    lines: list[str] = []
    for paragraph in re.sub(r"```.*?```", "", prose, flags=re.DOTALL).split("\n"):
        lines += textwrap.wrap(paragraph, _COMMENT_WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"# {line}" for line in lines)


def _statement(source: str, want: str) -> str:
    """Return a statement, printed with its value as a comment where the documentation shows a short one."""
    code = _OPTION.sub("", source).rstrip()
    value = _OPTION.sub("", want).strip()
    if not value or value.startswith("<") or "<matplotlib" in value or "\n\n" in value:
        return code
    try:
        body = _parse(code).body
    except NotAProgram:
        return code
    if len(body) != 1 or not isinstance(expression := body[0], ast.Expr):
        return code
    shown = " ".join(value.split())
    if len(shown) > MAX_VALUE_CHARS or "..." in shown:
        return code
    printed = isinstance(expression.value, ast.Call) and isinstance(expression.value.func, ast.Name) and expression.value.func.id == "print"
    tail = code.splitlines()[-1]
    if not printed and "#" not in tail:
        code = f"print({code})"
    return f"{code}\n# -> {shown}"


def _blocks(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Group pieces into examples: a comment and the statements below it."""
    blocks: list[list[_Piece]] = []
    for piece in pieces:
        if piece.comment or not blocks:
            blocks.append([])
        blocks[-1].append(piece)
    while blocks and all(piece.comment for piece in blocks[-1]):
        blocks.pop()
    return blocks


def _join(pieces: object) -> str:
    lines: list[str] = []
    assert hasattr(pieces, "__iter__")
    for piece in pieces:
        if piece.comment and lines:
            lines.append("")
        # An indented suite needs a blank line below it only for the prompt, not for the file.
        lines.append(piece.code.rstrip())
    return "\n".join(lines).strip("\n") + "\n"


def _parse(code: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotAProgram("not_python", type(error).__name__) from error


def _with_imports(code: str, tree: ast.Module, symbol: str) -> tuple[str, ast.Module]:
    """Put the imports first that pages leave out: conventional names, and the symbol or its module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            raise NotAProgram("star_import")
    module, name = symbol.rsplit(".", 1)
    known = dict(CONVENTIONAL_IMPORTS)
    known[name] = f"from {module} import {name}"
    top = module.split(".")[0]
    known[top] = f"import {module}" if module != top else f"import {top}"
    if "." in module:
        parent, leaf = module.rsplit(".", 1)
        known[leaf] = f"from {parent} import {leaf}"
    added = []
    for missing in undefined_names(code):
        if missing not in known:
            raise NotAProgram("undefined_name", missing)
        added.append(known[missing])
    if added:
        code = "\n".join(sorted(added)) + "\n" + ("" if _starts_with_import(tree, code) else "\n") + code
        tree = _parse(code)
    return code, tree


def _starts_with_import(tree: ast.Module, code: str) -> bool:
    return bool(tree.body) and isinstance(tree.body[0], ast.Import | ast.ImportFrom) and not code.startswith("#")


def _imported(tree: ast.Module) -> tuple[str, ...]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return tuple(sorted(names))
