"""Near-duplicates: a text goes when it is a copy of one that stays, shares most of its words with it, or means the same.

Texts are taken one after the other, and each is compared with those that stay. So what is kept is never removed by
something else, every removal names what stands for it, and the result depends on the order given and on nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

from gpiot_data.errors import InputError
from gpiot_data.quality.signatures import Shingles, shared_keys, shingle
from gpiot_data.vectors.cells import CellIndex, cell_count, make_centres
from gpiot_data.vectors.encoder import Encoder
from gpiot_data.vectors.search import BLOCK_ROWS, ExactIndex, Index, cosines_of, head_of, within
from gpiot_data.vectors.words import split_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Reason = Literal["exact_duplicate", "near_duplicate_words", "near_duplicate_meaning"]
Match = Literal["any", "both"]

#: Up to here every text is compared with every other that stays.
EXACT_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on two texts are near-duplicates: Jaccard of five-word shingles, and cosine of vectors.

    With several fields, `any` lets one near field suffice and `both` asks for all of them.
    """

    jaccard: float = 0.7
    cosine: float = 0.9
    match: Match = "any"


@dataclass(frozen=True, slots=True)
class Removal:
    """A text that goes: `of` is the id of the one that stays, `score` their similarity by `metric` in `field`."""

    id: str
    of: str
    reason: Reason
    field: str
    metric: Literal["exact", "jaccard", "cosine"]
    score: float


@dataclass(frozen=True, slots=True)
class Near:
    """An item that goes and the one that stands for it, both by their number."""

    position: int
    keeper: int
    reason: Reason
    field: str
    metric: Literal["exact", "jaccard", "cosine"]
    score: float


@dataclass(frozen=True, slots=True)
class _Hit:
    """A text that stays and is near: by words before by meaning, the most similar first, the first of equals."""

    keeper: int
    field: str
    metric: Literal["jaccard", "cosine"]
    score: float

    def rank(self) -> tuple[bool, float, int]:
        return self.metric == "cosine", -self.score, self.keeper


def near_duplicates(
    texts: Sequence[str],
    ids: Sequence[str],
    encoder: Encoder,
    *,
    limits: Limits = Limits(),
    against: Mapping[str, str] | None = None,
    exact_rows: int = EXACT_ROWS,
) -> list[Removal]:
    """Return which texts go, in the order of ids.

    Args:
        texts: in any order.
        ids: one for each text, all different; the smaller id of two near-duplicates stays.
        encoder: see `gpiot_data.vectors`.
        limits: from where on texts are near-duplicates.
        against: texts by id that stay whatever is in them; they are compared with `texts`, not with one another.
        exact_rows: with more texts than this, vectors are compared within cells only, and a few pairs are missed.

    Raises:
        InputError: if ids repeat or are not as many as texts.
    """
    fixed = sorted((against or {}).items())
    chosen = sorted(zip(ids, texts, strict=True)) if len(ids) == len(texts) else None
    if chosen is None or len({*(name for name, _ in fixed), *ids}) != len(fixed) + len(ids):
        raise InputError(f"expected a different id for each of {len(texts)} texts, got {len(set(ids))} ids")
    names = [name for name, _ in (*fixed, *chosen)]
    found = find_near({"text": [text for _, text in (*fixed, *chosen)]}, encoder, limits, len(fixed), exact_rows)
    return [Removal(names[near.position], names[near.keeper], near.reason, near.field, near.metric, near.score) for near in found]


def find_near(
    fields: Mapping[str, Sequence[str]],
    encoder: Encoder,
    limits: Limits,
    fixed: int = 0,
    exact_rows: int = EXACT_ROWS,
) -> list[Near]:
    """Return which items go, by number; of two near items the later one goes.

    Args:
        fields: texts by field, one for each item; an empty text is near nothing.
        encoder: see `gpiot_data.vectors`.
        limits: from where on texts are near-duplicates.
        fixed: how many items from the first on stay whatever is in them.
        exact_rows: with more items than this, vectors are compared within cells only.
    """
    first_of = _first_copies(fields)
    rest = [position for position, first in enumerate(first_of) if first == position]
    views = [_Field(name, [texts[position] for position in rest], encoder, limits, exact_rows) for name, texts in fields.items()]
    walk = _Walk(views, limits, sum(position < fixed for position in rest))
    hits = {rest[position]: hit for position, hit in walk.run(len(rest))}
    removals = []
    for position in range(fixed, len(first_of)):
        first = first_of[position]
        if (hit := hits.get(first)) is not None:
            reason: Reason = "near_duplicate_words" if hit.metric == "jaccard" else "near_duplicate_meaning"
            removals.append(Near(position, rest[hit.keeper], reason, hit.field, hit.metric, round(hit.score, 4)))
        elif first != position:
            removals.append(Near(position, first, "exact_duplicate", "+".join(fields), "exact", 1.0))
    return removals


def _first_copies(fields: Mapping[str, Sequence[str]]) -> list[int]:
    """Return for each item the first one with the same words in the same order in all fields."""
    first: dict[bytes, int] = {}
    items = enumerate(zip(*fields.values(), strict=True))
    return [first.setdefault(_digest(texts), position) for position, texts in items]


