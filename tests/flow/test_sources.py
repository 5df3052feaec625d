"""What a user sees when packages are fetched, pinned, withdrawn, changed or hostile."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

METADATA = "Metadata-Version: 2.4\nName: added\nVersion: 2.0\nLicense-Expression: MIT\n"


def sdist(path: Path, files: dict[str, bytes]) -> str:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    path.write_bytes(gzip.compress(raw.getvalue(), mtime=0))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def pin_again(world, digest: str) -> None:
    """Let the corpus pin what the file of the second package is now."""
    corpus = world.folder / "packages.yaml"
    head, _, last = corpus.read_text().partition("toytwo-1.0.tar.gz, sha256: ")
    corpus.write_text(f"{head}toytwo-1.0.tar.gz, sha256: {digest}{last[64:]}")


def rejected(world) -> list[tuple[str, str, str]]:
    lines = (world.folder / "out/cgd/rejected.jsonl").read_text().splitlines()
    return [(item["source"], item["reason"], item["place"]) for item in map(json.loads, lines) if item["source"] == "toytwo"]


@pytest.mark.slow
def test_a_build_goes_on_without_a_withdrawn_package_and_asks_for_it_again(world) -> None:
    link = world.folder / "links/toytwo-1.0.tar.gz"
    kept = link.read_bytes()
    link.unlink()
    result = world.run("gpiot-data", "build", "cgd.yaml")
    assert result.returncode == 0, result.stderr
    assert "toytwo 1.0: left out: toytwo-1.0.tar.gz: no index that pip is configured for has it" in result.stderr
    assert rejected(world) == [("toytwo", "not_obtained", "toytwo-1.0.tar.gz")]
    link.write_bytes(kept)
    result = world.run("gpiot-data", "build", "cgd.yaml", "--json")
    assert json.loads(result.stdout)["rows"]["data/test.jsonl"] > 0
    assert "not_obtained" not in {reason for _, reason, _ in rejected(world)}
    assert json.loads(world.run("gpiot-data", "build", "cgd.yaml", "--json").stdout)["reused"] is True


def test_a_file_with_another_hash_is_one_rejected_row(world) -> None:
    sdist(world.folder / "links/toytwo-1.0.tar.gz", {"toytwo-1.0/toytwo/__init__.py": b"changed = True\n"})
    result = world.run("gpiot-data", "build", "cgd.yaml")
    assert result.returncode == 0, result.stderr
    assert "but the corpus pins" in result.stderr
    assert rejected(world) == [("toytwo", "not_obtained", "toytwo-1.0.tar.gz")]


BOMB = {"toytwo-1.0/toytwo/__init__.py": b"", "toytwo-1.0/data.bin": bytes(64 << 20)}
ESCAPE = {"toytwo-1.0/toytwo/__init__.py": b"", "../../evil.py": b"x = 1\n"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("files", "cut", "sentence"),
    [
        (ESCAPE, 0, "leaves the archive"),
        (BOMB, 0, "expands to far more"),
        (ESCAPE, 20, "is damaged or no archive"),
        ({"toytwo-1.0/x.txt": b"x"}, 0, "no module"),
    ],
)
def test_a_hostile_or_damaged_archive_is_one_rejected_row_without_a_path(world, files, cut, sentence) -> None:
    path = world.folder / "links/toytwo-1.0.tar.gz"
    sdist(path, files if not cut else {"toytwo-1.0/toytwo/__init__.py": b"x = 1\n" * 999})
    path.write_bytes(path.read_bytes()[: -cut or None])
    pin_again(world, hashlib.sha256(path.read_bytes()).hexdigest())
    result = world.run("gpiot-data", "build", "cgd.yaml")
    assert result.returncode == 0, result.stderr
    assert rejected(world) == [("toytwo", "unusable_archive", "toytwo-1.0.tar.gz")]
    text = (world.folder / "out/cgd/rejected.jsonl").read_text()
    assert sentence in text
    assert str(world.folder.parent) not in text


def test_a_module_that_cannot_be_parsed_or_is_huge_is_one_rejected_row(world) -> None:
    function = (
        b'def rate(x):\n    """Return the sampling rate of a signal, found from the median distance between its time stamps."""\n' * 1
    )
    files = {
        "toytwo-1.0/toytwo/__init__.py": function,
        "toytwo-1.0/toytwo/bad.py": b"def f(:\n",
        "toytwo-1.0/toytwo/big.py": b"# " + bytes(range(65, 91)) * 50000,
    }
    pin_again(world, sdist(world.folder / "links/toytwo-1.0.tar.gz", files))
    result = world.run("gpiot-data", "build", "cgd.yaml", "--json")
    assert result.returncode == 0, result.stderr
    places = {place for _, _, place in rejected(world)}
    assert {"toytwo-1.0/toytwo/bad.py", "toytwo-1.0/toytwo/big.py"} <= places


KEYS = "tags: [signal], module_tags: {toytwo.a: [io]}, evidence: Read by hand., skip: [toytwo.old], documents: [examples]"


@pytest.mark.slow
def test_the_lock_keeps_what_the_corpus_says_of_a_package_and_verify_reads_it(world) -> None:
    corpus = world.folder / "packages.yaml"
    corpus.write_text(corpus.read_text().replace("modules: [toytwo]", KEYS))
    assert world.run("gpiot-data", "build", "cgd.yaml").returncode == 0
    path = world.folder / "out/cgd/lock.json"
    lock = json.loads(path.read_text())
    first, second = lock["sources"]
    assert "tags" not in first
    assert {name: second[name] for name in ("modules", "tags", "module_tags", "evidence", "skip", "documents")} == {
        "modules": [],
        "tags": ["signal"],
        "module_tags": {"toytwo.a": ["io"]},
        "evidence": "Read by hand.",
        "skip": ["toytwo.old"],
        "documents": ["examples"],
    }
    result = world.run("gpiot-data", "verify", "out/cgd")
    assert result.returncode == 0, result.stdout + result.stderr
    for name, value in {"tags": "signal", "skip": [1], "module_tags": {"toytwo": "io"}, "evidence": 3}.items():
        path.write_text(json.dumps({**lock, "sources": [first, {**second, name: value}]}))
        result = world.run("gpiot-data", "verify", "out/cgd")
        assert (result.returncode, name in result.stderr, "Traceback" in result.stderr) == (3, True, False)


def test_fetch_goes_on_past_a_package_that_cannot_be_had(world) -> None:
    (world.folder / "links/toyone-1.0.tar.gz").unlink()
    result = world.run("gpiot-data", "fetch", "packages.yaml")
    assert (result.returncode, "toytwo 1.0: verified" in result.stderr) == (3, True)
    assert "error: toyone-1.0.tar.gz: no index" in result.stderr.splitlines()[-1]


def test_pin_adds_an_entry_that_fetch_then_finds_in_the_cache(world) -> None:
    before = (world.folder / "packages.yaml").read_text()
    sdist(world.folder / "links/added-2.0.tar.gz", {"added-2.0/added/__init__.py": b"", "added-2.0/PKG-INFO": METADATA.encode()})
    result = world.run("gpiot-data", "fetch", "packages.yaml", "--pin", "added", "--json")
    assert result.returncode == 0, result.stderr
    assert [entry["id"] for entry in json.loads(result.stdout)] == ["added"]
    text = (world.folder / "packages.yaml").read_text()
    assert text.startswith(before)
    assert "license: MIT" in text.removeprefix(before)
    (world.folder / "links/added-2.0.tar.gz").unlink()
    result = world.run("gpiot-data", "fetch", "packages.yaml", "--json")
    assert [entry["id"] for entry in json.loads(result.stdout)] == ["toyone", "toytwo", "added"]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--pin", "nowhere"], 3, "no index that pip is configured for has an sdist or pure wheel of nowhere"),
        (["--pin", "a", "--pin", "b", "--license", "MIT"], 2, "pin the packages one by one"),
        (["--license", "MIT"], 2, "--license goes with --pin"),
    ],
)
def test_a_pin_that_cannot_be_is_one_sentence(world, arguments, code, sentence) -> None:
    result = world.run("gpiot-data", "fetch", "packages.yaml", *arguments)
    assert (result.returncode, sentence in result.stderr, "Traceback" in result.stderr) == (code, True, False)


@pytest.mark.slow
def test_an_index_that_does_not_answer_is_remote_and_one_sentence(world) -> None:
    offline = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_FIND_LINKS": ""}
    for arguments in ([], ["--pin", "added"]):
        result = world.run("gpiot-data", "fetch", "packages.yaml", *arguments, env=offline)
        assert (result.returncode, "Traceback" in result.stderr) == (4, False)
        assert "after 3 tries; try again later" in result.stderr.splitlines()[-1]
