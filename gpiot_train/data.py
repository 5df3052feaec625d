"""Dataset folders for training: checked against their lock, and the rows that a run takes.

Nothing here needs torch, so a wrong path or a damaged file is reported before a model is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpiot_data.errors import BadDataset, InputError
from gpiot_data.row_form import check_row
from gpiot_data.schema import Task
from gpiot_data.store import read_json, read_jsonl, sha256_file, sha256_json

LOCK_SCHEMA = "gpiot.lock/1"
KIND_OF_TASK: dict[Task, str] = {"td": "tdd", "cg": "cgd"}


@dataclass(frozen=True, slots=True)
class TextPair:
    """One row as training sees it: the row's id, the user turn and the assistant turn."""

    id: str
    prompt: str
    answer: str


@dataclass(frozen=True, slots=True)
class DatasetFolder:
    """A dataset folder whose files agree with its lock; rows are sorted by id."""

    task: Task
    folder: Path
    name: str
    version: str
    dataset_sha256: str
    files_sha256: str
    train: tuple[TextPair, ...]
    test: tuple[TextPair, ...]

    def to_json(self) -> dict[str, str]:
        """Return the mapping recorded in the training lock."""
        return {"kind": KIND_OF_TASK[self.task], "name": self.name, "version": self.version, "dataset_sha256": self.dataset_sha256}


def open_dataset(folder: Path, task: Task) -> DatasetFolder:
    """Read a dataset folder and check it against its lock.

    Raises:
        BadDataset: if it is missing, incomplete, of another kind, changed since it was built, or empty.
    """
    lock = _read_lock(folder, KIND_OF_TASK[task])
    hashes = _output_hashes(folder, lock)
    splits: dict[str, tuple[TextPair, ...]] = {}
    sources: dict[str, set[str]] = {}
    for split in ("train", "test"):
        path = folder / "data" / f"{split}.jsonl"
        if not path.is_file():
            raise BadDataset(f"{path}: is missing; build the dataset again with gpiot-data build")
        if sha256_file(path) != hashes.get(f"data/{split}.jsonl"):
            raise BadDataset(f"{path}: differs from {folder / 'lock.json'}; build the dataset again with gpiot-data build")
        rows = _read_rows(path, KIND_OF_TASK[task])
        if not rows:
            raise BadDataset(f"{path}: has no rows; training needs at least one row in each split")
        # Ids are content hashes, so the first n rows are an arbitrary but repeatable choice.
        splits[split] = tuple(sorted((_pair(row, path) for row in rows), key=lambda pair: pair.id))
        sources[split] = {str(row["source"].get("source")) for row in rows}
    if both := sorted(sources["train"] & sources["test"]):
        raise BadDataset(f"{folder}: the source '{both[0]}' is in train and in test, so the held-out loss would mean nothing")
    files = sha256_json([hashes["data/train.jsonl"], hashes["data/test.jsonl"]])
    return DatasetFolder(task, folder, lock["name"], lock["version"], lock["dataset_sha256"], files, splits["train"], splits["test"])


def _read_lock(folder: Path, kind: str) -> dict[str, Any]:
    path = folder / "lock.json"
    if not folder.is_dir():
        raise BadDataset(f"{folder}: is not a dataset folder; build it first with gpiot-data build")
    if not path.is_file():
        raise BadDataset(f"{folder}: has no lock.json, so its build did not finish; run gpiot-data build again")
    try:
        lock = read_json(path)
    except InputError as error:
        raise BadDataset(str(error)) from error
    if not isinstance(lock, dict) or lock.get("schema") != LOCK_SCHEMA:
        raise BadDataset(f"{path}: expected a lock of schema '{LOCK_SCHEMA}'")
    if lock.get("kind") != kind:
        raise BadDataset(f"{path}: expected a dataset of kind '{kind}', got {lock.get('kind')!r}; check the recipe's 'datasets'")
    for name in ("name", "version", "dataset_sha256"):
        if not isinstance(lock.get(name), str):
            raise BadDataset(f"{path}: the field '{name}' is missing")
    return lock


def _output_hashes(folder: Path, lock: dict[str, Any]) -> dict[str, str]:
    outputs = lock.get("outputs")
    if not isinstance(outputs, list) or not all(isinstance(entry, dict) and "path" in entry and "sha256" in entry for entry in outputs):
        raise BadDataset(f"{folder / 'lock.json'}: the field 'outputs' should list files with 'path' and 'sha256'")
    return {str(entry["path"]): str(entry["sha256"]) for entry in outputs}


def _read_rows(path: Path, kind: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    try:
        for number, row in enumerate(read_jsonl(path), start=1):
            check_row(row, kind, f"{path}:{number}")
            rows.append(row)
    except (InputError, UnicodeDecodeError) as error:
        raise BadDataset(str(error) if isinstance(error, InputError) else f"{path}: is not UTF-8 text") from error
    return rows


def _pair(row: dict[str, Any], path: Path) -> TextPair:
    prompt, answer = (message.get("content") for message in row["messages"])
    if not isinstance(prompt, str) or not isinstance(answer, str) or not prompt.strip() or not answer.strip():
        raise BadDataset(f"{path}: row {row['id']} has an empty turn")
    return TextPair(row["id"], prompt, answer)
