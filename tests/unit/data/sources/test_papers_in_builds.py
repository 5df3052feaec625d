"""Papers with an origin in builds: fetched when they are missing, left out when they cannot be had, found again from the lock alone."""

from __future__ import annotations

import hashlib
import json

import pytest
from click.testing import CliRunner
from papers_served import OPEN, Registry, served
from short_papers import typeset

from gpiot_data.cli import cli
from gpiot_data.errors import BadDataset, BadSource, RemoteError
from gpiot_data.extract import obtain_each
from gpiot_data.pipeline import build
from gpiot_data.plan import describe_source, load_plan, load_sources, paper_of
from gpiot_data.reexecute import verify_folder
from gpiot_data.reproduce import reproduce
from gpiot_data.sources import papers_fetch
from gpiot_data.sources.papers_web import PoliteWeb, Services

ENTRY = "  - {{id: {0}, origin: 'github:team/site/{0}.pdf', sha256: {1}, license: CC-BY-4.0}}\n"


@pytest.fixture
def registry(monkeypatch):
    with served(Registry(arxiv={"2503.00001": (OPEN, 2)})) as found:
        for name in Services.__slots__:
            monkeypatch.setenv(f"GPIOT_{name.upper()}_URL", getattr(found.services, name))
        monkeypatch.setattr(papers_fetch, "shared_web", lambda: PoliteWeb(sleep=lambda _seconds: None))
        yield found


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("papers")
    return {name: typeset(folder, name).read_bytes() for name in ("gate-counter", "soil-probe")}


@pytest.fixture
def manifest(papers, tmp_path):
    entries = "".join(ENTRY.format(name, hashlib.sha256(data).hexdigest()) for name, data in papers.items())
    (tmp_path / "papers.yaml").write_text(f"schema: gpiot.corpus/1\nname: papers\nkind: papers\nsources:\n{entries}")
    path = tmp_path / "tdd.yaml"
    path.write_text(
        "schema: gpiot.manifest/1\nname: tdd\nversion: 0.1.0\nkind: tdd\ncorpora: [papers.yaml]\ndedup: {method: exact}\n"
        "split: {test_sources: [soil-probe]}\n"
    )
    return path


def serve(registry, papers, *names):
    registry.files = {f"/raw/team/site/HEAD/{name}.pdf": papers[name] for name in names}


def test_a_paper_that_its_origin_does_not_have_is_left_out_and_asked_for_again(registry, papers, manifest, tmp_path) -> None:
    serve(registry, papers, "gate-counter")
    said: list[str] = []
    lock = build(manifest, tmp_path / "out", 1, said.append).lock
    (left_out,) = [line for line in said if "left out" in line]
    assert left_out.startswith("  soil-probe: left out: ")
    assert "the host answered 404" in left_out
    rejected = [json.loads(line) for line in (tmp_path / "out/rejected.jsonl").read_text().splitlines()]
    assert [(item["source"], item["text"]) for item in rejected if item["reason"] == "not_obtained"] == [
        ("soil-probe", "its origin does not have the file as it was pinned")
    ]
    assert [entry["origin"] for entry in lock["sources"]] == ["github:team/site/gate-counter.pdf", "github:team/site/soil-probe.pdf"]
    assert "github:team/site/gate-counter.pdf" in (tmp_path / "out/ATTRIBUTION.md").read_text()
    serve(registry, papers, "soil-probe")
    assert build(manifest, tmp_path / "out", 1, said.append).reused is False
    assert (tmp_path / "out/data/test.jsonl").is_file()
    asked = len(registry.asked)
    assert build(manifest, tmp_path / "out", 1, said.append).reused is True
    assert len(registry.asked) == asked


def test_a_dataset_is_verified_and_reproduced_from_the_origins_in_its_lock(registry, papers, manifest, tmp_path, monkeypatch) -> None:
    serve(registry, papers, *papers)
    folder = tmp_path / "out"
    build(manifest, folder, 1, lambda _line: None)
    (folder / "run.json").unlink()
    manifest.unlink()
    monkeypatch.setenv("GPIOT_CACHE", str(tmp_path / "other-cache"))
    said: list[str] = []
    assert verify_folder(folder, None, said.append, execute=False, jobs=1, sandbox="auto").wrong == ()
    assert reproduce(folder, None, None, 1, None, said.append).different == ()
    # Once for the first build, once for the other cache.
    assert len(registry.asked) == 4


def test_a_host_that_does_not_answer_ends_the_build_since_that_may_pass(registry, papers, manifest, monkeypatch) -> None:
    serve(registry, papers, *papers)
    registry.statuses = [500] * 3
    monkeypatch.setattr("gpiot_data.sources.packages.time.sleep", lambda _seconds: None)
    sources = load_sources(load_plan(manifest), manifest)
    with pytest.raises(RemoteError, match="gate-counter: cannot be fetched"):
        obtain_each(sources, lambda _line: None)


def test_a_paper_that_should_lie_here_and_does_not_ends_the_build(manifest) -> None:
    corpus = manifest.with_name("papers.yaml")
    corpus.write_text(corpus.read_text().replace("origin: 'github:team/site/gate-counter.pdf'", "file: gate-counter.pdf"))
    sources = load_sources(load_plan(manifest), manifest)
    with pytest.raises(BadSource, match="the paper 'gate-counter' is not there"):
        obtain_each(sources, lambda _line: None)


def test_a_lock_gives_back_a_paper_with_its_origin_and_no_place_of_its_own_choice(manifest) -> None:
    source = load_sources(load_plan(manifest), manifest)[0]
    entry = describe_source(source)
    found = paper_of(entry)
    assert found is not None
    assert (describe_source(found), found.path) == (entry, source.path)
    assert "min_confidence" not in entry
    trusting = paper_of({**entry, "min_confidence": 0.0})
    assert trusting is not None
    assert describe_source(trusting) == {**entry, "min_confidence": 0.0}
    assert paper_of({**entry, "file": "../../../elsewhere.pdf"}) == found
    assert paper_of({name: value for name, value in entry.items() if name != "origin"}) is None
    for wrong in ({"origin": "http://127.0.0.1/x.pdf"}, {"origin": 7}, {"id": "../x"}, {"engine": "none"}):
        with pytest.raises(BadDataset, match="the lock does not say enough"):
            paper_of({**entry, **wrong})


def test_fetch_pins_a_paper_by_its_arxiv_id_and_finds_it_the_next_time(registry, papers, tmp_path) -> None:
    registry.files["/pdf/2503.00001v2"] = papers["gate-counter"]
    corpus = tmp_path / "mine.yaml"
    done = CliRunner().invoke(cli, ["fetch", str(corpus), "--pin", "arxiv:2503.00001", "--json"])
    assert done.exit_code == 0, done.output
    (entry,) = json.loads(done.stdout)
    assert entry["id"] == "arxiv-2503.00001v2"
    asked = len(registry.asked)
    again = CliRunner().invoke(cli, ["fetch", str(corpus)])
    assert (again.stdout, len(registry.asked)) == (f"{entry['path']}\n", asked)
