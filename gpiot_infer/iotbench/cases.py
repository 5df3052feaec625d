"""Test cases of code tasks, and the comparisons that decide whether a result is right.

Cases are made and results compared in the parent only. A result was decoded from text before it gets here, so it is of plain
types; what a comparison does with it can go wrong, but not call anything that the answer defined.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: None where a result is right, else what is wrong with it.
Expect = Callable[[Any], str | None]
_MAX_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Case:
    """One call of the function under test: its positional arguments, and what tells whether the result is right."""

    name: str
    arguments: tuple[Any, ...]
    expect: Expect


def equal(value: Any) -> Expect:
    """Expect exactly `value`: the same family of type and the same content; NaN equals NaN.

    A Python number equals the numpy scalar of the same kind, a list equals a tuple; True is no 1 and 1 is no 1.0. Arrays equal by kind
    of dtype, shape and elements, and no array equals a list.
    """
    return lambda result: _differs(value, result, exact=True, rtol=0.0, atol=0.0)


def close(value: Any, rtol: float = 1e-6, atol: float = 0.0) -> Expect:
    """Expect `value` with every number within `atol + rtol * |expected|`; NaN equals NaN, and infinities equal by sign.

    Structure, shapes and everything that is no number are compared as by `equal`; whole and real numbers are one family here.
    """
    return lambda result: _differs(value, result, exact=False, rtol=rtol, atol=atol)


def check(function: Expect) -> Expect:
    """Expect what `function` finds: None where the result is right, else a short sentence."""
    return function


def every(*expects: Expect) -> Expect:
    """Expect all of several things; the first that is not met is named."""

    def expect(result: Any) -> str | None:
        return next((fault for one in expects if (fault := one(result)) is not None), None)

    return expect


def fault_of(case: Case, result: Any) -> str | None:
    """Return what is wrong with a result of `case`; an expectation that cannot cope with it finds it wrong.

    An expectation that is handed a list where it awaits an array, or the wrong shape, raises: that is the result's fault.
    """
    import numpy

    try:
        # Whatever a result makes numpy warn of is told by the verdict.
        with numpy.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fault = case.expect(result)
    except Exception as error:
        return f"cannot be compared ({type(error).__name__}: {error})"
    return None if fault is None else str(fault)


def _family(value: Any) -> str:
    import numpy

    if isinstance(value, numpy.ndarray):
        return "array"
    if isinstance(value, bool | numpy.bool_):
        return "bool"
    if isinstance(value, int | numpy.integer):
        return "int"
    if isinstance(value, float | numpy.floating):
        return "float"
    if isinstance(value, complex | numpy.complexfloating):
        return "complex"
    kinds: dict[str, Any] = {"list": (list, tuple), "str": str, "bytes": bytes, "dict": dict}
    return next((name for name, kind in kinds.items() if isinstance(value, kind)), "None")


def _differs(wanted: Any, got: Any, *, exact: bool, rtol: float, atol: float, place: str = "") -> str | None:
    """Return where and how two values differ; None where they do not."""
    rules: dict[str, Any] = {"exact": exact, "rtol": rtol, "atol": atol}
    family, found = _family(wanted), _family(got)
    numbers = ("int", "float") if not exact else ()
    real_for_complex = not exact and family == "complex" and found in numbers
    if family != found and not (family in numbers and found in numbers) and not real_for_complex:
        return f"{place or 'result'} is a value of type {type(got).__name__}, expected {type(wanted).__name__}"
    if family == "array":
        return _array_differs(wanted, got, place, **rules)
    if family in ("list", "dict") and len(wanted) != len(got):
        return f"{place or 'result'} has {len(got)} items, expected {len(wanted)}"
    if family == "list":
        pairs = enumerate(zip(wanted, got, strict=True))
        return next((fault for at, (one, other) in pairs if (fault := _differs(one, other, place=f"{place}[{at}]", **rules))), None)
    if family == "dict":
        return _dict_differs(wanted, got, place, rules)
    same = _same_number(wanted, got, **rules) if family in ("int", "float", "complex") else bool(wanted == got)
    return None if same else f"{place or 'result'} is {_shown(got)}, expected {_shown(wanted)}"


def _dict_differs(wanted: dict[Any, Any], got: dict[Any, Any], place: str, rules: dict[str, Any]) -> str | None:
    # True and 1 are one key to a dict; they are not one value here.
    keys = {(key, _family(key)) for key in got}
    for key, one in wanted.items():
        if (key, _family(key)) not in keys:
            return f"{place or 'result'} has no key {_shown(key)}"
        if fault := _differs(one, got[key], place=f"{place}[{_shown(key)}]", **rules):
            return fault
    return None


def _same_number(wanted: Any, got: Any, *, exact: bool, rtol: float, atol: float) -> bool:
    if wanted != wanted or got != got:
        # A complex number is NaN where either part is.
        return bool(wanted != wanted and got != got)
    if wanted == got:
        return True
    if exact:
        return False
    try:
        distance, size = abs(got - wanted), abs(wanted)
        return bool(distance <= atol + rtol * size) and math.isfinite(size)
    except OverflowError:
        return False


def _array_differs(wanted: Any, got: Any, place: str, *, exact: bool, rtol: float, atol: float) -> str | None:
    import numpy

    kinds = {"i": "number", "u": "number", "f": "number", "c": "number"} if not exact else {"i": "whole", "u": "whole"}
    one, other = (kinds.get(array.dtype.kind, array.dtype.kind) for array in (wanted, got))
    if one != other or (got.dtype.kind == "c" and wanted.dtype.kind != "c"):
        return f"{place or 'result'} has dtype {got.dtype}, expected {wanted.dtype}"
    if wanted.shape != got.shape:
        return f"{place or 'result'} has shape {got.shape}, expected {wanted.shape}"
    if wanted.dtype.kind in "fc" or got.dtype.kind in "fc":
        with numpy.errstate(all="ignore"):
            same = (wanted == got) | (numpy.isnan(wanted) & numpy.isnan(got))
            if not exact:
                same |= numpy.isfinite(wanted) & (numpy.abs(got - wanted) <= atol + rtol * numpy.abs(wanted))
    elif exact or one != "number":
        same = wanted == got
    else:
        with numpy.errstate(all="ignore"):
            same = numpy.abs(got.astype(float) - wanted.astype(float)) <= atol + rtol * numpy.abs(wanted.astype(float))
            same |= wanted == got
    if numpy.all(same):
        return None
    at = tuple(int(index) for index in numpy.argwhere(~numpy.asarray(same))[0])
    count = int(numpy.size(same) - numpy.count_nonzero(same))
    return f"{place or 'result'}{list(at)} is {_shown(got[at])}, expected {_shown(wanted[at])} ({count} of {wanted.size} differ)"


def _shown(value: Any) -> str:
    try:
        # A number of numpy shows as the plain number that it is.
        text = repr(value.item() if hasattr(value, "item") else value)
    except ValueError:
        # Python does not write out whole numbers of thousands of digits.
        return f"a {type(value).__name__} that is too long to show"
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 3] + "..."
