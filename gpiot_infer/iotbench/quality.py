"""What linters say of programs: bugs and smells by ruff, security by bandit, as other processes with rules that are fixed here.

No configuration is picked up, neither from the programs' folder nor from the user's, and comments that silence a rule are not heeded.
"""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpiot_data.errors import InputError
from gpiot_infer.wellformed import is_program

#: pyflakes, what Python itself refuses or warns of, and flake8-bugbear.
BUGS = ("F", "E9", "B")
#: Complexity, what can be said more simply, and too many branches, returns, arguments. Not PLR2004: constants of signal
#: processing stand in the formulas where they belong.
SMELLS = ("C90", "SIM", "PLR")
NOT_SMELLS = ("PLR2004",)
TIMEOUT_S = 300.0
#: Programs of one call; a broken one costs no more than its batch.
BATCH = 200
#: A longer program is not inspected: linters need seconds for each, and no answer that does what is asked comes near.
MAX_CHARS = 50_000


@dataclass(frozen=True, slots=True)
class Findings:
    """How many lines of a program hold something, and how many findings there are of each kind."""

    lines: int
    bugs: int
    smells: int
    security: int


def inspect_programs(programs: Sequence[str]) -> dict[str, Findings | None]:
    """Return the findings of each different program; None for what is no Python, holds no statement, or is too long.

    Raises:
        InputError: if ruff or bandit is not installed or fails.
    """
    found: dict[str, Findings | None] = dict.fromkeys(programs)
    sound = [program for program in found if len(program) <= MAX_CHARS and is_program(program)]
    for first in range(0, len(sound), BATCH):
        found.update(_inspect(sound[first : first + BATCH]))
    return found


def tool_versions() -> dict[str, Any]:
    """Return the versions of the linters and the rules that they are asked for.

    Raises:
        InputError: if one is not installed.
    """
    try:
        versions: dict[str, Any] = {name: importlib.metadata.version(name) for name in ("ruff", "bandit")}
    except importlib.metadata.PackageNotFoundError as error:
        raise InputError(f"code quality needs the package {error.name}; run: pip install 'gpiot[bench]'") from error
    return versions | {"bugs": list(BUGS), "smells": list(SMELLS), "not_smells": list(NOT_SMELLS)}


def _inspect(programs: Sequence[str]) -> dict[str, Findings]:
    with tempfile.TemporaryDirectory(prefix="gpiot-quality-") as place:
        folder = Path(place).resolve()
        names = [f"answer_{number:05d}.py" for number in range(len(programs))]
        for name, program in zip(names, programs, strict=True):
            (folder / name).write_text(program, encoding="utf-8", errors="replace")
        bugs, smells = (_count_ruff(folder, rules) for rules in (BUGS, SMELLS))
        security = _count_bandit(folder, names)
    return {
        program: Findings(
            sum(bool(line.strip()) for line in program.splitlines()), bugs.get(name, 0), smells.get(name, 0), security.get(name, 0)
        )
        for name, program in zip(names, programs, strict=True)
    }


def _count_ruff(folder: Path, rules: Sequence[str]) -> dict[str, int]:
    options = ["--isolated", "--no-cache", "--ignore-noqa", "--exit-zero", "--target-version", "py311", "--output-format", "json"]
    chosen = ["--select", ",".join(rules), "--ignore", ",".join(NOT_SMELLS)]
    report = _run("ruff", ["check", *options, *chosen, "."], folder)
    return _counted(entry["filename"] for entry in report)


def _count_bandit(folder: Path, names: Sequence[str]) -> dict[str, int]:
    report = _run("bandit", ["--format", "json", "--quiet", "--exit-zero", "--ignore-nosec", *names], folder)
    return _counted(entry["filename"] for entry in report["results"])


def _counted(files: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for file in files:
        counts[Path(file).name] = counts.get(Path(file).name, 0) + 1
    return counts


def _run(tool: str, arguments: Sequence[str], folder: Path) -> Any:
    # Isolated mode: a program named like a module must not be imported by the linter that reads it.
    command = [sys.executable, "-I", "-m", tool, *arguments]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{tool} did not finish {len(list(folder.iterdir()))} programs within {TIMEOUT_S:.0f} s") from error
    if f"No module named {tool}" in done.stderr:
        raise InputError(f"code quality needs the package {tool}; run: pip install 'gpiot[bench]'")
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        reason = (done.stderr.strip().splitlines() or ["no output"])[-1][:160]
        raise InputError(
            f"{tool} {importlib.metadata.version(tool)} gave no report ({reason}); install the version that gpiot names"
        ) from error
