"""The augment stage on a small package whose programs run in this process."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import json
import sys
import tarfile
import types
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from smoothing import smoothing_function

from gpiot_data.augment.stage import REFUSALS, run_augment_stage
from gpiot_data.extract import extract_source
from gpiot_data.plan import AugmentRule, VerifyRule
from gpiot_data.quality.execution import Execution
from gpiot_data.sandbox import Level
from gpiot_data.schema import parse_answer, parse_specification
from gpiot_data.sources.packages import PackageSource, cached_path
from gpiot_data.stages import StageResult
from gpiot_data.store import cache_dir, sha256_json, write_json
from gpiot_data.verify.judge import Finding
from gpiot_data.verify.locks import EnvironmentLock, EnvironmentSet, running_python
from gpiot_data.verify.observed import read_observations
from gpiot_data.verify.run import Example, Run
from gpiot_data.verify.watch import Watch

MODULE = (
    '"""A toy package."""\n\n__all__ = ["smooth", "broken", "mistaken"]\n\n\n'
    + smoothing_function("toy", 3, "[3.0, 5.666666666666667, 6.333333333333333, 5.666666666666667, 3.0, 1.6666666666666667, 1.0]")
    + '''

def broken(values):
    """Raise an error for any list of samples, whatever their number and whatever was measured.

    Parameters
    ----------
    values : list
        Samples of the signal.

    Returns
    -------
    y : list
        Never anything.

    Examples
    --------
    >>> from toy import broken
    >>> y = broken([1, 2])
    """
    raise ValueError("no")


def mistaken(values):
    """Count the samples of a signal by their sign, whatever their number and whatever was measured.

    Parameters
    ----------
    values : list
        Samples of the signal.

    Returns
    -------
    counts : list
        How many samples there are of each sign.

    Examples
    --------
    >>> from toy import mistaken
    >>> counts = mistaken([1, 2])
    """
    return {"positive": len(values)}
'''
)
SCRIPT = '''"""
Smooth a temperature curve
==========================

