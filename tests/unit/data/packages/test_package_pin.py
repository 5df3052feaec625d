from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.version import Version

from gpiot_data.errors import BadManifest, BadSource, RemoteError, UsageError
from gpiot_data.sources.packages import Content, PackageCorpus, TransientError, cached_path
from gpiot_data.sources.pin import choose_release, pin_package
from gpiot_data.sources.pip_index import Offer, PipIndex, PipSettings

CORPUS = """# What we pin, and why.
schema: gpiot.corpus/1
name: packages.toy
kind: packages
sources:
    # the first one
    - name: first   # odd spacing
      version:   "1.0"
      file: first-1.0.tar.gz
      sha256: {digest}
      license: MIT
# the end
""".format(digest="f" * 64)

METADATA = "Metadata-Version: 2.4\nName: toy\nVersion: 1.0\nLicense-Expression: MIT\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GPIOT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "packages.toy.yaml"
    path.write_text(CORPUS)
    return path


@pytest.fixture
def artefact(make_sdist) -> bytes:
    return make_sdist(
        {"toy-1.0/toy/__init__.py": "", "toy-1.0/toy/a.py": "", "toy-1.0/setup.py": "", "toy-1.0/PKG-INFO": METADATA}
    ).read_bytes()


class FakeListing:
    """An index with one file; `listed` is whether it tells the hash."""

    def __init__(self, data: bytes, file: str = "toy-1.0.tar.gz", listed: bool = True, offline: bool = False) -> None:
        self.data, self.file, self.listed, self.offline = data, file, listed, offline
        self.opened = 0

    def offers(self, name: str) -> list[Offer]:
        if self.offline:
            raise TransientError("no route")
        return [Offer(self.file, hashlib.sha256(self.data).hexdigest() if self.listed else "", "", False)]

    @contextlib.contextmanager
    def open(self, name: str, file: str, sha256: str, start: int = 0) -> Iterator[Content]:
        self.opened += 1
        yield Content(start, len(self.data), iter([self.data[start:]]))


def quiet(_: str) -> None:
    pass


def test_an_entry_is_added_and_every_other_byte_stays(corpus, artefact):
    said: list[str] = []
    source = pin_package(corpus, "toy", None, FakeListing(artefact), said.append)
    text = corpus.read_text()
    assert text.startswith(CORPUS)
    assert text.removeprefix(CORPUS) == (
        "    - name: toy\n      version: '1.0'\n      file: toy-1.0.tar.gz\n"
        f"      sha256: {hashlib.sha256(artefact).hexdigest()}\n      license: MIT\n"
        "      evidence: License-Expression in the metadata\n      modules: [toy]\n"
    )
    assert [entry.name for entry in PackageCorpus.load(corpus).sources] == ["first", "toy"]
    assert cached_path(source).read_bytes() == artefact
    assert said == ["  toy 1.0: MIT (License-Expression in the metadata); modules toy"]


def test_line_ends_and_a_missing_last_one_are_minded(corpus, artefact):
    corpus.write_bytes(CORPUS.rstrip("\n").replace("\n", "\r\n").encode())
    pin_package(corpus, "toy", None, FakeListing(artefact), quiet)
    lines = corpus.read_bytes().decode().split("\r\n")
    assert (lines[11], lines[12], "\n" in "".join(lines)) == ("# the end", "    - name: toy", False)


@pytest.mark.parametrize("wanted", ["First", "first==1.0"])
def test_what_is_listed_already_is_left_alone(corpus, wanted):
    assert pin_package(corpus, wanted, None, FakeListing(b""), quiet).name == "first"
    assert corpus.read_text() == CORPUS


def test_another_version_of_what_is_listed_is_refused(corpus):
    with pytest.raises(BadManifest, match=r"lists first 1.0 already"):
        pin_package(corpus, "first==2.0", None, FakeListing(b""), quiet)


def test_an_index_that_lists_no_hash_is_read_for_it_and_the_next_pin_costs_no_download(corpus, artefact, cache):
    index = FakeListing(artefact, listed=False)
    source = pin_package(corpus, "toy", None, index, quiet)
    assert (source.sha256, index.opened) == (hashlib.sha256(artefact).hexdigest(), 2)
    corpus.write_text(CORPUS)
    index.listed = True
    pin_package(corpus, "toy", None, index, quiet)
    assert (index.opened, [path.name for path in cache.rglob("*.tmp-*")]) == (2, [])


def test_a_licence_that_is_not_certain_leaves_the_corpus_as_it_was(corpus, make_sdist):
    data = make_sdist({"toy-1.0/toy/__init__.py": "", "toy-1.0/PKG-INFO": METADATA.replace("-Expression", "")}).read_bytes()
    with pytest.raises(BadSource, match="name it with --license"):
        pin_package(corpus, "toy", None, FakeListing(data), quiet)
    assert corpus.read_text() == CORPUS
    source = pin_package(corpus, "toy", "mit", FakeListing(data), quiet)
    assert (source.license, source.evidence) == ("MIT", "named by hand with --license; the artefact itself does not say it for certain")


def test_a_licence_named_by_hand_is_recorded_beside_what_the_artefact_says(corpus, artefact):
    source = pin_package(corpus, "toy", "ISC", FakeListing(artefact), quiet)
    assert (source.license, source.evidence) == ("ISC", "named by hand with --license; the artefact itself says MIT")


