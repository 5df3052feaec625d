"""A dataset folder: JSON lines (the truth), parquet, card, rejections and lock; written so that the lock comes last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gpiot_data import __version__
from gpiot_data.extract import byte_relevant_versions
from gpiot_data.plan import Plan, Source, describe_source
from gpiot_data.publish.card import render_card
from gpiot_data.publish.parquet import parquet_bytes
from gpiot_data.quality.execution import ENVIRONMENTS, ship
from gpiot_data.schema import dataset_sha256
from gpiot_data.stages import StageResult
from gpiot_data.store import canonical_json, read_json, sha256_file, sha256_text, write_atomic, write_json

LOCK_SCHEMA = "gpiot.lock/1"
DETERMINISM = {
    "claim": "the files in outputs have the same bytes whenever manifest, sources and engine are the same",
    "excluded": ["run.json", "parquet/", "stages/"],
}


def write_dataset(folder: Path, plan: Plan, sources: Sequence[Source], stages: Sequence[StageResult], key: str) -> dict[str, Any]:
    """Write the rows of the last stage with all that ships with them, and return the lock.

    Raises:
        InputError: if the folder cannot be written to.
    """
    rows = stages[-1].rows
    described = [describe_source(source) for source in sources]
    records = [stage.record for stage in stages]
    digest = dataset_sha256(rows)
    outputs = []
    for split in sorted({row["split"] for row in rows}):
        chosen = [row for row in rows if row["split"] == split]
        outputs.append(_write_lines(folder, f"data/{split}.jsonl", chosen))
        write_atomic(folder / "parquet" / f"{split}-00000-of-00001.parquet", parquet_bytes(chosen, plan.kind))
    outputs.append(_write_lines(folder, "rejected.jsonl", [item for stage in stages for item in stage.rejected]))
    verified = next((stage for stage in stages if stage.record["name"] == "verify"), None)
    if verified is not None:
        outputs += ship(folder)
    write_atomic(folder / "README.md", render_card(plan, described, records, rows, digest))
    lock = {
        "schema": LOCK_SCHEMA,
        "name": plan.name,
        "version": plan.version,
        "kind": plan.kind,
        "engine": {"gpiot": __version__, "versions": byte_relevant_versions()},
        "manifest": asdict(plan),
        "sources": described,
        "stages": records,
        "outputs": outputs,
        "environments": read_json(folder / ENVIRONMENTS) if verified is not None else None,
        "dataset_sha256": digest,
        "checks": {"splits_share_no_source": _splits_disjoint(rows)},
        "determinism": DETERMINISM,
        "build_key": key,
    }
    write_json(folder / "lock.json", lock)
    return lock


def finished_lock(folder: Path, key: str) -> dict[str, Any] | None:
    """Return the lock of a folder that was built from the same inputs and whose files are all as the lock says."""
    if not (folder / "lock.json").is_file():
        return None
    lock: dict[str, Any] = read_json(folder / "lock.json")
    if lock.get("build_key") != key:
        return None
    whole = all((folder / entry["path"]).is_file() and sha256_file(folder / entry["path"]) == entry["sha256"] for entry in lock["outputs"])
    # Parquet files and the card are derived; that they are there is enough.
    derived = [folder / "README.md", *(folder / f"parquet/{split}-00000-of-00001.parquet" for split in lock_splits(lock))]
    return lock if whole and all(path.is_file() for path in derived) else None


def lock_splits(lock: dict[str, Any]) -> list[str]:
    """Return the splits of a dataset by its lock."""
    return [Path(entry["path"]).stem for entry in lock["outputs"] if entry["path"].startswith("data/")]


def row_count(lock: dict[str, Any]) -> int:
    """Return the number of rows of all splits by a dataset's lock."""
    return sum(int(entry["rows"]) for entry in lock["outputs"] if entry["path"].startswith("data/"))


def _write_lines(folder: Path, name: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    text = "".join(canonical_json(row) + "\n" for row in rows)
    write_atomic(folder / name, text)
    return {"path": name, "bytes": len(text.encode("utf-8")), "sha256": sha256_text(text), "rows": len(rows)}


def _splits_disjoint(rows: Sequence[dict[str, Any]]) -> bool:
    seen: dict[str, str] = {}
    return all(seen.setdefault(row["source"]["source"], row["split"]) == row["split"] for row in rows)
