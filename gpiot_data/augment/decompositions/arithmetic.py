"""Whether the sums and products of a text are right, and whether its amounts of memory keep to the budget."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isclose, prod

_NUMBER = r"\d[\d,]*(?:\.\d+)?"
#: A number with up to three words of what it counts.
_TERM = rf"{_NUMBER}(?:\s(?!x\b)[A-Za-z][\w-]*){{0,3}}"
_EQUATION = re.compile(rf"({_TERM}(?:\s[x+]\s{_TERM})+)\s=\s({_NUMBER})")
_SUM = re.compile(rf"({_NUMBER}(?:\s\+\s{_NUMBER})*)\s=\s({_NUMBER}) bytes")
_PART = re.compile(rf"({_NUMBER}) bytes for")
_AMOUNT = re.compile(rf"({_NUMBER})\s(KiB|MiB|GiB|KB|MB|GB)\b")
_BUDGET_BYTES = re.compile(rf"(?:budget of|exceeds) ({_NUMBER}) bytes")
_KIB = {"KiB": 1, "KB": 1, "MiB": 1024, "MB": 1024, "GiB": 1024 * 1024, "GB": 1024 * 1024}
#: What rounding to three digits may change.
_TOLERANCE = 0.005


def number(text: str) -> float:
    """Return the number that a text with commas between thousands stands for."""
    return float(text.replace(",", ""))


def wrong_equations(text: str) -> Iterator[str]:
    """Yield each product or sum whose stated result is another than its terms give."""
    for match in _EQUATION.finditer(text):
        value = sum(prod(number(found) for found in re.findall(_NUMBER, product)) for product in match[1].split(" + "))
        if not isclose(value, number(match[2]), rel_tol=_TOLERANCE):
            yield f"{match[0]}: it is {value:g}"


def disagreeing_parts(text: str) -> Iterator[str]:
    """Yield a sentence where the parts that memory is reserved for are not those that are added up, or a buffer is not among them."""
    sums = [[number(term) for term in match[1].split(" + ")] for match in _SUM.finditer(text)]
    if not sums:
        return
    reserved = [number(size) for size in _PART.findall(text)]
    if reserved and reserved != sums[-1]:
        yield f"memory is reserved for {reserved}, but {sums[-1]} is added up"
    for match in _EQUATION.finditer(text):
        if "byte" in match[1] and "ring of" not in text[max(0, match.start() - 12) : match.start()] and number(match[2]) not in sums[-1]:
            yield f"{match[0]}: it is not among the terms {sums[-1]}"


def budget_faults(text: str, budget_kib: int, ram_kib: int) -> Iterator[str]:
    """Yield a sentence for each amount that is neither the budget nor the memory of the platform, and for a sum above the budget."""
    for match in _AMOUNT.finditer(text):
        amount = number(match[1]) * _KIB[match[2]]
        if amount not in (budget_kib, ram_kib):
            yield f"{match[0]} is neither the budget of {budget_kib} KiB nor the memory of the platform, {ram_kib} KiB"
    for match in _BUDGET_BYTES.finditer(text):
        if number(match[1]) != budget_kib * 1024:
            yield f"{match[0]}: the budget is {budget_kib * 1024} bytes"
    for match in _SUM.finditer(text):
        if number(match[2]) > budget_kib * 1024:
            yield f"{match[2]} bytes exceed the budget of {budget_kib * 1024} bytes"
    if not _SUM.search(text):
        yield "the memory is not added up"
