"""Different n-grams of texts, counted after any number of texts."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: For each point, for n = 1, 2, ...: (different n-grams, all n-grams).
NgramCurve = list[list[tuple[int, int]]]

_WORD = re.compile(r"\w+|[^\w\s]")
#: Any odd number whose powers look random.
_MULTIPLIER = 0x9E3779B97F4A7C15


class _Numbers(dict[str, int]):
    """Numbers words from 1 on in the order in which they come; 0 parts texts."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self) + 1
        return number


def distinct_ngrams(texts: Sequence[str], points: Sequence[int], max_n: int) -> NgramCurve:
    """Count the n-grams of words and marks in lower case, none of which goes over the end of a text.

    An n-gram is known by 64 bits: among ten million different ones, the chance that any two count as one is 3 in a million.

    Args:
        texts: in the order in which they count.
        points: rising numbers of texts, none of them above `len(texts)`.
        max_n: the largest n.
    """
    import numpy as np

    numbers = _Numbers()
    known = [np.zeros(0, dtype=np.uint64) for _ in range(max_n)]
    totals = [0] * max_n
    curve: NgramCurve = []
    for start, end in pairwise([0, *points]):
        words = _number_words(texts[start:end], numbers)
        places = np.flatnonzero(words)
        keys = words[places]
        for n in range(max_n):
            if n:
                # The last place is a 0, so there is always a word behind an n-gram.
                behind = words[places + n]
                whole = behind != 0
                places, keys = places[whole], keys[whole] * np.uint64(_MULTIPLIER) + behind[whole]
            totals[n] += len(keys)
            known[n] = _united(known[n], keys)
        curve.append([(len(known[n]), totals[n]) for n in range(max_n)])
    return curve


def _number_words(texts: Sequence[str], numbers: _Numbers) -> NDArray[np.uint64]:
    """Return the words of texts by their numbers, a 0 behind each text."""
    import numpy as np

    flow = array("I")
    for text in texts:
        flow.extend([numbers[word] for word in _WORD.findall(text.lower())])
        flow.append(0)
    return np.frombuffer(flow, dtype=np.uintc).astype(np.uint64)


def _united(known: NDArray[np.uint64], keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the different values of both, sorted; `known` is so already."""
    import numpy as np

    found = np.sort(keys)
    found = found[np.diff(found, prepend=~found[:1]) != 0]
    if len(known):
        near = np.minimum(np.searchsorted(known, found), len(known) - 1)
        found = found[known[near] != found]
    # Two sorted runs, which a stable sort merges in one pass.
    return np.sort(np.concatenate([known, found]), kind="stable")
