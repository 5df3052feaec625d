"""What a document holds, whatever its format: cells of narrative and code, each with its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gpiot_data.packages.prompts import Fragment
from gpiot_data.sources.layout import DocumentKind


class UnreadablePageError(ValueError):
    """A document that cannot be read; `reason` is a stable word."""

    def __init__(self, reason: str) -> None:
        """Name the reason."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Cell:
    """Narrative and the code below it.

    `title` is the nearest heading, `text` the narrative as Markdown, and `span` is [start, end) in bytes of the file over both.
    """

    title: str
    text: str
    fragments: tuple[Fragment, ...]
    span: tuple[int, int]

    @property
    def n_chars(self) -> int:
        """Return how much code it holds."""
        return sum(len(fragment.code) for fragment in self.fragments)


@dataclass(frozen=True, slots=True)
class Page:
    """A document as cells in their order; `text` is what it says of itself before the first heading below its title."""

    path: str
    kind: DocumentKind
    title: str
    text: str
    cells: tuple[Cell, ...]


def decode(data: bytes) -> str:
    """Return the text of a document with Unix line ends.

    Raises:
        UnreadablePageError: if it is no UTF-8.
    """
    try:
        return re.sub(r"\r\n|\r", "\n", data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadablePageError("not_text") from error


def join_short(cells: Iterable[Cell], max_chars: int) -> tuple[Cell, ...]:
    """Join neighbouring cells under one heading while their code stays short, as prose and code alternate line by line on pages."""
    joined: list[Cell] = []
    for cell in cells:
        last = joined[-1] if joined else None
        if last is not None and last.title == cell.title and last.n_chars + cell.n_chars <= max_chars:
            text = "\n\n".join(part for part in (last.text, cell.text) if part)
            joined[-1] = replace(last, text=text, fragments=(*last.fragments, *cell.fragments), span=(last.span[0], cell.span[1]))
        else:
            joined.append(cell)
    return tuple(joined)


def markdown_heading(lines: Sequence[str]) -> tuple[str, list[str]]:
    """Take the last heading out of Markdown lines: its text ("" for none) and the lines below it."""
    title, rest = "", list(lines)
    fenced = False
    for number, line in enumerate(lines):
        fenced ^= line.lstrip().startswith("```")
        if not fenced and (match := re.match(r"\s{0,3}#{1,6}\s+(?P<title>.+?)\s*#*\s*$", line)):
            title, rest = match["title"], list(lines[number + 1 :])
        elif not fenced and number and re.fullmatch(r"\s{0,3}(?:={3,}|-{3,})\s*", line) and lines[number - 1].strip():
            title, rest = lines[number - 1].strip(), list(lines[number + 1 :])
    return title, rest


def first_heading(source: str) -> str:
    """Return the first heading with marks before it, "" where there is none."""
    match = re.search(r"^\s{0,3}#{1,6}\s+(.+?)\s*#*\s*$", source, re.MULTILINE)
    return plain_markdown(match[1]) if match else ""


def plain_markdown(text: str) -> str:
    """Return Markdown without what only a browser shows: images, HTML, comments, link targets and labels."""
    for opening, closing in (("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>")):
        text = _without_blocks(text, opening, closing)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)|^\[[^\]]+\]:\s+\S+.*$|^\(\w[\w-]*\)=\s*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)|\[([^\]]+)\]\[[^\]]*\]", lambda match: match[1] or match[2], text)
    text = re.sub(r"\{(?:[a-z]+:)?[a-z]+\}`~?([^`<]+?)(?:\s*<[^`]*>)?`", r"`\1`", text)
    text = re.sub(r"</?[a-zA-Z][^<>\n]*>", "", text)
    text = re.sub(r"^\s*(?:[-*_]\s*){3,}$|&nbsp;", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _without_blocks(text: str, opening: str, closing: str) -> str:
    """Drop what stands between two marks, both included; a regular expression would take quadratic time over marks without an end."""
    first, *parts = text.split(opening)
    kept = [first]
    for part in parts:
        _, closed, rest = part.partition(closing)
        kept.append(rest if closed else opening + part)
    return "".join(kept)
