"""What an encoder is, and the grid that every vector lies on.

A coordinate is a whole multiple of 1/4096. Products of two such vectors are whole multiples of 2**-24 and sum up
exactly in double precision, so a cosine does not depend on the order of summation: neither the linear algebra
library nor batches nor threads can change it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GRID = 4096


class Encoder(Protocol):
    """Turns texts into vectors; the same text always gives the same vector, whatever stands beside it.

    `name` is for people; `sha256` covers the weights and everything else that shapes a vector.
    """

    @property
    def name(self) -> str:
        """What people call it, such as `static:minilm:256`."""
        ...

    @property
    def sha256(self) -> str:
        """The hash of all that shapes a vector, as 64 hex digits."""
        ...

    @property
    def dims(self) -> int:
        """How many coordinates a vector has."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors on the grid, of shape (n, dims), in the order of `texts`; zeros for a text without known tokens."""
        ...


def to_grid(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return rows scaled to length 1 and rounded to the grid, of the same shape; rows of zeros stay so."""
    import numpy as np

    exact = vectors.astype(np.float64)
    lengths = np.sqrt(np.einsum("ij,ij->i", exact, exact))[:, None]
    units = np.divide(exact, lengths, out=np.zeros_like(exact), where=lengths > 0)
    return np.asarray(np.rint(units * GRID) / GRID, dtype=np.float32)
