"""Ranking passages: exact search among vectors, BM25 among words, and the fusion of both rankings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: The constant of reciprocal rank fusion, as its authors chose it.
RANK_OFFSET = 60
#: How many passages of each ranking take part in the fusion.
DEPTH = 1000
#: Scores are rounded to so many digits before they are compared.
SCORE_DIGITS = 4
FUSED_DIGITS = 9

_WORD = re.compile(r"[^\W_]+")


class Ranker:
    """Ranks a fixed set of passages; what it returns depends on nothing but the set and the query."""

    def __init__(self, ids: Sequence[str], texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Build both indexes.

        Args:
            ids: of the passages, all different.
            texts: what is searched for words, in the same order.
            vectors: shape (n, dims), in the same order, normalised or zero.
        """
        import bm25s
        import faiss
        import numpy as np
        from bm25s.stopwords import STOPWORDS_EN

        self._ids = list(ids)
        # The rank of an id among all, by which ties are settled.
        self._order = np.argsort(np.argsort(np.array(self._ids)))
        self._vectors = vectors
        self._flat = faiss.IndexFlatIP(vectors.shape[1])
        self._flat.add(np.ascontiguousarray(vectors))
        self._common = frozenset(STOPWORDS_EN)
        found = [self._words(text) for text in texts]
        # Numbered by the alphabet, as the order of a set changes from run to run.
        self._numbers = {word: number for number, word in enumerate(sorted({word for words in found for word in words}))}
        self._bm25: Any = None
        if self._numbers:
            self._bm25 = bm25s.BM25(method="lucene")
            self._bm25.index(([[self._numbers[word] for word in words] for words in found], dict(self._numbers)), show_progress=False)

    def by_vector(self, query: NDArray[np.float32], depth: int) -> list[str]:
        """Return the ids of the passages with a positive cosine to a vector of shape (dims,), the nearest first."""
        import numpy as np

        if not query.any():
            return []
        _, near = self._flat.search(np.ascontiguousarray(query[None, :]), min(depth, len(self._ids)))
        # Double precision makes the cosine of vectors on a grid exact, whatever the order of summation.
        cosines = self._vectors[near[0]].astype(np.float64) @ query.astype(np.float64)
        return self._ranked(near[0], cosines, depth)

    def by_words(self, text: str, depth: int) -> list[str]:
        """Return the ids of the passages that share words with a text, the best first."""
        import numpy as np

        known = [self._numbers[word] for word in self._words(text) if word in self._numbers]
        if not known:
            return []
        scores = self._bm25.get_scores_from_ids(known).astype(np.float64)
        return self._ranked(np.arange(len(self._ids)), scores, depth)

    def _ranked(self, places: NDArray[np.int64], scores: NDArray[np.float64], depth: int) -> list[str]:
        import numpy as np

        rounded = np.round(scores, SCORE_DIGITS)
        best = np.lexsort((self._order[places], -rounded))[:depth]
        return [self._ids[places[at]] for at in best if rounded[at] > 0]

    def _words(self, text: str) -> list[str]:
        return [word for word in _WORD.findall(text.lower()) if word not in self._common]


def fuse_rankings(rankings: Sequence[Sequence[str]]) -> list[tuple[str, float]]:
    """Return (id, score) of all that is ranked, the best first and ties by id; the score is the sum of 1 / (60 + rank).

    Source: reciprocal rank fusion, Cormack, Clarke and Buettcher 2009, DOI 10.1145/1571941.1572114; ranks count from 1.
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, name in enumerate(ranking, start=1):
            scores[name] = scores.get(name, 0.0) + 1 / (RANK_OFFSET + rank)
    return sorted(((name, round(score, FUSED_DIGITS)) for name, score in scores.items()), key=lambda item: (-item[1], item[0]))
