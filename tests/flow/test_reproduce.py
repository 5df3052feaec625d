"""`gpiot-data reproduce`, `diff` and `stats` as a user runs them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from test_verify import QUICK, make_toys, without_bwrap

from gpiot_data.diff import compare_folders, render

pytestmark = pytest.mark.slow

OUTPUTS = ["data/test.jsonl", "data/train.jsonl", "environments.json", "rejected.jsonl", "statistics.json", "verdicts.jsonl"]


@pytest.fixture(scope="module")
def built(shared_world):
    """A dataset whose programs ran, and one of papers."""
    toys = make_toys(shared_world, QUICK)
    for result in (toys.build(), shared_world.run("gpiot-data", "build", "tdd.yaml")):
        assert result.returncode == 0, result.stderr
    return toys


@pytest.fixture
def copied(built, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built.folder, tmp_path / "copied"))


def test_a_dataset_is_reproduced_from_what_ships_with_it_alone(built, copied: Path, tmp_path: Path) -> None:
    (copied / "run.json").unlink()
    shutil.rmtree(copied / "stages")
    shutil.copytree(built.world.folder / "links", tmp_path / "links", ignore=shutil.ignore_patterns("*.whl"))
    elsewhere = {**without_bwrap(tmp_path), "GPIOT_CACHE": str(tmp_path / "cache"), "PIP_FIND_LINKS": str(tmp_path / "links")}
    result = built.world.run("gpiot-data", "reproduce", str(copied), "--jobs", "2", "--json", env=elsewhere)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {"folder": str(copied), "rebuilt": None, "same": OUTPUTS, "differences": []}
    assert "running" not in result.stderr


def test_papers_are_found_by_the_manifest_and_the_rebuild_can_be_kept(built, tmp_path: Path) -> None:
    result = built.world.run("gpiot-data", "reproduce", "out/tdd", "--out", str(tmp_path / "again"), "--jobs", "1")
    assert result.returncode == 0, result.stderr
    assert result.stdout == "4 files have the same bytes: data/test.jsonl, data/train.jsonl, rejected.jsonl, statistics.json\n"
    original = built.world.folder / "out/tdd"
    assert (tmp_path / "again/data/train.jsonl").read_bytes() == (original / "data/train.jsonl").read_bytes()
    again = built.world.run("gpiot-data", "reproduce", "out/tdd", "--out", str(tmp_path / "again"))
    assert again.returncode == 3
    assert "is not empty" in again.stderr.splitlines()[-1]


def test_what_a_rebuild_does_not_give_is_told_and_ends_with_1(built, copied: Path) -> None:
    path = copied / "data/train.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]))
    lock = json.loads((copied / "lock.json").read_text())
    lock["stages"][1]["digest"] = "0" * 64
    (copied / "lock.json").write_text(json.dumps(lock))
    result = built.world.run("gpiot-data", "reproduce", str(copied))
    assert result.returncode == 1, result.stderr
    assert f"data/train.jsonl: differs from line {len(lines)} on ({len(lines) - 1} lines, the rebuild has {len(lines)})" in result.stdout
    assert "lock.json: the builds part at the stage dedup: digest" in result.stdout
    assert "Traceback" not in result.stderr


def test_programs_that_ran_on_a_lower_level_are_not_taken_for_granted(built, copied: Path) -> None:
    path = copied / "verdicts.jsonl"
    path.write_text(path.read_text().replace('"isolation":"strong"', '"isolation":"weak"'))
    result = built.world.run("gpiot-data", "reproduce", str(copied))
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].endswith("add --sandbox weak")


@pytest.mark.parametrize(
    "command", [("reproduce", "nothing"), ("diff", "nothing", "out/tdd"), ("stats", "nothing"), ("stats", "no-counts")]
)
def test_what_is_no_dataset_ends_with_3(built, command: tuple[str, ...]) -> None:
    bare = built.world.folder / "no-counts"
    shutil.copytree(built.world.folder / "out/tdd", bare, dirs_exist_ok=True)
    (bare / "statistics.json").unlink()
    result = built.world.run("gpiot-data", *command)
    assert result.returncode == 3
    assert "Traceback" not in result.stderr
    assert result.stderr.splitlines()[-1].endswith(("run gpiot-data build", "build the dataset again"))


def test_stats_shows_the_funnel_and_the_counts(built) -> None:
    result = built.world.run("gpiot-data", "stats", "out/cgd")
    assert result.returncode == 0, result.stderr
    lines = [line.split() for line in result.stdout.splitlines()]
    statistics = json.loads((built.folder / "statistics.json").read_text())
    assert lines[0][:4] == ["cgd", "0.1.0", str(statistics["rows"]), "rows"]
    assert ["verify", "8", "7", "failed", "1"] in lines
    assert ["implementation", "3", "not_installed", "1,", "passed", "1,", "ran", "1"] in lines
    answer = json.loads(built.world.run("gpiot-data", "stats", "out/cgd", "--json").stdout)
    assert {name: answer[name] for name in statistics} == statistics
    assert answer["version"] == "0.1.0"


@pytest.mark.slow
def test_diff_tells_what_came_went_and_changed_between_versions(world) -> None:
    assert world.run("gpiot-data", "build", "tdd.yaml", "--out", "old").returncode == 0
    corpus, manifest = world.folder / "papers.yaml", world.folder / "tdd.yaml"
    lines = corpus.read_text().splitlines()
    corpus.write_text(
        "\n".join(line.replace("CC-BY-4.0", "CC0-1.0") if "imu-fall" in line else line for line in lines if "ecg" not in line)
    )
    manifest.write_text(manifest.read_text().replace("0.1.0", "0.2.0"))
    assert world.run("gpiot-data", "build", "tdd.yaml", "--out", "new").returncode == 0
    rows = {name: read_rows(world.folder / name) for name in ("old", "new")}
    went = {name for name, row in rows["old"].items() if row["source"]["source"] == "ecg-rpeaks"}
    relicensed = {name for name, row in rows["new"].items() if row["source"]["source"] == "imu-fall"}
    found = compare_folders(world.folder / "old", world.folder / "new", pytest.fail)
    answer = found.to_json()
    assert answer["head"]["version"] == ["0.1.0", "0.2.0"]
    assert answer["sources"] == {"came": [], "went": ["ecg-rpeaks"], "changed": {"imu-fall": {"license": ["CC-BY-4.0", "CC0-1.0"]}}}
    assert set(answer["rows"]["went"]) == went
    assert answer["rows"]["came"] == []
    assert answer["rows"]["changed"] == [{"old": name, "new": name, "fields": ["license"]} for name in sorted(relicensed)]
    assert answer["rows"]["same"] == len(rows["old"]) - len(went) - len(relicensed) > 0
    text = world.run("gpiot-data", "diff", "old", "new").stdout
    assert text == f"{render(found)}\n"
    assert "source imu-fall: license CC-BY-4.0 -> CC0-1.0" in text
    assert f"rows: {answer['rows']['same']} the same, 0 came, {len(went)} went, {len(relicensed)} changed" in text


def read_rows(folder: Path) -> dict[str, dict]:
    lines = [line for path in sorted((folder / "data").glob("*.jsonl")) for line in path.read_text().splitlines()]
    return {row["id"]: row for row in map(json.loads, lines)}
