"""Running the programs of answers, each different one once; what was found is kept, so a report is made again without running anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

from gpiot_data.store import Ledger, sha256_file, sha256_json
from gpiot_infer.iotbench.execute import CPU_S, Item, Score, Status, execute_answers
from gpiot_infer.iotbench.isolation import open_for_answers
from gpiot_infer.iotbench.progress import Progress
from gpiot_infer.iotbench.schema import CodeTask

WORKERS = 2
#: Programs between two times that results are kept; on an interruption at most these are run again.
CHUNK = 100


@dataclass(frozen=True, slots=True)
class Program:
    """A program that answers a task."""

    task: CodeTask
    text: str


def run_programs(programs: Sequence[Program], sandbox: str, ledger: Ledger, progress: Progress) -> list[Score]:
    """Return the score of each program, in order; runs what `ledger` lacks.

    Raises:
        SandboxUnavailable: if something has to run and there is no sandbox of the level asked for.
        BadManifest: if the cases of a task cannot be made.
    """
    folders = {program.task.id: _folder_sha256(program.task.folder) for program in programs}
    software = _software()
    keys = [
        sha256_json({"program": one.text, "task": folders[one.task.id], "sandbox": sandbox, "cpu_s": CPU_S, "software": software})
        for one in programs
    ]
    waiting = {key: program for key, program in zip(keys, programs, strict=True) if _score(ledger.get(key)) is None}
    progress.start("running programs", len(set(keys)), len(set(keys)) - len(waiting))
    if waiting:
        _run_waiting(waiting, sandbox, ledger, progress)
    progress.end()
    scores = [_score(ledger.get(key)) for key in keys]
    return [score for score in scores if score is not None]


def _run_waiting(waiting: dict[str, Program], sandbox: str, ledger: Ledger, progress: Progress) -> None:
    # Tasks one after another: only the cases of a few are in memory at a time.
    ordered = sorted(waiting.items(), key=lambda pair: (pair[1].task.id, pair[0]))
    host = open_for_answers(sandbox)
    cases: dict[str, Any] = {}
    for first in range(0, len(ordered), CHUNK):
        chunk = ordered[first : first + CHUNK]
        tasks = {program.task.id: program.task for _, program in chunk}
        cases = {name: cases.get(name) or task.cases() for name, task in tasks.items()}
        items = [Item(program.text, program.task.function, cases[program.task.id]) for _, program in chunk]
        for (key, _), score in zip(chunk, execute_answers(items, lambda: host, WORKERS), strict=True):
            ledger.put(key, {**asdict(score), "faults": list(score.faults)})
            progress.step()


def _folder_sha256(folder: Path) -> str:
    return sha256_json([[path.name, sha256_file(path)] for path in sorted(folder.iterdir()) if path.is_file()])


def _software() -> dict[str, str]:
    """Return the versions that a verdict may depend on."""
    import importlib.metadata
    import platform

    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in ("numpy", "scipy")}}


def _score(value: Any) -> Score | None:
    """Return a stored score; None for what is none, which is run again."""
    try:
        score = Score(**{**value, "faults": tuple(value["faults"])})
    except (TypeError, KeyError):
        return None
    return score if score.status in get_args(Status) else None
