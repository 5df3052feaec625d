"""A PDF -> its lines, or the reason why it cannot be read."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from gpiot_data.errors import BadPdf
from gpiot_data.papers.floats import find_floats, inside
from gpiot_data.papers.lines import Line, Pages, mend_lines, read_line
from gpiot_data.papers.words import word_set

#: `text` reads by rules; `layout` lets PyMuPDF's models find pictures, tables and running heads first, many times slower.
Engine = Literal["text", "layout"]

#: A page of running text holds thousands of characters; fewer than this on average means a scan or outlined text.
MIN_CHARS_PER_PAGE = 150
MAX_PAGES = 500
MAX_BYTES = 200 << 20
#: Of 43 papers the least share of stop words was 0.22; a circuit diagram has 0.01, a layer of wrong characters 0.00 to 0.06.
MIN_STOP_WORD_SHARE = 0.12
#: Control and private characters: 0.01 at most in readable papers, 0.15 and 0.36 where the text layer is wrong.
MAX_ODD_SHARE = 0.05
#: Letters beyond Latin: 0.01 at most in English papers, Greek in formulas among them.
MAX_FOREIGN_SHARE = 0.3
_ODD = re.compile("[\x00-\x08\x0e-\x1f\ue000-\uf8ff\ufffd]")


def read_pages(path: Path, engine: Engine = "text") -> Pages:
    """Read the text of a PDF with places, in this process: a file that MuPDF cannot bear ends or stops the caller.

    Raises:
        UsageError: for the engine `layout` with a PyMuPDF that has no layout models.
        MemoryError: if a file needs more memory than the process may have.
        BadPdf: with reason `missing`, `too_large`, `not_pdf`, `encrypted`, `unreadable`, `too_many_pages`,
            `no_text` (a scan, or text drawn as outlines), `gibberish` (a text layer of wrong characters), `not_english` or
            `no_prose` (a diagram, a table).
    """
    _check_file(path)
    pymupdf = import_pymupdf(with_models=engine == "layout")
    try:
        with pymupdf.open(path) as document:
            _check_document(document, path)
            return _read_document(document, path, engine)
    except BadPdf:
        raise
    except (RuntimeError, ValueError) as error:
        if "alloc (" in str(error):
            raise MemoryError from error
        raise BadPdf(path, f"cannot be read as a PDF ({error})", "unreadable") from error


def import_pymupdf(*, with_models: bool = False) -> Any:
    """Return PyMuPDF, silent; without its layout models unless they are asked for.

    PyMuPDF 2 starts three neural networks when it is imported, which takes seconds and which plain text needs none of; an import
    that fails is what its own code expects where they are not installed.
    """
    if not with_models and "pymupdf" not in sys.modules:
        sys.modules.setdefault("pymupdf.layout", None)  # type: ignore[arg-type]
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)  # type: ignore[no-untyped-call]
    pymupdf.TOOLS.mupdf_display_warnings(False)  # type: ignore[no-untyped-call]
    return pymupdf


def _check_file(path: Path) -> None:
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


def _check_document(document: Any, path: Path) -> None:
    if not document.is_pdf:
        raise BadPdf(path, "is not a PDF", "not_pdf")
    if document.needs_pass:
        raise BadPdf(path, "is encrypted; remove the password first", "encrypted")
    if document.page_count == 0:
        raise BadPdf(path, "has no pages", "unreadable")
    if document.page_count > MAX_PAGES:
        raise BadPdf(path, f"has {document.page_count} pages, more than {MAX_PAGES}", "too_many_pages")


def _read_document(document: Any, path: Path, engine: Engine) -> Pages:
    import pymupdf

    flags = int(pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP)
    lines: list[Line] = []
    sizes = []
    hidden = 0
    for number, page in enumerate(document):
        sizes.append((page.rect.width, page.rect.height))
        floats = find_floats(page) if engine == "layout" else []
        for block in page.get_text("dict", flags=flags)["blocks"]:
            for raw in block.get("lines", ()):
                line, dropped = read_line(raw, number)
                hidden += dropped
                if line is not None and not any(inside(line, box) for box in floats):
                    lines.append(line)
    check_text(lines, len(sizes), path)
    return Pages(tuple(mend_lines(lines)), tuple(sizes), hidden)


def check_text(lines: Sequence[Line], pages: int, path: Path) -> None:
    """Refuse what is no English prose.

    Raises:
        BadPdf: with reason `no_text`, `gibberish`, `not_english` or `no_prose`.
    """
    text = "\n".join(line.text for line in lines)
    visible = re.sub(r"\s+", "", text)
    if len(visible) < MIN_CHARS_PER_PAGE * pages:
        raise BadPdf(path, "holds almost no text (a scan, or text drawn as outlines)", "no_text")
    words = re.findall(r"[^\W\d_]+", text.lower())
    stop = word_set("stop")
    prose = sum(word in stop for word in words) / max(1, len(words))
    if prose >= MIN_STOP_WORD_SHARE:
        return
    if len(_ODD.findall(visible)) > MAX_ODD_SHARE * len(visible):
        raise BadPdf(path, "has a text layer of wrong characters, though its pages may look right", "gibberish")
    if sum(char.isalpha() and char > "\u02ff" for char in visible) > MAX_FOREIGN_SHARE * len(visible):
        raise BadPdf(path, "is not in English", "not_english")
    raise BadPdf(path, f"holds no running text in English (share of stop words {prose:.2f}; papers have 0.2 and more)", "no_prose")
