"""The words of many texts as one flat array of numbers, so that later steps need no loop over words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Words:
    """Texts as word numbers: text i is `numbers[starts[i]:starts[i + 1]]`, and number k stands for `vocabulary[k]`.

    `numbers` is int32, `starts` int64 and one longer than there are texts. Numbers are by first use, so they
    depend on the order of texts; nothing that is kept may.
    """

    numbers: NDArray[np.int32]
    starts: NDArray[np.int64]
    vocabulary: list[str]

    def part(self, first: int, last: int) -> Words:
        """Return the texts from `first` to before `last`, with the same vocabulary."""
        low, high = int(self.starts[first]), int(self.starts[last])
        return Words(self.numbers[low:high], self.starts[first : last + 1] - low, self.vocabulary)


def whole_characters(text: str) -> str:
    """Return a text with U+FFFD for each half of a surrogate pair, which no encoding and no tokeniser takes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _HALF.sub("\ufffd", text)
    return text


def split_words(text: str) -> list[str]:
    """Return what stands between white space, in lower case: names, numbers and signs are words like others."""
    return whole_characters(text).lower().split()


def number_words(texts: Sequence[str]) -> Words:
    """Return the words of `texts`."""
    import numpy as np

    known: dict[str, int] = {}
    pieces: list[NDArray[np.int32]] = []
    starts = np.zeros(len(texts) + 1, dtype=np.int64)
    for position, text in enumerate(texts):
        words = split_words(text)
        pieces.append(np.fromiter([known.setdefault(word, len(known)) for word in words], dtype=np.int32, count=len(words)))
        starts[position + 1] = len(words)
    return Words(np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int32), np.cumsum(starts), list(known))
