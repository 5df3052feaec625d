"""The passage index: add and remove sources one by one, ask for the passages that fit a text best."""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from gpiot_data.errors import InputError
from gpiot_data.passages.cut import Box, Passage, cut_paper, cut_text
from gpiot_data.passages.shelf import Contents, IndexedSource, read_all, read_contents, write_contents, write_source, writing
from gpiot_data.store import content_id, sha256_file, sha256_text
from gpiot_data.vectors import Encoder, open_encoder
from gpiot_data.vectors.words import whole_characters

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gpiot_data.passages.ranking import Ranker


@dataclass(frozen=True, slots=True)
class Added:
    """What adding a source did: the id it has now, its passages, and how many of them were not in the index before."""

    source_id: str
    n_passages: int
    n_new: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that fits a query; `score` is that of the rank fusion, higher is better. `title` is that of the source."""

    passage: Passage
    score: float
    title: str

    @property
    def source(self) -> str:
        """The id of the source in the index."""
        return self.passage.source

    @property
    def page(self) -> int | None:
        """The page, from 1; None for a plain text."""
        return self.passage.page

    @property
    def bbox(self) -> Box | None:
        """The place on the page in whole points; None for a plain text."""
        return self.passage.bbox

    @property
    def span(self) -> tuple[int, int]:
        """The place in the text of the source, [start, end) in characters."""
        return self.passage.span

    @property
    def span_sha256(self) -> str:
        """The hash of the passage's text."""
        return self.passage.span_sha256

    def to_json(self) -> dict[str, Any]:
        """Return the hit as a mapping for reports."""
        return {**self.passage.to_json(), "score": self.score, "title": self.title}


