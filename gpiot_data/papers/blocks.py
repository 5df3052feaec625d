"""Rows -> headings, paragraphs, captions and equations; hyphens at line ends joined by the paper's own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gpiot_data.papers.layout import BODY_TOLERANCE_PT, Row, body_size
from gpiot_data.papers.lines import Span

BlockKind = Literal["heading", "paragraph", "caption", "equation"]

_NUMBER = r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}(?:\.[A-Z0-9])?\.?|[A-Z]\.(?:\d\.?)?)"
_NUMBERED_HEAD = re.compile(rf"^(?P<number>{_NUMBER})\s+(?P<title>[A-Z\u201c\"'(].*|[a-z][A-Z].*)$")
_KNOWN_HEADS = re.compile(
    r"^(abstract|introduction|references|acknowledge?ments?|conclusions?|related work|background|evaluation|"
    r"ccs concepts|keywords|appendix|bibliography|discussion)\W*$",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"^(fig(ure|\.)?|table|algorithm|listing)\s*[\dIVX]+\s*[:.|\u2014-]?", re.IGNORECASE)
_EQUATION_NUMBER = re.compile(r"\(\d{1,3}[a-z]?\)\s*$")
_BULLET = re.compile(r"^\s*(?:[\u2022\u25cf\u25aa\u2023\u2043\u25e6\u2013*-]|\(?\d{1,2}[).]|\(?[a-z]\)|\([ivx]+\))\s+")
_RUN_IN_END = re.compile(r"[.:?]\s*$")
MAX_HEAD_CHARS = 110
#: Stands in a paragraph where a displayed equation parts it.
EQUATION_MARK = "\ufffc"
MAX_RUN_IN_WORDS = 12


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a paper with its place on the page it starts on.

    `number` is a heading's number as printed; `run_in` is the head that opens a paragraph, without its
    final mark, and is part of `text`. `page` counts from 0, `bbox` in points.
    """

    kind: BlockKind
    text: str
    page: int
    bbox: tuple[float, float, float, float]
    number: str = ""
    run_in: str = ""


def build_blocks(rows: Sequence[Row]) -> list[Block]:
    """Group rows into blocks, in reading order."""
    size = body_size([row.line for row in rows])
    fonts = _body_fonts(rows, size)
    words = _vocabulary(rows)
    blocks: list[Block] = []
    pending: list[Row] = []
    kind: BlockKind = "paragraph"

    def flush() -> None:
        if pending:
            blocks.append(_block(kind, pending, words))
            pending.clear()

    for row in rows:
        found = _classify(row, pending, kind, size, fonts)
        if found is None:
            continue
        new_kind, starts = found
        if starts or new_kind != kind:
            flush()
        kind = new_kind
        pending.append(row)
    flush()
    return _join_split_paragraphs(blocks)


def _body_fonts(rows: Sequence[Row], size: float) -> set[str]:
    """Return the fonts in which a good part of the body-size text is set."""
    counts: Counter[str] = Counter()
    for row in rows:
        for span in row.line.spans:
            if abs(span.size - size) < BODY_TOLERANCE_PT:
                counts[span.font] += len(span.text)
    total = sum(counts.values()) or 1
    return {font for font, count in counts.items() if count > 0.05 * total}


def _is_head(row: Row, size: float, fonts: set[str]) -> bool:
    text = row.text
    if not 3 < len(text) <= MAX_HEAD_CHARS or row.line.size < size - BODY_TOLERANCE_PT:
        return False
    visible = [span for span in row.line.spans if span.text.strip()]
    letters = [span for span in visible if re.search(r"[A-Za-z]{2}", span.text)]
    if not letters:
        return False
    emphasised = all(span.bold or span.italic for span in letters) or row.line.size > size + BODY_TOLERANCE_PT
    small_caps = text.upper() == text and sum(char.isalpha() for char in text) > 4
    other_font = all(span.font not in fonts for span in letters)
    if not (emphasised or small_caps or other_font):
        return False
    numbered = _NUMBERED_HEAD.match(text)
    if numbered is None:
        return _KNOWN_HEADS.match(text) is not None
    title = numbered["title"]
    return not title.endswith((",", ";")) and sum(char.isalpha() or char == " " for char in title) > 0.7 * len(title)


def _classify(row: Row, pending: Sequence[Row], kind: BlockKind, size: float, fonts: set[str]) -> tuple[BlockKind, bool] | None:
    """Return the kind of block a row belongs to and whether it opens a new one; None for a figure's own text."""
    text = row.text
    last = pending[-1] if pending else None
    near = last is not None and _follows(last, row)
    if _is_head(row, size, fonts):
        return "heading", True
    if kind == "heading" and near and last is not None and _continues_head(last, row):
        return "heading", False
    if _CAPTION.match(text) and (row.line.spans[0].bold or re.match(r"^\S+\s*[\dIVX]+\s*[:.|]", text)):
        return "caption", True
    if kind == "caption" and near and last is not None and abs(row.line.size - last.line.size) < 0.6 and not _indented(row):
        return "caption", False
    if abs(row.line.size - size) >= BODY_TOLERANCE_PT:
        return None
    if _is_equation(row):
        return "equation", kind != "equation"
    if not _is_prose(row, fonts):
        return None
    starts = kind != "paragraph" or _opens_paragraph(row, last)
    return "paragraph", starts


def _follows(last: Row, row: Row) -> bool:
    same_page = last.line.page == row.line.page
    return same_page and 0 <= row.line.y0 - last.line.y0 < 2.2 * max(last.line.size, 6)


def _continues_head(last: Row, row: Row) -> bool:
    first, second = last.line.spans[-1], row.line.spans[0]
    same_font = first.font == second.font and abs(first.size - second.size) < 0.3
    return same_font and len(last.text) > 18 and len(row.text) < MAX_HEAD_CHARS and _NUMBERED_HEAD.match(row.text) is None


