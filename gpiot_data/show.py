"""Rows of a dataset folder for people to read, each with its lineage."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from gpiot_data.errors import InputError, UsageError
from gpiot_data.lockfile import read_lock
from gpiot_data.quality.dedup import place_of
from gpiot_data.schema import check_row
from gpiot_data.store import read_jsonl


def choose_rows(folder: Path, row_id: str | None, sample: int | None, seed: int) -> list[dict[str, Any]]:
    """Return the row with an id (or a prefix of one), or `sample` rows drawn with `seed`.

    Raises:
        UsageError: if neither or both are asked for.
        BadDataset: if the folder is no finished dataset.
        InputError: if no row, or more than one, has the id.
    """
    if (row_id is None) == (sample is None):
        raise UsageError("give either a row id or --sample N")
    lock = read_lock(folder / "lock.json")
    rows = []
    for entry in lock["outputs"]:
        if entry["path"].startswith("data/"):
            for number, row in enumerate(read_jsonl(folder / entry["path"]), start=1):
                check_row(row, str(lock.get("kind")), f"{folder / entry['path']}:{number}")
                rows.append(row)
    if row_id is None:
        # A seeded sample for readers, not a secret.
        return random.Random(seed).sample(sorted(rows, key=lambda row: str(row["id"])), min(sample or 0, len(rows)))  # noqa: S311
    found = [row for row in rows if row["id"].startswith(row_id)]
    if len(found) != 1:
        raise InputError(f"{folder}: {len(found)} rows have an id that starts with '{row_id}'")
    return found


def render_row(row: dict[str, Any]) -> str:
    """Return a row as text: id, lineage, question and answer."""
    source = row["source"]
    lines = [
        f"=== {row['id']}  {row['kind']}  {row['split']}",
        f"from {source['source']} {source['version']}, {place_of(row)}; licence {row['license']}",
        f"teacher {row['teacher']['name']}; verdict {row['verdict']['status']}" + _why(row["verdict"]),
        "",
        row["messages"][0]["content"],
        "---",
        row["messages"][1]["content"],
        "",
    ]
    return "\n".join(lines)


def _why(verdict: dict[str, Any]) -> str:
    """Return the reason, isolation and environment of a verdict, as far as it has them."""
    facts = [str(verdict[name]) for name in ("reason", "isolation", "environment") if verdict.get(name)]
    return f" ({', '.join(facts)})" if facts else ""
