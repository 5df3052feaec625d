"""Paper corpora: which PDFs are pinned, where they lie, and the check that each is the pinned file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from gpiot_data import manifest
from gpiot_data.errors import BadManifest, BadSource
from gpiot_data.store import cache_dir, sha256_file

ORIGIN = re.compile(
    r"arxiv:(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})v\d+|doi:10\.\d{4,9}/\S+|"
    r"github:[A-Za-z0-9-]+/[A-Za-z0-9._-]+/(?!(?:.*/)?\.\.?/)[^\s?#]+"
)
#: What tells running text from the rest of a page: its own places and fonts, or layout models, which take about a second a page.
Engine = Literal["text", "layout"]


@dataclass(frozen=True, slots=True)
class PaperSource:
    """One pinned PDF, `license` an SPDX expression.

    Either `file` says where it lies, relative to the corpus file, or `origin` where it can be had: `arxiv:2503.00686v1`,
    `doi:10.1000/182`, or `github:OWNER/NAME/PATH` for a file of a public repository. `corpus`, `folder`, `engine` and `min_confidence`
    are filled in by the corpus that lists the source, and so is the `file` of one with an origin: its name in the cache.
    """

    id: str
    sha256: str
    license: str
    file: str = ""
    origin: str = ""
    version: str = "1"
    title: str = ""
    corpus: str = ""
    folder: str = ""
    engine: Engine = "text"
    min_confidence: float | None = None

    def __post_init__(self) -> None:
        """Check what the types cannot.

        Raises:
            BadManifest: naming the key and the value.
        """
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", self.id):
            raise BadManifest(f"id: expected letters, digits, '.', '_' and '-', got {self.id!r}")
        if not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise BadManifest(f"sha256: expected 64 lower-case hex digits, got {self.sha256!r}")
        if not re.fullmatch(r"[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*", self.license):
            raise BadManifest(f"license: expected an SPDX expression such as CC-BY-4.0, got {self.license!r}")
        if self.origin and not ORIGIN.fullmatch(self.origin):
            raise BadManifest(f"origin: expected 'arxiv:ID', 'doi:DOI' or 'github:OWNER/NAME/PATH', got {self.origin!r}")
        if self.engine not in get_args(Engine):
            raise BadManifest(f"engine: expected one of {', '.join(get_args(Engine))}, got {self.engine!r}")
        if self.min_confidence is not None and not 0.0 <= self.min_confidence <= 1.0:
            raise BadManifest(f"min_confidence: expected a number from 0 to 1, got {self.min_confidence}")
        if not (self.file or self.origin):
            raise BadManifest(f"'{self.id}': expected 'file', where the PDF lies, or 'origin', where it can be had")

    @property
    def path(self) -> Path:
        """Where the PDF lies; that of one with an origin, once it is fetched."""
        return cache_dir() / "sources" / self.sha256 / self.file if self.origin else Path(self.folder) / self.file

    @property
    def label(self) -> str:
        """Return how messages name this source."""
        return self.id


@dataclass(frozen=True, slots=True)
class PaperCorpus:
    """A corpus file of kind `papers`: its name, its pinned sources, and what reads them.

    Pairs that rules make of them and trust less than `min_confidence` are rejected; by default those that a reader would rather not
    train on. Lower figures are for those who read the pairs themselves: 0 lets all through.
    """

    schema: Literal["gpiot.corpus/1"]
    name: str
    kind: Literal["papers"]
    sources: tuple[PaperSource, ...]
    engine: Engine = "text"
    min_confidence: float | None = None

    @classmethod
    def load(cls, path: Path) -> PaperCorpus:
        """Read a corpus file.

        Raises:
            BadManifest: if it does not follow the schema, lists no source or one id twice.
        """
        corpus = manifest.load(cls, path)
        ids = [source.id for source in corpus.sources]
        if any(source.file and source.origin for source in corpus.sources):
            raise BadManifest(f"{path}: sources: give a paper 'file' or 'origin', not both")
        follows = [(source.corpus, source.folder, source.engine, source.min_confidence) for source in corpus.sources]
        if any(filled != ("", "", "text", None) for filled in follows):
            raise BadManifest(f"{path}: sources: leave out 'corpus', 'folder', 'engine' and 'min_confidence'; they follow from the file")
        if not ids:
            raise BadManifest(f"{path}: sources: expected at least one paper")
        if len(set(ids)) < len(ids):
            raise BadManifest(f"{path}: sources: the id '{max(ids, key=ids.count)}' is listed twice")
        sources = tuple(
            replace(
                source,
                file=source.file or f"{source.id}.pdf",
                corpus=corpus.name,
                folder=str(path.parent),
                engine=corpus.engine,
                min_confidence=corpus.min_confidence,
            )
            for source in corpus.sources
        )
        return replace(corpus, sources=sources)


def verify_paper(source: PaperSource) -> Path:
    """Return the path of a paper that is the pinned file, fetched first where it has an origin and is not here.

    Raises:
        BadSource: if the file is missing, cannot be had, or its bytes differ from the pin.
        RemoteError: if its origin does not answer.
    """
    if source.origin:
        from gpiot_data.sources.papers_fetch import fetch_paper

        return fetch_paper(source)
    if not source.path.is_file():
        raise BadSource(f"{source.path}: the paper '{source.id}' is not there; check 'file' in the corpus {source.corpus}")
    found = sha256_file(source.path)
    if found != source.sha256:
        raise BadSource(
            f"{source.path}: sha256 is {found[:16]}..., but the corpus {source.corpus} pins {source.sha256[:16]}...; "
            "restore the file or pin it anew"
        )
    return source.path
