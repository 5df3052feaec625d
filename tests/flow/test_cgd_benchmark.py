"""The benchmark of the code generation dataset, on a small one: what it counts, what it runs again, and that it sees planted faults."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_verify import QUICK, Toys, make_toys
from test_verify_plants import agree, forge

pytestmark = pytest.mark.slow

KEYS = {
    "rows", "rows_specialised", "rows_by_kind", "origin_programs", "executed_share", "unrunnable_share", "spans_ok_share",
    "scipy_seconds_one_core", "core_seconds", "peak_rss_mib", "sample_rechecked",
}  # fmt: skip


@pytest.fixture(scope="module")
def built(shared_world) -> Toys:
    """A dataset that was built once, with its lock and statistics beside the manifest; tests change copies of the folder."""
    toys = make_toys(shared_world, QUICK)
    result = toys.build()
    assert result.returncode == 0, result.stderr
    for name in ("lock", "statistics"):
        shutil.copy(toys.folder / f"{name}.json", shared_world.folder / f"cgd.{name}.json")
    return toys


@pytest.fixture
def measure(built: Toys, root: Path, tmp_path: Path):
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            str(root / "benchmarks/cgd.py"),
            "--json",
            "--manifest",
            str(built.world.folder / "cgd.yaml"),
            *arguments,
        ]
        return subprocess.run(command, cwd=tmp_path, env=built.world.env, capture_output=True, text=True, timeout=600)

    return run


@pytest.fixture
def copied(built: Toys, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built.folder, tmp_path / "copied"))


def answer_of(result: subprocess.CompletedProcess[str]) -> dict:
    return json.loads(result.stdout.splitlines()[-1])


def without_lock(built: Toys, tmp_path: Path) -> str:
    """Return a copy of the manifest beside which no lock lies."""
    for name in ("cgd.yaml", "packages.yaml"):
        shutil.copy(built.world.folder / name, tmp_path / name)
    return str(tmp_path / "cgd.yaml")


def test_a_sound_dataset_is_counted_cut_run_and_extracted_again(built: Toys, measure) -> None:
    result = measure("--dataset", str(built.folder))
    assert result.returncode == 0, result.stderr
    answer, rows = (
        answer_of(result),
        [json.loads(line) for path in (built.folder / "data").iterdir() for line in path.read_text().splitlines()],
    )
    assert answer.keys() >= KEYS
    # Of each of the two packages doubles and its description, and what else of the first did not fail.
    assert (answer["rows"], answer["sample_rechecked"]) == (len(rows), len(rows))
    assert answer["rows_by_kind"] == {"description": sum(not row["code"] for row in rows), "implementation": 3}
    assert (answer["executed_share"], answer["unrunnable_share"], answer["origin_programs"]) == (1.0, 0.333333, 2)
    assert (answer["spans_ok_share"], answer["sample_programs_run_again"], answer["sample_same_verdicts"]) == (1.0, 2, 2)
    assert (answer["spans_cut"], answer["most_rows_of_symbol_and_kind"]) == (len(rows), 1)
    assert (answer["rows_like_another_of_their_symbol"], answer["rows_with_unsound_code"]) == (0, 0)
    assert answer["scipy_seconds_one_core"] is None
    assert answer["core_packages"] == 2
    assert answer["core_candidates"] == len(rows) + 1
    # An interpreter alone has some ten MiB, and there are three of them.
    assert 30 < answer["peak_rss_mib"] < 4000
    labels = answer["labels"]
    assert (labels["rows"], labels["executed_share"], labels["scipy_seconds_one_core"]) == ("measured", "from_lock", "not_measured")


def test_without_a_folder_counts_come_from_the_lock(built: Toys, measure) -> None:
    answer = answer_of(measure("--quick"))
    assert (answer["rows"], answer["labels"]["rows"]) == (json.loads((built.folder / "statistics.json").read_text())["rows"], "from_lock")
    assert (answer["spans_ok_share"], answer["labels"]["spans_ok_share"], answer["core_seconds"]) == (None, "not_measured", None)


def test_a_span_that_its_source_does_not_have_is_told(built: Toys, copied: Path, measure, tmp_path: Path) -> None:
    forge(
        copied, lambda row: row["source"].update(span_sha256="0" * 64), lambda row: row["symbol"] == "toyone.doubles" and bool(row["code"])
    )
    result = measure("--quick", "--manifest", without_lock(built, tmp_path), "--dataset", str(copied))
    assert result.returncode == 1
    answer = answer_of(result)
    assert answer["spans_ok_share"] == round(1 - 1 / answer["rows"], 6)
    assert len(answer["sample_differences"]) == 1


def test_verdicts_that_a_run_does_not_give_are_told(built: Toys, copied: Path, measure, tmp_path: Path) -> None:
    swapped = {"passed": "ran", "ran": "passed"}
    forge(
        copied,
        lambda row: row["verdict"].update(status=swapped[row["verdict"]["status"]]),
        lambda row: row["verdict"]["status"] in swapped,
    )
    result = measure("--quick", "--manifest", without_lock(built, tmp_path), "--dataset", str(copied))
    assert result.returncode == 1
    answer = answer_of(result)
    assert (answer["sample_programs_run_again"], answer["sample_same_verdicts"]) == (2, 0)
    assert "recorded as ran, now passed" in " ".join(answer["sample_differences"])


def test_what_does_not_fit_is_one_sentence(built: Toys, copied: Path, measure, tmp_path: Path) -> None:
    forge(copied, lambda row: row["verdict"].update(status="ran"), lambda row: row["symbol"] == "toyone.doubles" and bool(row["code"]))
    result = measure("--quick", "--dataset", str(copied))
    assert (result.returncode, "holds another dataset than" in result.stderr.splitlines()[-1]) == (1, True)
    lock = json.loads((copied / "lock.json").read_text())
    (copied / "statistics.json").write_bytes((built.folder / "statistics.json").read_bytes())
    agree(lock, copied / "statistics.json")
    (copied / "lock.json").write_text(json.dumps(lock))
    result = measure("--quick", "--manifest", without_lock(built, tmp_path), "--dataset", str(copied))
    assert "statistics.json says other verdicts, executions than the rows give" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
