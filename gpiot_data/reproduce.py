"""`gpiot-data reproduce`: a dataset built once more in another folder, from what its lock records, and compared byte by byte.

Nothing that was found before answers but what ships with the dataset: candidates are extracted anew, programs have the verdicts of
its `verdicts.jsonl`, and a chat teacher is not asked but has the answers of `responses.jsonl`. Packages, and papers with an origin, are
those of the lock; other papers, indexes and other datasets are looked for beside the manifest.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpiot_data.errors import InputError, QualityGateFailed, UsageError
from gpiot_data.pipeline import Means, Say, build_plan
from gpiot_data.plan import Plan, Source
from gpiot_data.publish.statistics import FILE as STATISTICS
from gpiot_data.recheck import Dataset, find_source, made_by_this_engine, manifest_of, open_dataset, papers_of, recorded_plan
from gpiot_data.store import canonical_json, sha256_file
from gpiot_data.verify.ledger import FILE as VERDICTS
from gpiot_data.verify.ledger import ShippedVerdicts, levels_for

#: Outputs that a build makes of the rows; all others at the top of a dataset are stores, which a build takes in from its folder.
MADE = ("rejected.jsonl", STATISTICS)


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What a rebuild gave: the files that are the same, a sentence for each difference, and where it lies if it was kept."""

    same: tuple[str, ...]
    different: tuple[str, ...]
    rebuilt: Path | None

    def to_json(self, folder: Path) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        rebuilt = None if self.rebuilt is None else str(self.rebuilt)
        return {"folder": str(folder), "rebuilt": rebuilt, "same": list(self.same), "differences": list(self.different)}

    def raise_if_different(self, folder: Path) -> None:
        """End the command with 1 where something differs.

        Raises:
            QualityGateFailed: if so.
        """
        if self.different:
            raise QualityGateFailed(f"{folder}: the rebuild has {len(self.different)} differences")


def reproduce(folder: Path, manifest_path: Path | None, out: Path | None, jobs: int, sandbox: str | None, say: Say) -> Reproduction:
    """Build a dataset again and compare every file that its determinism claim covers.

    Args:
        folder: the dataset; only read.
        manifest_path: beside which papers, indexes and other datasets lie; by default the one that `run.json` names.
        out: where to build and keep the result; by default a folder that is deleted afterwards.
        jobs: worker processes.
        sandbox: how to run what no shipped verdict answers.
        say: told what goes on, for people.

    Raises:
        BadDataset: if the folder is no dataset, or its lock does not say how it was built.
        InputError: if `out` is not empty, or a source, an index or another dataset is not here.
        UsageError: if programs of the dataset ran on a level that has to be asked for by name.
        RemoteError, QualityGateFailed, SandboxUnavailable: as `build` does.
    """
    dataset, wrong = open_dataset(folder)
    plan = recorded_plan(dataset)
    sources = _sources(dataset, manifest_path)
    _check_level(dataset, plan, sandbox)
    engine = made_by_this_engine(dataset)
    if not engine:
        say(f"{folder}: was made by another engine version; its claim does not cover a rebuild by this one")
    with ExitStack() as stack:
        place = _empty(out) if out is not None else Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gpiot-"))) / "rebuilt"
        found = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gpiot-")))
        place.mkdir(parents=True, exist_ok=True)
        for name in _stores(dataset):
            shutil.copyfile(folder / name, place / name)
        base = manifest_path or manifest_of(dataset) or place / "manifest.yaml"
        means = Means(jobs, sandbox or "", say, found / "pairs", found / "verdicts", found / "responses", replay_only=True)
        built = build_plan(plan, sources, base, place, means)
        same, different = _compare(dataset, place, built.lock)
    if different and not engine:
        different.insert(0, "lock.json: made by another engine version")
    return Reproduction(tuple(same), (*wrong, *different), place if out is not None else None)


def _stores(dataset: Dataset) -> list[str]:
    names = [entry["path"] for entry in dataset.lock["outputs"]]
    return [name for name in names if "/" not in name and name not in MADE and (dataset.folder / name).is_file()]


def _sources(dataset: Dataset, manifest_path: Path | None) -> list[Source]:
    papers = papers_of(dataset, manifest_path)
    return [find_source(dataset, entry, papers) for entry in dataset.lock["sources"]]


def _check_level(dataset: Dataset, plan: Plan, sandbox: str | None) -> None:
    path = dataset.folder / VERDICTS
    if not path.is_file():
        return
    lower = ShippedVerdicts(path).levels - set(levels_for(sandbox or (plan.verify.sandbox if plan.verify is not None else "auto")))
    if lower:
        raise UsageError(
            f"{dataset.folder}: programs of it ran on the level {', '.join(sorted(lower))}, whose verdicts count only where that level is "
            f"asked for; add --sandbox {min(lower)}"
        )


def _empty(out: Path) -> Path:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out}: is not empty, so what lies there could take part in the rebuild; choose an empty folder")
    return out


def _compare(dataset: Dataset, place: Path, lock: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return the files that are the same, and a sentence for each that is not, with where the builds parted first."""
    same, different = [], []
    rebuilt = {entry["path"] for entry in lock["outputs"]}
    recorded = {entry["path"] for entry in dataset.lock["outputs"]}
    for name in sorted(rebuilt | recorded):
        ours, theirs = dataset.folder / name, place / name
        if name not in rebuilt or name not in recorded or not ours.is_file():
            different.append(f"{name}: is in {'the rebuild' if name in rebuilt else 'the dataset'} only")
        elif sha256_file(ours) != sha256_file(theirs):
            different.append(f"{name}: {_lines_apart(ours, theirs)}")
        else:
            same.append(name)
    if dataset.lock["dataset_sha256"] != lock["dataset_sha256"]:
        different.append(f"dataset_sha256: {dataset.lock['dataset_sha256'][:16]}, the rebuild has {lock['dataset_sha256'][:16]}")
    return same, different + _stages_apart(dataset.lock["stages"], lock["stages"])


def _lines_apart(ours: Path, theirs: Path) -> str:
    old, new = (path.read_bytes().splitlines() for path in (ours, theirs))
    pairs = zip(old, new, strict=False)
    first = next((number for number, (one, other) in enumerate(pairs, start=1) if one != other), min(len(old), len(new)) + 1)
    return f"differs from line {first} on ({len(old)} lines, the rebuild has {len(new)})"


def _stages_apart(recorded: Sequence[Any], rebuilt: Sequence[dict[str, Any]]) -> list[str]:
    """Return a sentence for the first stage that did something else: all later ones follow from it."""
    for old, new in zip(recorded, rebuilt, strict=False):
        if canonical_json(old) != canonical_json(new):
            names = [
                name for name in sorted(new) if not isinstance(old, dict) or canonical_json(old.get(name)) != canonical_json(new[name])
            ]
            return [f"lock.json: the builds part at the stage {new['name']}: {', '.join(names)}"]
    return [] if len(recorded) == len(rebuilt) else [f"lock.json: has {len(recorded)} stages, the rebuild {len(rebuilt)}"]
