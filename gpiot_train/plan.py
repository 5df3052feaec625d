"""What a run is about to do, worked out without torch: inputs checked and hashed, and what is already done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpiot_data.errors import InputError
from gpiot_data.schema import CG_PROMPT, TD_PROMPT, Task
from gpiot_data.store import read_json, sha256_file, sha256_json
from gpiot_train import __version__
from gpiot_train.base_model import BaseIdentity, identify
from gpiot_train.data import DatasetFolder, open_dataset
from gpiot_train.recipe import Recipe

TRAIN_LOCK_SCHEMA = "gpiot.train-lock/1"
PROMPTS = {"td": TD_PROMPT, "cg": CG_PROMPT}


@dataclass(frozen=True, slots=True)
class Plan:
    """A recipe with everything it names opened and hashed. `work` holds what only an unfinished run needs."""

    recipe: Recipe
    out: Path
    datasets: dict[Task, DatasetFolder]
    base: BaseIdentity
    inputs_sha256: str

    @property
    def work(self) -> Path:
        """Return the folder of checkpoints and of the first evaluation."""
        return self.out / "work"

    @property
    def checkpoints(self) -> Path:
        """Return the folder of checkpoints."""
        return self.work / "checkpoints"


def make_plan(recipe: Recipe, out: Path | None = None) -> Plan:
    """Open the datasets and find the base of a recipe.

    Raises:
        BadDataset: if a dataset folder is missing, incomplete or changed.
        MissingWeights: if the base is not there.
    """
    folders: dict[Task, str] = {"td": recipe.datasets.tdd, "cg": recipe.datasets.cgd}
    datasets = {task: open_dataset(Path(folder), task) for task, folder in folders.items()}
    base = identify(recipe.base)
    inputs = {
        "recipe": recipe.sha256(),
        "base": base.key(),
        "datasets": [[dataset.to_json(), dataset.files_sha256] for dataset in datasets.values()],
        "prompts": PROMPTS,
        "version": __version__,
    }
    return Plan(recipe, out or Path(recipe.out), datasets, base, sha256_json(inputs))


def finished_lock(plan: Plan) -> dict[str, Any] | None:
    """Return the lock of the output folder if it was made from the same inputs and its files are unchanged."""
    lock = read_lock(plan.out)
    if lock is None or lock.get("inputs_sha256") != plan.inputs_sha256:
        return None
    try:
        return lock if lock["outputs"] == output_entries(plan.out) else None
    except (KeyError, OSError):
        return None


def read_lock(folder: Path) -> dict[str, Any] | None:
    """Return the training lock of a folder, or None where there is none that can be read."""
    try:
        lock = read_json(folder / "train.lock.json")
    except InputError:
        return None
    return lock if isinstance(lock, dict) and lock.get("schema") == TRAIN_LOCK_SCHEMA else None


def output_entries(folder: Path) -> list[dict[str, Any]]:
    """Return path, size and hash of every file that belongs to the result, sorted by path."""
    files = [folder / "prompts.json", folder / "metrics.jsonl"]
    files += [path for part in ("adapters", "paths") for path in (folder / part).rglob("*") if path.is_file()]
    return [
        {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": sha256_file(path)}
        for path in sorted(files, key=lambda path: path.relative_to(folder).as_posix())
    ]
