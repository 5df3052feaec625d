"""Which texts share words: sets of five-word shingles, and MinHash signatures that tell which sets are worth comparing.

A signature only proposes; the Jaccard similarity that counts is computed from the sets.

Source: Broder, On the resemblance and containment of documents (1997), DOI 10.1109/SEQUEN.1997.666900; signatures
by rensa, cut into bands as in Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from gpiot_data.vectors.words import Words, number_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHINGLE_WORDS = 5
#: The share of pairs exactly at the threshold that signatures must propose; those above it are found the more surely.
RECALL = 0.99
#: The more rows a band has, the fewer pairs are proposed in vain, and the more bands it takes to find the others.
MOST_BAND_ROWS = 5
MOST_BANDS = 64
SEED = 42
HASH_BITS = 52
BLOCK_TEXTS = 1 << (64 - HASH_BITS)
#: How many shingles of other texts are compared at a time; bounds memory.
GATHERED = 1 << 20


@dataclass(frozen=True, slots=True)
class Shingles:
    """Sets of shingle hashes: set i is `hashes[starts[i]:starts[i + 1]]`, sorted and without repeats (uint64).

    A text of fewer than five words has one shingle, all of it; a text without words has none.
    """

    hashes: NDArray[np.uint64]
    starts: NDArray[np.int64]

    def of(self, position: int) -> NDArray[np.uint64]:
        """Return the set of one text."""
        return self.hashes[self.starts[position] : self.starts[position + 1]]

    def sizes(self) -> NDArray[np.int64]:
        """Return how many shingles each text has."""
        import numpy as np

        return np.diff(self.starts)

    def jaccards(self, position: int, others: NDArray[np.int64], least: float) -> NDArray[np.float64]:
        """Return the shares of common shingles of a text with others (n,); 0 where sizes alone tell that it is below `least`."""
        import numpy as np

        found = np.zeros(len(others))
        own = self.of(position)
        if not len(own) or not len(others):
            return found
        sizes = self.starts[others + 1] - self.starts[others]
        # The same division as of the share itself, so that no rounding loses one that is exactly `least`.
        places = np.flatnonzero((sizes > 0) & (np.minimum(sizes, len(own)) / np.maximum(sizes, len(own)) >= least))
        room = np.cumsum(sizes[places])
        for part in np.split(places, np.searchsorted(room, np.arange(GATHERED, room[-1], GATHERED))) if len(places) else ():
            common = self._common(own, others[part], sizes[part])
            found[part] = common / (len(own) + sizes[part] - common)
        return found

    def _common(self, own: NDArray[np.uint64], others: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many shingles each of some texts, none of them empty, has in common with a sorted set."""
        import numpy as np

        if not len(others):
            return np.zeros(0, dtype=np.int64)
        begins = np.cumsum(sizes) - sizes
        values = self.hashes[np.repeat(self.starts[others] - begins, sizes) + np.arange(int(sizes.sum()))]
        near = np.minimum(np.searchsorted(own, values), len(own) - 1)
        return np.asarray(np.add.reduceat((own[near] == values).astype(np.int64), begins))


def shingle(texts: Sequence[str]) -> Shingles:
    """Return the shingles of texts; a hash depends on the words alone."""
    import numpy as np

    words = number_words(texts)
    digests = b"".join(blake2b(word.encode("utf-8"), digest_size=8).digest() for word in words.vocabulary)
    hashes = np.frombuffer(digests, dtype="<u8")
    pieces, sizes = [], [np.zeros(0, dtype=np.int64)]
    for first in range(0, len(texts), BLOCK_TEXTS):
        found, counts = _shingle_block(words.part(first, min(first + BLOCK_TEXTS, len(texts))), hashes)
        pieces.append(found)
        sizes.append(counts)
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(np.concatenate(sizes))])
    return Shingles(np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.uint64), starts)


