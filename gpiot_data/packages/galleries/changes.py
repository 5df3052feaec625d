"""What statements change without binding it anew: objects of which a part is assigned, or that something is done with for its effect."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gpiot_data.packages.galleries.links import linked_within
from gpiot_data.packages.galleries.steps import Step, last_name, root_name
from gpiot_data.syntax_trees import walk

#: Stands for everything: settings that later statements rely on whatever their names.
EVERYTHING = "*"
#: Calls that put a library into a state which later statements rely on.
_SETTINGS = frozenset(
    {"seed", "set_printoptions", "set_options", "set_option", "use_log_level", "set_state", "filterwarnings", "simplefilter", "set_seed"}
    | {"manual_seed", "set_random_seed", "seed_everything", "set_default_dtype"}
)
#: Calls that switch on what later statements may use, whatever names these have.
_SWITCHING = frozenset({"set_config"})
#: Methods and functions that change what they are called on or given, also where their value is used.
_CHANGING = re.compile(
    r"(?:fit|fit_transform|fit_predict|partial_fit|append|extend|insert|update|add|pop|popitem|remove|sort|shuffle|seed|fill|resize|setdefault|"
    r"learn_one|learn_many|train|connect|compile|load_state_dict|fill_diagonal|put|copyto|place|setattr|delattr|predict_and_update|discard|"
    r"clear|setflags|run|step|(?:iter_)?progressive_val_score|(?:add|remove|update|append|insert|set)_(?!index$|axis$)\w+)$"
)
#: Names by which functions only show, check or write what they are given.
_SHOWS = re.compile(
    r"_?(?:plot|show|print|pprint|display|draw|visuali[sz]e|report|render|format|summari[sz]e|assert|check|save|dump|write|export|log|info|"
    r"len|type|repr|isinstance|help|imshow|savez)(?:_|$)|.*(?:plot|show|_reports?|_scores?)$"
)
#: Methods that only show an object, or work something out of it.
_LOOKING = re.compile(
    r"(?:print|display|pprint|plot|show|head|tail|info|describe|hist|summary|imshow|scatter|legend|set_title|set_xlabel|set_ylabel|savefig|"
    r"tight_layout|close|set|axhline|axvline|grid|colorbar|boxplot|bar|save|write|to_\w+|plot_\w+|draw\w*|sample|nunique|unique|value_counts|"
    r"groupby|mean|std|var|min|max|sum|count|median|quantile|round|keys|values|items|get_\w+|predict\w*|transform|score|corr|cov|copy|dtypes|interp|interp_like|i?sel|where|dropna|fillna|sort_values|sortby|unstack)$"
)
#: What draws on a canvas, or is one.
_CANVAS_MAKERS = frozenset(
    {"subplots", "figure", "subplot", "axes", "gca", "gcf", "add_subplot", "add_axes", "subplot_mosaic", "subfigures", "twinx", "twiny"}
    | {"inset_axes", "Figure", "subplot2grid"}
)
#: Arguments that are written to.
_WRITTEN = frozenset({"ax", "axs", "axes", "fig", "figure", "out"})
_ACTING_BUILTINS = frozenset({"next", "setattr", "delattr"})
_PLOTTERS = frozenset({"matplotlib", "seaborn", "plotly", "mpl_toolkits", "pylab", "bokeh"})
#: A value whose text names its class and place may be the object itself, and one of no page is not known.
_OBJECT = re.compile(r"\s*(?:$|<|\[<)|.*\bat 0x", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What is known of the names of a page.

    `modules` are bound by imports, `plotters` to parts of libraries that draw, `canvases` to figures and axes; `functions` are defined
    on the page, and `effects` has by function the names of the page that calling it changes.
    """

    modules: frozenset[str]
    plotters: frozenset[str]
    canvases: frozenset[str]
    functions: frozenset[str]
    effects: Mapping[str, frozenset[str]] = field(default_factory=dict)


