"""What the symbols of a package are for: the first sentence of each documentation, where it reads as one by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gpiot_data.packages.markdown import first_sentence, to_markdown

MAX_SUMMARY_CHARS = 200
#: What only the rest of a documentation would explain, and ends that are none.
_HANGING = re.compile(
    r"```|^\W*$|\b(?:see|below|above|following|deprecated|this|these|that's|here|note|todo|alias|wrapper|legacy|here's)\b|https?:|::|\||\$|\[\d+\]|[:,;]\.?$"
    r"|\b(?:from|of|the|an?|and|or|to|in|for|with|by|as|is|are|on|e\.g|i\.e)\.?$",
    re.IGNORECASE,
)


class Summaries(Mapping[str, str]):
    """The summary of each symbol by its dotted name, read when it is asked for; "" where none makes sense by itself."""

    def __init__(self, docstrings: Mapping[str, str]) -> None:
        """Take the docstrings of the public symbols of a package."""
        self._docstrings = docstrings
        self._read: dict[str, str] = {}

    def __getitem__(self, symbol: str) -> str:
        """Return the summary of a symbol.

        Raises:
            KeyError: if there is no such symbol.
        """
        if symbol not in self._read:
            self._read[symbol] = summary_of(self._docstrings[symbol])
        return self._read[symbol]

    def __iter__(self) -> Iterator[str]:
        """Return the names of all symbols."""
        return iter(self._docstrings)

    def __len__(self) -> int:
        """Return how many symbols there are."""
        return len(self._docstrings)


def summary_of(docstring: str) -> str:
    """Return the first sentence of a docstring with a full stop, "" where it is none."""
    paragraph = docstring.strip().split("\n\n")[0]
    if not paragraph:
        return ""
    summary = re.sub(r"\*\*|(?<=`)~|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)", "", first_sentence(to_markdown(paragraph.split("\n")))).strip()
    # Sphinx finds `.Normalize` wherever it is.
    summary = re.sub(r"`\.(?:\w+\.)*(\w+)`", r"`\1`", summary)
    words = summary.split()
    if len(summary) > MAX_SUMMARY_CHARS or len(words) < 2 or "(" in words[0] or _HANGING.search(summary):
        return ""
    if summary.count("`") % 2 or summary.count("(") != summary.count(")") or not (summary[0].isupper() or summary[0] == "`"):
        return ""
    return summary if summary.endswith(".") else f"{summary}."
