"""Outputs that a program shows in comments, without those that it does not print: numbers cut short by hand, or drawn by chance.

A run is compared with its documentation as people round it. A comment behind `print` says more: that this is printed.
So it stays only where what the run saw has each number of it, to the digits that Python, numpy and pandas write.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from gpiot_data.augment.rows import JsonRow, read_cgd_row
from gpiot_data.schema import Expected
from gpiot_data.verify.judge import Finding
from gpiot_data.verify.observed import Observation
from gpiot_data.verify.scan import Token, scan
from gpiot_data.verify.statements import split_program

_SHOWN = re.compile(r"# -> ?(?P<text>.*)$")
#: What is known of a value has six significant digits; Python writes a float that is no round number with 15 and more.
_KNOWN_DIGITS = 6
_PYTHON_DIGITS = 15
#: Digits behind the point: of numpy, as many as an array needs, and never more than these; of pandas.
_NUMPY_DIGITS = 8
_PANDAS_DIGITS = 6
#: An array of doubles that is written with fewer digits than numpy has was rounded, unless its numbers are this short.
_SHORT = 5
_NARROW = ("float32", "float16", "complex64")
_CONTAINERS = ("list", "tuple", "dict", "set", "frozenset")
_EMPTY = ("{}", "[]", "()", "set()")
#: The mean of rounded numbers against that of the true ones, by the largest of them.
_OF_LARGEST = 1e-5


def without_unconfirmed(row: JsonRow, finding: Finding) -> JsonRow:
    """Return a row without the comments on what it prints that its run did not confirm.

    Args:
        row: with a program that ran to its end.
        finding: of this program.
    """
    typed = read_cgd_row(row)
    return _without_lines(row, set(_unconfirmed_lines(typed.code or "", typed.expected, finding)))


def without_displays(row: JsonRow) -> JsonRow:
    """Return a row whose program did not run without any comment on what it prints: nothing confirms it."""
    lines = str(row["code"] or "").split("\n")
    return _without_lines(row, {number for number, line in enumerate(lines, start=1) if _SHOWN.match(line)})


def _without_lines(row: JsonRow, dropped: Collection[int]) -> JsonRow:
    """Return a row without lines of its program."""
    if not dropped:
        return row
    typed = read_cgd_row(row)
    code = typed.code or ""
    lines = [line for number, line in enumerate(code.split("\n"), start=1) if number not in dropped]
    expected = tuple(
        Expected(line=item.line - sum(number < item.line for number in dropped), output=item.output) for item in typed.expected
    )
    return replace(typed, code="\n".join(lines).rstrip("\n"), expected=expected).to_json()


def _unconfirmed_lines(code: str, expected: Sequence[Expected], finding: Finding) -> Iterator[int]:
    lines = code.split("\n")
    compared = {item.line for item in expected} if finding.status == "passed" else set()
    numpy_values = any(item.dtype for item in finding.observed)
    numerals = {token.text for token in scan(_SHOWN.sub("", code)) if token.kind == "number"}
    for number, statement in enumerate(split_program(code)):
        end = statement.line + statement.source.count("\n")
        shown = _shown_below(lines, end)
        if not shown:
            continue
        seen = _printed(statement.source, [item for item in finding.observed if item.statement == number])
        text = "\n".join(shown)
        if not is_confirmed(text, seen, compared=statement.line in compared, numpy_values=numpy_values, numerals=numerals):
            yield from range(end + 1, end + 1 + len(shown))


def _shown_below(lines: Sequence[str], end: int) -> list[str]:
    """Return the text of the comments right below a line that say what is printed."""
    shown = []
    for line in lines[end:]:
        if (match := _SHOWN.match(line)) is None:
            break
        shown.append(match["text"])
    return shown


def _printed(source: str, observed: Sequence[Observation]) -> Observation | None:
    """Return what was seen of the one value that a statement prints."""
    body = ast.parse(source).body
    call = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
    if not isinstance(call, ast.Call) or len(call.args) != 1 or call.keywords:
        return None
    name = " ".join((ast.get_source_segment(source, call.args[0]) or "").split())
    return next((item for item in reversed(observed) if item.name == name), None)


def is_confirmed(text: str, seen: Observation | None, *, compared: bool, numpy_values: bool, numerals: set[str]) -> bool:
    """Tell whether a run prints what a comment shows.

    Args:
        text: of the comment.
        seen: the printed value, if it was seen.
        compared: whether the run was compared with it, which found nothing but the digits of fractions to differ.
        numpy_values: whether the program has any, which look unlike plain numbers in lists and tuples.
        numerals: the numbers that the program itself spells out.
    """
    tokens = [token for token in scan(text) if token.kind in ("number", "imaginary")]
    exact = all(token.whole for token in tokens)
    if (compared or text.startswith("<")) and (exact or text.startswith("<xarray.")):
        # Objects in angle brackets are compared with nothing, and nobody rounds them.
        return True
    if seen is None:
        return compared and all(token.whole or token.text in numerals for token in tokens)
    if isinstance(seen.value, str) and seen.type in ("str", "str_"):
        return seen.value == text
    if seen.type.startswith("pandas."):
        return compared and (seen.value is None or _is_table(tokens, seen.value))
    if seen.value is None:
        # An object that tells of itself in words rounds by itself; settings in its repr are as the program has them.
        worded = not re.search(r"[\[(]", text)
        return compared and (worded or all(token.whole or token.text in numerals for token in tokens))
    if not tokens:
        return text == str(seen.value) or (text in _EMPTY and seen.value == [])
    if seen.type in _CONTAINERS:
        return (exact or not numpy_values or "np." in text) and _is_each(tokens, list(_numbers(seen.value)))
    if seen.shape is None:
        return _is_each(tokens, list(_numbers(seen.value)), narrow=seen.dtype in _NARROW)
    return seen.dtype is not None and not seen.type.startswith("scipy.") and _is_array(tokens, seen)


def _is_each(tokens: Sequence[Token], values: Sequence[float], *, narrow: bool = False) -> bool:
    """Tell whether numbers are written as Python writes these values."""
    if len(tokens) != len(values):
        return False
    for token, value in zip(tokens, values, strict=True):
        digits = _significant(token)
        rounded = not narrow and _KNOWN_DIGITS <= digits < _PYTHON_DIGITS and not token.value.is_integer()
        if rounded or not _agrees(token, value, unit=0.0):
            return False
    return True


def _is_array(tokens: Sequence[Token], seen: Observation) -> bool:
    """Tell whether numbers are written as numpy writes the elements of an array."""
    written = max(map(_decimals, tokens), default=0)
    narrow = seen.dtype in _NARROW
    if written < _NUMPY_DIGITS and not narrow and any(_significant(token) > _SHORT and not token.value.is_integer() for token in tokens):
        return False
    value = seen.value
    if isinstance(value, list):
        known = list(_numbers(value))
        return len(known) == len(tokens) and all(map(_is_element, tokens, known))
    if not isinstance(value, dict) or "of" not in value or value["n"] != len(tokens):
        return False
    shown = [token.value for token in tokens]
    if not all(map(_is_element, [*tokens[:3], *tokens[-3:]], value["ends"])):
        return False
    smallest, largest, mean = value["of"][:3]
    slack = _OF_LARGEST * max(abs(smallest), abs(largest))
    return all(abs(one - other) <= slack for one, other in ((min(shown), smallest), (max(shown), largest), (sum(shown) / len(shown), mean)))


def _is_element(token: Token, value: float) -> bool:
    exponent = int(re.split("e", token.text, maxsplit=1, flags=re.IGNORECASE)[1]) if "e" in token.text.lower() else 0
    return _agrees(token, value, unit=10.0 ** (exponent - _NUMPY_DIGITS) if _decimals(token) >= _NUMPY_DIGITS else 0.0)


def _is_table(tokens: Sequence[Token], value: Any) -> bool:
    """Tell whether the fractions of a table of pandas that are known stand among the numbers of its text."""
    for known in _numbers(value["values"] if isinstance(value, dict) and "values" in value else value):
        if float(known).is_integer():
            continue
        if not any(_agrees(token, known, unit=10.0**-_PANDAS_DIGITS if _decimals(token) >= _PANDAS_DIGITS else 0.0) for token in tokens):
            return False
    return True


def _agrees(token: Token, value: float, unit: float) -> bool:
    """Tell whether a written number is a known one; `unit` is one in its last digit, where what follows that may have been left out."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return False
    if float(f"{token.value:.{_KNOWN_DIGITS}g}") == value:
        return True
    if unit == 0.0 and _significant(token) <= _KNOWN_DIGITS:
        return False
    last = 10.0 ** (math.floor(math.log10(abs(value))) - _KNOWN_DIGITS + 1) if value else 0.0
    return abs(token.value - value) <= 0.55 * (unit + last)


def _numbers(value: Any) -> Iterator[float]:
    """Yield the finite numbers of a value that was seen, in order."""
    if isinstance(value, dict):
        yield from chain.from_iterable(map(_numbers, (value[key] for key in ("first", "ends", "last") if key in value)))
    elif isinstance(value, list):
        yield from chain.from_iterable(map(_numbers, value))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


def _mantissa(token: Token) -> str:
    return re.split("[eEjJ]", token.text.lstrip("+-"), maxsplit=1)[0]


def _significant(token: Token) -> int:
    return len(_mantissa(token).replace(".", "").strip("0"))


def _decimals(token: Token) -> int:
    return len(_mantissa(token).partition(".")[2])
