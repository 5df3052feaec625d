"""The values that statements bind, and whether they are made up for an example or worked out by what it is about."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gpiot_data.packages.galleries.steps import last_name
from gpiot_data.packages.references import used_names
from gpiot_data.syntax_trees import walk

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
#: Methods that bring data into form.
_FORMING = frozenset(
    [
        "reshape",
        "astype",
        "copy",
        "reset_index",
        "set_index",
        "ravel",
        "flatten",
        "to_numpy",
        "head",
        "tail",
        "sample",
        "drop",
        "dropna",
        "rename",
        "squeeze",
        "transpose",
        "sort_values",
        "sort_index",
        "tolist",
        "items",
        "keys",
        "values",
        "split",
        "strip",
        "join",
        "format",
        "lower",
        "upper",
        "append",
        "extend",
        "insert",
        "get",
        "min",
        "max",
        "mean",
        "std",
        "sum",
        "iloc",
        "loc",
        "read",
        "close",
        "open",
        "joinpath",
        "expanduser",
        "resolve",
        "normal",
        "uniform",
        "randn",
        "rand",
        "random",
        "standard_normal",
        "integers",
        "randint",
        "choice",
        "permutation",
        "shuffle",
        "poisson",
        "exponential",
        "gamma",
        "beta",
        "binomial",
        "multivariate_normal",
        "random_sample",
        "repeat",
        "tile",
        "fillna",
        "melt",
        "pivot",
        "data_path",
        "apply",
        "map",
        "resample",
        "query",
        "assign",
        "merge",
        "join",
        "unique",
        "isin",
        "shift",
        "diff",
        "cumsum",
        "round",
        "clip",
        "dot",
        "notna",
        "isna",
        "to_datetime",
        "groupby",
    ]
)
#: Packages of which such methods are the subject.
_DATA_PACKAGES = frozenset({"pandas", "xarray", "numpy"})
_PLAIN = frozenset({"copy", "astype", "reshape", "items", "keys", "values", "split", "strip", "join", "format"}) | {
    name for name in _FORMING if name.startswith(("rand", "standard", "norm", "unif", "integ", "choice"))
}


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a name is bound to, with the line (from 1) of its statement and the expression it is made by.

    `part` is the place of the value among the items of the expression, of which there are `parts`; None where it is the whole.
    """

    name: str
    line: int
    node: ast.expr
    #: Names it depends on, directly or not.
    depends: frozenset[str]
    part: int | None = None
    parts: int = 0


def bound_values(node: ast.stmt, depends: frozenset[str]) -> list[Value]:
    """Return the values that an assignment binds to names; none for other statements."""
    if isinstance(node, ast.AnnAssign | ast.AugAssign) and isinstance(node.target, ast.Name):
        return [Value(node.target.id, node.lineno, node.value, depends)] if node.value is not None else []
    if not isinstance(node, ast.Assign):
        return []
    values: list[Value] = []
    for target in node.targets:
        if isinstance(target, ast.Name):
            values.append(Value(target.id, node.lineno, node.value, depends))
        elif isinstance(target, ast.Tuple | ast.List):
            values += _unpacked(target.elts, node, depends)
    return values


def _unpacked(targets: Sequence[ast.expr], node: ast.Assign, depends: frozenset[str]) -> list[Value]:
    value = node.value
    if (
        isinstance(value, ast.Tuple | ast.List)
        and len(value.elts) == len(targets)
        and not any(isinstance(x, ast.Starred) for x in value.elts)
    ):
        pairs = zip(targets, value.elts, strict=True)
        return [Value(part.id, node.lineno, item, depends) for part, item in pairs if isinstance(part, ast.Name)]
    parts = len(targets)
    return [Value(part.id, node.lineno, value, depends, place, parts) for place, part in enumerate(targets) if isinstance(part, ast.Name)]


def is_empty(node: ast.expr) -> bool:
    """Tell whether a value is a collection without items, or nothing at all."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return not node.elts
    if isinstance(node, ast.Dict):
        return not node.keys
    if isinstance(node, ast.Constant):
        return node.value is None
    names = ("list", "dict", "set", "defaultdict", "deque", "OrderedDict", "Counter")
    return isinstance(node, ast.Call) and last_name(node.func) in names and not (node.keywords or _filled(node.args))


def _filled(arguments: Sequence[ast.expr]) -> bool:
    return any(not (isinstance(part, ast.Name) and part.id in ("list", "dict", "int", "float", "set")) for part in arguments)


def is_made_up(node: ast.stmt, names: Collection[str], packages: Collection[str], local: Collection[str]) -> bool:
    """Tell whether a statement only makes up values.

    Args:
        node: the statement.
        names: the dotted names that it takes from imports.
        packages: what the program is about.
        local: functions of the program that do more.
    """
    forming = _PLAIN if _DATA_PACKAGES & set(packages) else _FORMING
    imported = {name.rpartition(".")[2] for name in names}
    for part in walk(node):
        if isinstance(part, ast.Call):
            called = last_name(part.func)
            if isinstance(part.func, ast.Name) and called in local:
                return False
            if isinstance(part.func, ast.Attribute) and called not in imported and called not in forming and not _LOADERS.search(called):
                return False
    return all(
        _LOADERS.search(name)
        or _CONSTRUCTORS.search(name.rpartition(".")[2])
        or (name.partition(".")[0] in _MAKERS and name.partition(".")[0] not in packages)
        for name in names
    )


def names_by_statement(tree: ast.Module) -> Mapping[ast.stmt, list[str]]:
    """Return the dotted names that each top-level statement takes from imports."""
    found: dict[ast.stmt, list[str]] = {node: [] for node in tree.body}
    ends = [(node.end_lineno or node.lineno, node) for node in tree.body]
    position = 0
    for (line, _), name in sorted(used_names(tree)):
        while position < len(ends) - 1 and ends[position][0] < line:
            position += 1
        found[ends[position][1]].append(name)
    return found
