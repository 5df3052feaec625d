"""Checkpoints that are whole: a marker with every file's hash, written after the files.

Trainer writes a checkpoint in place, so a kill in the middle leaves a folder that looks like one.
Only folders whose marker agrees with their files and with the run's inputs are resumed from.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from gpiot_data.errors import InputError
from gpiot_data.store import read_json, sha256_file, write_json

MARKER = "whole.json"


def mark_whole(checkpoint: Path, inputs_sha256: str) -> None:
    """Write the marker of a finished checkpoint."""
    files = {str(path.relative_to(checkpoint)): sha256_file(path) for path in _files(checkpoint)}
    write_json(checkpoint / MARKER, {"inputs_sha256": inputs_sha256, "files": files})


def is_whole(checkpoint: Path, inputs_sha256: str) -> bool:
    """Tell whether a checkpoint was finished, is unchanged, and belongs to these inputs."""
    try:
        marker = read_json(checkpoint / MARKER)
    except InputError:
        return False
    if not isinstance(marker, dict) or marker.get("inputs_sha256") != inputs_sha256:
        return False
    return marker.get("files") == {str(path.relative_to(checkpoint)): sha256_file(path) for path in _files(checkpoint)}


def last_whole(folder: Path, inputs_sha256: str) -> Path | None:
    """Return the newest whole checkpoint in `folder`; every other one is deleted."""
    kept = None
    for checkpoint in reversed(in_order(folder)):
        if kept is None and is_whole(checkpoint, inputs_sha256):
            kept = checkpoint
        else:
            delete(checkpoint)
    return kept


def keep_newest(folder: Path, count: int | None) -> None:
    """Delete all but the `count` newest checkpoints; None keeps all.

    Called after the newest one is marked: rotating earlier could leave no whole checkpoint at all.
    """
    if count is not None:
        for checkpoint in in_order(folder)[: -max(count, 1)]:
            delete(checkpoint)


def delete(checkpoint: Path) -> None:
    """Delete a checkpoint, its marker first, so that a kill on the way leaves nothing that looks whole."""
    (checkpoint / MARKER).unlink(missing_ok=True)
    shutil.rmtree(checkpoint)


def in_order(folder: Path) -> list[Path]:
    """Return the checkpoint folders by step."""
    found = [path for path in folder.glob("checkpoint-*") if path.is_dir() and step_of(path) is not None]
    return sorted(found, key=lambda path: step_of(path) or 0)


def step_of(checkpoint: Path) -> int | None:
    """Return the step in a checkpoint folder's name, or None."""
    text = checkpoint.name.partition("-")[2]
    return int(text) if text.isdecimal() else None


def _files(checkpoint: Path) -> list[Path]:
    return sorted(path for path in checkpoint.rglob("*") if path.is_file() and path.name != MARKER)
