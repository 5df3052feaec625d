"""Rows that hold a benchmark's texts: a model trained on them would be asked what it has read.

A row is dropped when one of its texts shares thirteen words in a row with an item of an index, or a large share of its eight-word
runs with one item, or lies next to an item's text in meaning. Texts that a row only shares with many others - prompts, headings of a
specification - are not looked at: it is the content of a row that is compared, field by field.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpiot_data.errors import BadManifest
from gpiot_data.fingerprints import SIZES, Fingerprints, WordHashes, index_sha256, read_fingerprints
from gpiot_data.quality.dedup import place_of
from gpiot_data.schema import Kept, Rejected
from gpiot_data.stages import StageResult, run_stage
from gpiot_data.vectors import Encoder, open_encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

JsonRow = dict[str, Any]
SHORT, LONG = SIZES
BLOCK_ROWS = 2048
REASON = "contaminated"
#: What the vectors of an index are made with.
ENCODER = "static"
_MAX_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From where on a text counts as taken from an item.

    Against IoTBench v1 the rows of the two demo datasets, which share nothing with it, reach a share of 0.03 and a cosine of 0.89; a copy
    with every twelfth word changed has a share above 0.2.
    """

    share: float = 0.2  #: of the different eight-word runs of a text
    least: int = 4  #: shared runs below this say nothing, whatever their share: a text of a sentence has few
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
    `13-gram` (score: shared runs), `8-grams` (share) or `cosine`, the first of them that is met.

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
        long, short = (np.unique(hasher.ngrams(text, n)) for n in (LONG, SHORT))
        for index in indexes:
            if (found := _most_shared(index, LONG, long)) is not None:
                return _Hit(found[0], field, f"{LONG}-gram", float(found[1]))
            found = _most_shared(index, SHORT, short)
            if found is not None and found[1] >= limits.least and found[1] >= limits.share * len(short):
                return _Hit(found[0], field, f"{SHORT}-grams", round(found[1] / len(short), 4))
    return None


def _most_shared(index: Fingerprints, n: int, hashes: NDArray[np.uint64]) -> tuple[str, int] | None:
    """Return the item that shares most of `hashes`, and how many; None if none shares one."""
    import numpy as np

    known = index.hashes[n]
    low, high = (np.searchsorted(known, hashes, side=side) for side in ("left", "right"))
    shared = np.flatnonzero(high > low)
    if not len(shared):
        return None
    owners = np.concatenate([index.owners[n][low[at] : high[at]] for at in shared])
    counts = np.bincount(owners)
    best = int(counts.argmax())
    return index.ids[best], int(counts[best])


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
            hits[at].append(_Hit(index.ids[int(index.vector_owners[best])], field, "cosine", round(float(row[best]), 4)))
    return hits


def _reject(row: JsonRow, hit: _Hit) -> Rejected:
    shown = texts_of(row)[hit.field][:_MAX_SHOWN]
    return Rejected(REASON, row["source"]["source"], place_of(row), shown, of=hit.of, field=hit.field, metric=hit.metric, score=hit.score)
