"""The raw lines of a page -> lines of text with places, before any order is made of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from gpiot_data.papers.characters import broken_ligatures, clean_text, mend_ligatures

#: Spans further apart than this share of the font size are two words, though no space was written between them.
MIN_GAP_SHARE = 0.15
#: Text that is written but not meant to be seen.
MIN_VISIBLE_SIZE_PT = 2.0
#: Red, green and blue of 240 and more cannot be read on white paper.
MIN_WHITE = 240
#: Small capitals are set at about 0.8 of the size of capitals; accents of other sizes are not.
SMALL_CAPS_SHARE = 0.65, 0.9

_BOLD = re.compile(r"bold|black|heavy|semibold|demi|medi(?!um)|med$|(?:TB|GB|BX|TZ|GZ)$|cmb|BXTI|TBI$", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli|slant|(?:TI|GI)$|cmti|TBI$", re.IGNORECASE)
_SUPERSCRIPT_FLAG, _ITALIC_FLAG, _BOLD_FLAG = 1, 2, 16
_MARKS = re.compile(r"[\d,*\u2212-]{1,4}")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters in one font; `size` in points; `small_caps` are written in lower case, as their author typed them."""

    text: str
    font: str
    size: float
    bold: bool
    italic: bool
    small_caps: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Spans on one baseline; `page` counts from 0, coordinates in points from the top left of the page.

    `text` is that of all spans; `size` the font size in points that most characters have.
    """

    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    spans: tuple[Span, ...]
    text: str
    size: float


@dataclass(frozen=True, slots=True)
class Pages:
    """All lines of a PDF in the file's own order, the page sizes (width, height) in points, and what was left out."""

    lines: tuple[Line, ...]
    sizes: tuple[tuple[float, float], ...]
    hidden_chars: int


def make_line(page: int, bbox: Sequence[float], spans: Sequence[Span]) -> Line:
    """Return a line of these spans."""
    if len(spans) == 1:
        size = round(spans[0].size, 1)
    else:
        sizes: dict[float, int] = {}
        for span in spans:
            key = round(span.size, 1)
            sizes[key] = sizes.get(key, 0) + len(span.text.strip())
        size = max(sizes, key=sizes.__getitem__)
    return Line(page, bbox[0], bbox[1], bbox[2], bbox[3], tuple(spans), "".join(span.text for span in spans), size)


def read_line(raw: dict[str, Any], page: int) -> tuple[Line | None, int]:
    """Return a visible horizontal line of MuPDF's dictionary, or None, and the number of hidden characters left out."""
    if abs(raw["dir"][1]) > 0.01 or raw["dir"][0] < 0:
        return None, 0
    spans: list[Span] = []
    end = 0.0
    hidden = 0
    for span in raw["spans"]:
        if _is_white(span["color"]) or span["size"] < MIN_VISIBLE_SIZE_PT or span.get("alpha", 255) == 0:
            hidden += len(span["text"].strip())
            continue
        text = _placed_text(span, spans, end)
        if text is None:
            continue
        end = span["bbox"][2]
        _add(spans, text, span)
    if not any(span.text.strip() for span in spans):
        return None, hidden
    return make_line(page, raw["bbox"], spans), hidden


def _is_white(color: int) -> bool:
    return color >> 16 >= MIN_WHITE and color >> 8 & 255 >= MIN_WHITE and color & 255 >= MIN_WHITE


def _placed_text(span: dict[str, Any], spans: list[Span], end: float) -> str | None:
    """Return the text of a raw span, its place above the line or behind a gap made visible; None for a footnote's mark."""
    text = clean_text(span["text"])
    before = spans[-1].text[-1:] if spans else ""
    if span["flags"] & _SUPERSCRIPT_FLAG and text.strip():
        if _MARKS.fullmatch(text.strip()):
            # Behind a digit it is a power of ten.
            return f"^{text.strip()}" if before.isdigit() else None
        if before.isalnum():
            return f"^({text.strip()})"
    elif spans and span["bbox"][0] - end > MIN_GAP_SHARE * span["size"] and before != " " and not text.startswith(" "):
        return " " + text
    return text


def _add(spans: list[Span], text: str, raw: dict[str, Any]) -> None:
    """Append a span, or make it part of the last one where both look alike; white space has no looks of its own."""
    font, bold, italic = _looks(raw["font"], raw["flags"] & (_ITALIC_FLAG | _BOLD_FLAG))
    size = raw["size"]
    if not spans:
        spans.append(Span(text, font, size, bold, italic))
        return
    last = spans[-1]
    small = _is_small_caps(text, font, size, last)
    if small:
        text = text.lower()
    if (font == last.font and abs(size - last.size) < 0.2 and small == last.small_caps) or not text.strip():
        spans[-1] = Span(last.text + text, last.font, last.size, last.bold, last.italic, last.small_caps)
    else:
        spans.append(Span(text, font, size, bold, italic, small))


@lru_cache(maxsize=4096)
def _looks(font: str, flags: int) -> tuple[str, bool, bool]:
    """Return a font's name without its subset mark, and whether it is bold and italic."""
    font = font.split("+")[-1]
    return font, bool(flags & _BOLD_FLAG) or _BOLD.search(font) is not None, bool(flags & _ITALIC_FLAG) or _ITALIC.search(font) is not None


def _is_small_caps(text: str, font: str, size: float, last: Span) -> bool:
    """Tell small capitals: smaller capitals of the same font, right behind a capital, or going on behind others."""
    if font != last.font or not text.isupper():
        return False
    low, high = SMALL_CAPS_SHARE
    return (low < size / last.size < high and last.text[-1:].isupper()) or (last.small_caps and abs(size - last.size) < 0.2)


def mend_lines(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a paper with the ligatures of broken fonts written out."""
    broken = broken_ligatures((span.font, span.text) for line in lines for span in line.spans)
    if not broken:
        return list(lines)
    marks = {mark for _, mark in broken}
    return [_mended(line, broken) if marks.intersection(line.text) else line for line in lines]


def _mended(line: Line, broken: dict[tuple[str, str], str]) -> Line:
    spans = [replace(span, text=mend_ligatures(span.text, span.font, broken)) for span in line.spans]
    return make_line(line.page, (line.x0, line.y0, line.x1, line.y1), spans)