@pytest.mark.parametrize(
    ("wanted", "licence", "message"),
    [("toy>=1", None, "expected NAME or NAME==VERSION"), ("toy==one.two", None, "is no version"), ("toy", "Free-ish", "SPDX expression")],
)
def test_a_wrong_call_is_a_usage_error(corpus, artefact, wanted, licence, message):
    with pytest.raises(UsageError, match=message):
        pin_package(corpus, wanted, licence, FakeListing(artefact), quiet)


def test_an_artefact_without_modules_is_refused(corpus, make_sdist):
    data = make_sdist({"toy-1.0/data.csv": "", "toy-1.0/PKG-INFO": METADATA}).read_bytes()
    with pytest.raises(BadSource, match="no Python package or module"):
        pin_package(corpus, "toy", None, FakeListing(data), quiet)


@pytest.mark.parametrize(
    "text",
    [
        CORPUS.replace("sources:\n", "sources: [").replace("    # the first one\n    - name: first   # odd spacing", "{name: first,")
        .replace('      version:   "1.0"', 'version: "1.0",').replace("      file: first-1.0.tar.gz", "file: first-1.0.tar.gz,")
        .replace("      sha256: " + "f" * 64, "sha256: '" + "f" * 64 + "',").replace("      license: MIT", "license: MIT}]"),
        CORPUS.replace("kind: packages\n", "") + "kind: packages\n",
    ],
)  # fmt: skip
def test_a_corpus_that_an_entry_cannot_be_added_to_stays_as_it_was(corpus, artefact, text):
    corpus.write_text(text)
    assert [source.name for source in PackageCorpus.load(corpus).sources] == ["first"]
    with pytest.raises(BadManifest, match="one entry below the other"):
        pin_package(corpus, "toy", None, FakeListing(artefact), quiet)
    assert corpus.read_text() == text


def test_an_index_that_does_not_answer_is_remote(corpus, monkeypatch):
    monkeypatch.setattr("gpiot_data.sources.packages.time.sleep", quiet)
    with pytest.raises(RemoteError, match=r"toy: cannot be fetched \(no route\)"):
        pin_package(corpus, "toy", None, FakeListing(b"", offline=True), quiet)


def offer(file: str, requires_python: str = "", is_yanked: bool = False) -> Offer:
    return Offer(file, "0" * 64, requires_python, is_yanked)


@pytest.mark.parametrize(
    ("offers", "version", "expected"),
    [
        ([offer("toy-1.0.tar.gz"), offer("toy-1.10.tar.gz"), offer("toy-1.9.tar.gz")], None, "toy-1.10.tar.gz"),
        ([offer("toy-1.0-py3-none-any.whl"), offer("toy-1.0.tar.gz")], None, "toy-1.0.tar.gz"),
        ([offer("toy-1.0.tar.gz"), offer("toy-2.0-py3-none-any.whl")], None, "toy-2.0-py3-none-any.whl"),
        ([offer("toy-1.0.tar.gz"), offer("toy-2.0-cp311-cp311-manylinux_2_28_x86_64.whl")], None, "toy-1.0.tar.gz"),
        ([offer("toy-1.0.tar.gz"), offer("toy-2.0rc1.tar.gz")], None, "toy-1.0.tar.gz"),
        ([offer("toy-2.0rc1.tar.gz")], None, "toy-2.0rc1.tar.gz"),
        ([offer("toy-1.0.tar.gz"), offer("toy-2.0.tar.gz", is_yanked=True)], None, "toy-1.0.tar.gz"),
        ([offer("toy-1.0.tar.gz"), offer("toy-2.0.tar.gz", is_yanked=True)], "2.0", "toy-2.0.tar.gz"),
        ([offer("toy-1.0.tar.gz"), offer("toy-2.0.tar.gz", ">=4")], None, "toy-1.0.tar.gz"),
        ([offer("toy-1.0.tar.gz"), offer("toy-2.0.tar.gz", "nonsense")], None, "toy-1.0.tar.gz"),
        ([offer("toy-1.0.tar.gz"), offer("toy-extra-3.0.tar.gz"), offer("index.html")], None, "toy-1.0.tar.gz"),
    ],
)
def test_the_release_that_is_pinned_is_the_newest_that_fits(offers, version, expected):
    assert choose_release("toy", version, offers).offer.file == expected
    assert choose_release("toy", version, offers[::-1]).offer.file == expected


@pytest.mark.parametrize(
    ("offers", "version", "message"),
    [
        ([], None, "no index .* has an sdist or pure wheel of toy; check the name"),
        ([offer("toy-1.0.tar.gz")], "2.0", "of toy 2.0; check name and version"),
        ([offer("toy-1.0.tar.gz", ">=4")], None, r"toy-1.0.tar.gz is for Python >=4"),
        ([offer("toy-1.0.tar.gz", is_yanked=True)], None, "every release of it was yanked"),
    ],
)
def test_where_no_release_fits_it_is_said_why(offers, version, message):
    with pytest.raises(BadSource, match=message):
        choose_release("toy", version, offers)


def test_a_real_index_page_tells_hashes_pythons_and_what_was_yanked(tmp_path):
    page = tmp_path / "simple" / "toy" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(
        f'<a href="toy-1.0.tar.gz#sha256={"a" * 64}" data-requires-python="&gt;=3.8">toy-1.0.tar.gz</a>'
        '<a href="toy-2.0.tar.gz" data-yanked="broken">toy-2.0.tar.gz</a>'
    )
    found = PipIndex(PipSettings(indexes=((tmp_path / "simple").as_uri(),))).offers("toy")
    assert found == [Offer("toy-1.0.tar.gz", "a" * 64, ">=3.8", False), Offer("toy-2.0.tar.gz", "", "", True)]
    assert choose_release("toy", None, found).version == Version("1.0")
