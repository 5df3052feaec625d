"""Check a dataset folder against its lock and its sources, and on request run its programs again; nothing is written to it.

What is found to differ is returned as sentences, one for each difference.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from gpiot_data import __version__, manifest
from gpiot_data.augment.candidates import replay
from gpiot_data.augment.decompositions.stage import augment_sources
from gpiot_data.errors import BadDataset, BadManifest, GpiotError, InputError
from gpiot_data.extract import NOT_OBTAINED, byte_relevant_versions, extract_source, obtain
from gpiot_data.lockfile import read_lock
from gpiot_data.pairing import open_replay, replay_paper
from gpiot_data.plan import Plan, Source, load_plan, load_sources, paper_of, source_of
from gpiot_data.publish.statistics import FILE as STATISTICS
from gpiot_data.quality.execution import ENVIRONMENTS
from gpiot_data.quality.licence import spdx_form
from gpiot_data.rendering import render_messages
from gpiot_data.row_form import check_row
from gpiot_data.schema import Kept, dataset_sha256, row_id
from gpiot_data.sources.packages import PackageSource
from gpiot_data.sources.papers import PaperSource
from gpiot_data.store import cache_dir, canonical_json, read_json, read_jsonl, sha256_bytes, sha256_file, sha256_json, sha256_text
from gpiot_data.teacher.chat_build import ChatBuild
from gpiot_data.teacher.responses import FILE as RESPONSES
from gpiot_data.verify.ledger import FILE as VERDICTS
from gpiot_data.verify.ledger import ShippedVerdicts
from gpiot_data.verify.locks import EnvironmentSet, read_environments

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
    lock = read_lock(folder / "lock.json")
    wrong = _unlisted(folder, lock)
    rows: list[JsonRow] = []
    for entry in lock["outputs"]:
        name = entry["path"]
        path = folder / name
        if not path.is_file():
            wrong.append(f"{name}: is missing")
            continue
        if sha256_file(path) != entry["sha256"]:
            wrong.append(f"{name}: is not the file that the lock describes")
        if name.startswith("data/"):
            found = list(_read_rows(path, lock["kind"], wrong))
            rows += found
            if len(found) != entry["rows"]:
                wrong.append(f"{name}: has {len(found)} sound rows, the lock says {entry['rows']}")
    wrong += _check_derived(folder, lock)
    if dataset_sha256(rows) != lock["dataset_sha256"]:
        wrong.append(f"the rows are not the ones with the hash {lock['dataset_sha256'][:16]} of the lock")
    return Dataset(folder, lock, tuple(rows)), wrong


def _check_derived(folder: Path, lock: dict[str, Any]) -> list[str]:
    """Return what is not as the lock says among the files made from the rows: no claim covers their bytes, but people read them."""
    wrong = []
    for entry in lock["derived"]:
        path = folder / entry["path"]
        if not path.is_file():
            wrong.append(f"{entry['path']}: is missing")
        elif sha256_file(path) != entry["sha256"]:
            wrong.append(f"{entry['path']}: is not the file that the lock describes")
    return wrong


def _unlisted(folder: Path, lock: dict[str, Any]) -> list[str]:
    """Return what a whole dataset has and the lock does not list: hashes say nothing about such a file."""
    listed = {entry["path"] for entry in lock["outputs"]}
    there = {path.relative_to(folder).as_posix() for path in (folder / "data").rglob("*.jsonl")}
    there |= {name for name in (ENVIRONMENTS, VERDICTS) if (folder / name).exists() or lock.get("environments") is not None}
    there |= {RESPONSES} if (folder / RESPONSES).exists() or lock["manifest"].get("teacher") == "chat" else set()
    return [f"{name}: is not listed in the lock" for name in sorted((there | {"rejected.jsonl", STATISTICS}) - listed)]


def _read_rows(path: Path, kind: str, wrong: list[str]) -> Iterator[JsonRow]:
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    for number, line in enumerate(lines[:-1] if not lines[-1] else lines, start=1):
        where = f"{path.parent.name}/{path.name}:{number}"
        try:
            row = json.loads(line)
            check_row(row, kind, where)
            if row_id(row) != row["id"]:
                raise BadDataset(f"{where}: the id {row['id']} is not the one that its content gives")
            canonical_json(row).encode("utf-8")
            if row["split"] != path.stem:
                wrong.append(f"{where}: its split is {row['split']!r}, but the file is {path.name}")
        except (ValueError, RecursionError, BadDataset) as error:
            wrong.append(str(error) if isinstance(error, BadDataset) else f"{where}: is no JSON")
            continue
        yield row


def check_rows(dataset: Dataset) -> list[str]:
    """Return where rows contradict each other or the lock: splits, licences, sources."""
    wrong: list[str] = []
    sources = {source["id"]: source for source in dataset.lock.get("sources", [])}
    splits: dict[str, str] = {}
    ids = Counter(row["id"] for row in dataset.rows)
    wrong += [f"row {name}: is there {count} times" for name, count in ids.items() if count > 1]
    for row in dataset.rows:
        if not _is_rendered(row, dataset.lock["kind"]):
            wrong.append(f"row {row['id']}: its messages are not what its content renders to")
        name = row["source"].get("source")
        source = sources.get(name)
        if source is None or row["source"].get("sha256") != source["sha256"]:
            wrong.append(f"row {row['id']}: its source '{name}' is not in the lock")
        elif row["license"] != source["license"]:
            wrong.append(f"row {row['id']}: licence {row['license']}, but {name} is under {source['license']}")
        if splits.setdefault(name, row["split"]) != row["split"]:
            wrong.append(f"row {row['id']}: {name} is in both {splits[name]} and {row['split']}")
    wrong += [
        f"{name}: its licence {source['license']!r} is no expression of SPDX"
        for name, source in sources.items()
        if spdx_form(source["license"]) is None
    ]
    return wrong


def _is_rendered(row: JsonRow, kind: str) -> bool:
    try:
        return bool(row["messages"] == render_messages(row, kind))
    except BadManifest:
        return False


def check_teacher(dataset: Dataset) -> list[str]:
    """Return where the lock does not say who wrote the rows: the model, the prompts, and the answers that ship with them."""
    try:
        chat = open_replay(dataset.lock, dataset.folder)
    except BadDataset as error:
        return [str(error)]
    told = dataset.lock.get("teacher")
    if chat is None:
        return [] if told in (None, {"name": "rules"}) else ["lock.json: tells of a teacher that its manifest does not name"]
    wanted = chat.record_shipped()
    if not made_by_this_engine(dataset):
        # Another engine has other prompts.
        wanted = {name: wanted[name] for name in ("name", "model", "revision", "responses", "root")}
    different = sorted(name for name, value in wanted.items() if (told or {}).get(name) != value)
    return [f"lock.json: what it says of the teacher is not what {RESPONSES} gives: {', '.join(different)}"] if different else []


@dataclass(frozen=True, slots=True)
class Reread:
    """What reading the sources again showed: a sentence for each difference, and the candidates that they give.

    `given` are all candidates, variants included, in the order of the sources; None where the engine is another one, or a source
    could not be read.
    """

    wrong: tuple[str, ...]
    given: tuple[JsonRow, ...] | None


def reread_sources(dataset: Dataset, manifest_path: Path | None, say: Say) -> Reread:
    """Find the rows that their source does not give: another span, or other content; sources are fetched where they are not here.

    Content is compared with what the engine takes from the source now, unless another version made the dataset, which is said.

    Args:
        dataset: what to check.
        manifest_path: the manifest it was built from, which tells where papers lie; by default the one in `run.json`.
        say: told about each source.
    """
    comparable = made_by_this_engine(dataset)
    wrong = [] if comparable else ["lock.json: made by another engine version; content not compared"]
    given: list[JsonRow] = []
    whole = comparable
    by_source: dict[str, list[JsonRow]] = {}
    for row in dataset.rows:
        by_source.setdefault(row["source"]["source"], []).append(row)
    papers = papers_of(dataset, manifest_path)
    unusable = _unusable(dataset.folder)
    # Read once for all sources: the verdicts of a large dataset are many.
    stored = cache(partial(_stored_findings, dataset))
    answered = cache(partial(open_replay, dataset.lock, dataset.folder))
    for entry in dataset.lock["sources"]:
        rows = by_source.get(entry["id"], [])
        # A source without rows may have had some, unless the build had to do without it.
        if not rows and (not comparable or unusable.get(entry["id"]) == NOT_OBTAINED):
            continue
        try:
            source = find_source(dataset, entry, papers)
            path = obtain(source)
            slices = _slices(source, path, rows)
            candidates = _candidates(dataset, source, path, stored, answered) if comparable else None
        except GpiotError as error:
            wrong.append(f"{entry['id']}: {error}")
            whole = False
            continue
        bad = [row["id"] for row, digest in zip(rows, slices, strict=True) if digest != row["source"]["span_sha256"]]
        wrong += [f"row {name}: its span of {entry['id']} does not hash to span_sha256" for name in bad]
        if candidates is not None:
            known = {_content(row) for row in candidates}
            wrong += [f"row {row['id']}: its content is not what {entry['id']} gives" for row in rows if _content(row) not in known]
            given += candidates
        say(f"  {entry['id']}: {len(rows) - len(bad)} of {len(rows)} spans are as the rows say")
    return Reread(tuple(wrong), tuple(given) if whole else None)


def _unusable(folder: Path) -> dict[str, str]:
    """Return by source the last reason for which `rejected.jsonl` has something of it."""
    try:
        return {str(item["source"]): str(item["reason"]) for item in read_jsonl(folder / "rejected.jsonl")}
    except (InputError, KeyError, TypeError):
        return {}


def _slices(source: Source, path: Path, rows: Sequence[JsonRow]) -> list[str]:
    """Return the hash of the span of each row; a source is not opened for no rows."""
    if not rows:
        return []
    return _package_slices(source, path, rows) if isinstance(source, PackageSource) else _paper_slices(source, path, rows)


def made_by_this_engine(dataset: Dataset) -> bool:
    """Tell whether what made a dataset is what runs now, so that both have to agree in everything."""
    return bool(dataset.lock["engine"] == {"gpiot": __version__, "versions": byte_relevant_versions()})


def manifest_of(dataset: Dataset) -> Path | None:
    """Return the manifest that `run.json` names, if it is still there."""
    try:
        path = Path(dataset.folder / read_json(dataset.folder / "run.json")["manifest"])
    except (InputError, KeyError, TypeError):
        return None
    return path if path.is_file() else None


def recorded_plan(dataset: Dataset) -> Plan:
    """Return the manifest that a dataset was built from, as its lock records it.

    Raises:
        BadDataset: if the record does not follow the schema.
    """
    try:
        return manifest.build(Plan, dataset.lock["manifest"], f"{dataset.folder / 'lock.json'}: manifest")
    except BadManifest as error:
        raise BadDataset(f"{error}; build the dataset again") from error


def papers_of(dataset: Dataset, manifest_path: Path | None) -> dict[str, PaperSource]:
    """Find the papers of a dataset by its manifest, by default the one in `run.json`; {} where that is not there any more.

    Raises:
        BadManifest: if the manifest or a corpus does not follow its schema.
    """
    place = (manifest_path or manifest_of(dataset)) if dataset.lock["kind"] == "tdd" else None
    sources = load_sources(load_plan(place), place) if place is not None else []
    return {source.id: source for source in sources if isinstance(source, PaperSource)}


def find_source(dataset: Dataset, entry: dict[str, Any], papers: Mapping[str, PaperSource]) -> Source:
    """Return the source that a lock records: a package from its pin, a paper from where the manifest has it, else from its origin.

    Raises:
        BadDataset: if the record is incomplete.
        InputError: if the paper is not among `papers`.
    """
    if dataset.lock["kind"] == "cgd":
        return source_of(entry)
    source = papers.get(entry["id"])
    if source is None or source.sha256 != entry["sha256"]:
        source = paper_of(entry)
    if source is None:
        raise InputError("the paper cannot be found; name the manifest that lists it with --manifest")
    return source


def _paper_slices(source: PaperSource, path: Path, rows: Sequence[JsonRow]) -> list[str]:
    from gpiot_data.papers.sections import read_paper

    text = read_paper(path, source.engine).text
    return [sha256_text(text[row["source"]["span"][0] : row["source"]["span"][1]]) for row in rows]


def _package_slices(source: PackageSource, path: Path, rows: Sequence[JsonRow]) -> list[str]:
    from gpiot_data.packages.archive import read_source

    archive = read_source(source, path, documents=True)
    files = {file.path: file.data or b"" for file in archive.files} | {document.path: document.data for document in archive.documents}
    slices = [files.get(row["source"].get("path"), b"")[row["source"]["span"][0] : row["source"]["span"][1]] for row in rows]
    return [sha256_bytes(piece) for piece in slices]


def _stored_findings(dataset: Dataset) -> tuple[EnvironmentSet, ShippedVerdicts]:
    """Return the environments and the verdicts that came with a dataset.

    Raises:
        BadManifest, BadDataset, InputError: if they cannot be read.
    """
    environments = read_environments(dataset.lock.get("environments"), str(dataset.folder / "lock.json"))
    return environments, ShippedVerdicts(dataset.folder / VERDICTS)


def _candidates(
    dataset: Dataset,
    source: Source,
    path: Path,
    stored: Callable[[], tuple[EnvironmentSet, ShippedVerdicts]],
    answered: Callable[[], ChatBuild | None],
) -> list[JsonRow]:
    """Return all rows that a source gives, and their variants; cheap where the same code read it before, and without asking anybody."""
    chat = answered()
    if chat is not None and isinstance(source, PaperSource):
        rows = replay_paper(chat, source, path)
    else:
        rows = [line["row"] for line in extract_source(cache_dir() / "pairs", (source, path)) if "row" in line]
    if isinstance(source, PaperSource):
        return _with_variants(dataset, rows)
    rule = dataset.lock["manifest"].get("augment")
    if rule is None:
        return rows
    environments, known = stored()
    return replay(rows, source, environments, known, float(dataset.lock["manifest"]["verify"]["cpu_s"]), int(rule["per_origin"]))


def _with_variants(dataset: Dataset, rows: Sequence[JsonRow]) -> list[JsonRow]:
    """Return the rows of a paper and their variants, if the dataset has any.

    Raises:
        BadDataset: if the lock does not say how the dataset was built.
    """
    plan = recorded_plan(dataset)
    if plan.variants is None:
        return list(rows)
    return [item.row for item in augment_sources(rows, plan.variants, plan.seed) if isinstance(item, Kept)]


def _content(row: JsonRow) -> str:
    """Return the hash of all that extraction decides: running and splitting come later."""
    return sha256_json({name: value for name, value in row.items() if name not in ("verdict", "split")})
