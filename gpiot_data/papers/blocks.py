"""Rows -> headings, paragraphs, captions, equations, tables and references, in reading order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gpiot_data.papers.heads import NUMBERED_HEAD, Head, find_heads
from gpiot_data.papers.hyphens import join_lines, vocabulary
from gpiot_data.papers.layout import BODY_TOLERANCE_PT, Row, body_size
from gpiot_data.papers.lines import Span
from gpiot_data.papers.runins import is_numbered, is_strong, run_in, take_prefix
from gpiot_data.papers.tables import table_rows

BlockKind = Literal["heading", "paragraph", "caption", "equation", "table", "reference"]

_CAPTION = re.compile(r"^(fig(ure|s?\.)?|table|algorithm|listing)\s*[\dIVX]+(?:[:.|\u2014-]|\s|$)", re.IGNORECASE)
_PLAIN_CAPTION = re.compile(r"^\S+\s*[\dIVX]+\s*(?:[:.|]|$)")
_EQUATION_NUMBER = re.compile(r"\(\d{1,3}[a-z]?\)\s*$")
_BULLET = re.compile(r"^\s*(?:[\u2022\u25cf\u25aa\u25a0\u2023\u2043\u25e6\u2013*-]|\(?\d{1,2}[).]|\(?[a-z]\)|\([ivx]+\))\s*(?=\S)")
_LIST_MARK = re.compile(
    r"^\s*(?:[\u2022\u25cf\u25aa\u25a0\u2023\u2043\u25e6]|[\u2013*-]\s|\(?\d{1,2}[).]\s|\(?[a-z]\)\s|\([ivx]+\)\s|\(\d\))"
)
_REFERENCES = re.compile(r"(?:references|bibliography)\W*", re.IGNORECASE)
_ENTRY = re.compile(r"^\s*(?:\[[^\]]{1,12}\]|\d{1,3}\.)\s")
#: Stands in a paragraph where a displayed equation parts it.
EQUATION_MARK = "\ufffc"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a paper with its place on the page it starts on.

    `number` is a heading's number as printed and `level` its depth, 1 for a top section; `run_in` is the head that opens a
    paragraph and is part of `text`. `page` counts from 0, `bbox` in points.
    """

    kind: BlockKind
    text: str
    page: int
    bbox: tuple[float, float, float, float]
    number: str = ""
    run_in: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class _Paper:
    """What telling one row's kind needs of the whole paper."""

    rows: Sequence[Row]
    size: float
    fonts: frozenset[str]
    heads: dict[int, Head]
    captions: frozenset[int]
    cells: set[int]


def build_blocks(rows: Sequence[Row]) -> list[Block]:
    """Group rows into blocks, in reading order."""
    paper = _survey(rows)
    words = vocabulary(rows)
    blocks: list[Block] = []
    pending: list[Row] = []
    kind: BlockKind = "paragraph"
    head: Head | None = None
    in_references = False

    def flush() -> None:
        if pending:
            blocks.append(_block(kind, pending, words, head))
            pending.clear()

    for index, row in enumerate(rows):
        opened = paper.heads.get(index)
        if opened or (head and kind == "heading" and len(pending) < head.rows):
            if opened:
                flush()
                head, kind = opened, "heading"
            pending.append(row)
            in_references = _REFERENCES.fullmatch(row.text) is not None
            continue
        found = _reference(row, pending, kind) if in_references else _classify(paper, index, pending, kind)
        if found is None:
            continue
        new_kind, starts = found
        if starts or new_kind != kind:
            flush()
        kind, head = new_kind, None
        pending.append(row)
    flush()
    return _join_split_paragraphs(blocks)


def _survey(rows: Sequence[Row]) -> _Paper:
    size = body_size([row.line for row in rows])
    fonts = _body_fonts(rows, size)
    heads = find_heads(rows, size, fonts)
    captions = frozenset(index for index in range(len(rows)) if _opens_caption(rows, index))
    cells = table_rows(rows, sorted(captions), lambda index: index in heads or index in captions)
    return _Paper(rows, size, fonts, heads, captions, cells)


