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
#: Differences that arithmetic makes around zero, against the largest number shown, and where all are near zero.
OF_LARGEST = 1e-8
ABSOLUTE = 1e-12
#: Bounds the search for the pieces between two `...`.
MAX_GAP_TOKENS = 4000

_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_CHECKER = doctest.OutputChecker()
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
    return re.search(r"\w", want.replace("<BLANKLINE>", "").replace("array", "")) is not None


def matches(want: str, got: str) -> bool:
    """Tell whether `got` shows the value that `want` shows."""
    if len(got) > MAX_TEXT_CHARS or len(want) > MAX_TEXT_CHARS:
        return want.split() == got.split()
    if _CHECKER.check_output(_ended(want), _ended(got), _FLAGS):
        return True
    return _match_tokens(read_tokens(_NOTE.sub("", want)), read_tokens(got))


def _ended(text: str) -> str:
    return text.rstrip("\n") + "\n"


def _match_tokens(want: Sequence[Token], got: Sequence[Token]) -> bool:
    tolerance = ABSOLUTE + OF_LARGEST * max((abs(token.value) for token in want if math.isfinite(token.value)), default=0.0)
    segments: list[list[Token]] = [[]]
    for token in want:
        if token == GAP:
            segments.append([])
        else:
            segments[-1].append(token)
    if len(segments) == 1:
        return _same(want, got, tolerance)
    if len(want) + len(got) > MAX_GAP_TOKENS or len(want) == len(segments) - 1:
        return False
    first, *middle, last = segments
    if len(first) + len(last) > len(got) or not _same(first, got[: len(first)], tolerance):
        return False
    if last and not _same(last, got[-len(last) :], tolerance):
        return False
    start, end = len(first), len(got) - len(last)
    for segment in middle:
        while start + len(segment) <= end and not _same(segment, got[start : start + len(segment)], tolerance):
            start += 1
        start += len(segment)
        if start > end:
            return False
    return True


def _same(want: Sequence[Token], got: Sequence[Token], tolerance: float) -> bool:
    return len(want) == len(got) and all(_equal(one, other, tolerance) for one, other in zip(want, got, strict=True))


def _equal(want: Token, got: Token, tolerance: float) -> bool:
    if want.kind != got.kind or want.kind not in ("number", "imaginary"):
        return (want.kind, want.text) == (got.kind, got.text)
    if want.whole and got.whole:
        # Beyond 2**53 a float no longer tells neighbours apart.
        return want.text == got.text or (want.value == got.value and abs(want.value) < 2**53)
    return want.value == got.value or abs(want.value - got.value) <= tolerance + RELATIVE * abs(want.value)