class PassageIndex:
    """A folder with the passages of papers and texts.

    It answers from what it read at its first query or wrote itself since; what other processes write is seen when it is opened
    again. Each change is on disk, whole, when its call returns.
    """

    def __init__(self, folder: Path, contents: Contents, encoder: Encoder | None) -> None:
        """Take over what `open` read."""
        self._folder = folder
        self._contents = contents
        self._encoder = encoder
        self._loaded: tuple[Ranker, dict[str, Passage]] | None = None

    @classmethod
    def open(cls, folder: Path, encoder: Encoder | None = None) -> PassageIndex:
        """Open an index, a new one where `folder` is missing or empty.

        Args:
            folder: of the index; it is made when the first source is added.
            encoder: what turns texts into vectors; by default the static one, opened when it is needed first.

        Raises:
            InputError: if the folder holds no index of passages, or a damaged one, or was made with another encoder.
        """
        index = cls(folder, read_contents(folder), encoder)
        if encoder is not None:
            index._check_encoder(index._contents)
        return index

    def sources(self) -> tuple[IndexedSource, ...]:
        """Return the sources in the index, by id."""
        return self._contents.sources

    def add(self, paper: Path) -> Added:
        """Add the passages of a PDF; one whose bytes are in the index already changes nothing.

        Raises:
            BadPdf: if the file cannot be read.
            InputError: if the folder cannot be written to, another process writes to it, or another encoder made it.
        """
        digest = _file_sha256(paper)
        with writing(self._folder) as contents:
            found = next((source for source in contents.sources if source.sha256 == digest and source.kind == "paper"), None)
            if found is not None:
                return Added(found.id, found.passages, 0)
            self._check_encoder(contents)
            read, passages = cut_paper(paper, digest[:16])
            reader = f"pymupdf {importlib.metadata.version('pymupdf')}"
            entry = self._write(digest[:16], "paper", read.title, digest, passages, reader)
            self._commit([*contents.sources, entry], self._described())
        return Added(entry.id, entry.passages, entry.passages)

    def add_texts(self, texts: Mapping[str, str]) -> list[Added]:
        """Add plain texts by name, in the order of their names; a text replaces the one that had its name.

        Raises:
            InputError: if a text is no Unicode, or as in `add`.
        """
        added = []
        with writing(self._folder) as contents:
            self._check_encoder(contents)
            sources = list(contents.sources)
            for name, text in sorted(texts.items()):
                digest = _text_sha256(name, text)
                found = next((source for source in sources if source.kind == "text" and source.title == name), None)
                if found is not None and found.sha256 == digest:
                    added.append(Added(found.id, found.passages, 0))
                    continue
                source_id = content_id({"text": name, "sha256": digest})
                entry = self._write(source_id, "text", name, digest, cut_text(text, source_id), "")
                sources = [*(source for source in sources if source is not found), entry]
                added.append(Added(entry.id, entry.passages, entry.passages))
            self._commit(sources, self._described())
        return added

    def remove(self, source: str | Path) -> IndexedSource:
        """Take a source out of the index, and return what it was.

        Args:
            source: its id, the name of a text, or the path of a paper.

        Raises:
            InputError: if the index has no such source, or as in `add`.
        """
        with writing(self._folder) as contents:
            found = _named(source, contents)
            if found is None:
                raise InputError(f"{self._folder}: none of the {len(contents.sources)} sources of the index is {str(source)!r}")
            self._commit([entry for entry in contents.sources if entry is not found], contents.encoder)
        return found

    def query(self, text: str, k: int = 5) -> list[Hit]:
        """Return the `k` passages that fit a text best, by nearness of meaning and by words; fewer where fewer have anything in common.

        Raises:
            InputError: if the text is blank or `k` is below 1, if a file of the index is damaged, or if another encoder made it.
        """
        from gpiot_data.passages.ranking import DEPTH, fuse_rankings

        text = whole_characters(text)
        if not text.strip():
            raise InputError("the text to look for is empty; give a question or a few words")
        if k < 1:
            raise InputError(f"the number of passages to return should be 1 or more, got {k}")
        loaded = self._load()
        if loaded is None:
            return []
        ranker, passages = loaded
        titles = {source.id: source.title for source in self._contents.sources}
        depth = max(DEPTH, k)
        rankings = [ranker.by_vector(self._encode([text])[0], depth), ranker.by_words(text, depth)]
        return [Hit(passages[name], score, titles[passages[name].source]) for name, score in fuse_rankings(rankings)[:k]]

    def _load(self) -> tuple[Ranker, dict[str, Passage]] | None:
        """Return all that queries need, read from the folder once; None while there is no passage."""
        if self._loaded is None and self._contents.sources:
            from gpiot_data.passages.ranking import Ranker

            self._contents, passages, vectors = read_all(self._folder)
            self._check_encoder(self._contents)
            if passages:
                by_id = {passage.id: passage for passage in passages}
                self._loaded = Ranker(list(by_id), [_searched(passage) for passage in passages], vectors), by_id
        return self._loaded

    def _write(
        self, source_id: str, kind: Literal["paper", "text"], title: str, digest: str, passages: Sequence[Passage], reader: str
    ) -> IndexedSource:
        lines, vectors = write_source(self._folder, passages, self._encode([_searched(passage) for passage in passages]))
        return IndexedSource(source_id, kind, title, digest, len(passages), reader, lines, vectors)

    def _commit(self, sources: Sequence[IndexedSource], encoder: dict[str, Any] | None) -> None:
        write_contents(self._folder, Contents(encoder, tuple(sources)))
        self._contents, self._loaded = read_contents(self._folder), None

    def _described(self) -> dict[str, Any]:
        encoder = self._open_encoder()
        return {"name": encoder.name, "sha256": encoder.sha256, "dims": encoder.dims}

    def _open_encoder(self) -> Encoder:
        if self._encoder is None:
            self._encoder = open_encoder("static")
        return self._encoder

    def _check_encoder(self, contents: Contents) -> None:
        """Refuse vectors that cannot be compared.

        Raises:
            InputError: if the index was made with another encoder than the one in use.
        """
        encoder, made = self._open_encoder(), contents.encoder
        if made is not None and (made["sha256"], made["dims"]) != (encoder.sha256, encoder.dims):
            raise InputError(
                f"{self._folder}: was made with the encoder {made['name']} ({made['sha256'][:16]}), not with {encoder.name} "
                f"({encoder.sha256[:16]}); open it with the former, or add the sources to a new index"
            )

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import numpy as np

        encoder = self._open_encoder()
        if not texts:
            return np.zeros((0, encoder.dims), dtype=np.float32)
        vectors = np.asarray(encoder.encode(texts), dtype=np.float32)
        if vectors.shape != (len(texts), encoder.dims) or not np.isfinite(vectors).all():
            raise InputError(f"the encoder {encoder.name} returned vectors of shape {vectors.shape} for {len(texts)} texts; choose another")
        return vectors


def _named(source: str | Path, contents: Contents) -> IndexedSource | None:
    """Return the source with an id, else the text with a name, else the paper at a path."""
    name = str(source)
    found = [entry for entry in contents.sources if entry.id == name]
    found += [entry for entry in contents.sources if entry.kind == "text" and entry.title == name]
    if not found and os.path.isfile(source):
        digest = _file_sha256(Path(source))
        found = [entry for entry in contents.sources if entry.kind == "paper" and entry.sha256 == digest]
    return found[0] if found else None


def _searched(passage: Passage) -> str:
    """Return what a query is compared with: the heading tells what a paragraph is about, which itself may not say it."""
    return f"{passage.heading}\n{passage.text}" if passage.heading else passage.text


def _file_sha256(path: Path) -> str:
    try:
        return sha256_file(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def _text_sha256(name: str, text: str) -> str:
    try:
        name.encode("utf-8")
        return sha256_text(text)
    except UnicodeEncodeError as error:
        raise InputError(f"the text {name!r} holds half a character; decode it as UTF-8 with errors='replace'") from error