def _body_fonts(rows: Sequence[Row], size: float) -> frozenset[str]:
    """Return the fonts in which a good part of the body-size text is set."""
    counts: Counter[str] = Counter()
    for row in rows:
        for span in row.line.spans:
            if abs(span.size - size) < BODY_TOLERANCE_PT:
                counts[span.font] += len(span.text)
    total = sum(counts.values()) or 1
    return frozenset(font for font, count in counts.items() if count > 0.05 * total)


def _opens_caption(rows: Sequence[Row], index: int) -> bool:
    """Tell a caption from a sentence whose line happens to begin with 'Figure 3.': that one goes on from a line close above."""
    row = rows[index]
    if not _CAPTION.match(row.text):
        return False
    if row.line.spans[0].bold:
        return True
    last = rows[index - 1] if index else row
    goes_on = 0 < row.line.y0 - last.line.y0 < 1.45 * row.line.size and last.line.spans[-1].font == row.line.spans[0].font
    return _PLAIN_CAPTION.match(row.text) is not None and not (goes_on and abs(last.line.size - row.line.size) < 0.3 and _fills(last))


def _fills(row: Row) -> bool:
    return row.line.x1 > row.right - 12


def _classify(paper: _Paper, index: int, pending: Sequence[Row], kind: BlockKind) -> tuple[BlockKind, bool] | None:
    """Return the kind of block a row belongs to and whether it opens a new one; None for a figure's own text."""
    row = paper.rows[index]
    last = pending[-1] if pending else None
    if index in paper.captions:
        return "caption", True
    if index in paper.cells:
        return "table", False
    if kind == "caption" and last is not None and _continues_caption(last, row):
        return "caption", False
    if abs(row.line.size - paper.size) >= BODY_TOLERANCE_PT:
        return None
    if _is_equation(row) or (kind == "equation" and last is not None and _is_denominator(last, row)):
        return "equation", kind != "equation"
    if not _is_prose(row, paper.fonts):
        return None
    return "paragraph", kind != "paragraph" or _opens_paragraph(row, last)


def _continues_caption(last: Row, row: Row) -> bool:
    """Tell a caption's next line from the text below it: in the same column, close below, set alike."""
    before, after = last.line.spans[-1], row.line.spans[0]
    close = _follows(last, row) and row.line.y0 - last.line.y0 < 1.7 * last.line.size and abs(row.line.size - last.line.size) < 0.6
    alike = before.bold == after.bold or not (after.bold or _bold(last))
    return close and alike and last.full_width == row.full_width and not _indented(row)


def _bold(row: Row) -> bool:
    return all(span.bold for span in row.line.spans if span.text.strip())


def _reference(row: Row, pending: Sequence[Row], kind: BlockKind) -> tuple[BlockKind, bool]:
    """Return whether a row below 'References' opens a new entry: by its number, or by hanging out."""
    if kind != "reference" or not pending:
        return "reference", True
    return "reference", _ENTRY.match(row.text) is not None or (not _ENTRY.match(pending[0].text) and not _indented(row))


def _follows(last: Row, row: Row) -> bool:
    same_page = last.line.page == row.line.page
    return same_page and 0 <= row.line.y0 - last.line.y0 < 2.2 * max(last.line.size, 6)


def _indented(row: Row) -> bool:
    return row.line.x0 - row.left > 5


def _is_equation(row: Row) -> bool:
    """Tell a displayed equation from text: it is set off or numbered, and few of its characters make words."""
    text = row.text
    if not _indented(row) and not _EQUATION_NUMBER.search(text):
        return False
    return sum(len(word) for word in re.findall(r"[A-Za-z]{3,}", text)) < 0.4 * len(text.replace(" ", ""))


