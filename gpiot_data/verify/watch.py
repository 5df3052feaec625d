"""Notes what a run binds and shows: types, shapes, and values to six digits. Its text goes into the sandbox with that of inside.py.

Nothing here changes a value: only plain Python values, numpy arrays, pandas tables and scipy's sparse arrays are looked into, of
everything else the type is told. Numbers keep six significant digits, a long array keeps its length, its extremes, its mean,
its spread, a mean with unlike weights (so that order counts), and its first and last elements.
"""

import ast
import math
import sys
import types
import warnings
import zlib
from typing import Any

#: A program that binds more than this is none that a specification describes.
MAX_RECORDS = 64
MAX_TEXT = 60
MAX_ITEMS = 8
MAX_DEPTH = 3
#: Of longer arrays this many elements are looked at, evenly spread.
MAX_ELEMENTS = 1_000_000
#: The fractional parts of its multiples are spread evenly and in no order.
GOLDEN = 0.6180339887498949

_SKIPPED = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)


class Watch:
    """What was seen, in order: [name or text of an expression, number of the statement, type, shape, dtype, value]."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.records: list[list[Any]] = []
        self._latest: dict[str, list[Any]] = {}

    def bound(self, nodes: list[ast.stmt], names: dict[str, Any], statement: int) -> None:
        """Note the names that statements have bound."""
        for name in sorted(bound_names(nodes)):
            if name in names:
                self.note(name, names[name], statement)

    def note(self, name: str, value: Any, statement: int) -> None:
        """Note a value under its name, unless it is a module, a function or a class."""
        if len(self.records) < MAX_RECORDS and not isinstance(value, _SKIPPED):
            seen = summary(value)
            self._latest[name] = seen
            self.records.append([name, statement, *seen])

    def ended(self, names: dict[str, Any], statement: int) -> None:
        """Note what has changed since it was bound: a list that grew, an array that was filled."""
        for name, before in sorted(self._latest.items()):
            if name in names and summary(names[name]) != before:
                self.note(name, names[name], statement)


def bound_names(nodes: list[ast.stmt]) -> set[str]:
    """Return the names that statements bind in their own scope, imports and definitions aside."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(nodes)
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif not isinstance(node, inner):
            waiting.extend(ast.iter_child_nodes(node))
    return found


def summary(value: Any) -> list[Any]:
    """Return [type, shape, dtype, value]; the value is None where it cannot be told."""
    kind = type(value)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shape, dtype, told = _look(value, 0)
    except Exception:  # an object of a stranger may raise anything when looked at
        shape = dtype = told = None
    return [_type_name(kind), shape, dtype, told]


def _type_name(kind: type) -> str:
    module = str(getattr(kind, "__module__", "builtins")).partition(".")[0]
    name = str(kind.__qualname__)
    return name if module in ("builtins", "numpy", "__main__") else f"{module}.{name}"


def _look(value: Any, depth: int) -> tuple[list[int] | None, str | None, Any]:
    kind = type(value)
    if value is None:
        return None, None, "None"
    if kind in (bool, int, float, complex, str, bytes):
        return None, None, _plain(value)
    numpy = sys.modules.get("numpy")
    if numpy is not None and issubclass(kind, (numpy.ndarray, numpy.generic)):
        array = numpy.asarray(value)
        told = _array(array, numpy)
        if issubclass(kind, numpy.generic):
            return None, str(array.dtype), told[0] if isinstance(told, list) else told
        return [int(length) for length in array.shape], str(array.dtype), told
    if numpy is not None and (table := _table(value, kind, numpy)) is not None:
        return table
    if kind in (list, tuple, set, frozenset, dict):
        return [len(value)], None, _container(value, kind, depth)
    return None, None, None


def _plain(value: Any) -> Any:
    if isinstance(value, (str, bytes)):
        data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        text = value if isinstance(value, str) else repr(value)
        return text if len(text) <= MAX_TEXT else {"text": text[:MAX_TEXT], "length": len(value), "crc32": zlib.crc32(data)}
    return [_number(value.real), _number(value.imag)] if isinstance(value, complex) else _number(value)


