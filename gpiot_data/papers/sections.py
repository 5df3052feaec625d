"""Blocks -> numbered sections, and the text of a paper as one string in which every block has its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gpiot_data.papers.blocks import Block, build_blocks, join_lines
from gpiot_data.papers.layout import body_size, reading_order
from gpiot_data.papers.lines import Pages, read_pages

ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it up to the next heading.

    `level` is 1 for a top section, 2 for a subsection, and so on; 0 for the front matter, which has no
    heading. `spans` are [start, end) of `blocks` in `Paper.text`.
    """

    number: str
    title: str
    level: int
    page: int
    blocks: tuple[Block, ...]
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper's title, its sections in order, and its text: all blocks with a blank line between."""

    title: str
    sections: tuple[Section, ...]
    text: str
    pages: int
    hidden_chars: int


def read_paper(path: Path) -> Paper:
    """Read a PDF into sections.

    Raises:
        BadPdf: if the file cannot be read; see `read_pages`.
    """
    pages = read_pages(path)
    rows = reading_order(pages)
    blocks = build_blocks(rows)
    return Paper(_title(pages), *_sections(blocks), pages=len(pages.sizes), hidden_chars=pages.hidden_chars)


def _title(pages: Pages) -> str:
    """Return the largest text of the first page, its lines joined."""
    size = body_size(pages.lines)
    first = [line for line in pages.lines if line.page == 0 and line.size > size + 2 and re.search(r"[A-Za-z]{3}", line.text)]
    if not first:
        return ""
    largest = max(line.size for line in first)
    lines = sorted((line for line in first if line.size > largest - 0.5), key=lambda line: (line.y0, line.x0))
    return join_lines([line.text.strip() for line in lines], Counter())


def heading_level(number: str) -> int:
    """Return 1 for '3' or 'IV', 2 for '3.1', 'IV.A' or 'B', 3 for '3.1.2'; 1 for an unnumbered head."""
    if re.fullmatch(r"[A-H](\.\d)?", number):
        # 'C' and 'D' are letters of subsections here, though Roman numerals too: papers seldom have 100 sections.
        return 2 + number.count(".")
    return 1 + number.count(".")


def _ordinal(number: str) -> int | None:
    """Return 3 for '3', '3.1' and 'III'; None for a letter or no number."""
    first = number.split(".")[0]
    if first.isdigit():
        return int(first)
    return ROMAN.index(first) if first in ROMAN and not re.fullmatch(r"[A-H]", first) else None


def _plausible(number: str, top: int) -> bool:
    """Tell a section's number from one in a drawing ('28 GHz radio'): sections count up, with few left out."""
    ordinal = _ordinal(number)
    if ordinal is None:
        return True
    return top <= ordinal <= top + 2 if "." not in number else top <= ordinal <= top + 1


def _sections(blocks: Sequence[Block]) -> tuple[tuple[Section, ...], str]:
    sections: list[Section] = []
    pieces: list[str] = []
    at = 0
    head: Block | None = None
    body: list[Block] = []
    spans: list[tuple[int, int]] = []

    def close() -> None:
        if head is not None or body:
            first = head or body[0]
            title = head.text if head else ""
            number = head.number if head else ""
            sections.append(Section(number, title, heading_level(number) if head else 0, first.page, tuple(body), tuple(spans)))

    top = 0
    for block in blocks:
        start, at = at, at + len(block.text)
        pieces.append(block.text)
        if block.kind == "heading" and _plausible(block.number, top):
            top = _ordinal(block.number) or top
            close()
            head, body, spans = block, [], []
        else:
            body.append(block)
            spans.append((start, at))
        at += 2
    close()
    return tuple(sections), "\n\n".join(pieces)
