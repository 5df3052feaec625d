"""`gpiot-data report` on a dataset that `gpiot-data build` made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def built(shared_world) -> Path:
    result = shared_world.run("gpiot-data", "build", "cgd.yaml", "--out", "d")
    assert result.returncode == 0, result.stderr
    return shared_world.folder / "d"


def test_a_build_is_described_for_machines_and_drawn_for_people(shared_world, built: Path) -> None:
    described = json.loads((built / "croissant.json").read_text())
    assert [entry["@id"] for entry in described["recordSet"]] == ["test", "train"]
    before = {path.name: path.read_bytes() for path in built.iterdir() if path.is_file()}
    result = shared_world.run("gpiot-data", "report", "d")
    assert (result.returncode, result.stdout.strip()) == (0, "d/report.html")
    page = (built / "report.html").read_text()
    assert "<title>cgd 0.1.0</title>" in page
    assert before == {path.name: path.read_bytes() for path in built.iterdir() if path.is_file() and path.name != "report.html"}
    # The page is no part of what was built, and changes nothing of it.
    assert shared_world.run("gpiot-data", "verify", "d").returncode == 0


def test_the_page_goes_where_it_is_asked_for(shared_world, built: Path) -> None:
    result = shared_world.run("gpiot-data", "report", "d", "--out", "page.html", "--json")
    assert json.loads(result.stdout) == {"bytes": (shared_world.folder / "page.html").stat().st_size, "path": "page.html"}


def test_what_is_no_dataset_is_one_sentence(shared_world) -> None:
    (shared_world.folder / "none").mkdir(exist_ok=True)
    result = shared_world.run("gpiot-data", "report", "none")
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr == "error: none/lock.json: is missing, so the dataset is not finished; run gpiot-data build\n"
