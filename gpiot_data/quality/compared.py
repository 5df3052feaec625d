"""One field of all items: how near two items are by it, and which of those that stay are worth comparing.

What is near an item comes as arrays, since a template that all texts share makes most pairs worth comparing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gpiot_data.quality.signatures import Shingles, shared_keys, shingle
from gpiot_data.vectors.cells import CellIndex, cell_count, make_centres
from gpiot_data.vectors.encoder import Encoder
from gpiot_data.vectors.search import ExactIndex, Index, Neighbours, cosines_of, head_of, within

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Thresholds(Protocol):
    """From where on two texts are near."""

    @property
    def jaccard(self) -> float:
        """The least Jaccard similarity of their shingles."""
        ...

    @property
    def cosine(self) -> float:
        """The least cosine of their vectors."""
        ...


@dataclass(frozen=True, slots=True)
class Hits:
    """What is near one item: keepers by number (int64, rising), whether each is near by words (bool), and how near (float64)."""

    keepers: NDArray[np.int64]
    words: NDArray[np.bool_]
    scores: NDArray[np.float64]

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Hits:
        """Return the chosen ones."""
        return Hits(self.keepers[chosen], self.words[chosen], self.scores[chosen])

    def best(self) -> int:
        """Return the place of the nearest: by words before by meaning, the most similar first, the first of equals."""
        import numpy as np

        return int(np.lexsort((self.keepers, -self.scores, ~self.words))[0])

    def weaker(self, other: Hits) -> Hits:
        """Return for each of the same keepers the less near of two hits."""
        import numpy as np

        worse = (self.words & ~other.words) | ((self.words == other.words) & (other.scores < self.scores))
        return Hits(self.keepers, np.where(worse, other.words, self.words), np.where(worse, other.scores, self.scores))


class NearInBlock:
    """What is near in vectors for the items of a block, before it is known which items of the block itself stay."""

    def __init__(self, first: int, last: int, before: Neighbours, inside: Neighbours) -> None:
        """Take pairs (item of the block from 0, number of a keeper), by item: of earlier blocks, and of this one from its first item on."""
        import numpy as np

        self._first = first
        self._parts = [(pairs, np.searchsorted(pairs.left, np.arange(last - first + 1)).tolist()) for pairs in (before, inside)]

    def of(self, position: int, stays: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
        """Return keepers, rising, and cosines, or None; `stays` tells of each item of the block whether it does so far."""
        import numpy as np

        (before, starts), (inside, bounds) = self._parts
        place = position - self._first
        early, late = slice(starts[place], starts[place + 1]), slice(bounds[place], bounds[place + 1])
        if early.start == early.stop and late.start == late.stop:
            return None
        right = inside.right[late]
        chosen = stays[right]
        keepers = np.concatenate([before.right[early], right[chosen] + self._first])
        return keepers, np.concatenate([before.cosine[early], inside.cosine[late][chosen]])


class Field:
    """One field of all items.

    Args:
        name: of the field.
        texts: one for each item; a text without words is near nothing.
        encoder: see `gpiot_data.vectors`.
        limits: from where on texts are near.
        in_cells: whether vectors are compared within cells only.
    """

    def __init__(self, name: str, texts: Sequence[str], encoder: Encoder, limits: Thresholds, in_cells: bool) -> None:
        import numpy as np

        self.name = name
        self.different = len(set(texts))
        self._limits = limits
        self._shingles: Shingles = shingle(texts)
        self._keys = shared_keys(self._shingles, limits.jaccard)
        vectors = np.array(encoder.encode(texts), dtype=np.float32)
        vectors[self._shingles.sizes() == 0] = 0
        self._vectors: NDArray[np.float32] = vectors
        self._head = head_of(vectors)
        self._index: Index = (
            CellIndex(make_centres(vectors, cell_count(len(texts))), limits.cosine)
            if in_cells
            else ExactIndex(encoder.dims, limits.cosine, self._head)
        )
        self._buckets: dict[int, list[int]] = {}
        self._kept: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def keep(self, position: int) -> None:
        """Let later items be compared with this one by words."""
        for key in self._keys[position]:
            self._buckets.setdefault(key, []).append(position)

    def keep_block(self, positions: NDArray[np.int64]) -> None:
        """Let items of later blocks be compared with these by meaning."""
        import numpy as np

        self._index.add(self._vectors[positions])
        self._kept = np.concatenate([self._kept, positions])

    def by_meaning(self, first: int, last: int) -> NearInBlock:
        """Return what is near in vectors to the items of a block."""
        block = self._vectors[first:last]
        before, inside = self._index.near(block), within(block, self._limits.cosine, self._head)
        return NearInBlock(first, last, Neighbours(before.left, self._kept[before.right], before.cosine), inside)

    def hits(self, position: int, meaning: NearInBlock, stays: NDArray[np.bool_]) -> Hits | None:
        """Return what stays so far and is near, by words if that is enough; None if nothing is."""
        import numpy as np

        candidates = {other for key in self._keys[position] for other in self._buckets.get(key, ())}
        found = meaning.of(position, stays)
        # Most items have nothing near them, and arrays take their time.
        if not candidates and found is None:
            return None
        near, cosines = found or (np.zeros(0, dtype=np.int64), np.zeros(0))
        others = np.array(sorted(candidates), dtype=np.int64)
        jaccards = self._shingles.jaccards(position, others, self._limits.jaccard)
        others, jaccards = others[jaccards >= self._limits.jaccard], jaccards[jaccards >= self._limits.jaccard]
        if not len(others) and not len(near):
            return None
        new = ~np.isin(near, others, assume_unique=True)
        keepers = np.concatenate([others, near[new]])
        order = np.argsort(keepers)
        words = np.arange(len(keepers)) < len(others)
        return Hits(keepers[order], words[order], np.concatenate([jaccards, cosines[new]])[order])

    def compare(self, position: int, others: NDArray[np.int64]) -> tuple[NDArray[np.bool_], Hits]:
        """Return which items are near to one, by words if that is enough, else by meaning; and how near all of them are."""
        import numpy as np

        jaccards = self._shingles.jaccards(position, others, self._limits.jaccard)
        words = jaccards >= self._limits.jaccard
        cosines = cosines_of(np.broadcast_to(self._vectors[position], (len(others), self._vectors.shape[1])), self._vectors[others])
        return words | (cosines >= self._limits.cosine), Hits(others, words, np.where(words, jaccards, cosines))
