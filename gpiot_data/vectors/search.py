"""Which vectors are close: candidates by faiss, the cosine of each computed exactly.

What faiss finds depends on the order in which it adds up, in the last bits. So it is asked for a little more than the
threshold, and each candidate's cosine is computed anew from the grid (see `encoder`), rounded to four digits, and
compared as a whole number. The result is the same on every machine, for any block, batch and number of threads.

Where the first coordinates hold most of a vector's length, as those of the static encoder do, faiss gets only these
and, as one more coordinate, the length of the rest. By Cauchy and Schwarz that product is never below the cosine,
so no pair is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: A cosine counts to four digits; `DIGITS` of them make one.
DIGITS = 10_000
#: Half a digit, the error of single precision, and what rounding to the grid adds to a vector's length, with room to spare.
MARGIN = 1e-3
#: Large enough for fast matrix products, small enough that a block of mutual neighbours has few pairs.
BLOCK_ROWS = 1024
#: The least share of the squared length that the leading coordinates must hold; below it the bound lets too much through.
HEAD_SHARE = 0.65
HEAD_STEP = 32


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Pairs of rows with their cosines: `left` and `right` are row numbers (int64), `cosine` is rounded to four digits."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    cosine: NDArray[np.float64]


class Index(Protocol):
    """Vectors that can be added to and asked for neighbours; they are numbered from 0 as they are added."""

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Add vectors of shape (n, dims)."""
        ...

    def near(self, vectors: NDArray[np.float32]) -> Neighbours:
        """Return the pairs (row of `vectors`, number in the index) at or above the threshold, by row and number."""
        ...


def cosines_of(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the cosine of each row of `left` with the same row of `right`, rounded to four digits; 0 for rows of zeros.

    Both hold vectors on the grid; their products and squares are exact sums, so the result has one value.
    """
    import numpy as np

    first, second = left.astype(np.float64), right.astype(np.float64)
    products = np.einsum("ij,ij->i", first, second)
    lengths = np.sqrt(np.einsum("ij,ij->i", first, first) * np.einsum("ij,ij->i", second, second))
    cosines = np.divide(products, lengths, out=np.zeros(len(products)), where=lengths > 0)
    return np.asarray(np.rint(cosines * DIGITS) / DIGITS)


def head_of(vectors: NDArray[np.float32]) -> int:
    """Return how many leading coordinates hold most of the length of `vectors`; all of them if it takes more than half."""
    import numpy as np

    dims = vectors.shape[1]
    shares = np.cumsum((vectors.astype(np.float64) ** 2).sum(axis=0))
    if not len(vectors) or shares[-1] == 0:
        return int(dims)
    enough = int(np.searchsorted(shares / shares[-1], HEAD_SHARE)) + 1
    head = -(-enough // HEAD_STEP) * HEAD_STEP
    return head if 2 * head <= dims else int(dims)


class ExactIndex:
    """Compares with all vectors; misses nothing.

    Args:
        dims: coordinates of a vector.
        threshold: the least cosine of a pair.
        head: how many leading coordinates faiss gets, as `head_of` tells.
    """

    def __init__(self, dims: int, threshold: float, head: int) -> None:
        import faiss
        import numpy as np

        self._threshold = threshold
        self._head = head
        self._faiss = faiss.IndexFlatIP(dims if head == dims else head + 1)
        self._rows = Rows(np.zeros((0, dims), dtype=np.float32))

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Add vectors."""
        self._faiss.add(self._shorten(vectors))
        self._rows.add(vectors)

    def near(self, vectors: NDArray[np.float32]) -> Neighbours:
        """Return all pairs at or above the threshold."""
        return ask(self._faiss, self._shorten(vectors), vectors, self._rows, self._threshold)

    def _shorten(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        import numpy as np

        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        units = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
        if self._head == vectors.shape[1]:
            return np.asarray(units, dtype=np.float32)
        rest = np.linalg.norm(units[:, self._head :], axis=1, keepdims=True)
        return np.ascontiguousarray(np.hstack([units[:, : self._head], rest]))


class Rows:
    """Vectors in one array that grows."""

    def __init__(self, rows: NDArray[np.float32]) -> None:
        self._rows = rows
        self.count = len(rows)

    def add(self, rows: NDArray[np.float32]) -> None:
        """Append rows."""
        import numpy as np

        if self.count + len(rows) > len(self._rows):
            room = np.zeros((max(2 * len(self._rows), self.count + len(rows)), rows.shape[1]), dtype=np.float32)
            room[: self.count] = self._rows[: self.count]
            self._rows = room
        self._rows[self.count : self.count + len(rows)] = rows
        self.count += len(rows)

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the rows with these numbers."""
        return self._rows[numbers]


def ask(index: Any, queries: NDArray[np.float32], vectors: NDArray[np.float32], rows: Rows, threshold: float) -> Neighbours:
    """Ask a faiss index for candidates and return those whose exact cosine is at or above `threshold`.

    Args:
        index: a faiss index of inner products.
        queries: what faiss is asked with, of shape (n, any).
        vectors: the same rows on the grid, of shape (n, dims).
        rows: the vectors in the index, in its order.
        threshold: the least cosine of a pair.
    """
    import numpy as np

    if not rows.count or not len(vectors):
        return Neighbours(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
    limits, _, found = index.range_search(queries, threshold - MARGIN)
    left = np.repeat(np.arange(len(vectors)), np.diff(limits.astype(np.int64)))
    right = found.astype(np.int64)
    cosine = np.concatenate([cosines_of(vectors[left[part]], rows.take(right[part])) for part in _parts(len(left))])
    good = np.rint(cosine * DIGITS) >= round(threshold * DIGITS)
    left, right, cosine = left[good], right[good], cosine[good]
    order = np.lexsort((right, left))
    return Neighbours(left[order], right[order], cosine[order])


def _parts(count: int) -> Iterator[slice]:
    """Cut a long list of pairs, so that their vectors need little memory."""
    size = 1 << 16
    return (slice(first, first + size) for first in range(0, max(count, 1), size))


def within(vectors: NDArray[np.float32], threshold: float, head: int) -> Neighbours:
    """Return the pairs among `vectors` at or above `threshold`, left after right."""
    index = ExactIndex(vectors.shape[1], threshold, head)
    index.add(vectors)
    found = index.near(vectors)
    later = found.right < found.left
    return Neighbours(found.left[later], found.right[later], found.cosine[later])


def neighbours(vectors: NDArray[np.float32], threshold: float) -> Neighbours:
    """Return all pairs of rows whose cosine is at or above `threshold`, left after right, by left and right.

    Args:
        vectors: on the grid, of shape (n, dims).
        threshold: the least cosine, above 0; the number of pairs, and so memory, grows as it falls.
    """
    import numpy as np

    head = head_of(vectors)
    index = ExactIndex(vectors.shape[1], threshold, head)
    pieces = []
    for first in range(0, len(vectors), BLOCK_ROWS):
        block = vectors[first : first + BLOCK_ROWS]
        before, inside = index.near(block), within(block, threshold, head)
        pieces.append((before.left + first, before.right, before.cosine))
        pieces.append((inside.left + first, inside.right + first, inside.cosine))
        index.add(block)
    if not pieces:
        return Neighbours(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
    left, right, cosine = (np.concatenate(part) for part in zip(*pieces, strict=True))
    order = np.lexsort((right, left))
    return Neighbours(left[order], right[order], cosine[order])
