"""Printed text cut into tokens: numbers with their value, names, strings and marks, read without evaluating anything.

The text is a stranger's. Every position is looked at a bounded number of times, whatever stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<quad>\d+(?:\.\d+){2,}(?![\w.]))
    | (?P<cut>[+-]?(?P<digits>\d+(?:\.\d*)?)\.\.\.(?P<exponent>[eE][+-]?\d{1,4})?(?![\w.]))
    | (?P<number>[+-]?(?:\d+\.(?!\.)\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?[jJ]?(?!\w))
    | (?P<ellipsis>\.\.\.)
    | (?P<quote>['"])
    | (?P<note>(?<=\s)\#[^\S\n])
    | (?P<name>\w+(?:\.[^\W\d]\w*)*)
    | (?P<mark>\S)
    """,
    re.VERBOSE,
)
#: What follows an opening quote: all up to the closing one, or to where it is clear that there is none.
_BODY = {quote: re.compile(rf"(?:[^{quote}\\\n]|\\.)*+") for quote in "'\""}
_PLAIN = {"np.True_": "True", "np.False_": "False", "NaN": "nan", "np.nan": "nan", "Inf": "inf", "np.inf": "inf"}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a printed value.

    `value` is the magnitude of a number with its sign, `whole` tells that it was written without a fraction, and
    `largest` is the largest magnitude in the array that it is an element of, 0 where it is of none. `unit` is what
    one more in the last digit of a number that the author cut short would add. `dtype` and `shape` are those that an
    array shows of itself, kept with its first token.
    """

    kind: str
    text: str
    value: float = 0.0
    whole: bool = False
    largest: float = 0.0
    unit: float = 0.0
    dtype: str = ""
    shape: str = ""


#: What stands for any run of tokens in a documented value.
GAP = Token("ellipsis", "...")


def scan(text: str, *, notes: bool = False) -> Iterator[Token]:
    """Yield the tokens of `text`; with `notes`, remarks behind a `#` outside of strings are left out."""
    position = 0
    unclosed = dict.fromkeys(_BODY, 0)
    while match := _TOKEN.search(text, position):
        kind, found, position = str(match.lastgroup), match[0], match.end()
        if kind == "quote" and match.start() >= unclosed[found]:
            end = _end_of_string(text, position, found)
            if text[end : end + 1] == found:
                yield Token("string", text[position:end])
                position = end + 1
                continue
            # No quote of this kind closes anything before there; asking again at each of them would cost a square.
            unclosed[found] = end
        if kind == "note" and notes:
            line_end = text.find("\n", position)
            position = len(text) if line_end < 0 else line_end
        else:
            yield _token(kind, match)


def _end_of_string(text: str, position: int, quote: str) -> int:
    body = _BODY[quote].match(text, position)
    return position if body is None else body.end()


def _token(kind: str, match: re.Match[str]) -> Token:
    found = match[0]
    if kind == "number":
        return _number(found)
    if kind == "cut":
        return _cut_number(match)
    if kind == "name":
        return Token(kind, _PLAIN.get(found, found))
    if kind == "quad":
        # An address of the internet or a version.
        return Token("name", found)
    return GAP if kind == "ellipsis" else Token("mark", found.strip())


def _number(text: str) -> Token:
    imaginary = text[-1] in "jJ"
    digits = text[:-1] if imaginary else text
    whole = not imaginary and digits.lstrip("+-").isdigit()
    # Unlike int(), float() takes any number of digits, and gives inf beyond its range.
    return Token("imaginary" if imaginary else "number", digits.lstrip("+"), float(digits), whole)


def _cut_number(match: re.Match[str]) -> Token:
    """Return a number whose further digits the author left out, as in `0.66...` or `1.5...e-05`."""
    digits, exponent = match["digits"], match["exponent"] or "e0"
    unit = float(f"1e{int(exponent[1:]) - len(digits.partition('.')[2])}")
    sign = "-" if match[0].startswith("-") else ""
    return Token("cut", sign + digits + exponent, float(sign + digits + exponent), unit=unit)