def _digest(texts: Iterable[str]) -> bytes:
    """Return a hash of the words of texts; the texts themselves would fill the memory a second time."""
    return blake2b("\x00".join(" ".join(split_words(text)) for text in texts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


class _Field:
    """One field of all items: how near they are by it, and which of those that stay are worth comparing."""

    def __init__(self, name: str, texts: Sequence[str], encoder: Encoder, limits: Limits, exact_rows: int) -> None:
        self.name = name
        self._limits = limits
        self._shingles: Shingles = shingle(texts)
        self._keys = shared_keys(self._shingles, limits.jaccard)
        self.vectors: NDArray[np.float32] = encoder.encode(texts)
        self._head = head_of(self.vectors)
        self._index: Index = (
            ExactIndex(encoder.dims, limits.cosine, self._head)
            if len(texts) <= exact_rows
            else CellIndex(make_centres(self.vectors, cell_count(len(texts))), limits.cosine)
        )
        self._buckets: dict[int, list[int]] = {}
        self._kept: list[int] = []

    def keep(self, position: int) -> None:
        """Let later items be compared with this one by words."""
        for key in self._keys[position]:
            self._buckets.setdefault(key, []).append(position)

    def keep_block(self, positions: Sequence[int]) -> None:
        """Let items of later blocks be compared with these by meaning."""
        self._index.add(self.vectors[list(positions)])
        self._kept += positions

    def by_words(self, position: int) -> list[_Hit]:
        """Return what stays so far and shares enough shingles."""
        candidates = {other for key in self._keys[position] for other in self._buckets.get(key, ())}
        return [hit for other in sorted(candidates) if (hit := self._compare_words(position, other)) is not None]

    def by_meaning(self, first: int, last: int) -> dict[int, list[_Hit]]:
        """Return for items of a block what is near in vectors: what stays of earlier blocks, and any earlier item of this one."""
        block = self.vectors[first:last]
        before, inside = self._index.near(block), within(block, self._limits.cosine, self._head)
        found: dict[int, list[_Hit]] = {}
        for left, right, cosine in zip(before.left.tolist(), before.right.tolist(), before.cosine.tolist(), strict=True):
            found.setdefault(first + left, []).append(_Hit(self._kept[right], self.name, "cosine", cosine))
        for left, right, cosine in zip(inside.left.tolist(), inside.right.tolist(), inside.cosine.tolist(), strict=True):
            found.setdefault(first + left, []).append(_Hit(first + right, self.name, "cosine", cosine))
        return found

    def compare(self, position: int, other: int) -> _Hit | None:
        """Return how near two items are, by words if that is enough, else by meaning; None if they are not near."""
        if (hit := self._compare_words(position, other)) is not None:
            return hit
        cosine = float(cosines_of(self.vectors[[position]], self.vectors[[other]])[0])
        return _Hit(other, self.name, "cosine", cosine) if cosine >= self._limits.cosine else None

    def _compare_words(self, position: int, other: int) -> _Hit | None:
        jaccard = self._shingles.jaccard(position, other, self._limits.jaccard)
        return _Hit(other, self.name, "jaccard", jaccard) if jaccard >= self._limits.jaccard else None


class _Walk:
    """Takes items in order, block by block, and tells which go."""

    def __init__(self, views: Sequence[_Field], limits: Limits, fixed: int) -> None:
        self._views = views
        self._all = limits.match == "both"
        self._fixed = fixed

    def run(self, count: int) -> Iterator[tuple[int, _Hit]]:
        """Yield items that go, with what stands for them."""
        for first in range(0, count, BLOCK_ROWS):
            last = min(first + BLOCK_ROWS, count)
            meaning = [view.by_meaning(first, last) for view in self._views]
            stays: set[int] = set()
            for position in range(first, last):
                hit = None if position < self._fixed else self._find(position, first, stays, meaning)
                if hit is not None:
                    yield position, hit
                    continue
                stays.add(position)
                for view in self._views:
                    view.keep(position)
            for view in self._views:
                view.keep_block(sorted(stays))

    def _find(self, position: int, first: int, stays: set[int], meaning: Sequence[dict[int, list[_Hit]]]) -> _Hit | None:
        hits: list[_Hit] = []
        for view, near in zip(self._views, meaning, strict=True):
            found = [*view.by_words(position), *(hit for hit in near.get(position, ()) if hit.keeper < first or hit.keeper in stays)]
            if self._all:
                return self._near_in_all(position, view, found)
            hits += found
        return min(hits, key=_Hit.rank, default=None)

    def _near_in_all(self, position: int, view: _Field, found: Iterable[_Hit]) -> _Hit | None:
        """Return the nearest of those found in one field that are near in all others too, by the field where it is less near."""
        best: dict[int, _Hit] = {}
        for hit in sorted(found, key=_Hit.rank):
            best.setdefault(hit.keeper, hit)
        whole = []
        for keeper, hit in best.items():
            others = [other.compare(position, keeper) for other in self._views if other is not view]
            if all(others):
                whole.append(max((hit, *(other for other in others if other is not None)), key=_Hit.rank))
        nearest = min(whole, key=_Hit.rank, default=None)
        return None if nearest is None else replace(nearest, field="+".join(view.name for view in self._views))
