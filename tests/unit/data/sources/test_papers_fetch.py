"""Papers from arXiv, Crossref and repositories: licences from metadata, polite rate, broken downloads, wrong files."""

from __future__ import annotations

import hashlib

import pytest
from papers_served import CLOSED, OPEN, PDF, Registry, served

from gpiot_data.errors import BadManifest, BadSource, RemoteError, UsageError
from gpiot_data.fetch import fetch_corpus, pin_sources
from gpiot_data.sources.papers import PaperCorpus, PaperSource
from gpiot_data.sources.papers_fetch import fetch_paper
from gpiot_data.sources.papers_metadata import spdx_of
from gpiot_data.sources.papers_pin import pin_paper
from gpiot_data.sources.papers_web import PoliteWeb, Services

DIGEST = hashlib.sha256(PDF).hexdigest()
FILE = "/raw/team/site/HEAD/papers/one.pdf"


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.at = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def now(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def web(clock) -> PoliteWeb:
    return PoliteWeb(clock.sleep, clock.now)


@pytest.fixture
def registry():
    with served(Registry(arxiv={"2503.00001": (OPEN, 2), "2503.00002": (CLOSED, 1)}, files={FILE: PDF, "/pdf/2503.00001v2": PDF})) as found:
        yield found


def pinned(**changes) -> PaperSource:
    fields = {"id": "one", "origin": "github:team/site/papers/one.pdf", "sha256": DIGEST, "license": "CC-BY-4.0", "file": "one.pdf"}
    return PaperSource(**{**fields, **changes})


def test_a_paper_of_a_repository_is_fetched_once_and_verified(registry, web) -> None:
    source = pinned()
    path = fetch_paper(source, web, registry.services)
    assert path.read_bytes() == PDF
    assert fetch_paper(source, web, registry.services) == path
    assert registry.asked == [FILE]


def test_a_download_that_breaks_off_goes_on_where_it_stopped(registry, web, clock) -> None:
    registry.break_off_at = [20_000]
    source = pinned(origin="arxiv:2503.00001v2")
    assert fetch_paper(source, web, registry.services, clock.sleep).read_bytes() == PDF
    assert registry.asked == ["/pdf/2503.00001v2", "/pdf/2503.00001v2 from 20000"]


def test_a_host_without_ranges_is_read_from_the_start(registry, web, clock) -> None:
    registry.break_off_at, registry.ranges = [20_000], False
    assert fetch_paper(pinned(origin="arxiv:2503.00001v2"), web, registry.services, clock.sleep).read_bytes() == PDF


def test_a_busy_host_is_left_alone_as_long_as_it_says(registry, web, clock) -> None:
    registry.statuses = [429, 503]
    fetch_paper(pinned(origin="arxiv:2503.00001v2"), web, registry.services, clock.sleep)
    assert clock.slept == [7.0, 1.0, 7.0, 2.0]


def test_a_host_that_stays_busy_is_a_remote_error_after_three_tries(registry, web, clock) -> None:
    registry.statuses = [500] * 3
    with pytest.raises(RemoteError, match=r"one: cannot be fetched .* after 3 tries"):
        fetch_paper(pinned(origin="arxiv:2503.00001v2"), web, registry.services, clock.sleep)
    assert len(registry.asked) == 3


def test_another_file_than_the_pinned_one_is_refused(registry, web) -> None:
    with pytest.raises(BadSource, match=f"one: arxiv:2503.00001v2 has sha256 {DIGEST}, but the corpus"):
        fetch_paper(pinned(origin="arxiv:2503.00001v2", sha256="0" * 64), web, registry.services)


def test_a_page_that_only_is_named_as_a_pdf_is_refused(registry, web) -> None:
    registry.files["/pdf/2503.00001v2"] = b"<html>robots, go away</html>"
    with pytest.raises(BadSource, match="gave something that is no PDF"):
        fetch_paper(pinned(origin="arxiv:2503.00001v2"), web, registry.services)


def test_a_paper_that_is_gone_is_a_bad_source(registry, web) -> None:
    with pytest.raises(BadSource, match="the host answered 404"):
        fetch_paper(pinned(origin="github:team/site/gone.pdf"), web, registry.services)


def test_a_folder_of_the_user_is_looked_into_first(registry, web, tmp_path, monkeypatch) -> None:
    (tmp_path / "one.pdf").write_bytes(PDF)
    monkeypatch.setenv("GPIOT_PAPERS", str(tmp_path))
    assert fetch_paper(pinned(origin="arxiv:2503.00001v2"), web, registry.services) == tmp_path / "one.pdf"
    assert registry.asked == []
    (tmp_path / "one.pdf").write_bytes(b"%PDF-other")
    assert fetch_paper(pinned(origin="arxiv:2503.00001v2"), web, registry.services).read_bytes() == PDF


def test_arxiv_is_asked_every_three_seconds_and_others_every_second() -> None:
    clock = Clock()
    web = PoliteWeb(clock.sleep, clock.now)
    for host in ("export.arxiv.org", "export.arxiv.org", "api.crossref.org", "api.crossref.org", "oaipmh.arxiv.org"):
        web._wait(host)
    assert clock.slept == [3.0, 1.0]


def test_pinning_writes_the_newest_version_its_licence_title_and_hash(registry, web, tmp_path) -> None:
    corpus = tmp_path / "mine.yaml"
    source = pin_paper(corpus, "arxiv:2503.00001", None, web, registry.services, lambda _: None)
    assert corpus.read_text() == (
        "schema: gpiot.corpus/1\nname: mine\nkind: papers\nsources:\n  - id: arxiv-2503.00001v2\n    origin: arxiv:2503.00001v2\n"
        f"    sha256: {DIGEST}\n    license: CC-BY-4.0\n    title: 'Beats & Breaths: A System'\n"
    )
    (read,) = PaperCorpus.load(corpus).sources
    asked = len(registry.asked)
    assert fetch_paper(read, web, registry.services) == source.path
    assert len(registry.asked) == asked


def test_pinning_again_changes_nothing(registry, web, tmp_path) -> None:
    corpus = tmp_path / "mine.yaml"
    pin_paper(corpus, "arxiv:2503.00001v2", None, web, registry.services, lambda _: None)
    before = corpus.read_text()
    said: list[str] = []
    pin_paper(corpus, "arxiv:2503.00001", None, web, registry.services, said.append)
    assert (corpus.read_text(), said) == (before, ["  arxiv-2503.00001v2: is in mine.yaml already"])


def test_a_paper_that_is_not_open_is_refused_unless_a_person_names_its_licence(registry, web, tmp_path) -> None:
    registry.files["/pdf/2503.00002v1"] = PDF
    corpus = tmp_path / "mine.yaml"
    with pytest.raises(BadSource, match="names no licence of Creative Commons"):
        pin_paper(corpus, "arxiv:2503.00002", None, web, registry.services, lambda _: None)
    assert not corpus.exists()
    assert pin_paper(corpus, "arxiv:2503.00002", "CC-BY-4.0", web, registry.services, lambda _: None).license == "CC-BY-4.0"


def test_only_the_newest_version_has_a_licence_that_is_known(registry, web, tmp_path) -> None:
    with pytest.raises(BadSource, match=r"pin arxiv:2503\.00001v2"):
        pin_paper(tmp_path / "mine.yaml", "arxiv:2503.00001v1", None, web, registry.services, lambda _: None)


def test_an_unknown_arxiv_id_is_a_bad_source(registry, web, tmp_path) -> None:
    with pytest.raises(BadSource, match="arXiv has no such paper"):
        pin_paper(tmp_path / "mine.yaml", "arxiv:2503.09999", None, web, registry.services, lambda _: None)


def work(registry: Registry, **changes) -> dict:
    pdf = {"URL": registry.services.github + "/doi/paper.pdf", "content-type": "application/pdf"}
    registry.files["/raw/doi/paper.pdf"] = PDF
    licence = {"URL": "https://creativecommons.org/licenses/by/4.0", "content-version": "vor", "delay-in-days": 0}
    return {"title": ["It's a Paper"], "license": [licence], "link": [pdf], **changes}


def test_a_doi_is_pinned_by_what_crossref_says(registry, web, tmp_path) -> None:
    registry.works["10.1000/a(1)"] = work(registry)
    source = pin_paper(tmp_path / "mine.yaml", "doi:10.1000/a(1)", None, web, registry.services, lambda _: None)
    assert (source.id, source.license, source.title) == ("doi-10.1000-a-1-", "CC-BY-4.0", "It's a Paper")
    (read,) = PaperCorpus.load(tmp_path / "mine.yaml").sources
    assert (read.title, read.origin) == ("It's a Paper", "doi:10.1000/a(1)")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"license": [{"URL": OPEN, "content-version": "tdm", "delay-in-days": 0}]}, "names no licence of Creative Commons"),
        ({"license": [{"URL": OPEN, "content-version": "vor", "delay-in-days": 365}]}, "names no licence of Creative Commons"),
        ({"license": [{"URL": "http://creativecommons.org/licenses/by-nc-nd/4.0/", "content-version": "vor"}]}, "is under CC-BY-NC-ND-4.0"),
        ({"link": []}, "Crossref names no PDF"),
        ({"license": "CC"}, "is not a record of a work"),
    ],
)
def test_a_doi_without_an_open_licence_or_a_pdf_is_refused(registry, web, tmp_path, changes, message) -> None:
    registry.works["10.1000/a"] = work(registry, **changes)
    with pytest.raises(BadSource, match=message):
        pin_paper(tmp_path / "mine.yaml", "doi:10.1000/a", None, web, registry.services, lambda _: None)


