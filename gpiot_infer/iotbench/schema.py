"""The tasks of a suite as they are stored: one folder for each code task, one YAML file for each decomposition."""

from __future__ import annotations

import re
import sys
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gpiot_data import manifest
from gpiot_data.errors import BadManifest
from gpiot_data.schema import Specification, SubTask
from gpiot_infer.iotbench.cases import Case
from gpiot_infer.iotbench.lock import MANIFEST, check_lock

Difficulty = Literal["easy", "medium", "hard"]

SUITES = Path(__file__).parent
#: What a code task consists of besides its wrong solutions.
SHEET, REFERENCE, CASES = "task.yaml", "reference.py", "cases.py"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Method:
    """The method that a task asks for: its name, and `doi:...`, or name and number of a standard."""

    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong solution as the sheet of its task names it."""

    file: str
    mistake: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    id: str
    domain: str
    difficulty: Difficulty
    title: str
    method: Method
    license: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _CodeSheet(_Task):
    schema: Literal["gpiot.iotbench/1"]
    kind: Literal["code"]
    function: str
    specification: Specification
    wrong: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class WrongSolution:
    """A plausible solution that must fail, and what is wrong with it."""

    file: str
    mistake: str
    program: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTask(_Task):
    """A specification with its reference, its wrong solutions, and the folder where its cases are."""

    function: str
    specification: Specification
    reference: str
    wrong: tuple[WrongSolution, ...]
    folder: Path

    def cases(self) -> tuple[Case, ...]:
        """Make the test cases; takes as long as their expected values take to compute.

        Raises:
            BadManifest: if the file of the cases fails, or two cases have one name.
        """
        return load_cases(self.folder / CASES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An essential part of a decomposition.

    One step must meet every group of `needs`, by any of the group's regular expressions; `after` names parts that must not come later.
    """

    part: str
    says: str
    needs: tuple[tuple[str, ...], ...]
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another admissible decomposition of a problem."""

    says: str
    tasks: tuple[SubTask, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecompositionTask(_Task):
    """A problem with its reference decomposition and the checklist that decompositions are scored by."""

    schema: Literal["gpiot.iotbench/1"]
    kind: Literal["decomposition"]
    problem: str
    tasks: tuple[SubTask, ...]
    checklist: tuple[Part, ...]
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteManifest:
    """What a version of the benchmark has to hold: how many tasks of each kind, under which licences, of which domains."""

    schema: Literal["gpiot.suite/1"]
    name: str
    version: str
    licenses: tuple[str, ...]
    code: int
    decomposition: int
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suite:
    """All tasks of one version, each kind sorted by id; `sha256` is that of the lock, "" where it was not checked."""

    version: str
    manifest: SuiteManifest
    code: tuple[CodeTask, ...]
    decomposition: tuple[DecompositionTask, ...]
    sha256: str = ""


def load_suite(version: str, *, locked: bool = True) -> Suite:
    """Read all tasks of a suite.

    Args:
        version: the name of its folder.
        locked: check every file against the lock first; a suite that is being written has none.

    Raises:
        BadManifest: if a task does not follow its schema, or there is no such suite.
        BadDataset: if a file differs from the lock.
    """
    folder = SUITES / version
    if not (folder / "code").is_dir():
        raise BadManifest(
            f"IoTBench has no version '{version}'; there is {', '.join(sorted(path.name for path in SUITES.glob('v[0-9]*')))}"
        )
    sha256 = check_lock(folder) if locked else ""
    code = tuple(load_code_task(path) for path in code_folders(version))
    ways = tuple(load_decomposition_task(path) for path in decomposition_files(version))
    return Suite(version, load_suite_manifest(version), code, ways, sha256)


def load_suite_manifest(version: str) -> SuiteManifest:
    """Read what a version has to hold.

    Raises:
        BadManifest: if it is missing or does not follow its schema.
    """
    return manifest.load(SuiteManifest, SUITES / version / MANIFEST)


def code_folders(version: str) -> list[Path]:
    """Return the folders of the code tasks, by name."""
    return sorted(path.parent for path in (SUITES / version / "code").glob(f"*/{SHEET}"))


def decomposition_files(version: str) -> list[Path]:
    """Return the files of the decomposition tasks, by name."""
    return sorted((SUITES / version / "decomposition").glob("*.yaml"))


def load_code_task(folder: Path) -> CodeTask:
    """Read a code task.

    Raises:
        BadManifest: if a file is missing or the sheet does not follow its schema.
    """
    where = folder / SHEET
    sheet = manifest.load(_CodeSheet, where)
    _check_id(sheet.id, folder.name, where)
    wrong = tuple(WrongSolution(entry.file, entry.mistake, _read(folder / entry.file)) for entry in sheet.wrong)
    return CodeTask(
        id=sheet.id,
        domain=sheet.domain,
        difficulty=sheet.difficulty,
        title=sheet.title,
        method=sheet.method,
        license=sheet.license,
        function=sheet.function,
        specification=sheet.specification,
        reference=_read(folder / REFERENCE),
        wrong=wrong,
        folder=folder,
    )


def load_decomposition_task(path: Path) -> DecompositionTask:
    """Read a decomposition task.

    Raises:
        BadManifest: if it does not follow its schema, a pattern is no regular expression, or `after` names no part.
    """
    task = manifest.load(DecompositionTask, path)
    _check_id(task.id, path.stem, path)
    names = {part.part for part in task.checklist}
    for part in task.checklist:
        if unknown := [name for name in part.after if name not in names or name == part.part]:
            raise BadManifest(f"{path}: part '{part.part}': after: '{unknown[0]}' is no other part of the checklist")
        for pattern in (pattern for group in part.needs for pattern in group):
            try:
                re.compile(pattern)
            except re.error as error:
                raise BadManifest(f"{path}: part '{part.part}': {pattern!r} is no regular expression ({error})") from error
    return task


def load_cases(path: Path) -> tuple[Case, ...]:
    """Run a trusted file of cases and return what its `cases()` returns.

    Raises:
        BadManifest: if it fails, or two cases have one name.
    """
    # Registered, so that dataclasses defined there find their module.
    module = types.ModuleType(f"iotbench_cases_{path.parent.name.replace('-', '_')}")
    sys.modules[module.__name__] = module
    try:
        exec(compile(_read(path), str(path), "exec", dont_inherit=True), vars(module))  # noqa: S102 - a file of the suite
        cases = tuple(vars(module)["cases"]())
    except BadManifest:
        raise
    except Exception as error:
        raise BadManifest(f"{path}: its cases cannot be made ({type(error).__name__}: {error})") from error
    names = [case.name for case in cases]
    if twice := [name for number, name in enumerate(names) if name in names[:number]]:
        raise BadManifest(f"{path}: two cases are named '{twice[0]}'")
    return cases


def _check_id(name: str, stem: str, where: Path) -> None:
    if name != stem or not _ID.fullmatch(name):
        raise BadManifest(f"{where}: id: expected '{stem}', in lower case with hyphens, got '{name}'")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadManifest(f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'no UTF-8 text'})") from error
