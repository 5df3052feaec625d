"""The part each top-level statement and name of a program plays: what goes in, what computes, what comes out, what is shown."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from gpiot_data.augment.programs.effects import (
    Effects,
    check_statements,
    conflict,
    dotted_name,
    find_effects,
    imported_names,
    is_plotting,
    shows_only,
)
from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.steps import Source, Step
from gpiot_data.packages.scope import names_of
from gpiot_data.syntax_trees import walk

#: Packages that make, hold and draw the data of an example; what any other package computes is what the example is about.
_BACKGROUND = frozenset({"numpy", "pandas", "matplotlib", "mpl_toolkits", "seaborn"}) | sys.stdlib_module_names
_DATA_PARTS = frozenset({"data", "datasets", "dataset", "random", "testing", "sampledata"})
_DATA_PREFIXES = ("make_", "load_", "fetch_", "read_")
_DRAWING_METHODS = frozenset({"plot", "show", "hist", "imshow", "savefig", "legend", "scatter", "barh", "boxplot"})


@dataclass(frozen=True, slots=True)
class Datum:
    """A name with the index of the step that defines it (the last one, where several do) and of those that read it."""

    name: str
    defined: int
    uses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An expression inside the step `at` that computes what the step shows, with the names it reads."""

    at: int
    node: ast.expr
    reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles in one program, each as indices of its steps in order.

    `imports` and `helpers` (functions and classes that need nothing but imports) are its set-up, `data` makes the values
    that the program works on, `core` computes with the symbol, and `shows` prints, plots and checks. `inputs` are the names
    that the core takes from the data, in the order in which the data defines them; `results` those that the core leaves for
    what is shown, or that nothing takes any further.
    """

    source: Source
    symbol: str
    names: Mapping[str, str]
    figures: frozenset[str]
    effects: tuple[Effects, ...]
    imports: tuple[int, ...]
    helpers: tuple[int, ...]
    data: tuple[int, ...]
    core: tuple[int, ...]
    shows: tuple[int, ...]
    inputs: tuple[Datum, ...]
    results: tuple[Datum, ...]
    expressions: tuple[Shown, ...]

    def steps(self, at: Iterable[int]) -> tuple[Step, ...]:
        """Return the steps with these indices."""
        return tuple(self.source.steps[index] for index in at)


# The variants of one program ask for the same roles many times over.
@lru_cache(maxsize=64)
def find_roles(code: str, symbol: str) -> Roles:
    """Return the roles in a program that uses `symbol`, a public dotted name.

    Raises:
        Refused: with the reason why its names cannot be followed (see `effects.check_statements`), or `symbol_unused`.
    """
    source = Source(code)
    check_statements(source.tree)
    names = imported_names(source.tree)
    effects, figures = find_effects(source, names)
    if not any(is_symbol_call(node, symbol, names) for node in walk(source.tree)):
        raise Refused("symbol_unused", symbol)
    imports = [step.at for step in source.steps if all(isinstance(node, ast.Import | ast.ImportFrom) for node in step.nodes)]
    helpers, data, core, shows = _sort_steps(source, symbol, names, figures, effects, imports)
    known = frozenset().union(*(effects[at].binds for at in helpers))
    expressions = tuple(shown for at in shows for shown in _expressions(source.steps[at], symbol, names, known))
    inputs = find_inputs(effects, data, core, expressions)
    results = find_results(source, effects, figures, core, shows, expressions)
    parts = (tuple(imports), tuple(helpers), tuple(data), tuple(core), tuple(shows))
    return Roles(source, symbol, names, figures, effects, *parts, inputs, results, expressions)


def is_symbol_call(node: ast.AST, symbol: str, names: Mapping[str, str]) -> bool:
    """Tell whether a node calls the symbol: by an import of its package, or as a method of some object."""
    if not isinstance(node, ast.Call):
        return False
    short = symbol.rsplit(".", 1)[-1]
    dotted = dotted_name(node.func, names)
    if dotted is None:
        return isinstance(node.func, ast.Attribute) and node.func.attr == short
    return dotted.rsplit(".", 1)[-1] == short and dotted.split(".")[0] == symbol.split(".")[0]


def computes(node: ast.AST, symbol: str, names: Mapping[str, str], helpers: Collection[str]) -> bool:
    """Tell whether an expression or statement holds a call that an example is about rather than one that makes its data."""
    return any(_is_core_call(inner, symbol, names, helpers) for inner in walk(node) if isinstance(inner, ast.Call))


def _is_core_call(call: ast.Call, symbol: str, names: Mapping[str, str], helpers: Collection[str]) -> bool:
    if is_symbol_call(call, symbol, names):
        return True
    if isinstance(call.func, ast.Name) and call.func.id in helpers:
        return True
    dotted = dotted_name(call.func, names)
    if dotted is None:
        return False
    parts = dotted.split(".")
    makes_data = any(part in _DATA_PARTS for part in parts) or parts[-1].startswith(_DATA_PREFIXES)
    return parts[0] not in _BACKGROUND and not makes_data


def _sort_steps(
    source: Source, symbol: str, names: Mapping[str, str], figures: frozenset[str], effects: tuple[Effects, ...], imports: Collection[int]
) -> tuple[list[int], list[int], list[int], list[int]]:
    helpers: list[int] = []
    data: list[int] = []
    core: list[int] = []
    shows: list[int] = []
    known: set[str] = set()
    computed: set[str] = set()
    for step in source.steps:
        if step.at in imports:
            continue
        needs = effects[step.at].reads
        if _defines_only(step) and needs <= known:
            helpers.append(step.at)
            known |= effects[step.at].binds
        elif _is_show(step, source, symbol, names, figures, effects):
            shows.append(step.at)
        elif (
            needs & computed
            or any(computes(node, symbol, names, known) for node in step.nodes)
            or any(conflict(effects[earlier], effects[step.at]) for earlier in core)
        ):
            # Data that changes once the core has read it can only change inside the core.
            core.append(step.at)
            # What a step changes in place is computed as well, shared states are nobody's result.
            computed |= {name for name in effects[step.at].writes if not name.startswith("<")}
        else:
            data.append(step.at)
    return helpers, data, core, shows


def _defines_only(step: Step) -> bool:
    return all(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in step.nodes)


def _is_show(
    step: Step, source: Source, symbol: str, names: Mapping[str, str], figures: frozenset[str], effects: tuple[Effects, ...]
) -> bool:
    if all(_shows(node, names, figures) for node in step.nodes):
        return True
    if not all(isinstance(node, ast.For | ast.With | ast.If) for node in step.nodes):
        return False
    if any(is_symbol_call(inner, symbol, names) for node in step.nodes for inner in walk(node)):
        return False
    # A loop that draws may name what it draws, as long as nobody else takes it.
    inside = list(_simple_statements(step.nodes))
    bound = effects[step.at].binds
    taken = any(bound & other.reads for other in effects[step.at + 1 :])
    draws = any(_shows(node, names, figures) for node in inside)
    return draws and not taken and not effects[step.at].changes - {name for name in effects[step.at].changes if _is_shown_on(name, figures)}


def _is_shown_on(name: str, figures: frozenset[str]) -> bool:
    return name in figures or name.startswith("<")


def _simple_statements(nodes: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for node in nodes:
        if isinstance(node, ast.For | ast.With | ast.If):
            yield from _simple_statements([*node.body, *getattr(node, "orelse", [])])
        else:
            yield node


def _shows(node: ast.stmt, names: Mapping[str, str], figures: frozenset[str]) -> bool:
    match node:
        case ast.Assert():
            return True
        case ast.Expr(value=ast.Call() as call):
            drawn = isinstance(call.func, ast.Attribute) and call.func.attr in _DRAWING_METHODS
            return drawn or shows_only(call, names, figures)
        case ast.Expr():
            return True
        case ast.Assign(value=ast.Call() as call):
            return is_plotting(call, names, figures)
        case ast.Assign(targets=[target]):
            # "ax.xaxis.units = ..." sets up a figure.
            return not isinstance(target, ast.Name | ast.Tuple) and is_plotting(target, names, figures)
        case ast.For(body=body, orelse=[]) | ast.With(body=body) | ast.If(body=body, orelse=[]):
            return all(_shows(inner, names, figures) for inner in body)
    return False


def _expressions(step: Step, symbol: str, names: Mapping[str, str], helpers: Collection[str]) -> Iterator[Shown]:
    """Yield the outermost expressions of a show that compute: arguments of what prints, plots or checks, or what is shown itself."""
    for node in step.nodes:
        if not isinstance(node, ast.Expr):
            continue
        candidates = [node.value]
        if isinstance(node.value, ast.Call) and not is_symbol_call(node.value, symbol, names):
            candidates = [*node.value.args, *(keyword.value for keyword in node.value.keywords)]
        for candidate in candidates:
            if not isinstance(candidate, ast.Starred) and computes(candidate, symbol, names, helpers):
                reads = names_of([ast.Expr(candidate)]).needs - names.keys()
                yield Shown(step.at, candidate, reads)


def find_inputs(
    effects: tuple[Effects, ...], data: Collection[int], core: Collection[int], expressions: Iterable[Shown]
) -> tuple[Datum, ...]:
    """Return the names that a core and shown expressions take from the data."""
    bound: set[str] = set()
    wanted: set[str] = set()
    for at in core:
        wanted |= (effects[at].reads | effects[at].changes) - bound
        bound |= effects[at].binds
    uses = {at: effects[at].reads | effects[at].changes for at in core}
    for shown in expressions:
        wanted |= shown.reads - bound
        uses[shown.at] = uses.get(shown.at, frozenset()) | shown.reads
    found: dict[str, list[int]] = {}
    for at in data:
        for name in sorted(effects[at].writes & wanted):
            if not name.startswith("<"):
                found.setdefault(name, []).append(at)
    ordered = sorted(found.items(), key=lambda item: (item[1][0], item[0]))
    return tuple(Datum(name, at[-1], tuple(use for use in sorted(uses) if name in uses[use])) for name, at in ordered)


def find_results(
    source: Source, effects: tuple[Effects, ...], figures: frozenset[str], core: list[int], shows: list[int], expressions: Iterable[Shown]
) -> tuple[Datum, ...]:
    """Return the names that a core leaves for what is shown, or that nothing takes any further."""
    shown = frozenset().union(*(effects[at].reads & _read_outside(source.steps[at], expressions) for at in shows))
    made: dict[str, int] = {}
    for at in core:
        for name in _in_text_order(source.steps[at], effects[at].binds):
            made[name] = at
    found = []
    for name, at in made.items():
        taken = tuple(use for use in core if use > at and name in effects[use].reads)
        # What a loop leaves behind is a result only where it is shown.
        aside = name.startswith("_") or not all(
            isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) for node in source.steps[at].nodes
        )
        if name not in figures and (name in shown or not (taken or aside)):
            found.append(Datum(name, at, (*taken, *(use for use in shows if name in effects[use].reads))))
    return tuple(found)


def _read_outside(step: Step, expressions: Iterable[Shown]) -> frozenset[str]:
    """Return the names in a step that stand outside the expressions that compute: these belong to what computes."""
    inside = {id(node) for shown in expressions if shown.at == step.at for node in walk(shown.node)}
    return frozenset(
        node.id for statement in step.nodes for node in walk(statement) if isinstance(node, ast.Name) and id(node) not in inside
    )


def _in_text_order(step: Step, names: Collection[str]) -> list[str]:
    """Sort names by where a step first stores them; those it stores nowhere by name (an import inside a block) come last."""
    stored = [inner.id for node in step.nodes for inner in walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)]
    return sorted(names, key=lambda name: (stored.index(name) if name in stored else len(stored), name))
