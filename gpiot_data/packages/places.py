"""Where a definition stands in its file: bytes, lines and the hash of what lies between."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass

from gpiot_data.packages.cython import CythonDefinition
from gpiot_data.packages.modules import Definition, Module, line_starts
from gpiot_data.store import sha256_bytes


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a file: `span` is [start, end) in bytes, `lines` are (first, last) counted from 1."""

    path: str
    lines: tuple[int, int]
    span: tuple[int, int]
    sha256: str


class Places:
    """Turns the lines and columns of syntax trees into bytes; a column counts UTF-8 bytes already."""

    def __init__(self, modules: Sequence[Module]) -> None:
        """Remember where the lines of each Python file start."""
        self._starts = {module.file.path: line_starts(module.file.data or b"") for module in modules if module.file.kind == "py"}

    def span(self, node: ast.expr | Definition, module: Module) -> tuple[int, int]:
        """Return [start, end) of a node in bytes of its file."""
        starts = self._starts[module.file.path]
        return starts[node.lineno - 1] + node.col_offset, starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def of(self, node: ast.Call | Definition | CythonDefinition, module: Module) -> Place:
        """Return the place of a definition or call."""
        if isinstance(node, CythonDefinition):
            span, lines = node.span, node.lines
        else:
            span, lines = self.span(node, module), (node.lineno, node.end_lineno or node.lineno)
        return Place(module.file.path, lines, span, sha256_bytes((module.file.data or b"")[slice(*span)]))

    def written(self, expression: ast.expr, module: Module) -> str:
        """Return an expression as its file has it, on one line."""
        start, end = self.span(expression, module)
        text = (module.file.data or b"")[start:end].decode("utf-8")
        if "#" in text and "\n" in text:
            text = _without_comments(text)
        # Brackets over several lines have blanks inside them that a line has not.
        return re.sub(r"(?<=[\[(]) |,? (?=[\])])", "", " ".join(text.split())) if "\n" in text else " ".join(text.split())


def _without_comments(expression: str) -> str:
    """Return an expression over several lines without the comments at their ends."""
    # In brackets a line break ends nothing.
    lines = f"({expression}\n)".splitlines()
    comments = [token for token in tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline) if token.type == tokenize.COMMENT]
    for comment in comments:
        row, column = comment.start
        lines[row - 1] = lines[row - 1][:column].rstrip()
    return "\n".join(lines)[1:-2]
