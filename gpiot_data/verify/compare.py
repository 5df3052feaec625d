"""Does a printed value equal the one that the documentation shows?

The comparison runs outside the sandbox on text that unread code printed, so nothing of it is evaluated.
That is why scipy_doctest's checker is not used, though the tolerance here follows it: its `check_output`
calls `eval` on the printed text, and it takes any text with a memory address for right. First the rules
of the standard doctest apply (white space, `...`); then both texts are read as tokens (tokens.py) and
numbers are compared by value.
"""

from __future__ import annotations

import doctest
import math
import re
from collections.abc import Sequence

from gpiot_data.verify.tokens import GAP, MAX_TEXT_CHARS, Token, read_tokens

#: "Numerically to 1e-3": what a survey of documentation examples was measured with; pages round to 4 digits and more.
RELATIVE = 1e-3
#: Differences that arithmetic makes around zero, against the largest number of the same array.
OF_LARGEST = 1e-8
#: Bounds the search for the pieces between two `...`.
MAX_GAP_TOKENS = 4000

_FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.DONT_ACCEPT_TRUE_FOR_1
#: Brackets of which nothing is shown.
_NOTHING_SHOWN = re.compile(r"[\[({]\s*\.\.\.[\s.,]*[\])}]")
_MARK = re.compile(r"\.\.\.|[\[\]]")
_CHECKER = doctest.OutputChecker()
#: What an array of numbers shows beside them.
_SPECIAL = frozenset(["nan", "inf", "-", "+"])
#: A remark behind a documented value.
_NOTE = re.compile(r"(?<=\s)#\s.*$", re.MULTILINE)
_VARIES = re.compile(r"#\s*(?:may vary|random|_ignore|reformatted)\b", re.IGNORECASE)
#: What plotting calls return: objects, labels, axes limits; and objects that show where they lie in memory.
_OBJECT = re.compile(r"^\s*[\[({]*\s*<|<matplotlib|\bat 0x|^\s*Text\(|<(?:Figure|Axes)")


def varies(text: str) -> bool:
    """Tell whether the author says that an output differs from run to run."""
    return _VARIES.search(text) is not None


def is_comparable(want: str) -> bool:
    """Tell whether a documented output is a value that a run can be compared with."""
    if not want.strip() or varies(want) or _OBJECT.search(want) or want.lstrip().startswith("#"):
        return False
    # "..." alone, in brackets or not, matches everything.
    if _NOTHING_SHOWN.search(want):
        return False
    return re.search(r"\w", want.replace("<BLANKLINE>", "").replace("array", "")) is not None


def matches(want: str, got: str) -> bool:
    """Tell whether `got` shows the value that `want` shows."""
    if len(got) > MAX_TEXT_CHARS or len(want) > MAX_TEXT_CHARS:
        return want.split() == got.split()
    # In an array `...` stands for elements, and not for any text.
    ellipsis = 0 if _shows_some(want) else doctest.ELLIPSIS
    if _CHECKER.check_output(_ended(want), _ended(got), _FLAGS | ellipsis):
        return True
    return _match_tokens(read_tokens(_NOTE.sub("", want)), read_tokens(got))


def _shows_some(want: str) -> bool:
    """Tell whether a `...` stands inside square brackets."""
    depth = 0
    for mark in _MARK.findall(want):
        if mark == "..." and depth > 0:
            return True
        depth = max(0, depth + {"[": 1, "]": -1}.get(mark, 0))
    return False


def _ended(text: str) -> str:
    return text.rstrip("\n") + "\n"


def _match_tokens(want: Sequence[Token], got: Sequence[Token]) -> bool:
    segments: list[list[Token]] = [[]]
    in_array: list[bool] = []
    depth = 0
    for token in want:
        depth += _depth_change(token)
        if token == GAP:
            segments.append([])
            in_array.append(depth > 0)
        else:
            segments[-1].append(token)
    if len(segments) == 1:
        return _same(want, got)
    if len(want) + len(got) > MAX_GAP_TOKENS or len(want) == len(segments) - 1:
        return False
    first, *middle, last = segments
    if len(first) + len(last) > len(got) or not _same(first, got[: len(first)]):
        return False
    if last and not _same(last, got[-len(last) :]):
        return False
    kinds = {token.kind for token in want} | {"ellipsis"}
    start, end = len(first), len(got) - len(last)
    for segment, inner in zip(middle, in_array, strict=False):
        before = start
        while start + len(segment) <= end and not _same(segment, got[start : start + len(segment)]):
            start += 1
        if start + len(segment) > end or (inner and not _are_elements(got[before:start], kinds)):
            return False
        start += len(segment)
    return not in_array[-1] or _are_elements(got[start:end], kinds)


def _depth_change(token: Token) -> int:
    return {"[": 1, "]": -1}.get(token.text, 0) if token.kind == "mark" else 0


def _are_elements(tokens: Sequence[Token], kinds: set[str]) -> bool:
    """Tell whether tokens may stand where an array shows `...`: elements like those shown, in brackets that close."""
    depth = 0
    for token in tokens:
        depth += _depth_change(token)
        if depth < 0 or not (_depth_change(token) or token.text in _SPECIAL or (token.kind in kinds and token.kind != "mark")):
            return False
    return depth == 0


def _same(want: Sequence[Token], got: Sequence[Token]) -> bool:
    return len(want) == len(got) and all(_equal(one, other) for one, other in zip(want, got, strict=True))


def _equal(want: Token, got: Token) -> bool:
    if want.kind != got.kind or want.kind not in ("number", "imaginary"):
        return (want.kind, want.text) == (got.kind, got.text)
    if want.whole or math.isinf(want.value) or math.isinf(got.value):
        # A count is exact. Beyond 2**53 a float no longer tells neighbours apart, and beyond its range nothing.
        return want.text == got.text or (want.value == got.value and abs(want.value) < 2**53)
    return abs(want.value - got.value) <= OF_LARGEST * want.largest + RELATIVE * abs(want.value)
