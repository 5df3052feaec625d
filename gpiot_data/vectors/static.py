"""The static encoder: a text's vector is the sum of its tokens' vectors, scaled to length 1.

Token vectors are small whole numbers, so the sum is exact whatever its order. A text is cut into words at white
space and each different word is tokenised once; for a WordPiece vocabulary that gives the tokens of the whole text.
A word may be as long as it likes, such as a list of numbers or a text in a script without spaces: it is never cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gpiot_data.vectors.encoder import GRID, to_grid
from gpiot_data.vectors.words import Words, number_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array
    from tokenizers import Tokenizer

BLOCK_TEXTS = 4096
#: Whole numbers up to here are exact in single precision.
EXACT_FLOAT32 = 1 << 24
#: Squares of whole numbers up to here, one for each of 256 coordinates, add up within 63 bits.
EXACT_SQUARES = 1 << 27


class StaticEncoder:
    """Sums of token vectors.

    Args:
        name: for people.
        sha256: over table, tokeniser and parameters.
        table: whole numbers of shape (tokens, dims), int16.
        tokenizer: gives the rows of `table` for a word, no special tokens.
    """

    def __init__(self, name: str, sha256: str, table: NDArray[np.int16], tokenizer: Tokenizer) -> None:
        import numpy as np

        self.name = name
        self.sha256 = sha256
        self.dims = int(table.shape[1])
        self._table = table.astype(np.float32)
        self._peak = max(1, int(np.abs(table.astype(np.int32)).max()))
        self._tokenizer = tokenizer

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors on the grid, of shape (n, dims)."""
        return self.encode_words(number_words(texts))

    def encode_words(self, words: Words) -> NDArray[np.float32]:
        """Return the vectors of texts whose words are numbered already, of shape (n, dims)."""
        import numpy as np

        of_words, lengths = self._sum_tokens(words.vocabulary)
        count = len(words.starts) - 1
        found = np.zeros((count, self.dims), dtype=np.float32)
        for first in range(0, count, BLOCK_TEXTS):
            last = min(first + BLOCK_TEXTS, count)
            part = words.part(first, last)
            sums = _add_up(part.numbers, part.starts, of_words, _most(lengths[part.numbers], part.starts) * self._peak)
            found[first:last] = _unit_sums(sums)
        return found

    def _sum_tokens(self, vocabulary: Sequence[str]) -> tuple[NDArray[np.floating], NDArray[np.int64]]:
        """Return the summed token vectors of each word, and its number of tokens."""
        import numpy as np

        encodings = self._tokenizer.encode_batch_fast(list(vocabulary), add_special_tokens=False)
        ids = [encoding.ids for encoding in encodings]
        lengths = np.fromiter(map(len, ids), dtype=np.int64, count=len(ids))
        starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
        flat = np.fromiter((number for row in ids for number in row), dtype=np.int32, count=int(starts[-1]))
        return _add_up(flat, starts, self._table, int(lengths.max(initial=0)) * self._peak), lengths


def _add_up(numbers: NDArray[np.int32], starts: NDArray[np.int64], table: NDArray[np.floating], bound: int) -> NDArray[np.floating]:
    """Return for each text the sum of the rows of `table` that its numbers name; `bound` is the largest value on the way."""
    import numpy as np
    from scipy.sparse import csr_array

    kind = np.float32 if bound <= EXACT_FLOAT32 else np.float64
    counts: csr_array = csr_array((np.ones(len(numbers), dtype=kind), numbers, starts), shape=(len(starts) - 1, len(table)))
    return np.asarray(counts @ table.astype(kind, copy=False))


def _most(lengths: NDArray[np.int64], starts: NDArray[np.int64]) -> int:
    """Return the number of tokens of the longest text."""
    import numpy as np

    ends = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
    return int((ends[starts[1:]] - ends[starts[:-1]]).max(initial=0))


def _unit_sums(sums: NDArray[np.floating]) -> NDArray[np.float32]:
    """Scale rows of whole numbers to length 1 on the grid; their squares are added up as whole numbers, hence exactly."""
    import numpy as np

    if np.abs(sums).max(initial=0) > EXACT_SQUARES:
        return to_grid(sums)
    whole = sums.astype(np.int64)
    lengths = np.sqrt(np.einsum("ij,ij->i", whole, whole).astype(np.float64))[:, None]
    units = np.divide(sums.astype(np.float64), lengths, out=np.zeros(sums.shape), where=lengths > 0)
    return np.asarray(np.rint(units * GRID) / GRID, dtype=np.float32)
