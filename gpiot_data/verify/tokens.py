"""Printed values as tokens without the notation that says nothing about the value.

The same values shall compare equal whether they were shown by `repr` or `print`, by numpy 1 or numpy 2. So commas are
dropped, `array(...)`, `np.float64(...)`, the parentheses around a complex number, and memory addresses in `<... at 0x...>`.
`dtype=` and `shape=` of an array, which only some of these show, are kept aside; in any other call they are values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from gpiot_data.verify.scan import GAP, Token, scan

#: More text than this is never compared number by number; the longest output in scipy's documentation has 6 kB.
MAX_TEXT_CHARS = 64 << 10

#: Where an object lies in memory; any other number with 0x is a value, compared as text.
_ADDRESS = re.compile(r"(<(?:[^<>\n]|<\w{1,80}>){0,300}\bat )0x[0-9a-fA-F]+(?=[^<>\n]{0,300}>)")
_SCALARS = (
    "bool bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 intp uintp float16 float32 float64 longdouble complex64 complex128 str_"
)
_ARRAYS = frozenset(["array", "np.array", "numpy.array"])
#: Calls that show a value and add nothing to it.
_WRAPPERS = _ARRAYS | {f"{module}.{name}" for module in ("np", "numpy") for name in _SCALARS.split()}

_COMMA = Token("mark", ",")
#: What an array shows beside numbers.
_IN_ARRAYS = frozenset([",", "-", "+", "nan", "inf"])


def read_tokens(text: str, *, notes: bool = False) -> list[Token]:
    """Return the tokens of `text` with all notation dropped, and with `notes` also without remarks behind a `#`.

    Raises:
        ValueError: if there is too much of it.
    """
    if len(text) > MAX_TEXT_CHARS:
        raise ValueError(f"{len(text)} characters are too many to compare number by number")
    return _unwrap(_scaled(list(scan(_ADDRESS.sub(r"\g<1>0x", text.replace("<BLANKLINE>", "")), notes=notes))))


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
        elif not (token.kind in ("number", "imaginary", "cut", "ellipsis") or (token.kind != "string" and token.text in _IN_ARRAYS)):
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
    """Drop wrappers with their parentheses, what arrays note of themselves, and parentheses around one complex number."""
    result: list[Token] = []
    # The call, "" for plain parentheses, and where its content starts.
    opened: list[tuple[str, int]] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        following = tokens[position + 1].text if position + 1 < len(tokens) else ""
        if token.kind == "name" and token.text in _WRAPPERS and following == "(":
            opened.append((token.text, len(result)))
            position += 2
            continue
        if token.text in ("dtype", "shape") and token.kind == "name" and following == "=" and opened and opened[-1][0] in _ARRAYS:
            end = _after_value(tokens, position + 2)
            _note(result, opened[-1][1], token.text, tokens[position + 2 : end])
            position = end
            continue
        position += 1
        if token.kind == "mark" and token.text == "(":
            opened.append(("", len(result)))
        elif token.kind == "mark" and token.text == ")" and opened:
            wrapper, start = opened.pop()
            if wrapper:
                continue
            if [inner.kind for inner in result[start + 1 : start + 4]] in (["number", "imaginary"], ["imaginary"]):
                del result[start]
                continue
        result.append(token)
    return result


def _note(result: list[Token], start: int, name: str, value: Sequence[Token]) -> None:
    """Keep what an array says of itself with the first of its tokens."""
    if start < len(result) and result[start] != GAP:
        said = " ".join(token.text for token in value)
        result[start] = replace(result[start], dtype=said) if name == "dtype" else replace(result[start], shape=said)


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