def page_facts(steps: Sequence[Step]) -> PageFacts:
    """Read what the names of a page stand for."""
    modules = frozenset(name for step in steps if step.is_import for name in step.names.binds)
    definitions = [node for step in steps for node in step.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    functions = frozenset(node.name for node in definitions)
    canvases = frozenset(name for step in steps for node in step.nodes for name in _canvases(node))
    plotters = frozenset(name for step in steps if step.is_import for node in step.nodes for name in _plotters(node))
    facts = PageFacts(modules, plotters, canvases, functions)
    while True:
        # A function changes what the functions that it calls change.
        effects = {node.name: _effects(node, facts) for node in definitions}
        if effects == facts.effects:
            return facts
        facts = PageFacts(modules, plotters, canvases, functions, effects)


def changed_names(step: Step, facts: PageFacts) -> frozenset[str]:
    """Return the names of the objects that a step changes; `EVERYTHING` among them where what it sets concerns all that follows."""
    looked_at = step.displays or bool(step.want)
    return frozenset(name for node in step.nodes for name in _changed(node, facts, looked_at, step.want) if name)


def _changed(statement: ast.stmt, facts: PageFacts, looked_at: bool, want: str = "") -> frozenset[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        # "@app.route(...)" hands the function over to the object.
        return frozenset(map(root_name, statement.decorator_list)) - facts.modules
    found: set[str] = set()
    for node in _walk(statement):
        found.update(root_name(target) for target in _targets(node) if isinstance(target, ast.Subscript | ast.Attribute))
        if isinstance(node, ast.With | ast.AsyncWith):
            found |= {root_name(item.context_expr) for item in node.items} - facts.modules
        elif isinstance(node, ast.Call):
            found |= _by_call(node, facts)
        elif isinstance(node, ast.Expr | ast.Assign) and isinstance(node.value, ast.Call):
            found |= _given_away(node.value, facts)
            if isinstance(node, ast.Expr):
                found |= _for_effect(node.value, facts, looked_at and node is statement, want)
    return linked_within(statement, frozenset(found), facts.modules)


def _walk(statement: ast.stmt) -> Iterator[ast.AST]:
    """Walk what runs with a statement: not the bodies of functions."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def _targets(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what a node assigns or deletes, one by one where several are unpacked."""
    waiting: list[ast.expr] = []
    if isinstance(node, ast.Assign | ast.Delete):
        waiting = list(node.targets)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For | ast.AsyncFor):
        waiting = [node.target]
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        waiting = [node.optional_vars]
    while waiting:
        target = waiting.pop()
        if isinstance(target, ast.Tuple | ast.List):
            waiting += target.elts
        else:
            yield target.value if isinstance(target, ast.Starred) else target


def _by_call(call: ast.Call, facts: PageFacts) -> set[str]:
    """Return what a call changes wherever it stands."""
    name, root = last_name(call.func), root_name(call.func)
    found = {root_name(keyword.value) for keyword in call.keywords if keyword.arg in _WRITTEN}
    if root in facts.modules:
        if name in _SWITCHING:
            found.add(EVERYTHING)
        if name in _SETTINGS:
            found.add(root)
        if _CHANGING.match(name):
            found |= _given(call)
        return found | (_given(call) & facts.canvases)
    if isinstance(call.func, ast.Attribute) and (_CHANGING.match(name) or (root in facts.canvases and not name.startswith("get_"))):
        found.add(root)
    if isinstance(call.func, ast.Name) and call.func.id in facts.effects:
        found |= facts.effects[call.func.id]
    return found


def _given_away(call: ast.Call, facts: PageFacts) -> set[str]:
    """Return what is given to a function of the page that is not known to show it only."""
    known = isinstance(call.func, ast.Name) and call.func.id in facts.functions and not _SHOWS.match(call.func.id)
    return _given(call) if known else set()


def _given(call: ast.Call) -> set[str]:
    parts = [*call.args, *(keyword.value for keyword in call.keywords)]
    return {root_name(part) for part in parts if isinstance(part, ast.Name | ast.Attribute | ast.Subscript | ast.Starred)} - {""}


def _for_effect(call: ast.Call, facts: PageFacts, looked_at: bool, want: str) -> set[str]:
    """Return what a call changes whose value nothing takes; where a page shows its value, it may be there for that."""
    if looked_at and not _OBJECT.match(want):
        return set()
    name = last_name(call.func)
    if isinstance(call.func, ast.Attribute) and root_name(call.func) not in facts.modules:
        chain = list(_chain(call.func.value))
        return set() if any(_LOOKING.match(part) for part in (name, *chain)) else {root_name(call.func)}
    silent = looked_at or _SHOWS.match(name) or root_name(call.func) in facts.plotters
    plain = isinstance(call.func, ast.Name) and hasattr(builtins, name) and name not in _ACTING_BUILTINS
    return set() if silent or plain else _given(call)


def _chain(value: ast.expr) -> Iterator[str]:
    """Yield the names of the methods that are called before the last one of a chain."""
    while isinstance(value, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(value, ast.Call):
            yield last_name(value.func)
        value = value.func if isinstance(value, ast.Call) else value.value


def _plotters(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names if alias.name.partition(".")[0] in _PLOTTERS)
    elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in _PLOTTERS:
        yield from (alias.asname or alias.name for alias in node.names)


def _canvases(node: ast.stmt) -> Iterable[str]:
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call) or last_name(node.value.func) not in _CANVAS_MAKERS:
        return ()
    return (part.id for target in node.targets for part in walk(target) if isinstance(part, ast.Name))


def _effects(definition: ast.FunctionDef | ast.AsyncFunctionDef, facts: PageFacts) -> frozenset[str]:
    """Return the names of the page that calling a function changes or binds."""
    shared = {name for node in walk(definition) if isinstance(node, ast.Global) for name in node.names}
    own = {node.id for node in walk(definition) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.arg for node in walk(definition) if isinstance(node, ast.arg)}
    changed = {name for node in definition.body for name in _changed(node, facts, looked_at=False) if name}
    return frozenset((changed - own - set(dir(builtins))) | shared)