def _number(value: Any) -> Any:
    """Return a number with six significant digits; what JSON has no number for becomes text."""
    if isinstance(value, bool):
        return value
    try:
        number = float(value)
    except OverflowError:
        return f"{str(value)[:6]}e{len(str(value)) - 1}" if value.bit_length() < 4000 else "huge"
    if not math.isfinite(number):
        return str(number)
    short = float(f"{number:.6g}")
    return int(short) if isinstance(value, int) else short


def _container(value: Any, kind: type, depth: int) -> Any:
    if depth >= MAX_DEPTH:
        return None
    if kind in (set, frozenset):
        value = sorted(value, key=repr)
    items = list(value.items()) if kind is dict else list(value)
    told = [_look(item, depth + 1)[2] for item in items[:MAX_ITEMS]]
    if any(item is None for item in told):
        return None
    if len(items) <= MAX_ITEMS:
        return told
    numbers = [item for item in items if type(item) in (int, float, bool)]
    numpy = sys.modules.get("numpy")
    if numpy is not None and len(numbers) == len(items):
        return _array(numpy.asarray(items), numpy)
    last = _look(items[-1], depth + 1)[2]
    return None if last is None else {"n": len(items), "first": told, "last": [last]}


def _array(array: Any, numpy: Any) -> Any:
    flat = array.reshape(-1)
    if flat.dtype.kind in "Mm":
        flat = flat.astype("int64")
    if flat.dtype.kind in "OSUVT":
        return _of_objects(flat)
    if flat.size <= MAX_ITEMS:
        return [_plain(item) for item in flat.tolist()]
    if flat.dtype.kind == "c":
        return {"re": _statistics(flat.real, numpy), "im": _statistics(flat.imag, numpy)}
    return _statistics(flat, numpy)


def _of_objects(flat: Any) -> Any:
    items = flat.tolist()
    ends = items if len(items) <= MAX_ITEMS else [*items[:3], *items[-3:]]
    told = [_look(item, MAX_DEPTH)[2] for item in ends]
    return None if any(item is None for item in told) else {"n": len(items), "ends": told}


def _statistics(flat: Any, numpy: Any) -> dict[str, Any]:
    whole = flat[:: max(1, flat.size // MAX_ELEMENTS)].astype("float64")
    with numpy.errstate(all="ignore"):
        finite = whole[numpy.isfinite(whole)]
        weights = numpy.modf(numpy.arange(1, finite.size + 1) * GOLDEN)[0]
        found = (finite.min(), finite.max(), finite.mean(), finite.std(), (finite * weights).mean()) if finite.size else ()
    ends = [*whole[:3].tolist(), *whole[-3:].tolist()]
    return {
        "n": int(flat.size),
        "finite": int(finite.size),
        "of": [_number(float(item)) for item in found],
        "ends": list(map(_number, ends)),
    }


def _table(value: Any, kind: type, numpy: Any) -> tuple[list[int] | None, str | None, Any] | None:
    """Look into a table of pandas or a sparse array of scipy; None for anything else."""
    module = str(kind.__module__)
    if module.partition(".")[0] == "pandas" and hasattr(value, "to_numpy"):
        shape = [int(length) for length in value.shape]
        if kind.__name__ != "DataFrame":
            return shape, str(value.dtype), _array(numpy.asarray(value.to_numpy()), numpy)
        labels = [str(label)[:MAX_TEXT] for label in value.columns[:MAX_ITEMS]]
        columns = [_array(numpy.asarray(value.iloc[:, place].to_numpy()), numpy) for place in range(min(shape[1], MAX_ITEMS))]
        return shape, None, None if any(column is None for column in columns) else {"columns": labels, "values": columns}
    if module.startswith("scipy.sparse") and hasattr(value, "tocoo"):
        found = value.tocoo()
        places = [_array(numpy.asarray(axis), numpy) for axis in found.coords]
        return [int(length) for length in value.shape], str(value.dtype), {"at": places, "values": _array(found.data, numpy)}
    return None
