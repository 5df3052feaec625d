"""The code of a page as steps: statements one after the other, each with what it binds, reads and changes."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gpiot_data.packages.galleries.cells import Cell, Page
from gpiot_data.packages.galleries.magics import NotPythonError, plain_python
from gpiot_data.packages.prompts import Fragment
from gpiot_data.packages.scope import Names, names_of

#: Calls that put a library into a state which later statements rely on.
SETTINGS = frozenset(
    {"seed", "set_printoptions", "set_options", "set_option", "use_log_level", "set_state", "filterwarnings", "simplefilter"}
)
#: Calls that switch on what later statements may use, whatever names these have.
_SWITCHING = frozenset({"set_config"})
#: Methods and functions that change what they are called on, also where their value is used.
_CHANGING = frozenset(
    {
        *("fit", "fit_transform", "fit_predict", "partial_fit", "append", "extend", "insert", "update", "add", "pop", "remove", "sort"),
        *("shuffle", "seed", "fill", "resize", "setdefault", "learn_one", "learn_many", "train", "connect", "compile", "load_state_dict"),
        *("fill_diagonal", "put", "copyto", "place", "setattr", "predict_and_update"),
    }
)
#: Functions of a page that by their name only show what they are given.
_SHOWS = re.compile(r"_?(?:plot|show|print|display|draw|visuali[sz]e|report|render|format|summari[sz]e)|.*_(?:plot|report|score)s?$")
#: Calls that only show what they are given.
_SHOWING = frozenset(
    {
        *(
            "print",
            "display",
            "pprint",
            "plot",
            "show",
            "head",
            "tail",
            "info",
            "describe",
            "hist",
            "summary",
            "imshow",
            "scatter",
            "legend",
        ),
        *("set_title", "set_xlabel", "set_ylabel", "savefig", "tight_layout", "close", "set", "axhline", "axvline", "grid", "colorbar"),
    }
)


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
    def defines(self) -> bool:
        """Tell whether it defines functions."""
        return all(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in self.nodes)

    @property
    def rebinds(self) -> frozenset[str]:
        """Return the names whose earlier values no longer matter behind it."""
        definite = ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.With
        return self.names.binds if all(isinstance(node, definite) for node in self.nodes) else frozenset()

    def changes(self, names: frozenset[str], modules: frozenset[str], functions: frozenset[str] = frozenset()) -> bool:
        """Tell whether it changes the object behind one of `names`.

        Args:
            names: of objects.
            modules: names of modules and of what is imported, whose calls change nothing.
            functions: names of functions of the page, which may change what they are given.
        """
        if any(_given_away(node, names, functions) for node in self.nodes):
            return True
        looked_at = self.displays or bool(self.want)
        return any(_changes(node, names, modules, looked_at) for node in self.nodes)


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


def _changes(statement: ast.stmt, names: frozenset[str], modules: frozenset[str], looked_at: bool) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
        return False
    for node in ast.walk(statement):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign | ast.Delete):
            targets = node.targets
        elif isinstance(node, ast.AugAssign):
            targets = [node.target]
        if any(isinstance(target, ast.Subscript | ast.Attribute) and root_name(target) in names for target in targets):
            return True
        if isinstance(node, ast.Call) and _call_changes(node, names, modules):
            return True
        if not looked_at and isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _receives(node.value, names, modules):
            return True
    return False


def _given_away(statement: ast.stmt, names: frozenset[str], functions: frozenset[str]) -> bool:
    """Tell whether a statement gives an object of `names` to a function of the page that is not known to show it only."""
    if not isinstance(statement, ast.Expr | ast.Assign) or not isinstance(call := statement.value, ast.Call):
        return False
    known = isinstance(call.func, ast.Name) and call.func.id in functions and not _SHOWS.match(call.func.id)
    return known and any(isinstance(part, ast.Name) and part.id in names for part in call.args)


def _call_changes(call: ast.Call, names: frozenset[str], modules: frozenset[str]) -> bool:
    name, root = last_name(call.func), root_name(call.func)
    if root in modules and name in _SWITCHING:
        return True
    if root in modules:
        given = any(root_name(argument) in names for argument in call.args)
        return (name in SETTINGS and root in names) or (name in _CHANGING and given)
    return name in _CHANGING and isinstance(call.func, ast.Attribute) and root in names


def _receives(call: ast.Call, names: frozenset[str], modules: frozenset[str]) -> bool:
    """Tell whether a call made for its effect is one on an object of `names`."""
    part = call.func
    while isinstance(part, ast.Attribute):
        part = part.value
    # `a.b().c()` works on what `b` returned.
    root = part.id if isinstance(part, ast.Name) else ""
    return isinstance(call.func, ast.Attribute) and root in names and root not in modules and last_name(call.func) not in _SHOWING
