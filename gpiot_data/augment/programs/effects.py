"""What a statement needs and what it leaves changed, as far as its text tells.

An estimate on the careful side, not a proof: a method that is not known to leave its object alone counts as changing
it. A program made by these rules must still run and give the same values before it counts.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.steps import Source, Step
from gpiot_data.packages.scope import names_of, undefined_names
from gpiot_data.syntax_trees import walk


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: States that statements share without a name for them: drawn random numbers, the current figure, what is printed and how.
RANDOM, FIGURE, OUTPUT, PRINT_FORMAT = "<random>", "<figure>", "<output>", "<print format>"
_PLOTTING = frozenset({"matplotlib", "mpl_toolkits", "seaborn", "pylab"})
_READS_NAMESPACE = frozenset({"locals", "globals", "vars", "dir", "eval", "exec", "__import__", "input", "exit", "quit"})
#: Functions of numpy and pandas that look up variables by names in a text.
_READS_TEXT = frozenset({"bmat", "query", "eval"})
#: Methods of arrays, frames, text, lists and dictionaries that leave their object as it is.
_PURE = _words(
    """
    all any argmax argmin argsort astype clip conj conjugate copy cumprod cumsum diagonal dot flatten item max mean min nonzero prod ptp
    ravel repeat reshape round searchsorted squeeze std sum swapaxes take tobytes tolist trace transpose var view
    abs agg apply assign corr cov describe diff drop dropna equals fillna groupby head iterrows join merge nlargest nunique quantile rename
    resample reset_index rolling sample select_dtypes shift sort_values sort_index tail to_dict to_frame to_list to_numpy to_string unique
    value_counts
    capitalize center count decode encode endswith find format hex index isdigit items join keys ljust lower lstrip replace rjust rstrip
    split splitlines startswith strip title upper values zfill get
    """
)
_PURE_PREFIXES = ("get_", "is_", "has_", "to_", "as_")


@dataclass(frozen=True, slots=True)
class Effects:
    """The names and shared states that a step reads, binds anew, and changes in place."""

    reads: frozenset[str]
    binds: frozenset[str]
    changes: frozenset[str]

    @property
    def writes(self) -> frozenset[str]:
        """Return all that is another after the step."""
        return self.binds | self.changes


def conflict(first: Effects, second: Effects) -> frozenset[str]:
    """Return what keeps two steps in their order; nothing where either may go first."""
    return (first.writes & (second.reads | second.writes)) | (first.reads & second.writes)


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Return the dotted name behind each name that top-level imports bind.

    Raises:
        Refused: `star_import`, or `import_rebound` where one name is bound to two things.
    """
    found: dict[str, str] = {}
    for node in tree.body:
        pairs: list[tuple[str, str]] = []
        if isinstance(node, ast.Import):
            pairs = [(item.asname or item.name.split(".")[0], item.name if item.asname else item.name.split(".")[0]) for item in node.names]
        elif isinstance(node, ast.ImportFrom):
            if any(item.name == "*" for item in node.names):
                raise Refused("star_import", node.module or "")
            pairs = [(item.asname or item.name, f"{node.module or ''}.{item.name}") for item in node.names]
        for name, dotted in pairs:
            if found.setdefault(name, dotted) != dotted:
                raise Refused("import_rebound", name)
    return found


