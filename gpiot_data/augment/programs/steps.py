"""A program as steps: its top-level statements with their comments, and the texts that are made of them again."""

from __future__ import annotations

import ast
import itertools
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gpiot_data.augment.programs.refusals import Refused

#: What stands below a statement to tell what it shows.
VALUE_COMMENT = "# ->"


@dataclass(frozen=True, slots=True)
class Step:
    """One top-level statement, or several that share a line.

    `span` is [start, end) in bytes of the program; `lead` are the comment lines above the statement, `tail` those
    below it that tell what it shows, and `apart` tells whether a blank line stands before it.
    """

    at: int
    nodes: tuple[ast.stmt, ...]
    line: int
    span: tuple[int, int]
    lead: str
    tail: str
    apart: bool


class Source:
    """The text of a program and its steps in order."""

    def __init__(self, code: str) -> None:
        """Take a program apart.

        Raises:
            Refused: `not_python`, `deep` (nested deeper than can be read), or `empty`.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(code)
        except (SyntaxError, ValueError) as error:
            raise Refused("not_python", type(error).__name__) from error
        except (RecursionError, MemoryError) as error:
            raise Refused("deep") from error
        self.code = code if code.endswith("\n") else code + "\n"
        self.tree = tree
        self._bytes = self.code.encode()
        lines = self._bytes.split(b"\n")
        self._starts = [0, *itertools.accumulate(len(line) + 1 for line in lines)]
        self._lines = [line.decode() for line in lines]
        self.steps = tuple(self._read_steps())
        if not self.steps:
            raise Refused("empty")

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Return [start, end) of a node in bytes of the program, its decorators included."""
        first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
        start = self._starts[first - 1] + (node.col_offset if first == node.lineno else 0)
        return start, self._starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def text(self, span: tuple[int, int], edits: Mapping[tuple[int, int], str] | None = None) -> str:
        """Return the text of a span, with other texts in place of the spans inside it that `edits` names."""
        position, pieces = span[0], []
        for (start, end), other in sorted((edits or {}).items()):
            if position <= start and end <= span[1]:
                pieces += [self._bytes[position:start].decode(), other]
                position = end
        return "".join([*pieces, self._bytes[position : span[1]].decode()])

    def _read_steps(self) -> list[Step]:
        groups: list[tuple[int, int, list[ast.stmt]]] = []
        for node in self.tree.body:
            first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
            last = node.end_lineno or node.lineno
            if groups and first <= groups[-1][1]:
                start, _, nodes = groups[-1]
                groups[-1] = (start, last, [*nodes, node])
            else:
                groups.append((first, last, [node]))
        steps: list[Step] = []
        below = 0
        for at, (first, last, nodes) in enumerate(groups):
            between: Sequence[str] = self._lines[below : first - 1]
            if steps:
                steps[-1], between = _with_tail(steps[-1], between)
            lead = "\n".join(line.strip() for line in between if line.strip())
            span = (self._starts[first - 1], self._starts[last] - 1)
            steps.append(Step(at, tuple(nodes), first, span, lead, "", apart=any(not line.strip() for line in between)))
            below = last
        if steps:
            steps[-1], _ = _with_tail(steps[-1], self._lines[below:])
        return steps


def _with_tail(step: Step, below: Sequence[str]) -> tuple[Step, Sequence[str]]:
    """Give a step the comments right below it that tell what it shows; return it with the lines that are left."""
    tail = list(itertools.takewhile(lambda line: line.startswith(VALUE_COMMENT), below))
    return (replace(step, tail="\n".join(tail)), below[len(tail) :]) if tail else (step, below)


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of a new program; `origin` is the index of the step that it comes from and that shows the same, None for none."""

    text: str
    origin: int | None = None
    apart: bool = False


def piece_of(source: Source, step: Step, edits: Mapping[tuple[int, int], str] | None = None, *, lead: bool = True) -> Piece:
    """Return a step with its comments as a piece of another program."""
    parts = [step.lead if lead else "", source.text(step.span, edits), step.tail]
    return Piece("\n".join(part for part in parts if part), step.at, step.apart)


def assemble(pieces: Sequence[Piece], steps: Sequence[Step]) -> tuple[str, dict[int, int]]:
    """Join pieces into a program; return it with the line, counted from 1, on which the statement of each step starts."""
    lines: list[str] = []
    places: dict[int, int] = {}
    for piece in pieces:
        if piece.apart and lines and lines[-1]:
            lines.append("")
        if piece.origin is not None:
            lead = steps[piece.origin].lead
            above = lead.count("\n") + 1 if lead and piece.text.startswith(lead) else 0
            places[piece.origin] = len(lines) + above + 1
        lines += piece.text.split("\n")
    return "\n".join(lines).strip("\n") + "\n", places
