"""Reading the lock of a dataset: a stranger's file, so every field that is relied on is checked first."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from gpiot_data.errors import BadDataset, InputError
from gpiot_data.store import canonical_json, read_json

_FIELDS: dict[str, type] = {
    "kind": str,
    "dataset_sha256": str,
    "build_key": str,
    "outputs": list,
    "derived": list,
    "sources": list,
    "stages": list,
    "engine": dict,
    "manifest": dict,
}


def read_lock(path: Path) -> dict[str, Any]:
    """Read a lock whose fields have the types that its readers rely on.

    Raises:
        BadDataset: if it is missing, or naming the first field that is not as it should be.
    """
    if not path.is_file():
        raise BadDataset(f"{path}: is missing, so the dataset is not finished; run gpiot-data build")
    try:
        lock = read_json(path)
        # NaN, half characters and endless nesting are JSON for Python alone.
        canonical_json(lock).encode("utf-8")
    except (InputError, ValueError, RecursionError) as error:
        raise BadDataset(f"{path}: is no lock of a dataset; build it again") from error
    _check_types(lock, _FIELDS, f"{path}")
    if lock["kind"] not in ("tdd", "cgd"):
        raise BadDataset(f"{path}: the kind should be tdd or cgd, got {lock['kind']!r}")
    for name in ("environments", "teacher"):
        if not isinstance(lock.get(name), dict | None):
            raise BadDataset(f"{path}: the field '{name}' is not of the right type; build the dataset again")
    _check_files(lock, path)
    _check_sources(lock, path)
    return dict(lock)


def _check_files(lock: dict[str, Any], path: Path) -> None:
    for entry in lock["outputs"]:
        _check_types(entry, {"path": str, "sha256": str, "rows": int}, f"{path}: outputs")
    for entry in lock["derived"]:
        _check_types(entry, {"path": str, "sha256": str}, f"{path}: derived")
    names = [entry["path"] for entry in (*lock["outputs"], *lock["derived"])]
    for name in names:
        place = PurePosixPath(name)
        if place.is_absolute() or ".." in place.parts:
            raise BadDataset(f"{path}: names a file outside the folder ({name!r})")
        if str(place) != name or "\0" in name:
            raise BadDataset(f"{path}: outputs: {name!r} is no plain path")
    _check_once(names, f"{path}: outputs")


def _check_sources(lock: dict[str, Any], path: Path) -> None:
    of_kind: dict[str, type] = {} if lock["kind"] == "tdd" else {"modules": list}
    texts = dict.fromkeys(("id", "corpus", "version", "file", "sha256", "license"), str)
    for entry in lock["sources"]:
        _check_types(entry, {**texts, **of_kind}, f"{path}: sources")
        if of_kind:
            _check_package(entry, f"{path}: sources")
    _check_once([entry["id"] for entry in lock["sources"]], f"{path}: sources")


def _check_package(entry: dict[str, Any], where: str) -> None:
    """Check what a lock records of a package besides its pin; all of it but the modules may be left out."""
    _check_types({"evidence": "", "module_tags": {}, **entry}, {"evidence": str, "module_tags": dict}, where)
    lists = {name: entry.get(name, []) for name in ("modules", "tags", "skip", "documents")}
    for name, value in (*lists.items(), *(("module_tags", tags) for tags in entry.get("module_tags", {}).values())):
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise BadDataset(f"{where}: '{name}' should be texts; build the dataset again")


def _check_once(names: list[str], where: str) -> None:
    if len(set(names)) < len(names):
        raise BadDataset(f"{where}: {max(names, key=names.count)!r} is listed twice; build the dataset again")


def _check_types(value: Any, wanted: dict[str, type], where: str) -> None:
    if not isinstance(value, dict):
        raise BadDataset(f"{where}: is no lock of a dataset; build it again")
    for name, kind_of in wanted.items():
        if not isinstance(value.get(name), kind_of) or isinstance(value[name], bool):
            raise BadDataset(f"{where}: the field '{name}' is missing or not of the right type; build the dataset again")
