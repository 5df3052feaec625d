"""The data flow of a program at module level: which values are made up for it, which it works out, and which it shows."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gpiot_data.packages.galleries.reach import running
from gpiot_data.packages.galleries.steps import last_name, root_name
from gpiot_data.packages.galleries.values import Value, bound_values, is_empty, is_made_up, names_by_statement
from gpiot_data.packages.scope import names_of
from gpiot_data.syntax_trees import walk

#: Names by which programs know what they draw on.
PLOT_NAMES = re.compile(r"(?:fig|figure|f|ax|axs|axes|gs|grid|im|cb|cbar|cax|legend|lines?|patch(?:es)?|artists?|_+)\d*$")
_PLOTTERS = frozenset({"matplotlib", "seaborn", "plotly", "mpl_toolkits"})
#: Names of plotting libraries by which nothing is drawn.
_STYLE = re.compile(
    r"rcParams|style|set_theme|set_style|set_context|set_palette|load_dataset|colormaps|color_palette|colors\.|rc_context|cycler|\.dates\.|"
    r"\.cm(?:\.|$)|\.get_\w+$|\.close$|Normalize$|font_manager|\.(?:date2num|num2date|is_\w+)$"
)
_DRAWING = re.compile(r"(?:plot|imshow|hist)(?:_\w+)?$|draw_\w+$|show_(?:view|images?|figure)$|\w+_plot$|plot_\w+$")
#: Calls that only show what they are given.
_SHOWN = frozenset(
    {
        "print",
        "display",
        "pprint",
        "plot",
        "imshow",
        "scatter",
        "hist",
        "stem",
        "bar",
        "semilogy",
        "semilogx",
        "loglog",
        "contour",
        "contourf",
    }
    | {"pcolormesh", "show", "head", "tail", "describe", "info", "summary", "barh", "boxplot", "step", "errorbar", "matshow"}
)
#: Methods after which an object is what a program is for.
_WORKING = frozenset(
    {"fit", "fit_transform", "fit_predict", "partial_fit", "learn_one", "learn_many", "train", "compile", "update", "filter", "load"}
)
#: Calls that divide data for others to work on.
_DIVIDING = re.compile(r"\w*split\w*$|shuffle$|next$")


@dataclass(frozen=True, slots=True)
class Flow:
    """What goes into a program and what comes out, each in the order of the lines.

    `plots` tells that it draws, `prints` that it prints something beside its outputs, and `repeats` how many values are made up
    more than once, as where one example follows another. `made` are all values that are made up, and `fitted` the objects that learn.
    """

    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    plots: bool
    prints: bool
    repeats: int
    made: Mapping[str, Value] = field(default_factory=dict)
    fitted: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Reader:
    """What is known behind each statement.

    `consumed` are the names that something other than the making up of values reads, `used` those that something other than a call
    which only shows them reads behind their binding, `shown` those that are shown, and `acted` objects that a method was called on
    for its effect, with the name of the last; `varied` are made up more than once, or counted up.
    """

    packages: Collection[str]
    local: set[str] = field(default_factory=set)
    made: dict[str, Value] = field(default_factory=dict)
    worked: dict[str, Value] = field(default_factory=dict)
    depends: dict[str, frozenset[str]] = field(default_factory=dict)
    consumed: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)
    acted: dict[str, str] = field(default_factory=dict)
    varied: set[str] = field(default_factory=set)

    def take(self, node: ast.stmt, names: Sequence[str]) -> None:
        """Read a statement, with the dotted names it takes from imports."""
        reads = names_of([node]).needs
        values = bound_values(node, reads | frozenset(name for read in reads for name in self.depends.get(read, frozenset())))
        own = not is_made_up(node, names, self.packages, self.local)
        if values and not own and not reads & self.worked.keys():
            self._make(values)
            self._change(node, own=False)
            return
        if values:
            self._work(values, reads)
        self._change(node, own or bool(reads & self.worked.keys()))
        self._read(node, reads, frozenset(value.name for value in values))

    def _make(self, values: Sequence[Value]) -> None:
        for value in values:
            self.depends[value.name] = value.depends | self.depends.get(value.name, frozenset())
            if value.name in self.worked:
                self.varied.add(value.name)
            if is_empty(value.node):
                # A collection to be filled is no input.
                self.worked[value.name] = value
                self.used.discard(value.name)
            elif value.name not in self.made:
                # What is made of itself comes from where it was made first.
                self.made[value.name] = value
            elif value.name not in value.depends:
                self.varied.add(value.name)

    def _work(self, values: Sequence[Value], reads: frozenset[str]) -> None:
        for value in values:
            self.depends[value.name] = value.depends
            self.worked.pop(value.name, None)
            self.worked[value.name] = value
            self.used.discard(value.name)
            self.shown.discard(value.name)
            self.acted.pop(value.name, None)
            if value.name in self.made and value.name not in reads and value.name not in self.consumed:
                del self.made[value.name]

    def _change(self, node: ast.stmt, own: bool) -> None:
        """Take note of parts that are assigned: a made-up array that results are written to is a result."""
        for part in walk(node):
            targets: list[ast.expr] = (
                part.targets if isinstance(part, ast.Assign) else [part.target] if isinstance(part, ast.AugAssign) else []
            )
            if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name) and isinstance(part.value, ast.Constant):
                self.varied.add(part.target.id)
            for target in targets:
                name = root_name(target) if isinstance(target, ast.Subscript | ast.Attribute) else ""
                if own and name in self.made and name not in self.consumed and _is_buffer(self.made[name].node):
                    self.worked[name] = self.made.pop(name)
        if isinstance(node, ast.Expr | ast.Assign) and isinstance(call := node.value, ast.Call) and isinstance(call.func, ast.Attribute):
            root = root_name(call.func)
            if root in self.made.keys() | self.worked.keys() and (isinstance(node, ast.Expr) or last_name(call.func) in _WORKING):
                self.acted[root] = last_name(call.func)

    def _read(self, node: ast.stmt, reads: frozenset[str], bound: frozenset[str]) -> None:
        self.consumed |= reads
        shown = _shown_names(node)
        self.shown |= shown
        fitted = {root for root in self.acted if _acts_on(node, root)}
        self.used |= reads - shown - bound - fitted


def read_flow(tree: ast.Module, packages: Collection[str]) -> Flow:
    """Read the data flow of a program about `packages`, import names.

    A value is made up while it is made by literals, by libraries for arrays and tables, by loaders of data sets and by other such
    values; it is an input if a statement that does more reads it. An output is what the rest binds and nothing reads any more
    but to show it, or an object that is worked on last.
    """
    tree = running(tree)
    names_at = names_by_statement(tree)
    reader = _Reader(packages)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not is_made_up(node, names_at[node], packages, reader.local):
                reader.local.add(node.name)
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            reader.take(node, names_at[node])
    plots = _plots(tree, names_at)
    outputs = _outputs(reader, names_at, plots, _prints(tree, ()))
    given = {item.name for item in outputs}
    inputs = [
        item
        for name, item in reader.made.items()
        if name in reader.consumed - reader.varied
        and name not in given
        and not (item.part is not None and name in reader.shown - reader.used)
        and not PLOT_NAMES.match(name)
        and not _is_helper(item.node)
    ]
    return Flow(
        tuple(sorted(inputs, key=lambda item: item.line)),
        tuple(sorted(outputs, key=lambda item: item.line)),
        plots=plots,
        prints=_prints(tree, given),
        repeats=len(reader.varied & reader.consumed),
        made=dict(reader.made),
        fitted=frozenset(name for name, method in reader.acted.items() if method in _WORKING),
    )


def _outputs(reader: _Reader, names_at: Mapping[ast.stmt, list[str]], plots: bool, prints: bool) -> list[Value]:
    used_lines = {item.line for name, item in reader.worked.items() if name in reader.used}
    results = [
        item
        for name, item in reader.worked.items()
        if name not in reader.used
        # Of several results bound at once, one that nothing reads is there for the sake of the others.
        and (name in reader.shown or item.line not in used_lines)
        and not _is_plot(item, names_at)
        and not _is_helper(item.node)
        and not is_empty(item.node)
    ]
    shows = plots or bool(reader.shown)
    if shows and any(item.name in reader.shown for item in results):
        # What nothing reads, while other values are shown, is left over.
        results = [item for item in results if item.name in reader.shown or item.name in reader.acted]
    elif prints and results:
        # What is bound last may still be wanted beside what is printed.
        end = max(node.lineno for node in names_at)
        results = [item for item in results if item.line >= end or item.name in reader.acted]
    results = [item for item in results if not (isinstance(item.node, ast.Call) and _DIVIDING.match(last_name(item.node.func)))] or results
    known = {item.name for item in results}
    everything = reader.made | reader.worked
    objects = [
        everything[name]
        for name, method in reader.acted.items()
        if name not in known and name not in reader.used and method in _WORKING and not PLOT_NAMES.match(name)
    ]
    results += objects
    if not results and not plots and not prints and reader.acted:
        # Nothing is bound any more, but an object is worked on.
        last = list(reader.acted)[-1]
        results = [everything[last]] if not PLOT_NAMES.match(last) else []
    return results


def _acts_on(node: ast.stmt, name: str) -> bool:
    """Tell whether a statement is a call of a method of an object that works on it."""
    return (
        isinstance(node, ast.Expr | ast.Assign)
        and isinstance(call := node.value, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and root_name(call.func) == name
        and (isinstance(node, ast.Expr) or _bound_to_nothing(node))
        and not any(isinstance(part, ast.Name) and part.id == name for given in call.args for part in walk(given))
    )


def _bound_to_nothing(node: ast.Assign) -> bool:
    return all(isinstance(target, ast.Name) and not target.id.strip("_") for target in node.targets)


def _shown_names(node: ast.stmt) -> frozenset[str]:
    """Return the names whose values a statement shows as they are."""
    if isinstance(node, ast.Assert):
        return frozenset(part.id for part in walk(node) if isinstance(part, ast.Name))
    if not isinstance(node, ast.Expr):
        return frozenset()
    value = node.value
    if not isinstance(value, ast.Call):
        return frozenset({root_name(value)}) if not isinstance(value, ast.Tuple) else frozenset(map(root_name, value.elts))
    if last_name(value.func) not in _SHOWN and not _DRAWING.match(last_name(value.func)):
        return frozenset()
    owner = root_name(value.func) if isinstance(value.func, ast.Attribute) and not PLOT_NAMES.match(root_name(value.func)) else ""
    return frozenset(name for part in [*value.args] for name in _displayed(part)) | ({owner} if owner else frozenset())


def _displayed(part: ast.expr) -> Iterable[str]:
    """Yield the names of which an argument shows the value, a part of it, or a text made of it."""
    if isinstance(part, ast.JoinedStr):
        for piece in part.values:
            if isinstance(piece, ast.FormattedValue):
                yield from _displayed(piece.value)
    elif isinstance(part, ast.Name | ast.Attribute | ast.Subscript):
        yield root_name(part)
    elif (
        isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and not any(isinstance(given, ast.Name) for given in part.args)
    ):
        yield root_name(part.func)


def _plots(tree: ast.Module, names_at: Mapping[ast.stmt, list[str]]) -> bool:
    drawn = (
        name
        for found in names_at.values()
        for name in found
        if name.partition(".")[0] in _PLOTTERS and not _STYLE.search(name) and "." in name
    )
    if any(drawn):
        return True
    calls = (node.func for node in walk(tree) if isinstance(node, ast.Call))
    return any(_DRAWING.match(last_name(call)) and last_name(call) != "hist" for call in calls)


def _prints(tree: ast.Module, outputs: Collection[str]) -> bool:
    """Tell whether something is printed that is none of the outputs."""
    loops = [node.target for node in walk(tree) if isinstance(node, ast.For)]
    # "print(f'room {number}')" only tells how far a loop is.
    counted = {target.id for target in loops if isinstance(target, ast.Name)}
    for node in walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "pprint"):
            told = [part for part in node.args if not isinstance(part, ast.Constant) and not _counts(part, counted)]
            if any(not (_is_plain(part) and root_name(part) in outputs) for part in told):
                return True
    return False


def _counts(part: ast.expr, counted: Collection[str]) -> bool:
    """Tell whether a text has nothing to it but the names that a loop runs over."""
    pieces = [piece.value for piece in part.values if isinstance(piece, ast.FormattedValue)] if isinstance(part, ast.JoinedStr) else []
    return bool(pieces) and all(isinstance(piece, ast.Name) and piece.id in counted for piece in pieces)


def _is_plain(node: ast.expr) -> bool:
    """Tell whether an expression is a name or a part of what it stands for, and nothing is called."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name)


def _is_helper(node: ast.expr) -> bool:
    """Tell whether a value is a generator of random numbers, a function, or a time that is taken."""
    if isinstance(node, ast.Lambda):
        return True
    calls = [last_name(part.func) for part in walk(node) if isinstance(part, ast.Call)]
    timed = any(name in ("time", "perf_counter", "process_time", "monotonic") for name in calls)
    return timed or (isinstance(node, ast.Call) and last_name(node.func) in ("default_rng", "RandomState", "seed", "getLogger"))


def _is_buffer(node: ast.expr) -> bool:
    """Tell whether a value is an array that waits to be filled."""
    return isinstance(node, ast.Call) and last_name(node.func) in (
        "zeros",
        "empty",
        "ones",
        "full",
        "zeros_like",
        "empty_like",
        "ones_like",
    )


def _is_plot(item: Value, names_at: Mapping[ast.stmt, list[str]]) -> bool:
    if PLOT_NAMES.match(item.name):
        return True
    statement = next((node for node in names_at if node.lineno == item.line), None)
    drawn = statement is not None and any(name.partition(".")[0] in _PLOTTERS for name in names_at[statement])
    return drawn or PLOT_NAMES.match(root_name(item.node) or "-") is not None
