"""Words of texts, to compare what a model wrote with what it was asked."""

from __future__ import annotations

import re
import unicodedata

#: Han writes no blanks between words, so each letter counts as one.
_HAN = re.compile(r"[\u3400-\u9fff]")
#: Words shorter than this say little about the subject.
_MIN_STEM = 4
_STEM = 5


def normal(text: str) -> str:
    """Return the words of a text, in any script, in lower case and separated by single spaces."""
    folded = unicodedata.normalize("NFKC", text).lower()
    # Marks belong to their letter: the vowels of Indic scripts are no word characters to `re`.
    kept = "".join(letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " " for letter in folded)
    return " ".join(_HAN.sub(r" \g<0> ", kept).split())


def stems(text: str) -> set[str]:
    """Return the beginnings of a text's longer words, and its short upper-case ones (ECG, IMU)."""
    short = {word.lower() for word in re.findall(r"\b[A-Z][A-Z0-9]{1,3}\b", text)}
    return {word[:_STEM] for word in normal(text).split() if len(word) >= _MIN_STEM or _HAN.fullmatch(word)} | short


def shares_stem(piece: str, context: str) -> bool:
    """Tell whether `piece` has a word in common with `context`, endings aside."""
    known = stems(context)
    return any(word[:_STEM] in known for word in normal(piece).split())


def mentions(context: str, piece: str) -> bool:
    """Tell whether the words of `piece` stand together in `context`."""
    return bool(piece.strip()) and f" {normal(piece)} " in f" {normal(context)} "


def stutters(text: str) -> bool:
    """Tell whether a word of three letters or more directly follows itself."""
    return re.search(r"\b([a-z]{3,})[\s_]+\1\b", text.lower().replace("_", " ")) is not None
