"""The dedup stage of a build: which encoder, which published datasets to compare with, and what the lock records of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gpiot_data.errors import BadDataset, QualityGateFailed
from gpiot_data.lockfile import read_lock
from gpiot_data.plan import DedupRule
from gpiot_data.quality.dedup import compared_texts, dedup_exact, dedup_near, is_approximate
from gpiot_data.row_form import check_row
from gpiot_data.stages import StageResult, run_stage
from gpiot_data.store import read_jsonl, sha256_file
from gpiot_data.vectors.encoder import Encoder
from gpiot_data.vectors.models import PROVIDED, identify

JsonRow = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Published:
    """The rows of a finished dataset, and the hash that names its content."""

    folder: str
    dataset_sha256: str
    rows: tuple[JsonRow, ...]


def read_published(name: str, folder: Path) -> Published:
    """Read a finished dataset, called `name` by the manifest.

    Raises:
        BadDataset: if there is none in `folder`, or a file is not as its lock says.
    """
    lock = read_lock(folder / "lock.json")
    rows: list[JsonRow] = []
    for entry in lock["outputs"]:
        if not entry["path"].startswith("data/"):
            continue
        path = folder / entry["path"]
        if not path.is_file() or sha256_file(path) != entry["sha256"]:
            raise BadDataset(f"{path}: differs from what {folder / 'lock.json'} says; build that dataset again")
        for number, row in enumerate(read_jsonl(path), start=1):
            check_row(row, lock["kind"], f"{path}:{number}")
            rows.append(_comparable(row, f"{path}:{number}"))
    return Published(name, lock["dataset_sha256"], tuple(rows))


def _comparable(row: JsonRow, where: str) -> JsonRow:
    try:
        compared_texts(row)
        len(row["parents"])
    except (KeyError, TypeError, AttributeError) as error:
        raise BadDataset(f"{where}: is no row of a dataset that can be compared with ({error!r}); build that dataset again") from error
    return row


def read_against(rule: DedupRule, manifest_path: Path) -> tuple[Published, ...]:
    """Read the datasets that new rows are compared with; their folders are relative to the manifest's.

    Raises:
        BadDataset: if one is missing or damaged.
    """
    return tuple(read_published(name, manifest_path.parent / name) for name in rule.against)


def encoder_of(rule: DedupRule, manifest_path: Path) -> str:
    """Return what `open_encoder` takes: the rule's encoder, a folder beside the manifest by its whole path."""
    folder = manifest_path.parent / rule.encoder
    return rule.encoder if rule.encoder in PROVIDED or not folder.is_dir() else str(folder)


def made_with(rule: DedupRule, against: tuple[Published, ...], encoder: str) -> JsonRow:
    """Return what besides the rows and the rule decides which rows stay; cheap, no model is loaded.

    Args:
        rule: of the manifest.
        against: what `read_against` read.
        encoder: what `encoder_of` tells.

    Raises:
        MissingWeights: if the encoder's weights are not here.
    """
    return {"against": _named(against), "encoder": identify(encoder) if rule.method == "near" else None}


def run_dedup_stage(
    rule: DedupRule, against: tuple[Published, ...], encoder: Encoder | None, place: Path, before: StageResult
) -> StageResult:
    """Return the rows of `before` without duplicates.

    Args:
        rule: of the manifest.
        against: what `read_against` read.
        encoder: gives the vectors; None finds copies only.
        place: the folder of the stage.
        before: the stage before.

    Raises:
        QualityGateFailed: if no row is new.
        InputError: if a folder cannot be written to.
    """
    digest, count = before.record["digest"], len(before.rows)
    if encoder is None:
        return run_stage(place, "dedup", {"method": "exact"}, digest, count, lambda: dedup_exact(before.rows))
    published = [row for dataset in against for row in dataset.rows]
    params = {
        **asdict(rule),
        "against": _named(against),
        "encoder": {"name": encoder.name, "sha256": encoder.sha256, "dims": encoder.dims},
        "approximate": is_approximate(before.rows, published),
    }
    stage = run_stage(place, "dedup", params, digest, count, lambda: dedup_near(before.rows, rule, encoder, published))
    if count and not stage.rows:
        near = ", ".join(dataset.folder for dataset in against)
        raise QualityGateFailed(f"nothing is new: all {count} rows are near rows of {near}; see {place / 'rejected.jsonl'}")
    return stage


def _named(against: tuple[Published, ...]) -> list[dict[str, str]]:
    return [{"folder": dataset.folder, "dataset_sha256": dataset.dataset_sha256} for dataset in against]
