"""Sources -> passages: a paragraph, short ones merged and long ones parted at sentences, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpiot_data.store import content_id, sha256_text

if TYPE_CHECKING:
    from gpiot_data.papers.sections import Paper

#: A passage is closed once it has this many words, so that paragraphs are merged only while they are short.
ENOUGH_WORDS = 120
MAX_WORDS = 200

Box = tuple[int, int, int, int]

#: What is read of a source but never an answer to a question about how things work.
_LEFT_OUT = re.compile(r"\W*(references|bibliography|acknowledge?ments?)\W*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?][\"')\u201d]*\s+(?=[A-Z0-9\"'(\u201c])")
_BLANK = re.compile(r"\n[ \t\r]*(?:\n[ \t\r]*)+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a source.

    `source` is the id of the source in an index; `heading` is that of the section, if any. `span` is [start, end) in characters of
    the text of the source: of `read_paper(path).text` for a paper; `span_sha256` is the hash of these characters in UTF-8. `page`
    counts from 1 and is that of the first paragraph, `bbox` (x0, y0, x1, y1) in whole points covers what begins on that page.
    """

    id: str
    source: str
    heading: str
    text: str
    span: tuple[int, int]
    span_sha256: str
    page: int | None = None
    bbox: Box | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the mapping stored in an index."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph, or a part of one."""

    span: tuple[int, int]
    words: int
    page: int | None = None
    bbox: tuple[float, float, float, float] | None = None


def cut_paper(path: Path, source: str) -> tuple[Paper, list[Passage]]:
    """Return a paper and its passages in reading order; no passage goes over the end of a section.

    Raises:
        BadPdf: if the file cannot be read.
    """
    from gpiot_data.papers.sections import read_paper

    paper = read_paper(path)
    passages = []
    for section in paper.sections:
        if _LEFT_OUT.fullmatch(section.title):
            continue
        pieces = [
            piece
            for block, span in zip(section.blocks, section.spans, strict=True)
            if block.kind not in ("table", "reference")
            for piece in _part(paper.text, _Piece(span, len(block.text.split()), block.page + 1, block.bbox))
        ]
        passages += [_passage(paper.text, group, source, section.title) for group in _merge(pieces)]
    return paper, passages


def cut_text(text: str, source: str) -> list[Passage]:
    """Return the passages of a plain text, whose paragraphs are parted by blank lines."""
    pieces = [piece for span in _paragraphs(text) for piece in _part(text, _Piece(span, len(text[slice(*span)].split())))]
    return [_passage(text, group, source, "") for group in _merge(pieces)]


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans between blank lines, white space at their ends left out."""
    start = 0
    for end, after in [*(match.span() for match in _BLANK.finditer(text)), (len(text), len(text))]:
        body = text[start:end]
        if body.strip():
            yield start + len(body) - len(body.lstrip()), end - len(body) + len(body.rstrip())
        start = after


def _part(text: str, piece: _Piece) -> Iterator[_Piece]:
    """Part a long paragraph into about equal pieces at sentence ends; a sentence is cut only where it is itself too long."""
    if piece.words <= MAX_WORDS:
        yield piece
        return
    enough = piece.words / -(-piece.words // MAX_WORDS)
    begin, close, count = piece.span[0], 0, 0
    for start, end in _sentences(text, piece.span):
        words = len(text[start:end].split())
        begin = start if count == 0 else begin
        close, count = end, count + words
        if count >= enough:
            yield _Piece((begin, close), count, piece.page, piece.bbox)
            count = 0
    if count:
        yield _Piece((begin, close), count, piece.page, piece.bbox)


def _sentences(text: str, span: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the spans of sentences, each of at most `MAX_WORDS` words, white space at their ends left out."""
    begin, end = span
    for after in [*(match.end() for match in _SENTENCE_END.finditer(text, begin, end)), end]:
        words = [match.span() for match in re.finditer(r"\S+", text[begin:after])]
        for first in range(0, len(words), MAX_WORDS):
            some = words[first : first + MAX_WORDS]
            yield begin + some[0][0], begin + some[-1][1]
        begin = after


def _merge(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Group pieces until each group has enough words, none of them too many."""
    groups: list[list[_Piece]] = []
    for piece in pieces:
        last = groups[-1] if groups else []
        words = sum(other.words for other in last)
        if last and words < ENOUGH_WORDS and words + piece.words <= MAX_WORDS:
            last.append(piece)
        else:
            groups.append([piece])
    return groups


def _passage(text: str, group: Sequence[_Piece], source: str, heading: str) -> Passage:
    span = group[0].span[0], group[-1].span[1]
    words = text[slice(*span)]
    page = group[0].page
    boxes = [piece.bbox for piece in group if piece.page == page and piece.bbox is not None]
    bbox = None
    if boxes:
        lefts, uppers, rights, lowers = zip(*boxes, strict=True)
        bbox = round(min(lefts)), round(min(uppers)), round(max(rights)), round(max(lowers))
    return Passage(content_id({"source": source, "span": span}), source, heading, words, span, sha256_text(words), page, bbox)
