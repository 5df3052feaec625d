"""Are two runs of tokens the same value? Numbers are compared by value, and `...` stands for what a page leaves out.

What `...` may stand for depends on where it is shown: among elements only for elements like those beside it, among the
arguments of a call for any arguments, between words for anything. It never reaches out of its brackets.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from gpiot_data.verify.scan import GAP, Token

#: "Numerically to 1e-3": what a survey of documentation examples was measured with; pages round to 4 digits and more.
RELATIVE = 1e-3
#: Differences that arithmetic makes around zero, against the largest number of the same array.
OF_LARGEST = 1e-8
#: Bounds the search for the pieces between two `...`; the documented outputs of scipy need fewer than 2000.
MAX_STEPS = 200_000

_CLOSES = {")": "(", "]": "[", "}": "{"}
#: What an array of numbers shows beside them.
_SPECIAL = frozenset(["nan", "inf", "-", "+"])


@dataclass(slots=True)
class _Hole:
    """What `...` stands for while it grows: brackets that are open in it, and what may be in it, None for anything."""

    closed: bool
    allowed: frozenset[str] | None
    opened: list[str] = field(default_factory=list)

    def take(self, token: Token) -> bool:
        """Tell whether the next token may be left out as well."""
        mark = token.text if token.kind == "mark" else ""
        if not self.closed:
            return True
        if mark in _CLOSES.values():
            self.opened.append(mark)
        elif mark in _CLOSES and (not self.opened or self.opened.pop() != _CLOSES[mark]):
            return False
        shown = token.text if token.kind == "name" and token.text in _SPECIAL else token.kind
        return self.allowed is None or (mark or shown) in self.allowed or token.kind in self.allowed


def match_tokens(want: Sequence[Token], got: Sequence[Token]) -> bool:
    """Tell whether `got` is what `want` shows."""
    gaps = [position for position, token in enumerate(want) if token == GAP]
    if not gaps:
        return len(want) == len(got) and _shared(want, got, 0) == len(want)
    if len(gaps) == len(want):
        return False
    groups = _groups(want)
    edges = [-1, *gaps, len(want)]
    first, *others = [want[start + 1 : end] for start, end in pairwise(edges)]
    last = others.pop()
    end = len(got) - len(last)
    if len(first) > end or _shared(first, got, 0) < len(first) or _shared(last, got, end) < len(last):
        return False
    position, steps = len(first), 0
    for segment, gap in zip([*others, None], gaps, strict=True):
        hole = _hole(want, groups.get(gap))
        while True:
            # The last hole reaches to where the end was found.
            alike = 0 if segment is None else _shared(segment, got, position)
            fits = position == end if segment is None else alike == len(segment) and position + alike <= end
            steps += alike + 1
            if fits and not hole.opened:
                break
            if position >= end or steps > MAX_STEPS or not hole.take(got[position]):
                return False
            position += 1
        position += alike
    return True


def omits_inside(want: Sequence[Token]) -> bool:
    """Tell whether something is left out inside of brackets, strings or fractions, so that not any text may stand there."""
    parts = {"string": "...", "cut": "."}
    return bool(_groups(want)) or any(token.kind in parts and parts[token.kind] in token.text for token in want)


def _groups(want: Sequence[Token]) -> dict[int, tuple[int, int]]:
    """Return for what leaves something out the brackets around it, the innermost that close; nothing for what is in none."""
    groups: dict[int, tuple[int, int]] = {}
    opened: list[tuple[int, list[int]]] = []
    kinds: Counter[str] = Counter()
    for position, token in enumerate(want):
        if opened and (token == GAP or token.kind == "cut"):
            opened[-1][1].append(position)
        elif token.kind == "mark" and token.text in _CLOSES.values():
            opened.append((position, []))
            kinds[token.text] += 1
        elif token.kind == "mark" and kinds[_CLOSES.get(token.text, "")]:
            inside: list[int] = []
            opener = ""
            while opener != _CLOSES[token.text]:
                start, own = opened.pop()
                opener = want[start].text
                kinds[opener] -= 1
                inside += own
            groups |= dict.fromkeys(inside, (start, position))
    return groups


def _hole(want: Sequence[Token], group: tuple[int, int] | None) -> _Hole:
    if group is None:
        return _Hole(closed=False, allowed=None)
    start, end = group
    if want[start].text == "(" and start > 0 and want[start - 1].kind == "name":
        return _Hole(closed=True, allowed=None)
    shown = {token.text if token.kind == "mark" else token.kind for token in want[start + 1 : end]} | {"ellipsis"}
    if shown & {"number", "imaginary", "cut"}:
        shown |= {"number"} | _SPECIAL
    return _Hole(closed=True, allowed=frozenset(shown))


def _shared(want: Sequence[Token], got: Sequence[Token], position: int) -> int:
    """Return how many tokens of `want` stand in `got` from `position` on, up to the first that differs."""
    count = 0
    while count < len(want) and position + count < len(got) and _equal(want[count], got[position + count]):
        count += 1
    return count


def _equal(want: Token, got: Token) -> bool:
    if (want.dtype and got.dtype and want.dtype != got.dtype) or (want.shape and got.shape and want.shape != got.shape):
        return False
    if want.kind == "cut" and got.kind == "number":
        return _continues(want, got)
    if want.kind == "string" and got.kind == "string" and "..." in want.text:
        return want.text == got.text or _fills(want.text.split("..."), got.text)
    if want.kind != got.kind or want.kind not in ("number", "imaginary"):
        return (want.kind, want.text) == (got.kind, got.text)
    if want.whole or math.isinf(want.value) or math.isinf(got.value):
        # A count is exact. Beyond 2**53 a float no longer tells neighbours apart, and beyond its range nothing.
        return want.text == got.text or (want.value == got.value and abs(want.value) < 2**53)
    return abs(want.value - got.value) <= OF_LARGEST * want.largest + RELATIVE * abs(want.value)


def _continues(want: Token, got: Token) -> bool:
    """Tell whether a number is one that the author cut short, as `0.66...` for two thirds."""
    sign = math.copysign(1.0, want.value)
    slack = RELATIVE * abs(want.value)
    return abs(want.value) - slack <= sign * got.value <= abs(want.value) + want.unit + slack


def _fills(pieces: Sequence[str], text: str) -> bool:
    """Tell whether a string consists of pieces in their order, with anything between them."""
    first, *middle, last = pieces
    end = len(text) - len(last)
    if len(first) > end or not text.startswith(first) or not text.endswith(last):
        return False
    position = len(first)
    for piece in middle:
        found = text.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True
