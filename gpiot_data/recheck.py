"""Check a dataset folder against its lock and its sources, and on request run its programs again; nothing is written to it.

What is found to differ is returned as sentences, one for each difference.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from gpiot_data.errors import BadDataset, GpiotError, InputError
from gpiot_data.plan import load_plan, load_sources
from gpiot_data.schema import check_row, dataset_sha256, row_id
from gpiot_data.sources.packages import PackageSource, fetch_package
from gpiot_data.sources.papers import PaperSource, verify_paper
from gpiot_data.store import read_json, sha256_bytes, sha256_file, sha256_text

Say = Callable[[str], None]
JsonRow = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset folder as read: its lock, and the rows whose lines can be read."""

    folder: Path
    lock: dict[str, Any]
    rows: tuple[JsonRow, ...]


def open_dataset(folder: Path) -> tuple[Dataset, list[str]]:
    """Read a dataset folder, and say where its files are not what its lock says.

    Raises:
        BadDataset: if there is no lock, or it is none of ours.
    """
    if not (folder / "lock.json").is_file():
        raise BadDataset(f"{folder}: is no finished dataset (no lock.json); run gpiot-data build first")
    lock = read_json(folder / "lock.json")
    try:
        outputs = [(str(entry["path"]), entry["sha256"], entry["rows"]) for entry in lock["outputs"]]
        kind, digest = str(lock["kind"]), lock["dataset_sha256"]
    except (KeyError, TypeError) as error:
        raise BadDataset(f"{folder / 'lock.json'}: is no lock of a dataset; build it again") from error
    wrong: list[str] = []
    rows: list[JsonRow] = []
    for name, sha256, count in outputs:
        path = folder / name
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise BadDataset(f"{folder / 'lock.json'}: names a file outside the folder ({name!r})")
        if not path.is_file():
            wrong.append(f"{name}: is missing")
            continue
        if sha256_file(path) != sha256:
            wrong.append(f"{name}: is not the file that the lock describes")
        if name.startswith("data/"):
            found = list(_read_rows(path, kind, wrong))
            rows += found
            if len(found) != count:
                wrong.append(f"{name}: has {len(found)} sound rows, the lock says {count}")
    if dataset_sha256(rows) != digest:
        wrong.append(f"the rows are not the ones with the hash {str(digest)[:16]} of the lock")
    return Dataset(folder, lock, tuple(rows)), wrong


def _read_rows(path: Path, kind: str, wrong: list[str]) -> Iterator[JsonRow]:
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        where = f"{path.parent.name}/{path.name}:{number}"
        try:
            row = json.loads(line)
            check_row(row, kind, where)
            if row_id(row) != row["id"]:
                raise BadDataset(f"{where}: the id {row['id']} is not the one that its content gives")
        except (ValueError, BadDataset) as error:
            wrong.append(str(error) if isinstance(error, BadDataset) else f"{where}: is no JSON")
            continue
        yield row


def check_rows(dataset: Dataset) -> list[str]:
    """Return where rows contradict each other or the lock: splits, licences, sources."""
    wrong: list[str] = []
    sources = {source["id"]: source for source in dataset.lock.get("sources", [])}
    splits: dict[str, str] = {}
    for row in dataset.rows:
        name = row["source"].get("source")
        source = sources.get(name)
        if source is None or row["source"].get("sha256") != source["sha256"]:
            wrong.append(f"row {row['id']}: its source '{name}' is not in the lock")
        elif row["license"] != source["license"]:
            wrong.append(f"row {row['id']}: licence {row['license']}, but {name} is under {source['license']}")
        if splits.setdefault(name, row["split"]) != row["split"]:
            wrong.append(f"row {row['id']}: {name} is in both {splits[name]} and {row['split']}")
    return wrong


def check_spans(dataset: Dataset, manifest_path: Path | None, say: Say) -> list[str]:
    """Return the rows whose span of the source does not hash to what they say; sources are fetched where they are not in the cache.

    Args:
        dataset: what to check.
        manifest_path: the manifest it was built from, which tells where papers lie; by default the one in `run.json`.
        say: told about each source.
    """
    wrong: list[str] = []
    by_source: dict[str, list[JsonRow]] = {}
    for row in dataset.rows:
        by_source.setdefault(row["source"]["source"], []).append(row)
    papers = _papers(dataset, manifest_path) if dataset.lock["kind"] == "tdd" else {}
    for entry in dataset.lock["sources"]:
        rows = by_source.get(entry["id"], [])
        if not rows:
            continue
        try:
            slices = _paper_slices(entry, papers, rows) if dataset.lock["kind"] == "tdd" else _package_slices(entry, rows)
        except GpiotError as error:
            wrong.append(f"{entry['id']}: {error}")
            continue
        bad = [row["id"] for row, digest in zip(rows, slices, strict=True) if digest != row["source"]["span_sha256"]]
        wrong += [f"row {name}: its span of {entry['id']} does not hash to span_sha256" for name in bad]
        say(f"  {entry['id']}: {len(rows) - len(bad)} of {len(rows)} spans are as the rows say")
    return wrong


def _papers(dataset: Dataset, manifest_path: Path | None) -> dict[str, PaperSource]:
    """Find the papers by the manifest; {} where that is not there any more."""
    if manifest_path is None:
        try:
            manifest_path = dataset.folder / read_json(dataset.folder / "run.json")["manifest"]
        except (InputError, KeyError, TypeError):
            return {}
        if not manifest_path.is_file():
            return {}
    sources = load_sources(load_plan(manifest_path), manifest_path)
    return {source.id: source for source in sources if isinstance(source, PaperSource)}


def _paper_slices(entry: dict[str, Any], papers: dict[str, PaperSource], rows: Sequence[JsonRow]) -> list[str]:
    from gpiot_data.papers.sections import read_paper

    source = papers.get(entry["id"])
    if source is None or source.sha256 != entry["sha256"]:
        raise InputError("the paper cannot be found; name the manifest that lists it with --manifest")
    text = read_paper(verify_paper(source)).text
    return [sha256_text(text[row["source"]["span"][0] : row["source"]["span"][1]]) for row in rows]


def _package_slices(entry: dict[str, Any], rows: Sequence[JsonRow]) -> list[str]:
    from gpiot_data.packages.archive import read_modules

    source = source_of(entry)
    files = {file.path: file.data or b"" for file in read_modules(fetch_package(source), source.modules)}
    slices = [files.get(row["source"]["path"], b"")[row["source"]["span"][0] : row["source"]["span"][1]] for row in rows]
    return [sha256_bytes(piece) for piece in slices]


def source_of(entry: dict[str, Any]) -> PackageSource:
    """Return the pinned package that a lock records.

    Raises:
        BadDataset: if the record is incomplete.
    """
    try:
        names = ("version", "file", "sha256", "license", "corpus")
        return PackageSource(name=entry["id"], modules=tuple(entry["modules"]), **{name: entry[name] for name in names})
    except (KeyError, TypeError) as error:
        raise BadDataset(f"the lock does not say enough of the source {entry.get('id')}; build the dataset again") from error