Smooth the samples of a thermometer with a moving average over a window.
"""

from toy import smooth

# %%
# A moving average
# ----------------
# Smooth the samples with a width of five.
samples = [20.0, 21.0, 25.0, 22.0, 20.0, 19.0, 18.0, 20.0]
smoothed = smooth(samples, width=5)
print(smoothed)
'''
#: What runs are on: the module `toy`, in this process.
LEVELS = (Level.STRONG,)
#: Names whose values a lying run changes.
SPOILT = {"y", "smoothed"}


class InProcess:
    """Runs programs here and sees what they bind; `spoil` changes what functions are seen to return."""

    def __init__(self, spoil: bool = False) -> None:
        self.spoil, self.ran = spoil, []

    def __call__(self, lock: EnvironmentLock, source: str, examples: Sequence[Example]) -> Iterator[Run]:
        for example in examples:
            self.ran.append(example.key)
            yield Run(example, self._run(example))

    def _run(self, example: Example) -> Finding:
        names: dict = {"__name__": "__main__"}
        watch = Watch()
        for number, statement in enumerate(example.statements):
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(statement.source, "<program>", "exec"), names)
            except Exception as error:
                return Finding("failed", f"line {statement.line}: {error}", 0, "strong")
            nodes = ast.parse(statement.source).body
            watch.bound(nodes, names, number)
            for node in nodes:
                if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                    for item in node.value.args:
                        watch.note(ast.unparse(item), eval(ast.unparse(item), names), number)
        if self.spoil and any("def " in statement.source for statement in example.statements):
            watch.records = [[*record[:5], "spoilt" if record[0] in SPOILT else record[5]] for record in watch.records]
        wants = sum(bool(statement.want) for statement in example.statements)
        seen = read_observations(watch.records, len(example.statements))
        return Finding("passed" if wants else "ran", None, wants, "strong", seen)


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackageSource:
    """A package in the cache, importable here, whose environment is recorded beside the manifest."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as archive:
        for name, text in (("toy/__init__.py", MODULE), ("examples/plot_smooth.py", SCRIPT)):
            member = tarfile.TarInfo(f"toy-1.0/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    digest = hashlib.sha256(raw.getvalue()).hexdigest()
    source = PackageSource("toy", "1.0", "toy-1.0.tar.gz", digest, "MIT", modules=("toy",), corpus="toys", tags=("signal",))
    cached_path(source).parent.mkdir(parents=True)
    cached_path(source).write_bytes(raw.getvalue())
    module = types.ModuleType("toy")
    exec(MODULE, vars(module))
    monkeypatch.setitem(sys.modules, "toy", module)
    lock = EnvironmentLock(python=running_python(), requested=("toy==1.0",), packages=("toy==1.0",), sources=("toy",))
    write_json(tmp_path / "cgd.environments.json", EnvironmentSet(locks=(lock,)).to_json())
    return source


def augment(toy: PackageSource, folder: Path, runner: InProcess, jobs: int = 1) -> tuple[StageResult, list[str]]:
    lines = extract_source(cache_dir() / "pairs", (toy, cached_path(toy)))
    rows = [line["row"] for line in lines if "row" in line]
    before = StageResult(rows, [], {"digest": sha256_json(rows)}, reused=False)
    said: list[str] = []
    manifest = folder / "cgd.yaml"
    execution = Execution(VerifyRule(also=()), [toy], manifest, folder / "out", runner, LEVELS, said.append)
    result = run_augment_stage(AugmentRule(), execution, before, jobs=jobs)
    return result, said


def test_variants_follow_their_origins_and_say_what_they_were_made_of(toy: PackageSource, tmp_path: Path) -> None:
    result, said = augment(toy, tmp_path, InProcess())
    rows = result.rows
    variants = [row for row in rows if row["parents"]]
    assert {row["parents"][0]["operation"] for row in variants} == {"function", "focus", "focus_function"}
    origins = {row["id"]: place for place, row in enumerate(rows) if not row["parents"]}
    for row in variants:
        parent = row["parents"][0]
        origin = rows[origins[parent["id"]]]
        assert (parent["aspect"], row["teacher"]["prompt"], row["source"]) == ("target", "cgd-variants/3", origin["source"])
        assert row["kind"] == ("implementation" if parent["operation"] == "focus" else "example")
        assert row["code"] != origin["code"]
        assert row["symbol"] == "toy.smooth"
    assert [item["reason"] for item in result.rejected] == ["failed", "contradicted_output"]
    assert "variants of" in said[-1]


def test_a_variant_is_specified_by_what_its_own_run_saw(toy: PackageSource, tmp_path: Path) -> None:
    rows = augment(toy, tmp_path, InProcess())[0].rows
    row = next(row for row in rows if row["parents"] and row["parents"][0]["operation"] == "focus_function")
    specification = parse_specification(row["messages"][0]["content"].partition("\n\n")[2])
    assert [(item.name, item.type, item.shape, item.description) for item in specification.inputs[:1]] == [
        ("values", "list", "(9,)", "Samples of the signal.")
    ]
    assert all(item.type for item in (*specification.inputs, *specification.outputs))
    assert "def smooth_series(" in row["code"]
    assert parse_answer(row["messages"][1]["content"]) == (row["code"], row["documentation"])
    assert f"## What it does\n{specification.target}" in row["documentation"]


def test_an_example_is_completed_by_what_its_run_saw(toy: PackageSource, tmp_path: Path) -> None:
    rows = augment(toy, tmp_path, InProcess())[0].rows
    row = next(row for row in rows if row["kind"] == "example" and not row["parents"])
    seen = {item["name"]: (item["type"], item["shape"]) for part in ("inputs", "outputs") for item in row["specification"][part]}
    assert seen == {"samples": ("list", "(8,)"), "smoothed": ("list", "(4,)")}
    assert "- `smoothed` (list, shape (4,))" in row["documentation"]


def test_a_variant_with_other_values_is_rejected(toy: PackageSource, tmp_path: Path) -> None:
    result, _ = augment(toy, tmp_path, InProcess(spoil=True))
    assert "variant_differs" in {item["reason"] for item in result.rejected}
    functions = [row for row in result.rows if row["parents"] and "def " in row["code"]]
    assert [row for row in functions if SPOILT & {item["name"] for item in row["specification"]["outputs"]}] == []


def test_a_second_build_runs_nothing_and_gives_the_same_bytes_with_any_number_of_workers(toy: PackageSource, tmp_path: Path) -> None:
    first, _ = augment(toy, tmp_path, InProcess())
    files = {path.name: path.read_bytes() for path in (tmp_path / "out/stages/2-augment").iterdir()}
    assert augment(toy, tmp_path, InProcess())[0].reused
    (tmp_path / "out/stages/2-augment/stage.json").unlink()
    again = InProcess()
    second, _ = augment(toy, tmp_path, again, jobs=2)
    assert (again.ran, second.reused) == ([], False)
    assert second.record == first.record
    assert {path.name: path.read_bytes() for path in (tmp_path / "out/stages/2-augment").iterdir()} == files


def test_what_was_not_made_is_counted_beside_the_rows(toy: PackageSource, tmp_path: Path) -> None:
    augment(toy, tmp_path, InProcess())
    counts = json.loads((tmp_path / "out/stages/2-augment" / REFUSALS).read_text())
    assert counts["function"]
    assert all(count > 0 for reasons in counts.values() for count in reasons.values())


def test_no_program_runs_twice(toy: PackageSource, tmp_path: Path) -> None:
    runner = InProcess()
    augment(toy, tmp_path, runner)
    assert len(runner.ran) == len(set(runner.ran))
