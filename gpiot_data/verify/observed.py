"""What a run was seen to bind and to show, as it comes back from the sandbox: untrusted, so checked, bounded and compared as data."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gpiot_data.console import printable

#: More is none of a program that a row holds; see watch.py, which sends no more.
MAX_OBSERVATIONS = 64
MAX_NAME_CHARS = 400
MAX_TYPE_CHARS = 120
MAX_VALUE_CHARS = 1600
MAX_DIMENSIONS = 16
#: Two runs of one computation agree in more digits than are kept; the last one kept may round either way.
_TOLERANCE = 2e-5


@dataclass(frozen=True, slots=True)
class Observation:
    """A value that a run had.

    Attributes:
        name: a variable of the program, or the text of an expression that it shows.
        statement: number of the statement after which it was seen, from 0; its line is no part of the run.
        type: `float`, `ndarray`, `pandas.DataFrame`; without the package for plain Python, numpy, and classes of the program itself.
        shape: lengths by axis, of what has any; the number of items of a container.
        dtype: of arrays, scalars of numpy, and series.
        value: numbers with six significant digits, short text, lists of these, or statistics of what is longer; None if untold.
    """

    name: str
    statement: int
    type: str
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
    value: Any = None

    def to_json(self) -> list[Any]:
        """Return the list kept in the verdict store."""
        return [self.name, self.statement, self.type, None if self.shape is None else list(self.shape), self.dtype, self.value]


def read_observations(found: Any, n_statements: int) -> tuple[Observation, ...]:
    """Return what a job says it saw, without what cannot be read; a value that is too long is dropped, its type and shape stay.

    Args:
        found: anything.
        n_statements: how many its program has.
    """
    if not isinstance(found, list):
        return ()
    read = (_read(item, n_statements) for item in found[:MAX_OBSERVATIONS])
    return tuple(item for item in read if item is not None)


def stored_observations(found: Any) -> tuple[Observation, ...]:
    """Return observations from the lists that `Observation.to_json` makes.

    Raises:
        ValueError: if they are none.
    """
    if not isinstance(found, list) or len(found) > MAX_OBSERVATIONS:
        raise ValueError("is no list of observations")
    read = [_checked(item) for item in found]
    if any(item is None for item in read):
        raise ValueError("holds something that is no observation")
    return tuple(item for item in read if item is not None)


def _read(item: Any, n_statements: int) -> Observation | None:
    if not isinstance(item, list) or len(item) != 6 or type(item[1]) is not int or not 0 <= item[1] < n_statements:
        return None
    value = item[5]
    try:
        fits = len(json.dumps(value, allow_nan=False)) <= MAX_VALUE_CHARS
    except (ValueError, RecursionError):
        fits = False
    return _checked([*item[:5], value if fits else None])


def _checked(item: Any) -> Observation | None:
    if not isinstance(item, list) or len(item) != 6:
        return None
    name, statement, kind, shape, dtype, value = item
    if not (_is_text(name, MAX_NAME_CHARS) and _is_text(kind, MAX_TYPE_CHARS) and (dtype is None or _is_text(dtype, MAX_TYPE_CHARS))):
        return None
    if type(statement) is not int or statement < 0:
        return None
    if shape is not None and not (
        isinstance(shape, list) and len(shape) <= MAX_DIMENSIONS and all(type(length) is int and 0 <= length < 1 << 53 for length in shape)
    ):
        return None
    return Observation(name, statement, kind, None if shape is None else tuple(shape), dtype, value)


def _is_text(value: Any, most: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= most and printable(value) == value


def first_seen(observed: Iterable[Observation]) -> dict[str, Observation]:
    """Return each name or expression as it was when first seen."""
    found: dict[str, Observation] = {}
    for item in observed:
        found.setdefault(item.name, item)
    return found


def last_seen(observed: Iterable[Observation]) -> dict[str, Observation]:
    """Return each name or expression as it was at the end."""
    return {item.name: item for item in observed}


def same_value(one: Observation, other: Observation) -> bool:
    """Tell whether two runs had the same value, as far as six digits tell; False where a value could not be told."""
    if (one.type, one.shape, one.dtype) != (other.type, other.shape, other.dtype) or one.value is None or other.value is None:
        return False
    return _same(one.value, other.value)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if _is_number(one) and _is_number(other):
        return math.isclose(one, other, rel_tol=_TOLERANCE, abs_tol=1e-12)
    return type(one) is type(other) and one == other


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
