from __future__ import annotations

import contextlib
import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gpiot_data.errors import BadManifest, BadSource, InputError, RemoteError
from gpiot_data.sources.packages import PART_SUFFIX, Content, PackageCorpus, PackageSource, TransientError, cached_path, fetch_package
from gpiot_data.sources.pip_index import DEFAULT_INDEX, PipIndex, PipSettings, parse_pip_settings

CONTENT = b"not really an archive" * 100
SHA256 = hashlib.sha256(CONTENT).hexdigest()
SOURCE = PackageSource("Toy.Pack", "1.0", "toy_pack-1.0.tar.gz", SHA256, "MIT", ("toy",))


class FakeIndex:
    """Gives what it is told to, call by call; an exception is raised halfway through the content. It starts where it is asked to."""

    def __init__(self, *answers: bytes | Exception, takes_ranges: bool = True) -> None:
        self.answers = list(answers)
        self.takes_ranges = takes_ranges
        self.starts: list[int] = []

    @property
    def calls(self) -> int:
        return len(self.starts)

    @contextlib.contextmanager
    def open(self, name: str, file: str, sha256: str, start: int = 0) -> Iterator[Content]:
        answer = self.answers[min(self.calls, len(self.answers) - 1)]
        self.starts.append(start)
        if isinstance(answer, BadSource):
            raise answer
        begun = start if self.takes_ranges and isinstance(answer, bytes) else 0
        yield Content(begun, None, self._pieces(answer[begun:] if isinstance(answer, bytes) else answer))

    def _pieces(self, answer: bytes | Exception) -> Iterator[bytes]:
        if isinstance(answer, Exception):
            yield CONTENT[:50]
            raise answer
        yield answer


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GPIOT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def leftovers(cache: Path) -> list[str]:
    return [path.name for path in cache.rglob("*") if path.name.startswith(".gpiot-tmp-") or path.name.endswith(PART_SUFFIX)]


def test_a_fetched_artefact_lies_in_the_cache_and_is_not_fetched_again(cache):
    index = FakeIndex(CONTENT)
    assert fetch_package(SOURCE, index).read_bytes() == CONTENT
    assert fetch_package(SOURCE, index) == cache / "sources" / SHA256 / SOURCE.file
    assert (index.calls, leftovers(cache)) == (1, [])


def test_a_damaged_cache_entry_is_fetched_again():
    path = cached_path(SOURCE)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT[:-1])
    assert fetch_package(SOURCE, FakeIndex(CONTENT)).read_bytes() == CONTENT


def test_another_hash_is_refused_and_leaves_nothing(cache):
    with pytest.raises(BadSource, match=f"the corpus pins {SHA256}"):
        fetch_package(SOURCE, FakeIndex(b"other"))
    assert (leftovers(cache), cached_path(SOURCE).exists()) == ([], False)


def test_trouble_on_the_way_is_tried_three_times_and_then_remote(cache):
    waits: list[float] = []
    index = FakeIndex(TransientError("connection reset"))
    with pytest.raises(RemoteError, match=r"connection reset.*after 3 tries"):
        fetch_package(SOURCE, index, waits.append)
    assert (index.calls, waits) == (3, [1.0, 2.0])


def test_a_second_try_may_succeed():
    index = FakeIndex(TransientError("503"), CONTENT)
    assert fetch_package(SOURCE, index, lambda _: None).read_bytes() == CONTENT


def left_behind(data: bytes) -> None:
    path = cached_path(SOURCE)
    path.parent.mkdir(parents=True)
    path.with_name(path.name + PART_SUFFIX).write_bytes(data)


@pytest.mark.parametrize("takes_ranges", [True, False])
def test_a_killed_download_goes_on_or_starts_again(cache, takes_ranges):
    left_behind(CONTENT[:1000])
    index = FakeIndex(CONTENT, takes_ranges=takes_ranges)
    assert fetch_package(SOURCE, index).read_bytes() == CONTENT
    assert (index.starts, leftovers(cache)) == ([1000], [])


def test_what_is_left_of_another_file_does_not_fit_and_is_fetched_from_the_start(cache):
    left_behind(b"x" * 1000)
    index = FakeIndex(CONTENT)
    assert fetch_package(SOURCE, index, lambda _: None).read_bytes() == CONTENT
    assert (index.starts, leftovers(cache)) == ([1000, 0], [])


def test_what_a_killed_process_left_beside_the_file_is_removed(cache):
    folder = cached_path(SOURCE).parent
    folder.mkdir(parents=True)
    (folder / ".gpiot-tmp-killed").write_bytes(CONTENT[:10])
    fetch_package(SOURCE, FakeIndex(CONTENT))
    assert leftovers(cache) == []


def test_a_cache_that_cannot_be_written_is_one_sentence(cache):
    cache.write_text("a file")
    with pytest.raises(InputError, match="cannot be written"):
        fetch_package(SOURCE, FakeIndex(CONTENT))


