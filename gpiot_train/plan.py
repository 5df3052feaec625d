"""What a run is about to do, worked out without torch: inputs checked and hashed, and what is already done."""

from __future__ import annotations

import contextlib
import shutil
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
_LORAS = [*(f"adapters/{name}" for name in ("cg", "shared", "td")), *(f"paths/{task}" for task in PROMPTS)]
#: Every file that a finished folder has ...
REQUIRED = {f"{lora}/{name}" for lora in _LORAS for name in ("adapter_config.json", "adapter_model.safetensors")}
REQUIRED |= {"metrics.jsonl", "prompts.json"}
#: ... and those it can have: GGUF only where llama.cpp knows the architecture. Nothing else there is ours to judge or delete.
OUTPUTS = tuple(sorted(REQUIRED | {f"paths/{task}.gguf" for task in PROMPTS}))


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
        # What the command line prints has to be there, and no name may lead out of the folder.
        figures = [lock["evaluation"][task][name] for task in PROMPTS for name in ("rows", "loss_before", "loss_after")]
        listed = [entry["path"] for entry in lock["outputs"]]
        known = all(isinstance(figure, int | float) for figure in figures) and REQUIRED <= set(listed) <= set(OUTPUTS)
        return lock if known and lock["outputs"] == [_entry(plan.out, name) for name in listed] else None
    except (KeyError, TypeError, OSError):
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
    return [_entry(folder, name) for name in OUTPUTS if name in REQUIRED or (folder / name).is_file()]


def refuse_foreign(out: Path) -> None:
    """Check that an output folder is new, empty, or of an earlier run.

    Raises:
        InputError: if it holds something else.
    """
    held = {path.name for path in out.iterdir()} if out.is_dir() else set()
    ours = "train.lock.json" in held or {".lock", "work"} <= held
    if held - {".lock"} and not ours:
        raise InputError(f"{out}: is not empty and was not made by gpiot-train; choose another --out")


def remove_results(out: Path) -> None:
    """Delete what an earlier run left in `adapters/` and `paths/`, the lock first; files of other names stay."""
    (out / "train.lock.json").unlink(missing_ok=True)
    for name in OUTPUTS:
        (out / name).unlink(missing_ok=True)


def remove_work(plan: Plan) -> None:
    """Delete what only an unfinished run needs."""
    shutil.rmtree(plan.checkpoints, ignore_errors=True)
    with contextlib.suppress(OSError):
        for name in ("before.json", "metrics.jsonl"):
            (plan.work / name).unlink(missing_ok=True)
        plan.work.rmdir()


def _entry(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    return {"path": name, "bytes": path.stat().st_size, "sha256": sha256_file(path)}
