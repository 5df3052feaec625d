"""The lock of a suite: the hash of every file that its tasks are made of, so that two results speak of the same benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gpiot_data.errors import BadDataset, InputError
from gpiot_data.store import read_json, sha256_file, sha256_json, write_json

LOCK, MANIFEST = "lock.json", "manifest.yaml"
SCHEMA = "gpiot.iotbench.lock/1"
#: The folders of tasks; what else a suite's folder holds is made from them.
FOLDERS = ("code", "decomposition")


def hash_files(folder: Path) -> dict[str, str]:
    """Return the sha256 of each file of the tasks below `folder`, by its path with slashes."""
    paths = [path for name in FOLDERS for path in (folder / name).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in sorted(paths)}


def make_lock(folder: Path) -> dict[str, Any]:
    """Return the lock of the suite in `folder`: the files with their hashes, how many tasks there are, and the hash that names it all."""
    files = hash_files(folder)
    counts = {
        "code": sum(name.startswith("code/") and name.endswith("/task.yaml") for name in files),
        "decomposition": sum(name.startswith("decomposition/") for name in files),
        "wrong": sum("/wrong_" in name for name in files),
    }
    asked = sha256_file(folder / MANIFEST)
    return {"schema": SCHEMA, "version": folder.name, "manifest": asked, "files": files, "counts": counts, "sha256": sha256_json(files)}


def write_lock(folder: Path) -> str:
    """Write the lock of the suite in `folder`; return the hash that names the suite."""
    lock = make_lock(folder)
    write_json(folder / LOCK, lock)
    return str(lock["sha256"])


def check_lock(folder: Path) -> str:
    """Compare the files of a suite with its lock; return the hash that names the suite.

    Raises:
        BadDataset: naming the first file that differs, is missing or is not in the lock.
    """
    path = folder / LOCK
    try:
        lock = read_json(path)
    except InputError as error:
        raise BadDataset(f"{error}; install gpiot again") from error
    if not isinstance(lock, dict) or lock.get("schema") != SCHEMA or not isinstance(lock.get("files"), dict):
        raise BadDataset(f"{path}: is no lock of a suite; install gpiot again")
    wanted, found = lock["files"] | {MANIFEST: lock.get("manifest")}, hash_files(folder)
    if (folder / MANIFEST).is_file():
        found[MANIFEST] = sha256_file(folder / MANIFEST)
    for name in sorted({*wanted, *found}):
        if wanted.get(name) != found.get(name):
            what = "is missing" if name not in found else "is not in the lock" if name not in wanted else "differs from the lock"
            raise BadDataset(f"{folder / name}: {what}; results would not compare with others', install gpiot again")
    if lock.get("sha256") != sha256_json(lock["files"]):
        raise BadDataset(f"{path}: its 'sha256' is not that of its files; install gpiot again")
    return str(lock["sha256"])