def simple_page(root: Path, name: str, links: str) -> str:
    (root / name).mkdir(parents=True)
    (root / name / "index.html").write_text(f"<html><body>{links}</body></html>")
    return root.as_uri()


def test_a_file_index_is_read_by_the_normalised_name(tmp_path):
    (tmp_path / SOURCE.file).write_bytes(CONTENT)
    link = f'<a href="{(tmp_path / SOURCE.file).as_uri()}#sha256={SHA256}">{SOURCE.file}</a>'
    index = PipIndex(PipSettings(indexes=(simple_page(tmp_path / "simple", "toy-pack", link),)))
    assert fetch_package(SOURCE, index).read_bytes() == CONTENT


def test_a_find_links_folder_is_enough_without_any_index(tmp_path):
    (tmp_path / SOURCE.file).write_bytes(CONTENT)
    assert fetch_package(SOURCE, PipIndex(PipSettings(indexes=(), find_links=(str(tmp_path),)))).read_bytes() == CONTENT


def test_a_file_that_no_place_has_is_a_bad_source(tmp_path):
    index = PipIndex(PipSettings(indexes=((tmp_path / "absent").as_uri(),), find_links=(str(tmp_path),)))
    with pytest.raises(BadSource, match=r"toy_pack-1.0.tar.gz: no index .* has it"):
        fetch_package(SOURCE, index)


def test_an_index_that_lists_another_hash_is_refused_before_the_download(tmp_path):
    link = f'<a href="{SOURCE.file}#sha256={"0" * 64}">{SOURCE.file}</a>'
    index = PipIndex(PipSettings(indexes=(simple_page(tmp_path / "simple", "toy-pack", link),)))
    with pytest.raises(BadSource, match="the index lists sha256 000"):
        fetch_package(SOURCE, index)


def test_a_listed_file_that_is_gone_is_a_bad_source(tmp_path):
    link = f'<a href="{(tmp_path / SOURCE.file).as_uri()}">{SOURCE.file}</a>'
    index = PipIndex(PipSettings(indexes=(simple_page(tmp_path / "simple", "toy-pack", link),)))
    with pytest.raises(BadSource, match="cannot be read"):
        fetch_package(SOURCE, index)


