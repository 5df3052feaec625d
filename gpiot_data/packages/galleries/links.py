"""Which names stand for one object or for parts of each other, so that what changes the one changes the other as well."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from gpiot_data.packages.galleries.steps import Step, last_name, root_name
from gpiot_data.syntax_trees import walk

#: Names, with those that change where they do.
Links = Mapping[str, frozenset[str]]
Pair = tuple[str, str]
#: Constructors that copy what they are given.
_COPYING = frozenset({"DataFrame", "Series", "DataArray", "Dataset", "Index", "Counter", "OrderedDict", "Path", "BIDSPath"})
#: Calls that put parts together, or part an object.
_MAKERS = re.compile(r"make_(?:pipeline|union|column_transformer)$|[A-Z]")
#: Of these, those that work on their parts themselves and not on copies of them.
_OWNING = re.compile(r"[Pp]ipeline$|Sequential$|Trainer$|Runner$|Simulator$")
_GIVEN = re.compile(r"(?:append|insert|extend|register|add(?:_\w+)?)$")
_OPENED = re.compile(r"(?:subplots|subplot_mosaic|add_subplot|add_axes|gca|subfigures|twinx|twiny|inset_axes|add_gridspec)$")


def links_by_step(steps: Sequence[Step]) -> list[Links]:
    """Return for each step the names that are linked before it runs."""
    modules = {name for step in steps if step.is_import for name in step.names.binds}
    links: dict[str, frozenset[str]] = {}
    active: set[str] = set()
    found: list[Links] = []
    for step in steps:
        found.append(dict(links))
        for name in step.rebinds - step.names.reads:
            links.pop(name, None)
            links = {other: linked - {name} for other, linked in links.items()}
            active.discard(name)
        for node in step.nodes:
            for first, second in _pairs(node, active):
                if second in modules:
                    continue
                links[first] = links.get(first, frozenset()) | {second}
            active |= set(_made(node))
    return found


def all_linked(names: frozenset[str], links: Links) -> frozenset[str]:
    """Return names with those whose change is one of theirs: `links` lead from what changes to what changes with it."""
    known = set(names)
    grown = True
    while grown:
        more = {name for name, others in links.items() if name not in known and others & known}
        known |= more
        grown = bool(more)
    return frozenset(known)


def linked_within(statement: ast.stmt, changed: frozenset[str], modules: frozenset[str]) -> frozenset[str]:
    """Return what a statement changes with what it goes over in loops and names anew: in "for m in models: m.fit(x)" these are `models`."""
    if isinstance(statement, ast.Assign | ast.Expr) and not any(isinstance(node, ast.comprehension) for node in walk(statement)):
        return changed
    pairs: set[Pair] = set()
    for node in walk(statement):
        if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            pairs |= {pair for pair in _loop_pairs(node.target, node.iter) if pair[1] not in modules}
        elif isinstance(node, ast.Assign) and node is not statement:
            pairs |= set(_pairs(node, set()))
    known = set(changed)
    while more := {source for target, source in pairs if target in known} - known:
        known |= more
    return frozenset(known)


def _pairs(node: ast.stmt, active: set[str]) -> Iterator[Pair]:
    """Yield names of which the change of the first is one of the second."""
    if isinstance(node, ast.Expr) and isinstance(call := node.value, ast.Call) and _GIVEN.match(last_name(call.func)):
        yield from _both({root_name(call.func)}, _parts(call.args) & active)
    if not isinstance(node, ast.Assign):
        return
    parts = [part for target in node.targets for part in walk(target)]
    bound = {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    value = node.value
    if isinstance(value, ast.Name):
        yield from _both(bound, {value.id})
    elif isinstance(value, ast.Attribute | ast.Subscript):
        # "pd.read_csv(path).iloc[1:]" is no part of what it begins with.
        made = any(isinstance(part, ast.Call) for part in walk(value))
        yield from ((name, root_name(value)) for name in bound if root_name(value) and not made)
    elif isinstance(value, ast.Call) and _OPENED.match(last_name(value.func)):
        owner = {root_name(value.func)} - {"plt", "pyplot", ""}
        yield from _both(bound, bound | owner)
    elif isinstance(value, ast.List | ast.Tuple | ast.Dict | ast.BinOp) or (isinstance(value, ast.Call) and _builds(value)):
        works_on_parts = not isinstance(value, ast.Call) or _OWNING.search(last_name(value.func))
        pairs = _both(bound, _parts([value]) & active)
        yield from (pair for pair in pairs if works_on_parts or pair[1] in bound)


def _loop_pairs(target: ast.expr, source: ast.expr) -> Iterator[Pair]:
    """Yield the names of a loop with those of what they are items of: of "for a, b in zip(x, y)" a with x, and b with y."""
    called = last_name(source.func) if isinstance(source, ast.Call) else ""
    if isinstance(source, ast.Call) and isinstance(target, ast.Tuple) and called == "enumerate" and len(target.elts) == 2 and source.args:
        yield from _loop_pairs(target.elts[1], source.args[0])
    elif isinstance(source, ast.Call) and isinstance(target, ast.Tuple) and called == "zip" and len(target.elts) == len(source.args):
        for part, given in zip(target.elts, source.args, strict=True):
            yield from _loop_pairs(part, given)
    else:
        names = [part.id for part in walk(target) if isinstance(part, ast.Name)]
        sources = {part.id for part in walk(source) if isinstance(part, ast.Name)}
        yield from ((name, other) for name in names for other in sorted(sources))


def _both(first: set[str], second: set[str]) -> Iterator[Pair]:
    for one in sorted(first):
        for other in sorted(second - {one}):
            yield one, other
            yield other, one


def _builds(call: ast.Call) -> bool:
    name = last_name(call.func)
    return _MAKERS.match(name) is not None and name not in _COPYING


def _parts(values: Sequence[ast.expr]) -> set[str]:
    """Return the names that stand in values as they are, also within collections and objects that are built of them."""
    found: set[str] = set()
    waiting: list[ast.expr | None] = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, ast.Name):
            found.add(value.id)
        elif isinstance(value, ast.List | ast.Tuple | ast.Set):
            waiting += value.elts
        elif isinstance(value, ast.Dict):
            waiting += value.values
        elif isinstance(value, ast.BinOp):
            waiting += [value.left, value.right]
        elif isinstance(value, ast.Call) and _builds(value):
            waiting += [*value.args, *(keyword.value for keyword in value.keywords)]
    return found


def _made(node: ast.stmt) -> Iterator[str]:
    """Yield the names that are bound to objects which are built, or hold such."""
    if not isinstance(node, ast.Assign):
        return
    value = node.value
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and last_name(value.func) in ("fit", "set_params"):
        value = value.func.value
    built = isinstance(value, ast.Call) and _builds(value)
    held = isinstance(value, ast.List | ast.Tuple | ast.Dict | ast.BinOp) and any(
        isinstance(part, ast.Call) and _builds(part) for part in walk(value)
    )
    if built or held:
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
