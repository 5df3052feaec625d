"""PDFs that are no papers to read: each is one rejected source with its reason, and the build goes on."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from pathlib import Path

import pymupdf
import pytest

from gpiot_data.papers.isolation import REASONS
from gpiot_data.papers.pdf import read_pages

#: Why each of the hostile files of the shared folder is refused; None: it can be read.
EXPECTED = {
    "lab11-60-hz-rx": "no_prose",
    "lab11-oh2019iot2": "gibberish",
    "lemingshen-mandipass": "no_text",
    "lynnlilu-07997241": "gibberish",
    "tanrui-sensys25demos-paper22": "no_text",
    "ubicomplab-riptide": None,
    "yongpanzou-cccf": "not_english",
}


def _corpus(world, files: dict[str, Path]) -> None:
    lines = ["schema: gpiot.corpus/1", "name: papers", "kind: papers", "sources:"]
    for name, path in files.items():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"  - {{id: {name}, file: {path}, sha256: {digest}, license: LicenseRef-as-printed}}")
    (world.folder / "papers.yaml").write_text("\n".join(lines) + "\n")
    (world.folder / "tdd.yaml").write_text(
        "schema: gpiot.manifest/1\nname: tdd\nversion: 0.1.0\nkind: tdd\ncorpora: [papers.yaml]\nmax_drop_rate: 1.0\ndedup: {method: exact}\n"
    )


def _rejected(world, sources: set[str]) -> dict[str, str]:
    """Build, and return why sources as a whole were refused."""
    result = world.run("gpiot-data", "build", "tdd.yaml")
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    lines = (world.folder / "out/tdd/rejected.jsonl").read_text().splitlines()
    found = [json.loads(line) for line in lines]
    return {item["source"]: item["reason"] for item in found if item["source"] in sources and item["reason"] in REASONS}


def _damaged(folder: Path, sample: Path) -> dict[str, tuple[Path, str]]:
    """Write files that are damaged in one way each: {id: (file, reason)}."""
    files = {}
    document = pymupdf.open(sample)
    document.save(folder / "locked.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="owner")
    files["locked"] = folder / "locked.pdf", "encrypted"
    (folder / "page.pdf").write_text("<html><body>404 not found</body></html>")
    files["page"] = folder / "page.pdf", "not_pdf"
    (folder / "cut.pdf").write_bytes(sample.read_bytes()[:2000])
    files["cut"] = folder / "cut.pdf", "unreadable"
    long = pymupdf.open()
    for _ in range(501):
        long.new_page()
    long.save(folder / "long.pdf")
    files["long"] = folder / "long.pdf", "too_many_pages"
    return files


@pytest.mark.slow
def test_damaged_files_among_good_papers_are_rejected_with_their_reasons(world, root: Path) -> None:
    sample = root / "corpora" / "samples" / "ecg-rpeaks.pdf"
    damaged = _damaged(world.folder, sample)
    shutil.copy(sample, world.folder / "good.pdf")
    _corpus(world, {"good": world.folder / "good.pdf", **{name: path for name, (path, _) in damaged.items()}})
    assert _rejected(world, set(damaged)) == {name: reason for name, (_, reason) in damaged.items()}
    assert (world.folder / "out/tdd/data/train.jsonl").read_text()


@pytest.mark.slow
@pytest.mark.shared
def test_every_hostile_file_is_rejected_with_its_reason(world, shared: Path, root: Path) -> None:
    files = {name: shared / "papers" / "hostile" / f"{name}.pdf" for name in EXPECTED}
    _corpus(world, {"good": root / "corpora" / "samples" / "ecg-rpeaks.pdf", **files})
    assert _rejected(world, set(EXPECTED)) == {name: reason for name, reason in EXPECTED.items() if reason}


@pytest.mark.shared
def test_no_readable_paper_of_the_index_is_taken_for_gibberish(shared: Path) -> None:
    with (shared / "papers" / "index.csv").open() as stream:
        names = [row["slug"] for row in csv.DictReader(stream) if not row["hostile"]]
    assert len(names) > 40
    for name in names[::4]:
        assert len(read_pages(shared / "papers" / f"{name}.pdf").lines) > 300
