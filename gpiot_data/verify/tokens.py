"""Printed values as tokens: numbers with their value, names, strings and brackets, read without evaluating anything.

Notation that says nothing about the value is dropped, so that the same values compare equal whether they
were shown by `repr` or `print`, by numpy 1 or numpy 2: commas, `array(...)`, `np.float64(...)`, `dtype=`,
`shape=`, the parentheses around a complex number, memory addresses in `<... at 0x...>`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

#: More text than this is never compared number by number; the longest output in scipy's documentation has 6 kB.
MAX_TEXT_CHARS = 64 << 10

_TOKEN = re.compile(
    r"""
      (?P<quad>\d+(?:\.\d+){2,}(?![\w.]))
    | (?P<number>[+-]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?[jJ]?(?!\w))
    | (?P<ellipsis>\.\.\.)
    | (?P<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
    | (?P<name>\w+(?:\.[^\W\d]\w*)*)
    | (?P<mark>\S)
    """,
    re.VERBOSE,
)
#: Where an object lies in memory; any other number with 0x is a value, compared as text.
_ADDRESS = re.compile(r"(<(?:[^<>\n]|<\w{1,80}>){0,300}\bat )0x[0-9a-fA-F]+(?=[^<>\n]{0,300}>)")
_SCALARS = (
    "bool bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 intp uintp float16 float32 float64 longdouble complex64 complex128 str_"
)
#: Calls that show a value and add nothing to it.
_WRAPPERS = frozenset(["array", *(f"{module}.{name}" for module in ("np", "numpy") for name in ("array", *_SCALARS.split()))])
_PLAIN = {"np.True_": "True", "np.False_": "False", "NaN": "nan", "np.nan": "nan", "Inf": "inf", "np.inf": "inf"}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a printed value.

    `value` is the magnitude of a number, `whole` tells that it was written without a fraction, and `largest` is the
    largest magnitude in the array that it is an element of, 0 where it is of none.
    """

    kind: str
    text: str
    value: float = 0.0
    whole: bool = False
    largest: float = 0.0


#: What stands for any run of tokens in a documented value.
GAP = Token("ellipsis", "...")
_COMMA = Token("mark", ",")
#: What an array shows beside numbers.
_IN_ARRAYS = frozenset([",", "-", "+", "nan", "inf"])


def read_tokens(text: str) -> list[Token]:
    """Return the tokens of `text` with all notation dropped.

    Raises:
        ValueError: if there is too much of it.
    """
    if len(text) > MAX_TEXT_CHARS:
        raise ValueError(f"{len(text)} characters are too many to compare number by number")
    return _unwrap(_scaled(list(_scan(_ADDRESS.sub(r"\g<1>0x", text.replace("<BLANKLINE>", ""))))))


def _scan(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        kind, found = str(match.lastgroup), match[0]
        if kind == "number":
            yield _number(found)
        elif kind == "name":
            yield Token(kind, _PLAIN.get(found, found))
        elif kind == "string":
            yield Token(kind, found[1:-1])
        elif kind == "quad":
            # An address of the internet or a version.
            yield Token("name", found)
        elif kind == "ellipsis":
            yield GAP
        else:
            yield Token(kind, found)


def _number(text: str) -> Token:
    imaginary = text[-1] in "jJ"
    digits = text[:-1] if imaginary else text
    whole = not imaginary and digits.lstrip("+-").isdigit()
    # Unlike int(), float() takes any number of digits, and gives inf beyond its range.
    return Token("imaginary" if imaginary else "number", digits.lstrip("+"), float(digits), whole)


def _scaled(tokens: Sequence[Token]) -> list[Token]:
    """Drop commas, and give each number of an array the largest one beside it.

    An array holds numbers only, and is shown without commas or inside `array(`: the elements of a plain list may be
    of unlike kinds, and say nothing of each other.
    """
    result = list(tokens)
    arrays: list[tuple[int, int]] = []
    opened: list[int] = []
    plain_from = 0
    for position, token in enumerate(tokens):
        if token.kind == "mark" and token.text == "[":
            opened.append(position)
        elif token.kind == "mark" and token.text == "]":
            start = opened.pop() if opened else -1
            if start >= plain_from:
                while arrays and arrays[-1][0] > start:
                    arrays.pop()
                arrays.append((start, position))
        elif not (token.kind in ("number", "imaginary", "ellipsis") or (token.kind != "string" and token.text in _IN_ARRAYS)):
            plain_from = position + 1
    for start, end in arrays:
        if any(token.text == "," for token in tokens[start:end]) and not _is_wrapped(tokens, start):
            continue
        values = [abs(token.value) for token in tokens[start:end] if token.kind in ("number", "imaginary") and not token.whole]
        if len(values) >= 2:
            largest = max((value for value in values if math.isfinite(value)), default=0.0)
            for position in range(start, end):
                if tokens[position].kind in ("number", "imaginary"):
                    result[position] = replace(tokens[position], largest=largest)
    return [token for token in result if token != _COMMA]


def _is_wrapped(tokens: Sequence[Token], start: int) -> bool:
    return start >= 2 and tokens[start - 1].text == "(" and tokens[start - 2].text.rpartition(".")[2] == "array"


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
