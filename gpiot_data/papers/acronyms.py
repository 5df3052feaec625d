"""What the acronyms of a paper stand for, as the paper itself says where it first uses them."""

from __future__ import annotations

import re

#: 'the Model Adaptation Agent (MAA)': so many words may stand before the brackets.
_EXPANDED = re.compile(r"((?:[A-Za-z][\w-]*[ \n]){1,7})\(([A-Z][A-Za-z]{0,4}[A-Z])s?\)")
_SMALL_WORD = re.compile(r"(?:of|and|the|for|to|in|on|a|an)")


def expansions_of(text: str) -> dict[str, str]:
    """Return acronym: words, for each acronym in brackets behind words with its initials; the first place counts.

    >>> expansions_of("Send them to the Model Adaptation Agent (MAA). It sees channel state information (CSI).")
    {'MAA': 'Model Adaptation Agent', 'CSI': 'channel state information'}
    >>> expansions_of("Data come from the IEEE conference (SECON).")
    {}
    """
    found: dict[str, str] = {}
    for match in _EXPANDED.finditer(text):
        words = _with_initials(match[1].split(), match[2].upper())
        if words and match[2] not in found:
            found[match[2]] = " ".join(words)
    return found


def _with_initials(words: list[str], letters: str) -> list[str]:
    """Return the last words whose initials are the letters, with small words between them; none where they are not."""
    for start in range(len(words) - 1, -1, -1):
        parts = [part for word in words[start:] if not _SMALL_WORD.fullmatch(word) for part in word.split("-") if part]
        if "".join(part[0].upper() for part in parts) == letters and not _SMALL_WORD.fullmatch(words[start]):
            return words[start:]
    return []