def test_a_doi_that_arxiv_gave_is_asked_there(registry, web, tmp_path) -> None:
    source = pin_paper(tmp_path / "mine.yaml", "doi:10.48550/arXiv.2503.00001", None, web, registry.services, lambda _: None)
    assert source.origin == "arxiv:2503.00001v2"


def test_the_entry_stays_below_what_a_person_wrote(registry, web, tmp_path) -> None:
    corpus = tmp_path / "mine.yaml"
    own = f"# mine\nschema: gpiot.corpus/1\nname: mine\nkind: papers\nsources:\n  - {{id: own, file: own.pdf, sha256: {'a' * 64}, license: CC0-1.0}}  # keep\n"
    corpus.write_text(own)
    pin_paper(corpus, "arxiv:2503.00001", None, web, registry.services, lambda _: None)
    assert corpus.read_text().startswith(own)
    assert [source.id for source in PaperCorpus.load(corpus).sources] == ["own", "arxiv-2503.00001v2"]


def test_a_corpus_that_cannot_take_an_entry_is_left_as_it_was(registry, web, tmp_path) -> None:
    corpus = tmp_path / "mine.yaml"
    own = f"schema: gpiot.corpus/1\nkind: papers\nsources:\n  - {{id: own, file: own.pdf, sha256: {'a' * 64}, license: CC0-1.0}}\nname: mine\n"
    corpus.write_text(own)
    with pytest.raises(BadManifest):
        pin_paper(corpus, "arxiv:2503.00001", None, web, registry.services, lambda _: None)
    assert corpus.read_text() == own


