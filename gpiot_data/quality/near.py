"""Near-duplicates: a text goes when it is a copy of one that stays, shares most of its words with it, or means the same.

Texts are taken one after the other, and each is compared with those that stay. So what is kept is never removed by
something else, every removal names what stands for it, and the result depends on the order given and on nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

from gpiot_data.errors import InputError
from gpiot_data.quality.compared import Field, Hits, NearInBlock
from gpiot_data.vectors.encoder import Encoder
from gpiot_data.vectors.search import BLOCK_ROWS
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
    """The nearest text that stays, by one field; of fields too, words come before meaning, and the most similar first."""

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
        exact_rows: with more different texts than this, vectors are compared within cells only, and a few pairs are missed.

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
        fields: texts by field, one for each item; a text without words is near nothing, and copy of nothing.
        encoder: see `gpiot_data.vectors`.
        limits: from where on texts are near-duplicates.
        fixed: how many items from the first on stay whatever is in them.
        exact_rows: with more different items than this, vectors are compared within cells only.
    """
    first_of = _first_copies(fields)
    rest = [position for position, first in enumerate(first_of) if first == position]
    in_cells = len(rest) > exact_rows
    views = [Field(name, [texts[position] for position in rest], encoder, limits, in_cells) for name, texts in fields.items()]
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


def searches_cells(fields: Mapping[str, Sequence[str]], exact_rows: int = EXACT_ROWS) -> bool:
    """Tell whether `find_near` compares vectors of these items within cells only, and so may miss a few pairs."""
    if max((len(texts) for texts in fields.values()), default=0) <= exact_rows:
        return False
    return sum(first == position for position, first in enumerate(_first_copies(fields))) > exact_rows


def _first_copies(fields: Mapping[str, Sequence[str]]) -> list[int]:
    """Return for each item the first one with the same words in the same order in all fields; one without any words is its own."""
    first: dict[bytes, int] = {}
    nothing = _digest("" for _ in fields)
    items = ((position, _digest(texts)) for position, texts in enumerate(zip(*fields.values(), strict=True)))
    return [position if digest == nothing else first.setdefault(digest, position) for position, digest in items]


def _digest(texts: Iterable[str]) -> bytes:
    """Return a hash of the words of texts; the texts themselves would fill the memory a second time."""
    return blake2b("\x00".join(" ".join(split_words(text)) for text in texts).encode("utf-8"), digest_size=16).digest()


class _Walk:
    """Takes items in order, block by block, and tells which go."""

    def __init__(self, views: Sequence[Field], limits: Limits, fixed: int) -> None:
        self._views = views
        # What is near in all fields is near in the one that repeats least, where the fewest pairs have to be looked at.
        self._asked = [max(views, key=lambda view: view.different)] if limits.match == "both" else views
        self._fixed = fixed

    def run(self, count: int) -> Iterator[tuple[int, _Hit]]:
        """Yield items that go, with what stands for them."""
        import numpy as np

        # Items that stay whatever is in them are asked nothing.
        for first in range(0, self._fixed, BLOCK_ROWS):
            self._keep(np.arange(first, min(first + BLOCK_ROWS, self._fixed)))
        for first in range(self._fixed, count, BLOCK_ROWS):
            last = min(first + BLOCK_ROWS, count)
            meaning = [view.by_meaning(first, last) for view in self._asked]
            stays = np.zeros(last - first, dtype=bool)
            for position in range(first, last):
                hit = self._find(position, stays, meaning)
                if hit is not None:
                    yield position, hit
                    continue
                stays[position - first] = True
                for view in self._asked:
                    view.keep(position)
            for view in self._asked:
                view.keep_block(np.flatnonzero(stays) + first)

    def _keep(self, positions: NDArray[np.int64]) -> None:
        for view in self._asked:
            for position in positions.tolist():
                view.keep(position)
            view.keep_block(positions)

    def _find(self, position: int, stays: NDArray[np.bool_], meaning: Sequence[NearInBlock]) -> _Hit | None:
        found = []
        for view, near in zip(self._asked, meaning, strict=True):
            hits, name = view.hits(position, near, stays), view.name
            if hits is not None and len(self._asked) < len(self._views):
                hits, name = self._near_in_all(position, view, hits), "+".join(other.name for other in self._views)
            if hits is not None:
                best = hits.best()
                metric: Literal["jaccard", "cosine"] = "jaccard" if hits.words[best] else "cosine"
                found.append(_Hit(int(hits.keepers[best]), name, metric, float(hits.scores[best])))
        return min(found, key=_Hit.rank, default=None)

    def _near_in_all(self, position: int, asked: Field, hits: Hits) -> Hits | None:
        """Return those found in one field that are near in all others too, each by the field where it is less near."""
        for view in self._views:
            if view is not asked:
                near, others = view.compare(position, hits.keepers)
                hits = hits.weaker(others).take(near)
        return hits if len(hits.keepers) else None
