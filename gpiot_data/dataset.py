"""A dataset folder: JSON lines (the truth), parquet, card, rejections and lock; written so that the lock comes last."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from gpiot_data import __version__
from gpiot_data.errors import BadDataset
from gpiot_data.extract import byte_relevant_versions, obtain
from gpiot_data.lockfile import read_lock
from gpiot_data.pairing import describe_teacher, ship_responses
from gpiot_data.plan import Plan, Source, describe_source
from gpiot_data.publish.attribution import FILE as ATTRIBUTION
from gpiot_data.publish.attribution import render_attribution
from gpiot_data.publish.card import render_card
from gpiot_data.publish.croissant import FILE as CROISSANT
from gpiot_data.publish.croissant import render_croissant
from gpiot_data.publish.facts import Facts, find_writers
from gpiot_data.publish.parquet import parquet_bytes
from gpiot_data.publish.statistics import FILE as STATISTICS
from gpiot_data.publish.statistics import measure_build
from gpiot_data.quality.diversity import measure_diversity
from gpiot_data.quality.execution import ENVIRONMENTS, ship
from gpiot_data.schema import dataset_sha256
from gpiot_data.stages import StageResult
from gpiot_data.store import canonical_json, read_json, sha256_bytes, sha256_file, write_atomic, write_json
from gpiot_data.vectors import Encoder

LOCK_SCHEMA = "gpiot.lock/1"
DETERMINISM = {
    "claim": "the files in outputs have the same bytes whenever manifest, sources and engine are the same",
    "excluded": ["run.json", "stages/", "what is listed under derived"],
}


def write_dataset(
    folder: Path, plan: Plan, sources: Sequence[Source], stages: Sequence[StageResult], key: str, encoder: Encoder | None = None
) -> dict[str, Any]:
    """Write the rows of the last stage with all that ships with them, and return the lock.

    `encoder` is for the spread of the rows in the card and in `diversity.json`, which tells nothing of it without one.

    Raises:
        InputError: if the folder cannot be written to.
        BadSource, RemoteError: if a package with rows cannot be had any more, whose notices go with them.
    """
    rows = stages[-1].rows
    origins = [describe_source(source) for source in sources]
    records = [stage.record for stage in stages]
    digest = dataset_sha256(rows)
    # Without its lock a folder is incomplete, whatever else lies in it; until here an earlier dataset in it is whole.
    (folder / "lock.json").unlink(missing_ok=True)
    # A split that an earlier build had and this one has not must not stay behind.
    for stale in ("data", "parquet"):
        shutil.rmtree(folder / stale, ignore_errors=True)
    outputs, derived = _write_rows(folder, rows, plan.kind)
    files = [*outputs, *derived]
    outputs.append(_write_lines(folder, "rejected.jsonl", [item for stage in stages for item in stage.rejected]))
    ran = ("augment", "verify") if plan.verify is not None else ()
    executed = [record["name"] for record in records if record["name"] in ran]
    if executed:
        outputs += ship(folder, executed)
    if plan.teacher == "chat":
        outputs.append(ship_responses(folder))
    statistics = measure_build(sources, stages)
    outputs.append(_write_statistics(folder, statistics))
    diversity = measure_diversity(rows, encoder, plan.seed)
    derived.append(_write(folder, "diversity.json", f"{canonical_json(diversity.to_json())}\n".encode()))
    writers = find_writers(rows)
    facts = Facts(sources=origins, stages=records, files=files, statistics=statistics, digest=digest, writers=writers, imprint=plan.imprint)
    derived.append(_write(folder, "README.md", render_card(plan, facts, diversity).encode("utf-8")))
    by_id = {source.id: source for source in sources}
    attribution = render_attribution(plan.name, plan.version, origins, rows, lambda name: obtain(by_id[name]))
    derived.append(_write(folder, ATTRIBUTION, attribution.encode("utf-8")))
    derived.append(_write(folder, CROISSANT, render_croissant(plan, facts).encode("utf-8")))
    lock = {
        "schema": LOCK_SCHEMA,
        "name": plan.name,
        "version": plan.version,
        "kind": plan.kind,
        "engine": {"gpiot": __version__, "versions": byte_relevant_versions()},
        "manifest": asdict(plan),
        "teacher": describe_teacher(plan, folder),
        "sources": origins,
        "stages": records,
        "outputs": outputs,
        "derived": derived,
        "environments": read_json(folder / ENVIRONMENTS) if executed else None,
        "dataset_sha256": digest,
        "checks": {"splits_share_no_source": _splits_disjoint(rows)},
        "determinism": DETERMINISM,
        "build_key": key,
    }
    write_json(folder / "lock.json", lock)
    return lock


def finished_lock(folder: Path, key: str) -> dict[str, Any] | None:
    """Return the lock of a folder that was built from the same inputs and whose files are all as the lock says."""
    try:
        lock = read_lock(folder / "lock.json")
        same = all(sha256_file(folder / entry["path"]) == entry["sha256"] for entry in (*lock["outputs"], *lock["derived"]))
    except (BadDataset, OSError):
        return None
    return lock if same and lock["build_key"] == key else None


def row_count(lock: dict[str, Any]) -> int:
    """Return the number of rows of all splits by a dataset's lock."""
    return sum(int(entry["rows"]) for entry in lock["outputs"] if entry["path"].startswith("data/"))


def _write_rows(
    folder: Path, rows: Sequence[dict[str, Any]], kind: Literal["tdd", "cgd"]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Write the rows of each split as JSON lines and as parquet, and return what the lock says of either."""
    lines, tables = [], []
    for split in sorted({row["split"] for row in rows}):
        chosen = [row for row in rows if row["split"] == split]
        lines.append(_write_lines(folder, f"data/{split}.jsonl", chosen))
        tables.append(_write(folder, f"parquet/{split}-00000-of-00001.parquet", parquet_bytes(chosen, kind)))
    return lines, tables


def _write_lines(folder: Path, name: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    text = "".join(canonical_json(row) + "\n" for row in rows)
    return {**_write(folder, name, text.encode("utf-8")), "rows": len(rows)}


def _write_statistics(folder: Path, statistics: dict[str, Any]) -> dict[str, Any]:
    path = folder / STATISTICS
    write_json(path, statistics)
    return {"path": STATISTICS, "bytes": path.stat().st_size, "sha256": sha256_file(path), "rows": 0}


def _write(folder: Path, name: str, data: bytes) -> dict[str, Any]:
    write_atomic(folder / name, data)
    return {"path": name, "bytes": len(data), "sha256": sha256_bytes(data)}


def _splits_disjoint(rows: Sequence[dict[str, Any]]) -> bool:
    seen: dict[str, str] = {}
    return all(seen.setdefault(row["source"]["source"], row["split"]) == row["split"] for row in rows)