def _shingle_block(words: Words, hashes: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return sorted shingles of each text without repeats, one after the other, and how many each text has."""
    import numpy as np

    lengths = np.diff(words.starts)
    flat = np.concatenate([hashes[words.numbers], np.zeros(SHINGLE_WORDS, dtype=np.uint64)])
    counts = np.where(lengths == 0, 0, np.maximum(lengths - SHINGLE_WORDS + 1, 1))
    owner = np.repeat(np.arange(len(lengths)), counts)
    first = words.starts[:-1][owner] + np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    mixed = np.zeros(len(owner), dtype=np.uint64)
    for step in range(SHINGLE_WORDS):
        # Words beyond a short text's end count as nothing.
        word = np.where(step < lengths[owner], flat[first + step], np.uint64(0))
        mixed = _mix(mixed + word)
    # Text and hash in one number sort many times faster than as two; 52 bits are plenty for the shingles of a text.
    ranked = np.sort((owner.astype(np.uint64) << np.uint64(HASH_BITS)) | (mixed >> np.uint64(64 - HASH_BITS)))
    new = np.ones(len(ranked), dtype=bool)
    new[1:] = ranked[1:] != ranked[:-1]
    ranked = ranked[new]
    sizes = np.bincount((ranked >> np.uint64(HASH_BITS)).astype(np.int64), minlength=len(lengths))
    return ranked & np.uint64((1 << HASH_BITS) - 1), sizes


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64-bit numbers, one to one; the constants are those of splitmix64 (Steele et al., DOI 10.1145/2660193.2660195)."""
    import numpy as np

    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def band_shape(least: float) -> tuple[int, int]:
    """Return (bands, rows of a band), so that two texts of Jaccard `least` share a band with a probability of 0.99 or more.

    They share one with probability 1 - (1 - least**rows)**bands: 26 bands of 5 rows give 0.992 at 0.7, and 0.99997 at 0.8.
    """
    for rows in range(MOST_BAND_ROWS, 1, -1):
        bands = math.ceil(math.log(1 - RECALL) / math.log1p(-(min(least, 0.99) ** rows)))
        if bands <= MOST_BANDS:
            return bands, rows
    return MOST_BANDS, 2


def band_keys(shingles: Shingles, least: float) -> NDArray[np.uint64]:
    """Return the keys of each text's bands, of shape (texts, bands): texts with a key in common may reach Jaccard `least`."""
    import numpy as np
    from rensa import RMinHash  # type: ignore[import-untyped, unused-ignore]

    bands, band_rows = band_shape(least)
    count = len(shingles.starts) - 1
    keys = np.zeros((count, bands), dtype=np.uint64)
    for first in range(0, count, BLOCK_TEXTS):
        last = min(first + BLOCK_TEXTS, count)
        starts = shingles.starts[first : last + 1]
        flat = np.ascontiguousarray(shingles.hashes[starts[0] : starts[-1]])
        offsets = (starts - starts[0]).astype(np.uint64)
        rows = RMinHash.digest_matrix_from_flat_token_hashes(flat, offsets, bands * band_rows, SEED).to_rows()
        digests = np.array(rows, dtype=np.uint64).reshape(last - first, bands, band_rows)
        mixed = np.broadcast_to(np.arange(bands, dtype=np.uint64), (last - first, bands))
        for row in range(band_rows):
            mixed = _mix(mixed + digests[:, :, row])
        keys[first:last] = mixed
    return keys


def shared_keys(shingles: Shingles, least: float) -> list[list[int]]:
    """Return the band keys of each text that another text has too.

    A text has none when so few of its shingles occur anywhere else that no Jaccard can reach `least`: texts with a long head
    in common and a tail of their own would otherwise all be compared with one another, in vain.
    """
    import numpy as np

    keys = band_keys(shingles, least)
    keys[shingles.sizes() == 0] = 0
    order = np.argsort(keys, axis=None, kind="stable")
    ranked = keys.ravel()[order]
    same = ranked[1:] == ranked[:-1]
    common = np.zeros(len(ranked), dtype=bool)
    common[order[1:][same]] = True
    common[order[:-1][same]] = True
    common &= keys.ravel() != 0
    flags = common.reshape(keys.shape)
    flags &= _reachable(shingles, np.asarray(flags.any(axis=1)), least)[:, None]
    return [keys[position][flags[position]].tolist() for position in range(len(keys))]


def _reachable(shingles: Shingles, proposed: NDArray[np.bool_], least: float) -> NDArray[np.bool_]:
    """Tell of each text whether enough of its shingles occur in another proposed one too: the Jaccard is never above their share."""
    import numpy as np

    sizes = shingles.sizes()
    places = np.flatnonzero(np.repeat(proposed, sizes))
    hashes = shingles.hashes[places]
    order = np.argsort(hashes)
    ranked = hashes[order]
    same = ranked[1:] == ranked[:-1]
    common = np.zeros(len(ranked), dtype=bool)
    common[order[1:][same]] = True
    common[order[:-1][same]] = True
    owners = np.repeat(np.arange(len(sizes)), sizes)[places[common]]
    shared = np.bincount(owners, minlength=len(sizes))
    return np.asarray(shared / np.maximum(sizes, 1) >= least)
