"""Rows that hold a benchmark's texts: a model trained on them would be asked what it has read.

A row is dropped when one of its texts shares thirteen words in a row with a text of an index, or a large share of the five-word
runs of either, or lies next to it in meaning; or when its code shares runs of tokens with a program, whatever its names. Texts that
a row only shares with many others - prompts, headings of a specification - are not looked at: it is the content of a row
that is compared, field by field.

Of IoTBench v1 this recalls, of 60 tasks each: programs with every name of their own changed and without docstrings and annotations 60,
wrong solutions 60, specifications with every twelfth word changed 60, the same within a text six times as long 60, with every
seventh word changed 60; and 40 of 40 problems with every twelfth word changed. What is told in other words, translated, or computed by
other statements is not recalled.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpiot_data.errors import BadManifest
from gpiot_data.fingerprints import LONG, MASKED, SHORT, SIZES, Fingerprints, WordHashes, index_sha256, read_fingerprints
from gpiot_data.quality.dedup import place_of
from gpiot_data.schema import Kept, Rejected
from gpiot_data.stages import StageResult, run_stage
from gpiot_data.vectors import Encoder, open_encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

JsonRow = dict[str, Any]
BLOCK_ROWS = 2048
REASON = "contaminated"
#: What the vectors of an index are made with.
ENCODER = "static"
_MAX_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From where on a text counts as taken from an item.

    Against IoTBench v1 the texts of 288 rows of the two demo datasets, which share nothing with it, reach a share of 0.11 with 4 runs, 0.05
    of the runs of a text of the index, no masked run, and a cosine of 0.89.
    """

    share: float = 0.2  #: of the different five-word runs of the row's text, or of the index's text
    least: int = 8  #: shared runs below this say nothing, whatever their share: a text of a sentence has few
    masked: int = 4  #: shared runs of masked tokens; one more than what a loop over a few names and zeros has in common with another
    cosine: float = 0.95


@dataclass(frozen=True, slots=True)
class _Hit:
    """What gave a text away: the item, by which measure, and how much of it."""

    of: str
    field: str
    metric: str
    score: float


def decontaminate(
    rows: Iterable[JsonRow], indexes: Sequence[Fingerprints], encoder: Encoder, thresholds: Thresholds | None = None
) -> Iterator[Kept[JsonRow] | Rejected]:
    """Drop the rows of which a text comes from an item of an index.

    Yields: in the order of `rows`, Kept(row) or Rejected(reason="contaminated", of=<item id>, field, metric, score); the metric is
    `13-gram` (score: shared runs), `5-grams` (share), `masked` (shared runs) or `cosine`, the first of them that is met.

    Raises:
        BadManifest: if an index was made with another encoder.
    """
    limits = thresholds or Thresholds()
    for index in indexes:
        if index.encoder_sha256 != encoder.sha256:
            raise BadManifest(
                f"{index.folder}: made with another encoder ({index.encoder}) than the one here ({encoder.name}); make the index again"
            )
    hasher = WordHashes()
    flow = iter(rows)
    while block := list(islice(flow, BLOCK_ROWS)):
        near = _nearest(block, indexes, encoder)
        for row, cosines in zip(block, near, strict=True):
            hit = _shared_words(row, indexes, hasher, limits) or next((hit for hit in cosines if hit.score >= limits.cosine), None)
            yield Kept(row) if hit is None else _reject(row, hit)


def texts_of(row: JsonRow) -> dict[str, str]:
    """Return the texts of a row that are compared, by field; empty ones are left out."""
    specification = row.get("specification") or {}
    variables = [*specification.get("inputs", ()), *specification.get("outputs", ())]
    texts = {
        "problem": row.get("problem"),
        "tasks": "\n".join(text for task in row.get("tasks") or () for text in (task["name"], *task["steps"])),
        "specification": "\n".join([specification.get("target") or "", *(entry.get("description") or "" for entry in variables)]).strip(),
        "code": row.get("code"),
        "documentation": row.get("documentation"),
    }
    return {field: text for field, text in texts.items() if text}


def params_of(folders: Sequence[str], manifest_path: Path) -> dict[str, Any]:
    """Return what the stage depends on besides the rows: the hash of each index, and the thresholds.

    Args:
        folders: of indexes, relative to the manifest's folder.
        manifest_path: the manifest.

    Raises:
        InputError: if an index is missing.
    """
    return {"indexes": sorted(index_sha256(manifest_path.parent / folder) for folder in folders), **dataclasses.asdict(Thresholds())}


