"""An encoder that is easy to reckon with: a text is the count of its words, each in a coordinate of its own hash."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gpiot_data.store import sha256_text
from gpiot_data.vectors import to_grid
from gpiot_data.vectors.words import split_words


class WordBags:
    """Common words count as much as rare ones."""

    def __init__(self, dims: int = 64, name: str = "bags") -> None:
        self.dims = dims
        self.name = name
        self.sha256 = "b" * 64

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), self.dims))
        for position, text in enumerate(texts):
            for word in split_words(text.lower()):
                rows[position, int(sha256_text(word)[:8], 16) % self.dims] += 1
        return to_grid(rows)
