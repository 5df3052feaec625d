"""A build with variants of decompositions: the same bytes with one worker and with two, and a change in a variant is found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from test_verify_plants import differences, edit_lock, forge, rows_of

from gpiot_data.pipeline import build
from gpiot_data.recheck import open_dataset
from gpiot_data.schema import SubTask, parse_tasks, render_tasks
from gpiot_data.tallies import check_counts

MANIFEST = """schema: gpiot.manifest/1
name: toy
version: 0.1.0
kind: tdd
corpora: [two.yaml]
dedup: {method: exact}
split: {test_sources: [mmwave-vitals]}
variants: {per_aspect: 1}
"""


@pytest.fixture(scope="module")
def built(shared_world) -> Path:
    """A dataset of two papers with one variant of each aspect, and the same made by two workers beside it."""
    manifest = shared_world.folder / "variants.yaml"
    manifest.write_text(MANIFEST)
    papers = (shared_world.folder / "papers.yaml").read_text().splitlines()
    (shared_world.folder / "two.yaml").write_text("\n".join(line for line in papers if "ecg-rpeaks" not in line))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GPIOT_CACHE", shared_world.env["GPIOT_CACHE"])
        for jobs in (1, 2):
            build(manifest, shared_world.folder / f"by-{jobs}", jobs, lambda _line: None)
    return shared_world.folder / "by-1"


@pytest.fixture
def copied(built: Path, shared_world, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GPIOT_CACHE", shared_world.env["GPIOT_CACHE"])
    folder = Path(shutil.copytree(built, tmp_path / "copied"))
    run = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**run, "manifest": str(shared_world.folder / "variants.yaml")}))
    return folder


def test_two_workers_write_the_bytes_that_one_writes(built: Path) -> None:
    other = built.parent / "by-2"
    names = sorted(path.relative_to(built) for path in built.rglob("*") if path.is_file() and path.name != "run.json")
    assert len(names) > 15
    assert [name for name in names if (built / name).read_bytes() != (other / name).read_bytes()] == []


def test_variants_are_many_go_where_their_source_goes_and_are_told(built: Path) -> None:
    rows = rows_of(built)
    raw = [row for row in rows if not row["parents"]]
    assert len(rows) > 4 * len(raw)
    assert {row["split"] for row in rows if row["source"]["source"] == "mmwave-vitals"} == {"test"}
    assert {row["split"] for row in rows if row["source"]["source"] != "mmwave-vitals"} == {"train"}
    card = (built / "README.md").read_text()
    assert "| modality+representation+resource | " in card
    assert "| `passages` | " in card
    statistics = json.loads((built / "statistics.json").read_text())
    assert statistics["aspects"]["raw"] == len(raw)
    assert sum(statistics["aspects"].values()) == len(rows)


def test_verify_finds_nothing_in_what_was_built(copied: Path) -> None:
    assert differences(copied) == ""


def change_a_step(row: dict) -> None:
    """Change tasks and chat alike, so that only making the variant again can tell."""
    row["tasks"][0]["steps"][0] = "Do as you like with the samples."
    tasks = [SubTask(task["name"], tuple(task["steps"])) for task in row["tasks"]]
    row["messages"][1]["content"] = render_tasks(tasks)
    assert parse_tasks(row["messages"][1]["content"]) == tuple(tasks)


def test_changes_in_variants_and_variants_that_were_taken_out_are_found(copied: Path) -> None:
    plants = {
        "modality": change_a_step,
        "resource": lambda row: row["parents"][0]["params"].update(platform="esp32"),
        "representation": lambda row: row.update(overlap=0.5),
    }
    rows = [row for row in rows_of(copied) if row["parents"] and row["source"]["source"] == "imu-fall"]
    gone = next(row["id"] for row in rows if row["aspect"] == "modality+resource")
    others = [row for row in rows if row["parents"][0]["params"].get("platform") != "esp32"]
    chosen = {next(row["id"] for row in others if row["aspect"] == aspect): plant for aspect, plant in plants.items()}
    forge(copied, lambda row: chosen[row["id"]](row), lambda row: row["id"] in chosen, kept=lambda row: row["id"] != gone)
    found = differences(copied)
    assert found.count("its content is not what imu-fall gives") == len(plants)
    assert f"row {gone}: is not there, but imu-fall gives it" in found


def test_a_stage_that_is_said_to_have_made_fewer_is_found(copied: Path) -> None:
    edit_lock(copied, lambda lock: lock["stages"][1].update(out=lock["stages"][1]["in"] - 1))
    assert "but it drops none" in "\n".join(check_counts(open_dataset(copied)[0]))
