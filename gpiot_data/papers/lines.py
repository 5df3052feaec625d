"""The text of a PDF as lines with places and fonts, before any order is made of them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpiot_data.errors import BadPdf

#: A page of running text holds thousands of characters; fewer than this on average means a scan or outlined text.
MIN_CHARS_PER_PAGE = 50
MAX_PAGES = 500
MAX_BYTES = 200 << 20
#: Spans further apart than this share of the font size are two words, though no space was written between them.
MIN_GAP_SHARE = 0.15
#: Text that is written but not meant to be seen.
MIN_VISIBLE_SIZE_PT = 2.0
WHITE = 0xFFFFFF

_LIGATURES = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
_CLEANED = str.maketrans(
    {**_LIGATURES, "\u00a0": " ", "\u00ad": "-", "\u2010": "-", "\u2011": "-", "\ufe00": None, "\ufe0e": None, "\ufe0f": None}
)
#: Letters of the mathematical alphabets read as plain ones.
_MATHEMATICAL = re.compile("[\U0001d400-\U0001d7ff]+")
_BOLD = re.compile(r"bold|black|heavy|semibold|demi|medi(?!um)|(?:TB|GB|BX|TZ|GZ)$|cmb|BXTI|TBI$", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli|slant|(?:TI|GI)$|cmti|TBI$", re.IGNORECASE)
_SUPERSCRIPT_FLAG, _ITALIC_FLAG, _BOLD_FLAG = 1, 2, 16


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters in one font; `size` in points."""

    text: str
    font: str
    size: float
    bold: bool
    italic: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Spans on one baseline; `page` counts from 0, coordinates in points from the top left of the page."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The characters of all spans."""
        return "".join(span.text for span in self.spans)

    @property
    def size(self) -> float:
        """The font size in points that most characters have."""
        sizes: Counter[float] = Counter()
        for span in self.spans:
            sizes[round(span.size, 1)] += len(span.text.strip())
        return sizes.most_common(1)[0][0]


@dataclass(frozen=True, slots=True)
class Pages:
    """All lines of a PDF in the file's own order, the page sizes (width, height) in points, and what was left out."""

    lines: tuple[Line, ...]
    sizes: tuple[tuple[float, float], ...]
    hidden_chars: int


def read_pages(path: Path) -> Pages:
    """Read the text of a PDF with places.

    Raises:
        BadPdf: with reason `missing`, `too_large`, `not_pdf`, `encrypted`, `unreadable`, `too_many_pages`
            or `no_text` (a scan or text drawn as outlines).
    """
    import pymupdf

    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(1024)
    except OSError as error:
        raise BadPdf(path, f"cannot be read ({error.strerror})", "missing") from error
    if size > MAX_BYTES:
        raise BadPdf(path, f"is larger than {MAX_BYTES >> 20} MiB", "too_large")
    # MuPDF opens an HTML error page that is named .pdf, so the header is checked first.
    if b"%PDF-" not in head:
        raise BadPdf(path, "is not a PDF (no '%PDF-' at its start)", "not_pdf")
    pymupdf.TOOLS.mupdf_display_errors(False)  # type: ignore[no-untyped-call]
    pymupdf.TOOLS.mupdf_display_warnings(False)  # type: ignore[no-untyped-call]
    try:
        with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
            return _read_document(document, path)
    except BadPdf:
        raise
    except (RuntimeError, ValueError) as error:
        raise BadPdf(path, f"cannot be read as a PDF ({error})", "unreadable") from error


def _read_document(document: Any, path: Path) -> Pages:
    if not document.is_pdf:
        raise BadPdf(path, "is not a PDF", "not_pdf")
    if document.needs_pass:
        raise BadPdf(path, "is encrypted; remove the password first", "encrypted")
    if document.page_count == 0:
        raise BadPdf(path, "has no pages", "unreadable")
    if document.page_count > MAX_PAGES:
        raise BadPdf(path, f"has {document.page_count} pages, more than {MAX_PAGES}", "too_many_pages")
    lines: list[Line] = []
    sizes = []
    hidden = 0
    for number, page in enumerate(document):
        sizes.append((page.rect.width, page.rect.height))
        for block in page.get_text("dict", flags=_text_flags())["blocks"]:
            for raw in block.get("lines", ()):
                line, dropped = _line(raw, number)
                hidden += dropped
                if line is not None:
                    lines.append(line)
    if sum(len(line.text) for line in lines) < MIN_CHARS_PER_PAGE * len(sizes):
        raise BadPdf(path, "holds almost no text (a scan, or text drawn as outlines)", "no_text")
    return Pages(tuple(lines), tuple(sizes), hidden)


def _text_flags() -> int:
    import pymupdf

    return int(pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP)


def _line(raw: dict[str, Any], page: int) -> tuple[Line | None, int]:
    """Return a visible horizontal line, or None, and the number of hidden characters left out."""
    if abs(raw["dir"][1]) > 0.01 or raw["dir"][0] < 0:
        return None, 0
    spans: list[Span] = []
    end = 0.0
    hidden = 0
    for span in raw["spans"]:
        text = _MATHEMATICAL.sub(lambda match: unicodedata.normalize("NFKC", match[0]), span["text"].translate(_CLEANED))
        if span["color"] == WHITE or span["size"] < MIN_VISIBLE_SIZE_PT or span.get("alpha", 255) == 0:
            hidden += len(text.strip())
            continue
        font = span["font"].split("+")[-1]
        bold = bool(span["flags"] & _BOLD_FLAG) or _BOLD.search(font) is not None
        italic = bool(span["flags"] & _ITALIC_FLAG) or _ITALIC.search(font) is not None
        if span["flags"] & _SUPERSCRIPT_FLAG and re.fullmatch(r"[\d,*\u2212-]{1,4}", text.strip()):
            if not (spans and spans[-1].text[-1:].isdigit()):
                continue  # a footnote mark; behind a digit it is a power of ten
            text = "^" + text.strip()
        elif span["flags"] & _SUPERSCRIPT_FLAG and spans and spans[-1].text[-1:].isalnum() and text.strip():
            text = f"^({text.strip()})"
        elif spans and span["bbox"][0] - end > MIN_GAP_SHARE * span["size"] and not (spans[-1].text.endswith(" ") or text.startswith(" ")):
            text = " " + text
        end = span["bbox"][2]
        spans.append(Span(text, font, span["size"], bold, italic))
    if not any(span.text.strip() for span in spans):
        return None, hidden
    x0, y0, x1, y1 = raw["bbox"]
    return Line(page, x0, y0, x1, y1, tuple(spans)), hidden
