"""A build with variants: they run in the sandbox, give what their origins give, and a rebuild runs nothing."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest
from smoothing import smoothing_function

pytestmark = pytest.mark.slow

MODULE = '"""A toy package."""\n\n__all__ = ["smooth"]\n\n\n' + smoothing_function("toymore", 2, "[1.5, 4.0, 7.5, 6.5, 4.0, 2.5, 0.5, 1.0]")


def add_package(folder: Path, links: Path) -> None:
    """Put the package, as source and as wheel, where pip finds it, and into the corpus and the manifest."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as archive:
        member = tarfile.TarInfo("toymore-1.0/toymore/__init__.py")
        member.size = len(MODULE.encode())
        archive.addfile(member, io.BytesIO(MODULE.encode()))
    (links / "toymore-1.0.tar.gz").write_bytes(raw.getvalue())
    info = "toymore-1.0.dist-info"
    with zipfile.ZipFile(links / "toymore-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("toymore/__init__.py", MODULE)
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: toymore\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", f"toymore/__init__.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    digest = hashlib.sha256(raw.getvalue()).hexdigest()
    entry = f"  - {{name: toymore, version: '1.0', file: toymore-1.0.tar.gz, sha256: {digest}, license: MIT, modules: [toymore], tags: [signal]}}"
    with (folder / "packages.yaml").open("a") as stream:
        stream.write(entry + "\n")
    with (folder / "cgd.yaml").open("a") as stream:
        stream.write("verify: {cpu_s: 5.0, also: []}\naugment: {per_origin: 3}\n")


@pytest.fixture
def toys(world):
    add_package(world.folder, world.folder / "links")
    return world


def read_rows(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "data/train.jsonl").read_text().splitlines()]


def test_variants_are_in_the_dataset_with_verdicts_and_a_rebuild_runs_nothing(toys) -> None:
    result = toys.run("gpiot-data", "build", "cgd.yaml")
    assert result.returncode == 0, result.stderr
    folder = toys.folder / "out/cgd"
    rows = {row["id"]: row for row in read_rows(folder) if row["symbol"] == "toymore.smooth"}
    variants = [row for row in rows.values() if row["parents"]]
    assert 0 < len(variants) <= 3
    assert {row["verdict"]["status"] for row in variants} <= {"passed", "ran"}
    assert all(row["parents"][0]["id"] in rows for row in variants)
    assert all(item["type"] for row in variants for item in row["specification"]["inputs"])

    lock = (folder / "lock.json").read_bytes()
    shutil.rmtree(folder / "stages")
    (folder / "lock.json").unlink()
    again = toys.run("gpiot-data", "build", "cgd.yaml", env={"PATH": "/nonexistent"})
    assert again.returncode == 0, again.stderr
    assert "running" not in again.stderr
    assert (folder / "lock.json").read_bytes() == lock


def test_variants_without_verification_are_refused(world) -> None:
    with (world.folder / "cgd.yaml").open("a") as stream:
        stream.write("augment: {}\n")
    result = world.run("gpiot-data", "build", "cgd.yaml")
    assert result.returncode == 3
    assert "augment: a variant counts only once it ran" in result.stderr
