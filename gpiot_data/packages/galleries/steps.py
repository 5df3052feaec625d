"""The code of a page as steps: statements one after the other, each with what it binds, reads and changes."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gpiot_data.packages.galleries.cells import Cell, Page
from gpiot_data.packages.galleries.magics import NotPythonError, plain_python
from gpiot_data.packages.prompts import Fragment
from gpiot_data.packages.scope import Names, names_of
from gpiot_data.syntax_trees import walk


@dataclass(frozen=True, slots=True)
class Step:
    """Statements that share their lines, with the comments above them; `cell` is the place of their cell on the page.

    `head` is how many lines of `code` are comments, `gap` tells that a blank line stood above, `want` is the output that the
    document shows, and `displays` tells that the value of the last expression of a cell is shown.
    """

    cell: int
    code: str
    head: int
    nodes: tuple[ast.stmt, ...]
    names: Names
    gap: bool = False
    want: str = ""
    displays: bool = False

    @property
    def is_import(self) -> bool:
        """Tell whether it only imports."""
        return all(isinstance(node, ast.Import | ast.ImportFrom) for node in self.nodes)

    @property
    def rebinds(self) -> frozenset[str]:
        """Return the names whose earlier values no longer matter behind it."""
        return frozenset(name for node in self.nodes for name in _rebound(node))


@dataclass(frozen=True, slots=True)
class PageSteps:
    """The steps of a page, and by cell the reason why one has none."""

    steps: tuple[Step, ...]
    unreadable: dict[int, str]

    def of_cell(self, cell: int) -> list[int]:
        """Return the places of the steps of a cell."""
        return [place for place, step in enumerate(self.steps) if step.cell == cell]


def page_steps(page: Page) -> PageSteps:
    """Cut the code of a page into steps."""
    steps: list[Step] = []
    unreadable: dict[int, str] = {}
    for number, cell in enumerate(page.cells):
        try:
            steps += _cell_steps(number, cell)
        except NotPythonError as error:
            unreadable[number] = error.reason
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            unreadable[number] = "not_python"
    return PageSteps(tuple(steps), unreadable)


def _cell_steps(number: int, cell: Cell) -> list[Step]:
    return [step for fragment in cell.fragments for step in _fragment_steps(number, fragment)]


def _fragment_steps(number: int, fragment: Fragment) -> Iterator[Step]:
    code = plain_python(fragment.code)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        body = ast.parse(code).body
    lines = code.split("\n")
    wants = {item.line: item.output for item in fragment.expected}
    groups = _groups(body)
    behind = 0
    for place, (start, end, nodes) in enumerate(groups):
        head = [line for line in lines[behind : start - 1] if line.lstrip().startswith("#")]
        gap = behind < start - 1 and any(not line.strip() for line in lines[behind : start - 1])
        last = (
            place == len(groups) - 1
            and fragment.shows_last
            and isinstance(nodes[-1], ast.Expr)
            and not lines[end - 1].rstrip().endswith(";")
        )
        source = "\n".join(lines[start - 1 : end])
        want = wants.get(start, fragment.output if last else "")
        yield Step(number, "\n".join([*head, source]), len(head), nodes, names_of(nodes), gap, want, last)
        behind = end


def _groups(body: Sequence[ast.stmt]) -> list[tuple[int, int, tuple[ast.stmt, ...]]]:
    """Group statements that share a line: first and last line, and the statements."""
    groups: list[tuple[int, int, tuple[ast.stmt, ...]]] = []
    for node in body:
        start = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
        end = node.end_lineno or node.lineno
        if groups and start <= groups[-1][1]:
            groups[-1] = (groups[-1][0], max(end, groups[-1][1]), (*groups[-1][2], node))
        else:
            groups.append((start, end, (node,)))
    return groups


def without_comments(step: Step) -> Step:
    """Return a step without the comments above it."""
    return replace(step, code="\n".join(step.code.split("\n")[step.head :]), head=0)


def root_name(node: ast.expr) -> str:
    """Return the name that a chain of attributes, subscripts and calls starts with; "" where it starts with something else."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def last_name(function: ast.expr) -> str:
    """Return the name by which a function is called."""
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def _rebound(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement surely binds when it runs; the body of a function waits."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.With() | ast.AsyncWith():
            yield from (name for item in node.items if item.optional_vars for name in _stored(item.optional_vars))
            yield from (name for part in node.body for name in _rebound(part))
        case ast.Import() | ast.ImportFrom():
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        case ast.Assign():
            yield from (name for target in node.targets for name in _stored(target))
        case ast.AnnAssign(value=ast.expr()):
            yield from _stored(node.target)


def _stored(target: ast.expr) -> Iterator[str]:
    return (part.id for part in walk(target) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store))