def dotted_name(node: ast.expr, imports: Mapping[str, str]) -> str | None:
    """Return the full dotted name of an attribute chain that starts at an import, None for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in imports:
        return None
    return ".".join([imports[node.id], *reversed(parts)])


def root_name(node: ast.expr) -> str | None:
    """Return the variable that an attribute, item or method chain starts at."""
    while True:
        match node:
            case ast.Attribute() | ast.Subscript() | ast.Starred():
                node = node.value
            case ast.Call(func=ast.Attribute() as function):
                node = function
            case ast.Name():
                return node.id
            case _:
                return None


def is_plotting(node: ast.expr, imports: Mapping[str, str], figures: Collection[str]) -> bool:
    """Tell whether an expression starts at a plotting library or at a variable made by one (`figures`)."""
    root = root_name(node.func if isinstance(node, ast.Call) else node)
    return root is not None and (root in figures or imports.get(root, "").split(".")[0] in _PLOTTING)


def missing_names(code: str) -> tuple[str, ...]:
    """Return the names that a program reads and nothing defines, or nothing defines in time, sorted."""
    return undefined_names(code) or tuple(sorted(names_of(ast.parse(code).body).reads))


def check_statements(tree: ast.Module) -> None:
    """Refuse programs whose names cannot be followed by their text.

    Raises:
        Refused: `deletes_names`, `global_statement`, `reads_namespace` or `asynchronous`.
    """
    for node in walk(tree):
        match node:
            case ast.Delete(targets=targets) if any(isinstance(target, ast.Name) for target in targets):
                raise Refused("deletes_names")
            case ast.Global():
                raise Refused("global_statement", ", ".join(node.names))
            case ast.Await() | ast.AsyncFor() | ast.AsyncWith() | ast.AsyncFunctionDef():
                raise Refused("asynchronous")
            case ast.Call(func=ast.Name(id=name)) if name in _READS_NAMESPACE | _READS_TEXT:
                raise Refused("reads_namespace", name)
            case ast.Call(func=ast.Attribute(attr=name)) if name in _READS_TEXT:
                raise Refused("reads_namespace", name)


def find_effects(source: Source, imports: Mapping[str, str]) -> tuple[tuple[Effects, ...], frozenset[str]]:
    """Return the effects of each step, and the variables that hold figures, axes and what is drawn on them."""
    figures: set[str] = set()
    found = []
    for step in source.steps:
        names = names_of(step.nodes)
        for node in step.nodes:
            for inner in walk(node):
                if isinstance(inner, ast.Assign) and isinstance(inner.value, ast.Call) and is_plotting(inner.value, imports, figures):
                    figures |= set(_stored(inner.targets))
        reads = (names.reads | names.later) - imports.keys()
        shared_reads, shared_writes = _shared(step, imports, figures)
        changes = {name for node in step.nodes for name in _changed(node, imports, figures)} - imports.keys()
        binds = names.binds - imports.keys()
        found.append(Effects(reads | shared_reads, binds, frozenset(changes - binds) | shared_writes))
    return tuple(found), frozenset(figures)


def _stored(targets: list[ast.expr]) -> Iterator[str]:
    for target in targets:
        yield from (node.id for node in walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))


def _changed(statement: ast.stmt, imports: Mapping[str, str], figures: Collection[str]) -> Iterator[str]:
    """Yield the variables whose objects a statement may change in place."""
    for node in walk(statement):
        found: list[ast.expr] = []
        match node:
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
                found = [node]
            case ast.AugAssign(target=target):
                found = [target]
            case ast.Call(func=ast.Attribute(attr=method) as function) if method not in _PURE and not method.startswith(_PURE_PREFIXES):
                found = [function]
            case ast.Expr(value=ast.Call() as call) if not shows_only(call, imports, figures):
                # A call whose value nobody takes is made for what it does to its arguments.
                found = [*call.args, *(keyword.value for keyword in call.keywords)]
            case ast.keyword(arg="out" | "random_state" | "rng", value=value):
                found = [value]
        yield from (root for item in found if (root := root_name(item)) is not None)


def shows_only(call: ast.Call, imports: Mapping[str, str], figures: Collection[str]) -> bool:
    """Tell whether a call prints, plots or checks values and leaves them as they are."""
    if isinstance(call.func, ast.Name) and call.func.id in ("print", "pprint", "display"):
        return True
    dotted = dotted_name(call.func, imports) or ""
    return is_plotting(call, imports, figures) or ".testing." in dotted or dotted.startswith(("pprint.", "IPython."))


def _shared(step: Step, imports: Mapping[str, str], figures: Collection[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the shared states that a step reads and those that it changes."""
    reads: set[str] = set()
    writes: set[str] = set()
    for node in (inner for statement in step.nodes for inner in walk(statement)):
        if not isinstance(node, ast.Call):
            continue
        dotted = dotted_name(node.func, imports) or ""
        if isinstance(node.func, ast.Name) and node.func.id == "print":
            reads.add(PRINT_FORMAT)
            writes.add(OUTPUT)
        elif is_plotting(node, imports, figures):
            writes.add(FIGURE)
        elif dotted.split(".")[-1] in ("set_printoptions", "set_option", "set_eng_float_format"):
            writes.add(PRINT_FORMAT)
        elif (
            dotted.startswith("random.")
            or (".random." in dotted and not (node.args or node.keywords))
            or dotted.startswith("numpy.random.")
        ):
            seeded = dotted.split(".")[-1] in ("default_rng", "RandomState", "Random") and (node.args or node.keywords)
            writes |= set() if seeded else {RANDOM}
    if any(isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call) for node in step.nodes):
        writes.add(OUTPUT)
    return frozenset(reads), frozenset(writes)
