"""Small papers set line by line, so that a test says where every line stands and how it is set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pymupdf

WIDTH, HEIGHT = 612, 792
LEFT, RIGHT, STEP = 54, 318, 12
PROSE = "the node of the field samples the sensor and it sends what is new to the sink "


@dataclass
class Column:
    """Writes lines below each other from a place on a page; fonts are those of PyMuPDF: tiro, tibo, tiit, hebo."""

    page: pymupdf.Page
    x: float
    y: float = 100

    def line(self, text: str, font: str = "tiro", size: float = 9, indent: float = 0) -> None:
        self.page.insert_text((self.x + indent, self.y), text, fontname=font, fontsize=size)
        self.y += STEP

    def runs(self, *runs: tuple[str, str], size: float = 9) -> None:
        """Set pieces of a line in different fonts: (text, font)."""
        x = self.x
        for text, font in runs:
            self.page.insert_text((x, self.y), text, fontname=font, fontsize=size)
            x += pymupdf.get_text_length(text, fontname=font, fontsize=size)
        self.y += STEP

    def prose(self, words: Sequence[str]) -> None:
        """Set lines that fill a column, each beginning with one of the words."""
        for word in words:
            text = f"{word} {PROSE}"
            while pymupdf.get_text_length(text, fontname="tiro", fontsize=9) > 232:
                text = text.rpartition(" ")[0]
            self.line(text)

    def skip(self, lines: float = 1) -> None:
        self.y += STEP * lines


def save(document: pymupdf.Document, path: Path) -> Path:
    document.save(path)
    return path
