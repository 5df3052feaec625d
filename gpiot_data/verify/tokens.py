"""Printed values as tokens: numbers with their value, names, strings and brackets, read without evaluating anything.

Notation that says nothing about the value is dropped, so that the same values compare equal whether they
were shown by `repr` or `print`, by numpy 1 or numpy 2: commas, `array(...)`, `np.float64(...)`, `dtype=`,
`shape=`, the parentheses around a complex number, memory addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: More text than this is never compared number by number; the longest output in scipy's documentation has 6 kB.
MAX_TEXT_CHARS = 64 << 10

_TOKEN = re.compile(
    r"""
      (?P<address>0x[0-9a-fA-F]+)
    | (?P<number>[+-]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?[jJ]?(?!\w))
    | (?P<ellipsis>\.\.\.)
    | (?P<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
    | (?P<name>\w+(?:\.[^\W\d]\w*)*)
    | (?P<mark>\S)
    """,
    re.VERBOSE,
)
_SCALARS = (
    "bool bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 intp uintp float16 float32 float64 longdouble complex64 complex128 str_"
)
#: Calls that show a value and add nothing to it.
_WRAPPERS = frozenset(["array", *(f"{module}.{name}" for module in ("np", "numpy") for name in ("array", *_SCALARS.split()))])
_PLAIN = {"np.True_": "True", "np.False_": "False", "NaN": "nan", "np.nan": "nan", "Inf": "inf", "np.inf": "inf"}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a printed value; `value` is the magnitude of a number, `whole` tells that it was written without a fraction."""

    kind: str
    text: str
    value: float = 0.0
    whole: bool = False


#: What stands for any run of tokens in a documented value.
GAP = Token("ellipsis", "...")


def read_tokens(text: str) -> list[Token]:
    """Return the tokens of `text` with all notation dropped.

    Raises:
        ValueError: if there is too much of it.
    """
    if len(text) > MAX_TEXT_CHARS:
        raise ValueError(f"{len(text)} characters are too many to compare number by number")
    return _unwrap(list(_scan(text.replace("<BLANKLINE>", ""))))


def _scan(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        kind, found = str(match.lastgroup), match[0]
        if kind == "number":
            yield _number(found)
        elif kind == "name":
            yield Token(kind, _PLAIN.get(found, found))
        elif kind == "string":
            yield Token(kind, found[1:-1])
        elif kind == "address":
            yield Token(kind, "0x")
        elif kind == "ellipsis":
            yield GAP
        elif found != ",":
            yield Token(kind, found)


def _number(text: str) -> Token:
    imaginary = text[-1] in "jJ"
    digits = text[:-1] if imaginary else text
    whole = not imaginary and digits.lstrip("+-").isdigit()
    # Unlike int(), float() takes any number of digits, and gives inf beyond its range.
    return Token("imaginary" if imaginary else "number", digits.lstrip("+"), float(digits), whole)


def _unwrap(tokens: Sequence[Token]) -> list[Token]:
    """Drop wrappers with their parentheses, keyword notes on type and shape, and parentheses around one complex number."""
    result: list[Token] = []
    opened: list[tuple[bool, int]] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        following = tokens[position + 1].text if position + 1 < len(tokens) else ""
        if token.kind == "name" and token.text in _WRAPPERS and following == "(":
            opened.append((True, len(result)))
            position += 2
            continue
        if token.kind == "name" and token.text in ("dtype", "shape") and following == "=" and opened:
            position = _after_value(tokens, position + 2)
            continue
        if token.kind == "mark" and token.text == "(":
            opened.append((False, len(result)))
        elif token.kind == "mark" and token.text == ")" and opened:
            wrapper, start = opened.pop()
            inner = [token.kind for token in result[start + 1 : start + 4]]
            if not wrapper and inner in (["number", "imaginary"], ["imaginary"]):
                del result[start]
                wrapper = True
            if wrapper:
                position += 1
                continue
        result.append(token)
        position += 1
    return result


def _after_value(tokens: Sequence[Token], position: int) -> int:
    """Return the position behind the value that starts at `position`: one token, or a bracketed group."""
    depth = 0
    while position < len(tokens):
        text = tokens[position].text if tokens[position].kind == "mark" else ""
        if text in ("(", "["):
            depth += 1
        elif text in (")", "]"):
            depth -= 1
        # The bracket of the call itself: the value was missing.
        if depth < 0:
            return position
        position += 1
        if depth == 0:
            return position
    return position