def _is_denominator(last: Row, row: Row) -> bool:
    """Tell the lower part of a displayed fraction: short, set off, right below."""
    return _follows(last, row) and row.line.x0 - row.left > 20 and len(row.text.split()) < 5


def _is_prose(row: Row, fonts: frozenset[str]) -> bool:
    """Tell a line of text from a label in a drawing: it uses a body font, or is emphasis at a body line's start."""
    in_fonts = any(span.font in fonts or span.bold or span.italic for span in row.line.spans)
    return in_fonts and re.search(r"[A-Za-z]{2}", row.text) is not None


def _opens_paragraph(row: Row, last: Row | None) -> bool:
    if last is None:
        return True
    ends = re.search(r"[.!?:][\"\u201d)\]]?$", last.text[-3:]) is not None
    if is_numbered(row.line.spans) and run_in(row.line.spans):
        return True
    headed = run_in(row.line.spans) != "" and (ends or (is_strong(row.line.spans) and not _emphasised_end(last)))
    if row.line.page != last.line.page or row.line.y0 < last.line.y0:
        # A new column or page: the paragraph goes on unless this row is indented, a bullet or headed.
        item = _BULLET.match(row.text) is not None and (ends or _LIST_MARK.match(row.text) is not None)
        return _indented(row) or item or (headed and ends)
    if _LIST_MARK.match(row.text) and (ends or _indented(row)):
        return True
    if row.line.y0 - last.line.y1 > 0.75 * row.line.size:
        return True
    return headed or (_indented(row) and not _indented(last))


def _emphasised_end(row: Row) -> bool:
    return row.line.spans[-1].bold or row.line.spans[-1].italic


def _block(kind: BlockKind, rows: Sequence[Row], words: Counter[str], head: Head | None) -> Block:
    text = join_lines([row.text for row in rows], words)
    first = rows[0].line
    here = [row.line for row in rows if row.line.page == first.page and row.left == rows[0].left]
    bbox = (min(line.x0 for line in here), min(line.y0 for line in here), max(line.x1 for line in here), max(line.y1 for line in here))
    block = Block(kind, text, first.page, bbox)
    if kind == "heading" and head:
        match = NUMBERED_HEAD.match(text) if head.number else None
        return replace(block, text=match["title"] if match else text, number=head.number, level=head.level)
    if kind != "paragraph":
        return block
    spans = list(rows[0].line.spans)
    if len(rows) > 1:
        spans += [Span(" ", "", 0.0, spans[-1].bold, spans[-1].italic), *rows[1].line.spans]
    prefix = take_prefix(text, run_in(spans))
    return replace(block, run_in=prefix if len(text) > len(prefix) + 2 else "")


def _join_split_paragraphs(blocks: Sequence[Block]) -> list[Block]:
    """Mend a paragraph that a figure, a caption or a page break cut in two.

    The second half has no run-in head and starts in lower case; the first does not end a sentence.
    """
    joined: list[Block] = []
    for block in blocks:
        at = len(joined) - 1
        while at >= 0 and joined[at].kind in ("caption", "equation", "table"):
            at -= 1
        if block.kind == "paragraph" and at >= 0 and joined[at].kind == "paragraph" and _cut(joined[at].text, block):
            before = joined[at]
            # What stood between may be needed to understand the sentence; the mark tells readers of the text that it is gone.
            gap = f" {EQUATION_MARK} " if any(between.kind == "equation" for between in joined[at + 1 :]) else " "
            whole = before.text[:-1] + block.text if before.text.endswith("-") else f"{before.text}{gap}{block.text}"
            joined[at] = replace(before, text=whole)
        else:
            joined.append(block)
    return joined


def _cut(text: str, after: Block) -> bool:
    return not after.run_in and re.match(r"[a-z(\[]", after.text) is not None and re.search(r"[.!?:;]['\")\u201d]?$", text[-3:]) is None
