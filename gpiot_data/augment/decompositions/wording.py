"""Filling templates: `<this|that>` is a choice that a hash makes, `{name}` a value; the same seed gives the same words everywhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

_CHOICE = re.compile(r"<([^<>|]*(?:\|[^<>|]*)+)>")
_BLANK = re.compile(r"\{(\w+)\}")

#: Names that are spelt letter by letter and open with a vowel in speech.
_SPELT = ("MSP", "STM", "nRF")

T = TypeVar("T")


def number_of(*parts: str) -> int:
    """Return a number that depends on nothing but the texts given, each of them and their order."""
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:8], "big")


def pick(options: Sequence[T], *parts: str) -> T:
    """Return one of the options, chosen by the texts."""
    return options[number_of(*parts) % len(options)]


def fill(template: str, values: Mapping[str, str], seed: str) -> str | None:
    """Return the text of a template, or None where it needs a value that there is none of."""
    if any(name not in values for name in _BLANK.findall(template)):
        return None
    chosen = _CHOICE.sub(lambda match: pick(match[1].split("|"), seed, template, str(match.start())), template)
    return _BLANK.sub(lambda match: values[match[1]], chosen)


def fill_all(templates: Sequence[str], values: Mapping[str, str], seed: str) -> list[str]:
    """Return the texts of those templates that can be filled, in order."""
    return [text for template in templates if (text := fill(template, values, seed)) is not None]


def counted(number: float) -> str:
    """Return a number with thousands set off by commas: 4,800; fractions keep at most four digits."""
    return f"{int(number):,}" if float(number).is_integer() else f"{number:.4g}"


def plural(word: str, number: int = 2) -> str:
    """Return a noun in the plural, or as it is for one of them."""
    if number == 1:
        return word
    if word == "axis":
        return "axes"
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch")) else f"{word}s"


def with_article(noun: str) -> str:
    """Return a noun with `a` or `an` by how it is spoken."""
    return f"{'an' if noun[0].lower() in 'aeiou' or noun.startswith(_SPELT) else 'a'} {noun}"


def joined(items: Sequence[str]) -> str:
    """Return items as a list in words: 'a, b and c'."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
