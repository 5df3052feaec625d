"""Steps of a page as the text of one program: imports first, a comment where a new part begins, shown values printed."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gpiot_data.packages.galleries.cells import Cell
from gpiot_data.packages.galleries.comments import comment_lines
from gpiot_data.packages.galleries.grounding import evidence, is_grounded
from gpiot_data.packages.galleries.phrases import as_request, clean_title, title_request
from gpiot_data.packages.galleries.showing import shown_code
from gpiot_data.packages.galleries.steps import Step
from gpiot_data.packages.galleries.targets import paragraphs
from gpiot_data.packages.markdown import sentences
from gpiot_data.schema import Expected

#: A cell says early what its code is for.
MAX_SENTENCES = 6
_PREPARING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True)
class Assembled:
    """The code of a program and its expected outputs by line, counted from 1.

    `body_line` is the first below the imports, and `own_line` the first of the wanted section.
    """

    code: str
    expected: tuple[Expected, ...]
    body_line: int
    own_line: int


def assemble(imports: Sequence[str], steps: Sequence[Step], cells: Sequence[Cell], own: int | None, brief: bool = False) -> Assembled:
    """Write a program.

    Args:
        imports: the statements to put first.
        steps: what follows, in order.
        cells: all cells of the page.
        own: the cell that is wanted, None for all of them.
        brief: whether to leave out what cells say of their code.
    """
    lines = [line for statement in imports for line in statement.split("\n")]
    expected: list[Expected] = []
    body_line = own_line = 0
    prints_display = not any("display" in step.names.binds for step in steps) and not any("display" in line for line in imports)
    before: Step | None = None
    for step in steps:
        code = shown_code(step, prints_display)
        if code is None:
            continue
        lines += _space(before, step, bool(lines))
        body_line = body_line or len(lines) + 1
        if own_line == 0 and own in (None, step.cell):
            own_line = len(lines) + 1
        if (before is None or before.cell != step.cell) and step.cell != own and not (brief or step.head):
            comment = _comment(cells[step.cell], [part for part in steps if part.cell == step.cell])
            # Cells under one heading say it once.
            lines += comment if comment and comment[0] not in lines else []
        if step.want:
            expected.append(Expected(len(lines) + step.head + 1, step.want))
        lines += code.split("\n")
        before = step
    return Assembled("\n".join(lines) + "\n", tuple(expected), body_line or 1, own_line or 1)


def with_comment(program: Assembled, text: str, whole: bool) -> Assembled:
    """Say what the wanted section, or the `whole` program below its imports, is for, where no comment stands there.

    A definition is not what it says; the comment goes over the first statement behind it that does something.
    """
    lines = program.code.split("\n")
    first = program.body_line if whole else program.own_line
    acting = (node.lineno for node in ast.parse(program.code).body if node.lineno >= first and not isinstance(node, _PREPARING))
    place = next(acting, len(lines) + 1) - 1
    added = comment_lines(text)
    if place >= len(lines) or any(line.startswith("#") for line in (lines[place], lines[place - 1])) or added[0] in lines:
        return program
    moved = tuple(replace(item, line=item.line + (len(added) if item.line > place else 0)) for item in program.expected)
    return replace(program, code="\n".join([*lines[:place], *added, *lines[place:]]), expected=moved)


def _space(before: Step | None, step: Step, behind_something: bool) -> list[str]:
    if before is None:
        return [""] if behind_something else []
    block = any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in (*before.nodes, *step.nodes))
    return ["", ""] if block else [""] if step.gap or step.cell != before.cell else []


def _comment(cell: Cell, steps: Sequence[Step]) -> list[str]:
    """Return as comment lines what a cell says that its code does, or its title where that does."""
    nodes = [node for step in steps for node in step.nodes]
    known = evidence(nodes)
    said = [sentence for paragraph in paragraphs(cell.text) for sentence in sentences(paragraph)][:MAX_SENTENCES]
    requests = [*map(as_request, said), title_request(clean_title(cell.title))]
    request = next((text for text in requests if text and is_grounded(text, nodes, known)), None)
    return comment_lines(f"{request}.".replace("`", "")) if request else []
