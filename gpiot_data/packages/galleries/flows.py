"""The data flow of a program at module level: which values are made up for it, which it works out, and which it shows."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gpiot_data.packages.galleries.steps import last_name, root_name
from gpiot_data.packages.references import used_names
from gpiot_data.packages.scope import names_of

#: Libraries with which pages make up the values of an example.
_MAKERS = frozenset(
    {"numpy", "pandas", "math", "random", "datetime", "itertools", "string", "collections", "io", "pathlib", "os", "tempfile"}
)
#: What makes values also where the library is the one that a page is about.
_CONSTRUCTORS = re.compile(
    r"(?:array|asarray|arange|linspace|logspace|zeros|ones|full|eye|meshgrid|date_range|period_range|DataFrame|Series|RandomState|default_rng|"
    r"normal|rand|randn|randint|uniform|random|standard_normal|integers|choice|permutation|sin|cos|exp|pi|seed|Graph|DiGraph|DataArray|Dataset|"
    r"load_\w+|make_\w+|fetch_\w+|get_\w*dataset\w*|load|datasets?|data)$"
)
_LOADERS = re.compile(r"(?:^|\.)(?:load|make|fetch|get_rdataset|generate)_?\w*$|\.datasets?\.\w+|\.data\.\w+$|\.tutorial\.")
_PLOT_NAMES = re.compile(r"(?:fig|figure|f|ax|axs|axes|gs|grid|im|cb|cbar|cax|legend|lines?|patch(?:es)?|artists?|_+)\d*$")
_PLOTTERS = frozenset({"matplotlib", "seaborn", "plotly", "mpl_toolkits"})
_SHOWN = frozenset(
    {"print", "plot", "imshow", "scatter", "hist", "stem", "bar", "semilogy", "semilogx", "loglog", "contour", "contourf", "pcolormesh"}
)


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a name is bound to, with the line (from 1) of its statement and the expression it is made by."""

    name: str
    line: int
    node: ast.expr
    #: Names it depends on, directly or not.
    depends: frozenset[str]


@dataclass(frozen=True, slots=True)
class Flow:
    """What goes into a program and what comes out, each in the order of the lines; `plots` tells that it draws, `prints` that it prints."""

    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    plots: bool
    prints: bool


def read_flow(tree: ast.Module, packages: Collection[str]) -> Flow:
    """Read the data flow of a program about `packages`, import names.

    A value is made up while it is made by literals, by libraries for arrays and tables, by loaders of data sets and by other such
    values; it is an input if a statement that does more reads it. An output is what the rest binds and nothing reads any more
    but to show it.
    """
    made: dict[str, Value] = {}
    worked: dict[str, Value] = {}
    consumed: set[str] = set()
    used_on: set[str] = set()
    depends: dict[str, frozenset[str]] = {}
    acted = ""
    names_at = _names_by_statement(tree)
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            continue
        names = names_of([node])
        target, value = _binding(node)
        reads = names.needs
        if target and value is not None:
            behind = reads | frozenset(name for read in reads for name in depends.get(read, frozenset()))
            bound = {name: Value(name, node.lineno, value, behind) for name in target}
            depends |= dict.fromkeys(target, behind)
            if _is_made_up(names_at[node], packages) and not reads & worked.keys():
                made |= bound
                continue
            worked = {name: item for name, item in worked.items() if name not in target} | bound
        consumed |= reads
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and (root := root_name(node.value.func)) in made.keys() | worked.keys()
        ):
            acted = root
        if not _only_shows(node):
            used_on |= reads - frozenset(target)
    inputs = [item for name, item in made.items() if name in consumed and not _PLOT_NAMES.match(name) and not _is_generator(item.node)]
    used_lines = {item.line for name, item in worked.items() if name in used_on}
    # Of several results bound at once, one that nothing reads is there for the sake of the others.
    results = [item for name, item in worked.items() if name not in used_on and (name in consumed or item.line not in used_lines)]
    outputs = [item for item in results if not _is_plot(item, names_at) and not _is_clock(item.node)]
    if not outputs and acted and not _PLOT_NAMES.match(acted):
        # Nothing is bound any more, but an object is worked on: `model.fit(x, y)`.
        outputs = [worked.get(acted) or made[acted]]
        inputs = [item for item in inputs if item.name != acted]
    return Flow(
        tuple(sorted(inputs, key=lambda item: item.line)),
        tuple(sorted(outputs, key=lambda item: item.line)),
        plots=any(name.partition(".")[0] in _PLOTTERS for found in names_at.values() for name in found),
        prints=any(isinstance(node, ast.Call) and last_name(node.func) == "print" for node in ast.walk(tree)),
    )


def _names_by_statement(tree: ast.Module) -> Mapping[ast.stmt, list[str]]:
    """Return the dotted names that each top-level statement takes from imports."""
    found: dict[ast.stmt, list[str]] = {node: [] for node in tree.body}
    ends = [(node.end_lineno or node.lineno, node) for node in tree.body]
    position = 0
    for (line, _), name in sorted(used_names(tree)):
        while position < len(ends) - 1 and ends[position][0] < line:
            position += 1
        found[ends[position][1]].append(name)
    return found


def _binding(node: ast.stmt) -> tuple[tuple[str, ...], ast.expr | None]:
    """Return the names that an assignment binds, and its value; nothing for other statements."""
    if isinstance(node, ast.Assign):
        elements = [part for target in node.targets for part in (target.elts if isinstance(target, ast.Tuple | ast.List) else [target])]
        return tuple(part.id for part in elements if isinstance(part, ast.Name)), node.value
    if isinstance(node, ast.AnnAssign | ast.AugAssign) and isinstance(node.target, ast.Name):
        return (node.target.id,), node.value
    return (), None


def _is_made_up(names: Collection[str], packages: Collection[str]) -> bool:
    return all(
        _LOADERS.search(name)
        or _CONSTRUCTORS.search(name.rpartition(".")[2])
        or (name.partition(".")[0] in _MAKERS and name.partition(".")[0] not in packages)
        for name in names
    )


def _only_shows(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and (not isinstance(node.value, ast.Call) or last_name(node.value.func) in _SHOWN)


def _is_generator(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) in ("default_rng", "RandomState", "seed")


def _is_clock(node: ast.expr) -> bool:
    calls = (last_name(part.func) for part in ast.walk(node) if isinstance(part, ast.Call))
    return any(name in ("time", "perf_counter", "process_time", "monotonic") for name in calls)


def _is_plot(item: Value, names_at: Mapping[ast.stmt, list[str]]) -> bool:
    if _PLOT_NAMES.match(item.name):
        return True
    statement = next((node for node in names_at if node.lineno == item.line), None)
    drawn = statement is not None and any(name.partition(".")[0] in _PLOTTERS for name in names_at[statement])
    return drawn or (isinstance(item.node, ast.Call) and _PLOT_NAMES.match(root_name(item.node.func) or "-") is not None)
