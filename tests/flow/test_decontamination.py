"""A build whose manifest names an index drops what comes from it, says so in the lock, and is built anew when the index changes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from gpiot_data.errors import InputError
from gpiot_data.fingerprints import FILES, Item, index_sha256, write_fingerprints
from gpiot_data.pipeline import build


class Flat:
    """An encoder to which all texts are alike in nothing."""

    name, sha256, dims = "flat", "f" * 64, 4

    def encode(self, texts):
        return np.zeros((len(texts), self.dims), dtype=np.float32)


@pytest.fixture
def manifest(world, monkeypatch):
    """A manifest over sample papers that names the index in `index`, beside it."""
    monkeypatch.setattr("gpiot_data.quality.decontaminate.open_encoder", lambda _choice: Flat())
    monkeypatch.chdir(world.folder)
    path = world.folder / "tdd.yaml"
    path.write_text(path.read_text() + "decontaminate: [index]\n")
    return path


def rows_of(folder):
    return [json.loads(line) for path in sorted((folder / "data").glob("*.jsonl")) for line in path.read_text().splitlines()]


@pytest.mark.slow
def test_rows_of_an_index_are_dropped_and_counted(manifest, world):
    write_fingerprints(world.folder / "index", "nothing", [Item("none", ("words that stand in no paper at all",))], Flat())
    before = build(manifest, world.folder / "one", 1, lambda _line: None)
    planted = max((row["problem"] for row in rows_of(before.folder)), key=len)
    write_fingerprints(world.folder / "index", "planted", [Item("planted", (planted.upper(),))], Flat())
    after = build(manifest, world.folder / "two", 1, lambda _line: None)
    assert planted not in {row["problem"] for row in rows_of(after.folder)}
    stage = next(stage for stage in after.lock["stages"] if stage["name"] == "decontaminate")
    dropped = [json.loads(line) for line in (after.folder / "rejected.jsonl").read_text().splitlines()]
    mine = [item for item in dropped if item["reason"] == "contaminated"]
    assert stage["rejected"] == {"contaminated": len(mine)}
    assert {(item["of"], item["metric"]) for item in mine} == {("planted", "13-gram")}
    assert stage["params"]["indexes"] == [index_sha256(world.folder / "index")]
    assert len(rows_of(after.folder)) == len(rows_of(before.folder)) - len(mine)
    verified = world.run("gpiot-data", "verify", str(after.folder))
    assert verified.returncode == 0, verified.stderr
    assert "| decontaminate |" in (after.folder / "README.md").read_text()


def test_a_changed_index_builds_the_folder_anew(manifest, world):
    write_fingerprints(world.folder / "index", "a", [Item("a", ("words that stand in no paper at all",))], Flat())
    assert not build(manifest, world.folder / "out", 1, lambda _line: None).reused
    assert build(manifest, world.folder / "out", 1, lambda _line: None).reused
    write_fingerprints(world.folder / "index", "b", [Item("b", ("words that stand in no paper at all",))], Flat())
    assert not build(manifest, world.folder / "out", 1, lambda _line: None).reused


def test_a_missing_index_is_named_before_anything_is_built(manifest, world):
    with pytest.raises(InputError, match="index: is no index of fingerprints"):
        build(manifest, world.folder / "out", 1, lambda _line: None)
    assert not (world.folder / "out" / "stages").exists()


def test_the_committed_index_is_that_of_the_suite(root, tmp_path):
    from gpiot_infer.iotbench.index import FOLDER, write_index
    from gpiot_infer.iotbench.schema import SUITES, load_suite

    committed = SUITES / "v1" / FOLDER
    write_index(load_suite("v1", locked=False), tmp_path, Flat())
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (committed / name).read_bytes(), "run: python -m gpiot_infer.iotbench.index"
    for kind in ("tdd", "cgd"):
        text = (root / "manifests" / kind / "demo.yaml").read_text()
        assert "decontaminate: [../../gpiot_infer/iotbench/v1/index]" in text