def run_decontaminate_stage(folders: Sequence[str], manifest_path: Path, place: Path, before: StageResult) -> StageResult:
    """Return the rows of the stage before that hold nothing of the indexes that a manifest names.

    Raises:
        InputError: if an index is missing, damaged, or made with another encoder.
        MissingWeights: if the encoder is not here.
    """
    params = params_of(folders, manifest_path)

    def compute() -> Iterator[Kept[JsonRow] | Rejected]:
        indexes = [read_fingerprints(manifest_path.parent / folder) for folder in folders]
        return decontaminate(before.rows, indexes, open_encoder(ENCODER))

    return run_stage(place, "decontaminate", params, before.record["digest"], len(before.rows), compute)


def _shared_words(row: JsonRow, indexes: Sequence[Fingerprints], hasher: WordHashes, limits: Thresholds) -> _Hit | None:
    import numpy as np

    for field, text in texts_of(row).items():
        short, long = (np.unique(hasher.ngrams(text, n)) for n in SIZES)
        masked = np.unique(hasher.masked(text)) if field == "code" else long[:0]
        for index in indexes:
            hit = _same(index, field, long) or _alike(index, field, short, limits) or _renamed(index, field, masked, limits)
            if hit is not None:
                return hit
    return None


def _same(index: Fingerprints, field: str, hashes: NDArray[np.uint64]) -> _Hit | None:
    shared = _shared(index, LONG, hashes)
    best = int(shared.argmax())
    return _Hit(index.item_of(best), field, f"{SIZES[1]}-gram", float(shared[best])) if shared[best] else None


def _alike(index: Fingerprints, field: str, hashes: NDArray[np.uint64], limits: Thresholds) -> _Hit | None:
    """Find the text of which a text holds most, or is mostly made: a copy within a longer text is told by how much of it is there."""
    import numpy as np

    if not len(hashes):
        return None
    shared = _shared(index, SHORT, hashes)
    whole = np.bincount(index.owners[SHORT], minlength=len(shared))
    shares = np.where(shared >= limits.least, shared / np.minimum(len(hashes), np.maximum(whole, 1)), 0.0)
    best = int(shares.argmax())
    return _Hit(index.item_of(best), field, f"{SIZES[0]}-grams", round(float(shares[best]), 4)) if shares[best] >= limits.share else None


def _renamed(index: Fingerprints, field: str, hashes: NDArray[np.uint64], limits: Thresholds) -> _Hit | None:
    shared = _shared(index, MASKED, hashes)
    best = int(shared.argmax())
    return _Hit(index.item_of(best), field, "masked", float(shared[best])) if shared[best] >= limits.masked else None


def _shared(index: Fingerprints, file: str, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return how many of `hashes` each text of an index holds."""
    import numpy as np

    known = index.hashes[file]
    low, high = (np.searchsorted(known, hashes, side=side) for side in ("left", "right"))
    owners = [index.owners[file][low[at] : high[at]] for at in np.flatnonzero(high > low)]
    return np.bincount(np.concatenate([*owners, np.zeros(0, dtype=np.uint16)]).astype(np.int64), minlength=max(1, len(index.items)))


def _nearest(block: Sequence[JsonRow], indexes: Sequence[Fingerprints], encoder: Encoder) -> list[list[_Hit]]:
    """Return for each row the nearest item of each index, for each of its texts."""
    import numpy as np

    texts = [(at, field, text) for at, row in enumerate(block) for field, text in texts_of(row).items()]
    vectors = encoder.encode([text for _, _, text in texts]).astype(np.float64)
    hits: list[list[_Hit]] = [[] for _ in block]
    for index in indexes:
        # Products of vectors on the grid add up exactly in double precision, whatever the order.
        cosines = vectors @ index.vectors.T.astype(np.float64)
        for (at, field, _), best, row in zip(texts, cosines.argmax(axis=1), cosines, strict=True):
            hits[at].append(_Hit(index.item_of(int(best)), field, "cosine", round(float(row[best]), 4)))
    return hits


def _reject(row: JsonRow, hit: _Hit) -> Rejected:
    shown = texts_of(row)[hit.field][:_MAX_SHOWN]
    return Rejected(REASON, row["source"]["source"], place_of(row), shown, of=hit.of, field=hit.field, metric=hit.metric, score=hit.score)