def _indented(row: Row) -> bool:
    return row.line.x0 - row.left > 5


def _is_equation(row: Row) -> bool:
    """Tell a displayed equation from text: it is set off or numbered, and few of its characters make words."""
    text = row.text
    if not _indented(row) and not _EQUATION_NUMBER.search(text):
        return False
    return sum(len(word) for word in re.findall(r"[A-Za-z]{3,}", text)) < 0.4 * len(text.replace(" ", ""))


def _is_prose(row: Row, fonts: set[str]) -> bool:
    """Tell a line of text from a label in a drawing: it uses a body font, or is emphasis at a body line's start."""
    return (
        any(span.font in fonts or span.bold or span.italic for span in row.line.spans) and re.search(r"[A-Za-z]{2}", row.text) is not None
    )


def _opens_paragraph(row: Row, last: Row | None) -> bool:
    if last is None:
        return True
    if row.line.page != last.line.page or row.line.y0 < last.line.y0:
        # A new column or page: the paragraph goes on unless this row is indented or a bullet.
        return _indented(row) or _BULLET.match(row.text) is not None
    if _BULLET.match(row.text):
        return True
    if row.line.y0 - last.line.y1 > 0.75 * row.line.size:
        return True
    if _run_in(row.line.spans) and not (last.line.spans[-1].bold or last.line.spans[-1].italic):
        return True
    return _indented(row) and not _indented(last)


def _run_in(spans: Sequence[Span]) -> str:
    """Return the emphasised words that open a line and end in a full stop or colon, before plain text; else ''."""
    head = ""
    for span in spans:
        if not (span.bold or span.italic):
            break
        head += span.text
    rest = "".join(span.text for span in spans)[len(head) :]
    head = re.sub(r"\s+", " ", head).strip()
    if not head or len(head.split()) > MAX_RUN_IN_WORDS or not re.match(r"^[A-Z(\d\u2022]", head):
        return ""
    if _RUN_IN_END.search(head) or re.match(r"\d+\.\d+\.\d+ ", head):
        return head
    return head + rest.strip()[0] if re.match(r"\s*[.:]\s", rest) else ""


def _vocabulary(rows: Sequence[Row]) -> Counter[str]:
    """Count the words of a paper, leaving out the halves of words that a line end cut."""
    words: Counter[str] = Counter()
    for row in rows:
        text = re.sub(r"\S+-$", "", row.text.lower())
        words.update(re.findall(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", text))
    return words


def join_lines(texts: Sequence[str], words: Counter[str]) -> str:
    """Join the lines of a paragraph.

    A hyphen at a line's end is dropped unless the paper itself writes the word with a hyphen elsewhere:
    joining blindly would make 'precollected' of 'pre-collected'.
    """
    result = ""
    for text in texts:
        match = re.search(r"([A-Za-z]+)-$", result)
        if match is None:
            result = f"{result} {text}" if result else text
            continue
        rest = re.match(r"[A-Za-z]+", text)
        if rest is None or not rest[0][0].islower():
            result += text
            continue
        joined, kept = (match[1] + rest[0]).lower(), f"{match[1]}-{rest[0]}".lower()
        compound = words[kept] > words[joined] or (not words[joined] and words[match[1].lower()] > 1 and words[rest[0].lower()] > 1)
        result = result + text if compound else result[:-1] + text
    return re.sub(r"\s+", " ", result).strip()


def _block(kind: BlockKind, rows: Sequence[Row], words: Counter[str]) -> Block:
    text = join_lines([row.text for row in rows], words)
    first = rows[0].line
    here = [row.line for row in rows if row.line.page == first.page and row.left == rows[0].left]
    bbox = (min(line.x0 for line in here), min(line.y0 for line in here), max(line.x1 for line in here), max(line.y1 for line in here))
    number = ""
    if kind == "heading" and (match := _NUMBERED_HEAD.match(text)):
        number, text = match["number"].rstrip("."), match["title"]
    run_in = ""
    if kind == "paragraph":
        spans = [
            span for row in rows[:2] for span in (*row.line.spans, Span(" ", "", 0.0, row.line.spans[-1].bold, row.line.spans[-1].italic))
        ]
        run_in = re.sub(r"(\w)- (\w)", r"\1\2", _run_in(spans))
        run_in = run_in if text.startswith(run_in) else ""
    return Block(kind, text, first.page, bbox, number, run_in)


def _join_split_paragraphs(blocks: Sequence[Block]) -> list[Block]:
    """Mend a paragraph that a figure, a caption or a page break cut in two.

    The second half has no run-in head and starts in lower case; the first does not end a sentence.
    """
    joined: list[Block] = []
    for block in blocks:
        at = len(joined) - 1
        while at >= 0 and joined[at].kind in ("caption", "equation"):
            at -= 1
        if block.kind == "paragraph" and at >= 0 and joined[at].kind == "paragraph" and _cut(joined[at].text, block):
            head = joined[at]
            # What stood between may be needed to understand the sentence; the mark tells readers of the text that it is gone.
            gap = f" {EQUATION_MARK} " if any(between.kind == "equation" for between in joined[at + 1 :]) else " "
            text = f"{head.text}{gap}{block.text}"
            if head.text.endswith("-"):
                text = head.text[:-1] + block.text
            joined[at] = Block("paragraph", text, head.page, head.bbox, head.number, head.run_in)
        else:
            joined.append(block)
    return joined


def _cut(text: str, after: Block) -> bool:
    return not after.run_in and re.match(r"[a-z(\[]", after.text) is not None and re.search(r"[.!?:;]['\")\u201d]?$", text) is None
