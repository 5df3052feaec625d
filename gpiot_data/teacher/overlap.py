"""How much of a pair is word for word the source's: n-grams in common."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Eight words in a row are seldom the same by chance; single terms and their usual neighbours are.
OVERLAP_WORDS = 8


def overlap_share(text: str, source: str, n: int = OVERLAP_WORDS) -> float:
    """Return the share of the runs of `n` words in `text` that stand in `source` too, 0 to 1; case and punctuation do not count.

    A text of fewer than `n` words has no runs and shares nothing.

    >>> overlap_share("a b c d e", "x a b c d y", n=4)
    0.5
    """
    runs = list(_runs(text, n))
    known = set(_runs(source, n))
    return sum(run in known for run in runs) / len(runs) if runs else 0.0


def _runs(text: str, n: int) -> Iterator[tuple[str, ...]]:
    for line in text.split("\n"):
        words = re.findall(r"\w+", line.lower())
        yield from zip(*(words[start:] for start in range(n)), strict=False)
