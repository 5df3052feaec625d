"""Blocks -> sections, and the text of a paper as one string in which every block has its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpiot_data.papers.blocks import Block, build_blocks
from gpiot_data.papers.hyphens import join_lines
from gpiot_data.papers.isolation import LIMITS, Limits, run_apart
from gpiot_data.papers.layout import body_size, is_marginal, reading_order, running_heads
from gpiot_data.papers.lines import Line, Pages
from gpiot_data.papers.pdf import Engine, read_pages


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


def read_paper(path: Path, engine: Engine = "text", limits: Limits = LIMITS) -> Paper:
    """Read a PDF into sections, in a process of its own: a file that MuPDF cannot bear costs that file and nothing else.

    Raises:
        BadPdf: if the file cannot be read; see `read_pages` and `run_apart`.
    """
    return assemble(*_from_json(run_apart(path, engine, limits)))


def read_paper_here(path: Path, engine: Engine = "text") -> Paper:
    """Read a PDF into sections in this process, for files that are known to be sound.

    Raises:
        BadPdf: if the file cannot be read; see `read_pages`.
    """
    return assemble(*read_blocks(path, engine))


def read_blocks(path: Path, engine: Engine) -> tuple[str, list[Block], int, int]:
    """Return a paper's title, its blocks in reading order, its number of pages and of hidden characters.

    Raises:
        BadPdf: if the file cannot be read; see `read_pages`.
    """
    pages = read_pages(path, engine)
    return _title(pages), build_blocks(reading_order(pages)), len(pages.sizes), pages.hidden_chars


def _from_json(found: dict[str, Any]) -> tuple[str, list[Block], int, int]:
    blocks = [Block(**{**block, "bbox": tuple(block["bbox"])}) for block in found["blocks"]]
    return found["title"], blocks, found["pages"], found["hidden_chars"]


def _title(pages: Pages) -> str:
    """Return the largest text of the first page, its lines joined."""
    size = body_size(pages.lines)
    running = running_heads(pages)
    first = [
        line for line in pages.lines if line.page == 0 and _largest(line) > size + 2 and not is_marginal(line, pages.sizes[0][1], running)
    ]
    first = [line for line in first if re.search(r"[A-Za-z]{3}", line.text)]
    if not first:
        return ""
    largest = max(_largest(line) for line in first)
    lines = sorted((line for line in first if _largest(line) > largest - 0.5), key=lambda line: (line.y0, line.x0))
    return join_lines([line.text.strip() for line in lines], Counter())


def _largest(line: Line) -> float:
    return max(span.size for span in line.spans if span.text.strip())


def assemble(title: str, blocks: Sequence[Block], pages: int, hidden_chars: int) -> Paper:
    """Group blocks under their headings and give each its place in the text of the paper."""
    sections: list[Section] = []
    head: Block | None = None
    body: list[Block] = []
    spans: list[tuple[int, int]] = []

    def close() -> None:
        if head is not None or body:
            first = head or body[0]
            number, name, level = (head.number, head.text, head.level) if head else ("", "", 0)
            sections.append(Section(number, name, level, first.page, tuple(body), tuple(spans)))

    at = 0
    for block in blocks:
        start, at = at, at + len(block.text)
        if block.kind == "heading":
            close()
            head, body, spans = block, [], []
        else:
            body.append(block)
            spans.append((start, at))
        at += 2
    close()
    return Paper(title, tuple(sections), "\n\n".join(block.text for block in blocks), pages, hidden_chars)