class Handler(http.server.BaseHTTPRequestHandler):
    """A simple-API index (JSON) whose file is served by the rules of the test."""

    status: int = 200
    cut: bool = False
    ranges: str = "kept"
    hits: list[str]

    def do_GET(self) -> None:
        self.hits.append(self.path)
        if self.path.startswith("/files/") and (asked := self.headers.get("Range")) and self.ranges != "ignored":
            self._answer_range(int(asked.removeprefix("bytes=").removesuffix("-")))
            return
        if self.path == "/simple/toy-pack/":
            body = json.dumps(
                {"files": [{"filename": SOURCE.file, "url": f"../../files/{SOURCE.file}", "hashes": {"sha256": SHA256}}]}
            ).encode()
            self._answer(200, body, "application/vnd.pypi.simple.v1+json", len(body))
        elif self.path.startswith("/files/"):
            self._answer(self.status, CONTENT[:100] if self.cut else CONTENT, "application/octet-stream", len(CONTENT))
        else:
            self._answer(404, b"", "text/html", 0)

    def _answer_range(self, start: int) -> None:
        if self.ranges == "refused":
            self.send_response(416)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start = 0 if self.ranges == "wrong" else start
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(CONTENT[start:])

    def _answer(self, status: int, body: bytes, kind: str, size: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[type[Handler], PipIndex]]:
    handler = type("Rules", (Handler,), {"hits": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield handler, PipIndex(PipSettings(indexes=(f"http://127.0.0.1:{running.server_port}/simple/",)))
        running.shutdown()
        thread.join()


def test_an_index_over_http_is_asked_for_the_page_and_the_file(server):
    handler, index = server
    assert fetch_package(SOURCE, index).read_bytes() == CONTENT
    assert handler.hits == ["/simple/toy-pack/", f"/files/{SOURCE.file}"]


def test_a_withdrawn_file_is_a_bad_source_at_once(server):
    handler, index = server
    handler.status = 404
    with pytest.raises(BadSource, match="was withdrawn"):
        fetch_package(SOURCE, index)
    assert len(handler.hits) == 2


@pytest.mark.parametrize(("status", "cut"), [(503, False), (200, True)])
def test_a_server_in_trouble_is_remote_after_three_tries(server, status, cut):
    handler, index = server
    handler.status, handler.cut, handler.ranges = status, cut, "ignored"
    with pytest.raises(RemoteError, match="after 3 tries"):
        fetch_package(SOURCE, index, lambda _: None)
    assert len([hit for hit in handler.hits if hit.startswith("/files/")]) == 3


@pytest.mark.parametrize("ranges", ["kept", "ignored", "refused", "wrong"])
def test_a_broken_off_download_is_whole_whatever_the_server_makes_of_ranges(server, ranges, cache, caplog):
    handler, index = server
    handler.ranges = ranges
    left_behind(CONTENT[:1000])
    with caplog.at_level("INFO"):
        assert fetch_package(SOURCE, index).read_bytes() == CONTENT
    assert leftovers(cache) == []
    assert caplog.messages[-1].endswith("goes on at byte 1000" if ranges == "kept" else "starts again")


def test_a_download_that_is_cut_goes_on_in_the_next_try(server):
    handler, index = server
    handler.cut = True
    assert fetch_package(SOURCE, index, lambda _: None).read_bytes() == CONTENT
    assert len([hit for hit in handler.hits if hit.startswith("/files/")]) == 2


def test_an_index_that_does_not_know_the_package_is_a_bad_source(server):
    _, index = server
    with pytest.raises(BadSource, match="no index"):
        fetch_package(PackageSource("unknown", "1", "unknown-1.tar.gz", SHA256, "MIT", ("unknown",)), index)


def test_a_dead_index_matters_only_if_no_other_place_has_the_file(tmp_path):
    dead = "http://127.0.0.1:9/simple/"
    with pytest.raises(RemoteError, match="after 3 tries"):
        fetch_package(SOURCE, PipIndex(PipSettings(indexes=(dead,))), lambda _: None)
    (tmp_path / SOURCE.file).write_bytes(CONTENT)
    assert fetch_package(SOURCE, PipIndex(PipSettings(indexes=(dead,), find_links=(str(tmp_path),)))).read_bytes() == CONTENT


def test_pip_settings_come_from_its_listing_and_the_environment_wins():
    listing = (
        ":env:.find-links='/a'\nglobal.index-url='https://mirror/simple'\nglobal.extra-index-url='file:///x file:///y'\n"
        "global.cert='/old.pem'\ninstall.trusted-host='mirror'\nglobal.timeout='7'\n"
    )
    settings = parse_pip_settings(listing, {"PIP_CERT": "/new.pem", "PIP_FIND_LINKS": "/a /b"})
    assert settings == PipSettings(
        indexes=("https://mirror/simple", "file:///x", "file:///y"),
        find_links=("/a", "/b"),
        trusted_hosts=("mirror",),
        cert="/new.pem",
        timeout_s=7.0,
    )


def test_without_configuration_the_default_index_is_used_and_no_index_means_none():
    assert parse_pip_settings("", {}).indexes == (DEFAULT_INDEX,)
    assert parse_pip_settings("", {"PIP_NO_INDEX": "1", "PIP_EXTRA_INDEX_URL": "https://x"}).indexes == ()


def corpus_text(**changes: str) -> str:
    entry = {
        "name": "toy",
        "version": "'1.0'",
        "file": "toy-1.0.tar.gz",
        "sha256": SHA256,
        "license": "MIT",
        "modules": "[toy.a]",
    } | changes
    body = "\n    ".join(f"{key}: {value}" for key, value in entry.items())
    return f"schema: gpiot.corpus/1\nname: packages.toy\nkind: packages\nsources:\n  - {body}\n"


def test_a_corpus_gives_its_sources_their_corpus_name(tmp_path):
    path = tmp_path / "packages.toy.yaml"
    path.write_text(corpus_text())
    (source,) = PackageCorpus.load(path).sources
    assert (source.id, source.modules, source.corpus, source.label) == ("toy", ("toy.a",), "packages.toy", "toy 1.0")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sha256": "abc"}, "64 lower-case hex digits"),
        ({"file": "../toy-1.0.tar.gz"}, "plain name"),
        ({"file": "toy-1.0.exe"}, "plain name"),
        ({"tags": "[signal, speed]"}, "expected some of signal, ml"),
        ({"module_tags": "{toy.a: [fast]}"}, "expected some of signal, ml"),
        ({"module_tags": "{toy/a: [ml]}"}, "module_tags: expected dotted"),
        ({"skip": "[toy/a]"}, "skip: expected dotted"),
        ({"documents": "[../x]"}, "below the archive's root"),
        ({"documents": "[/x]"}, "below the archive's root"),
        ({"modules": "[toy/a]"}, "dotted module names"),
        ({"license": "''"}, "expected a value"),
        ({"sha265": "x"}, "did you mean 'sha256'"),
    ],
)
def test_a_wrong_source_is_refused_by_name(tmp_path, changes, message):
    path = tmp_path / "packages.toy.yaml"
    path.write_text(corpus_text(**changes))
    with pytest.raises(BadManifest, match=message):
        PackageCorpus.load(path)


def test_a_module_has_the_tags_of_the_nearest_module_that_bears_some():
    source = PackageSource("toy", "1", "toy-1.zip", SHA256, "MIT", tags=("general",), module_tags={"toy.a": ("signal",), "toy.a.b": ()})
    assert [source.tags_of(name) for name in ("toy.c", "toy.a", "toy.a.c.f", "toy.a.b.f", "toy.ab")] == [
        ("general",),
        ("signal",),
        ("signal",),
        (),
        ("general",),
    ]
