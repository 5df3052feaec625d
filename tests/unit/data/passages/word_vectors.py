"""A small encoder: each word has a direction by its hash, a text the sum of its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from gpiot_data.vectors import to_grid


class WordVectors:
    """Counts in `encoded` how many texts it was given."""

    def __init__(self, name: str = "words", dims: int = 64) -> None:
        self.name = name
        self.sha256 = sha256(name.encode()).hexdigest()
        self.dims = dims
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.encoded += len(texts)
        found = np.zeros((len(texts), self.dims))
        for row, text in enumerate(texts):
            for word in re.findall(r"[a-z0-9]+", text.lower()):
                found[row, int(sha256(word.encode()).hexdigest()[:8], 16) % self.dims] += 1
        return to_grid(found)