def test_packages_and_papers_are_not_pinned_at_once(tmp_path) -> None:
    with pytest.raises(UsageError, match="packages or papers, not both"):
        pin_sources(tmp_path / "mine.yaml", ["arxiv:2503.00001", "numpy"], None, lambda _: None)


def test_a_corpus_is_fetched_from_where_the_environment_says(registry, tmp_path, monkeypatch) -> None:
    for name in Services.__slots__:
        monkeypatch.setenv(f"GPIOT_{name.upper()}_URL", getattr(registry.services, name))
    registry.files["/raw/team/site/HEAD/one.pdf"] = PDF
    corpus = tmp_path / "papers.yaml"
    entry = "  - {{id: {0}, origin: 'github:team/site/{0}.pdf', sha256: " + DIGEST + ", license: CC-BY-4.0}}\n"
    corpus.write_text("schema: gpiot.corpus/1\nname: papers\nkind: papers\nsources:\n" + entry.format("gone") + entry.format("one"))
    said: list[str] = []
    with pytest.raises(BadSource, match=r"gone\.pdf: the host answered 404"):
        fetch_corpus(corpus, said.append)
    assert said == ["  gone: not to be had", "  one: verified"]


@pytest.mark.parametrize(
    "origin",
    ["arxiv:2503.00001", "doi:11.1/x", "github:team/site", "github:team/site/../x.pdf", "http://example.org/a.pdf", "arxiv:../../etc"],
)
def test_an_origin_of_no_known_form_is_refused(origin) -> None:
    with pytest.raises(BadManifest, match="origin: expected"):
        pinned(origin=origin)


@pytest.mark.parametrize(
    ("url", "spdx"),
    [
        (OPEN, "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by-sa/3.0/legalcode", "CC-BY-SA-3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://www.springer.com/tdm", ""),
        ("https://evil.example/creativecommons.org/licenses/by/4.0/", ""),
    ],
)
def test_licence_addresses_become_spdx_ids(url, spdx) -> None:
    assert spdx_of(url) == spdx
