"""Rows of a dataset folder for people to read, each with its lineage."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

from gpiot_data.errors import BadDataset, InputError, UsageError
from gpiot_data.lockfile import read_lock
from gpiot_data.quality.dedup import place_of
from gpiot_data.row_form import check_row
from gpiot_data.store import read_jsonl


def choose_rows(folder: Path, row_id: str | None, sample: int | None, seed: int | None, kind: str | None = None) -> list[dict[str, Any]]:
    """Return the row with an id (or a prefix of one), or a sample of rows.

    Args:
        folder: of a finished dataset.
        row_id: the id, or how it starts.
        sample: how many rows to draw, at most all of them.
        seed: of the sample; by default the first eight hex digits of the dataset's hash, so that the dataset itself chooses.
        kind: draw rows of this kind only.

    Raises:
        UsageError: if neither or both of an id and a sample are asked for, or a seed or a kind without a sample.
        BadDataset: if the folder is no finished dataset.
        InputError: if no row, or more than one, has the id, or no row is of the kind.
    """
    if (row_id is None) == (sample is None):
        raise UsageError("give either a row id or --sample N")
    if sample is None and (seed is not None or kind is not None):
        raise UsageError("--seed and --kind go with --sample N")
    lock = read_lock(folder / "lock.json")
    rows = _read_rows(folder, lock)
    if row_id is not None:
        found = [row for row in rows if row["id"].startswith(row_id)]
        if len(found) != 1:
            raise InputError(f"{folder}: {len(found)} rows have an id that starts with '{row_id}'")
        return found
    chosen = [row for row in rows if kind is None or row["kind"] == kind]
    if kind is not None and not chosen:
        raise InputError(f"{folder}: no row is of kind '{kind}'; there are {', '.join(sorted({row['kind'] for row in rows})) or 'no rows'}")
    drawn = random.Random(default_seed(lock) if seed is None else seed)  # noqa: S311  # a sample for readers, not a secret
    return drawn.sample(sorted(chosen, key=lambda row: str(row["id"])), min(sample or 0, len(chosen)))


def default_seed(lock: dict[str, Any]) -> int:
    """Return the seed that a dataset's own hash gives: its first eight hex digits.

    Raises:
        BadDataset: if the lock has no such hash.
    """
    digits = lock["dataset_sha256"][:8]
    if not re.fullmatch(r"[0-9a-f]{8}", digits):
        raise BadDataset(f"the lock's dataset_sha256 should be 64 hex digits, got {lock['dataset_sha256']!r}; build the dataset again")
    return int(digits, 16)


def _read_rows(folder: Path, lock: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for entry in lock["outputs"]:
        if entry["path"].startswith("data/"):
            for number, row in enumerate(read_jsonl(folder / entry["path"]), start=1):
                check_row(row, str(lock.get("kind")), f"{folder / entry['path']}:{number}")
                rows.append(row)
    return rows


def render_row(row: dict[str, Any]) -> str:
    """Return a row as text: id, lineage, question and answer."""
    source = row["source"]
    lines = [
        f"=== {row['id']}  {row['kind']}  {row['split']}",
        f"from {source['source']} {source['version']}, {place_of(row)}; licence {row['license']}",
        f"teacher {row['teacher']['name']}; verdict {row['verdict']['status']}" + _why(row["verdict"]),
        *map(_parent, row.get("parents", ())),
        *_making(row),
        "",
        row["messages"][0]["content"],
        "---",
        row["messages"][1]["content"],
        "",
    ]
    return "\n".join(lines)


def _parent(parent: dict[str, Any]) -> str:
    """Return what a row was made from, and how."""
    params = ", ".join(f"{name} {value}" for name, value in sorted((parent.get("params") or {}).items()))
    return f"made from {parent['id']}: {parent['aspect']}, {parent['operation']}" + (f" ({params})" if params else "")


def _making(row: dict[str, Any]) -> list[str]:
    """Return what a decomposition knows of the words it was made from; nothing for other rows."""
    confidence, overlap = row.get("confidence"), row.get("overlap")
    places = [" ".join(f"{start}-{end}" for start, end in task) for task in row.get("passages", ())]
    return [
        *([f"confidence of the teacher {confidence}"] if confidence is not None else []),
        *([f"of the answer's runs of eight words {overlap:.1%} stand in the span"] if overlap is not None else []),
        *([f"steps rest on the characters {'; '.join(places)}"] if places else []),
    ]


def _why(verdict: dict[str, Any]) -> str:
    """Return the reason, isolation and environment of a verdict, as far as it has them."""
    facts = [str(verdict[name]) for name in ("reason", "isolation", "environment") if verdict.get(name)]
    return f" ({', '.join(facts)})" if facts else ""
