"""Reading order: running heads and margins off, rows built from lines, columns told apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gpiot_data.papers.lines import Line, Pages, Span, make_line

#: Running heads and page numbers stand in the outer tenth of a page.
MARGIN_SHARE = 0.1
#: A line of running text keeps this close to the body size (points); figure labels and footnotes do not.
BODY_TOLERANCE_PT = 0.75
#: A line this long is running text, not a label.
MIN_TEXT_CHARS = 20
#: A page has two columns if at least this share of its lines of text is on either side of a gutter, and at most that share crosses it.
MIN_COLUMN_SHARE = 0.12
MAX_CROSSING_SHARE = 0.4
#: Fewer lines that begin at one place make no column.
MIN_COLUMN_LINES = 8
#: Lines may reach this far over the gutter without crossing it.
GUTTER_TOLERANCE_PT = 12.0
#: Notes beside the text have lines of at most this share of the length of its own.
NOTE_SHARE = 0.6
#: Lines are numbered in digits of at most this share of the size of the text.
LINE_NUMBER_SHARE = 0.7
#: Between cells of a table or parts of a drawing there is more than this many font sizes of space.
MIN_CELL_GAP = 1.2


@dataclass(frozen=True, slots=True)
class Row:
    """One visual row of a column, left to right: what a reader takes in as a line.

    `left` and `right` are the edges of its column in points; `full_width` rows cross both columns; `text` has its spaces folded;
    `cells` counts the pieces that wide gaps part.
    """

    line: Line
    left: float
    right: float
    full_width: bool
    text: str
    cells: int = 1


def body_size(lines: Sequence[Line]) -> float:
    """Return the font size in points, rounded to halves, that most characters of a paper have."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0]


def reading_order(pages: Pages) -> list[Row]:
    """Return the rows of a paper in the order a person reads them.

    What crosses the gutter of a page with two columns (titles, wide figures' captions) cuts it into bands; in each band the left
    column comes before the right one. Notes and line numbers in the margins of the text are left out.
    """
    running = running_heads(pages)
    size = body_size(pages.lines)
    by_page: dict[int, list[Line]] = {}
    for line in pages.lines:
        if not is_marginal(line, pages.sizes[line.page][1], running):
            by_page.setdefault(line.page, []).append(line)
    rows: list[Row] = []
    for number, lines in sorted(by_page.items()):
        rows.extend(_page_rows(lines, pages.sizes[number][0], size))
    return rows


def _marginal_key(line: Line) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", " ", line.text)).strip().lower()


def _in_margin(line: Line, height: float) -> bool:
    return line.y1 < MARGIN_SHARE * height or line.y0 > (1 - MARGIN_SHARE) * height


def running_heads(pages: Pages) -> set[str]:
    """Return the texts (lower case, digits masked) that stand in the margin of two or more pages."""
    seen: dict[str, set[int]] = {}
    for line in pages.lines:
        if _in_margin(line, pages.sizes[line.page][1]):
            seen.setdefault(_marginal_key(line), set()).add(line.page)
    return {key for key, numbers in seen.items() if len(numbers) > 1}


def is_marginal(line: Line, height: float, running: set[str]) -> bool:
    """Tell a running head or page number."""
    if not _in_margin(line, height):
        return False
    text = line.text.strip()
    return _marginal_key(line) in running or re.fullmatch(r"[-\u2013\u2014 ]*(\d+|[ivxl]+)[-\u2013\u2014 ]*", text) is not None


def _page_rows(lines: list[Line], width: float, size: float) -> list[Row]:
    lines = _without_side_notes(lines, size)
    gutter = _gutter(lines, width, size)
    if gutter is None:
        return _column_rows(lines, full_width=False)
    rows: list[Row] = []
    for band, full_width in _bands(lines, gutter):
        if full_width:
            rows.extend(_column_rows(band, full_width=True))
        else:
            rows.extend(_column_rows([line for line in band if _centre(line) < gutter], full_width=False))
            rows.extend(_column_rows([line for line in band if _centre(line) >= gutter], full_width=False))
    return rows


def _gutter(lines: list[Line], width: float, size: float) -> float | None:
    """Return where two columns part, in points from the left; None for a page with one column.

    Most papers have it in the middle; magazines may shift their columns.
    """
    long = [line for line in lines if line.size < size + BODY_TOLERANCE_PT and len(line.text.strip()) > MIN_TEXT_CHARS]
    body = [line for line in long if line.size > size - BODY_TOLERANCE_PT]
    # References and captions are smaller than the text, and one column or the whole page may hold nothing else.
    return _parting(body, width) or _parting(long, width)


def _parting(lines: list[Line], width: float) -> float | None:
    """Return the middle, or else where many lines begin, if few of these lines cross it."""
    starts = Counter(round(line.x0) for line in lines)
    others = [start - 6.0 for start, count in starts.most_common(4) if count >= MIN_COLUMN_LINES and 0.25 * width < start < 0.75 * width]
    for place in (width / 2, *others):
        left = sum(line.x1 <= place + GUTTER_TOLERANCE_PT for line in lines)
        right = sum(line.x0 >= place - GUTTER_TOLERANCE_PT for line in lines)
        if min(left, right) >= MIN_COLUMN_SHARE * len(lines) > 0 and len(lines) - left - right <= MAX_CROSSING_SHARE * len(lines):
            return place
    return None


def _without_side_notes(lines: list[Line], size: float) -> list[Line]:
    """Leave out what stands wholly left or right of the text, and the small numbers of lines.

    A number that hangs out of the text, as those of sections do in some papers, has the size of the text or more.
    """
    lines = [line for line in lines if line.size > LINE_NUMBER_SHARE * size or not line.text.strip().isdigit()]
    text = [line for line in lines if abs(line.size - size) < BODY_TOLERANCE_PT and len(line.text.strip()) > MIN_TEXT_CHARS]
    if len(text) < 3:
        return lines
    edge = sorted(line.x0 for line in text)[len(text) // 10]
    end = max(line.x1 for line in text)
    beyond = [line for line in lines if line.x0 > end + 6 and abs(line.size - size) >= BODY_TOLERANCE_PT]
    widest = max((line.x1 - line.x0 for line in beyond), default=0.0)
    # A column of references alone is about as wide as the text.
    if widest < NOTE_SHARE * max(line.x1 - line.x0 for line in text):
        lines = [line for line in lines if line not in beyond]
    return [line for line in lines if line.x1 > edge - 2 or (edge - line.x1 < 2 * line.size and line.size > size - BODY_TOLERANCE_PT)]


def _centre(line: Line) -> float:
    return (line.x0 + line.x1) / 2


def _bands(lines: list[Line], gutter: float) -> list[tuple[list[Line], bool]]:
    """Cut a page at the lines that cross its gutter: (lines, crosses) from top to bottom."""
    bands: list[tuple[list[Line], bool]] = []
    for line in sorted(lines, key=lambda line: ((line.y0 + line.y1) / 2, line.x0)):
        crosses = line.x0 < gutter - GUTTER_TOLERANCE_PT and line.x1 > gutter + GUTTER_TOLERANCE_PT
        if bands and bands[-1][1] == crosses:
            bands[-1][0].append(line)
        else:
            bands.append(([line], crosses))
    return bands


def _column_rows(lines: list[Line], *, full_width: bool) -> list[Row]:
    """Join the lines of one column that share a baseline, top to bottom."""
    groups: list[list[Line]] = []
    top = bottom = 0.0
    for line in sorted(lines, key=lambda line: ((line.y0 + line.y1) / 2, line.x0)):
        if groups and min(bottom, line.y1) - max(top, line.y0) > 0.6 * min(bottom - top, line.y1 - line.y0):
            groups[-1].append(line)
            top, bottom = min(top, line.y0), max(bottom, line.y1)
        else:
            groups.append([line])
            top, bottom = line.y0, line.y1
    if not groups:
        return []
    left, right = _edges(groups)
    return [_row(group, left, right, full_width=full_width) for group in groups]


def _edges(groups: list[list[Line]]) -> tuple[float, float]:
    """Return the left and right edge of a column: long rows tell them; the median of the starts is robust against indents and figures."""
    long = [group for group in groups if sum(len(line.text) for line in group) > 2 * MIN_TEXT_CHARS] or groups
    lefts = sorted(min(line.x0 for line in group) for group in long)
    rights = sorted(max(line.x1 for line in group) for group in long)
    return lefts[(len(lefts) - 1) // 2], rights[int(0.75 * (len(rights) - 1))]


def _row(group: list[Line], left: float, right: float, *, full_width: bool) -> Row:
    if len(group) == 1:
        line = group[0]
        return Row(line, left, right, full_width, re.sub(r"\s+", " ", line.text).strip())
    ordered = sorted(group, key=lambda line: line.x0)
    spans: list[Span] = []
    end: float | None = None
    cells = 1
    for line in ordered:
        if end is not None and line.x0 - end > 0.12 * line.size and not spans[-1].text.endswith(" "):
            spans.append(Span(" ", spans[-1].font, spans[-1].size, spans[-1].bold, spans[-1].italic))
        cells += end is not None and line.x0 - end > MIN_CELL_GAP * line.size
        spans.extend(line.spans)
        end = max(end or line.x1, line.x1)
    bbox = (ordered[0].x0, min(line.y0 for line in ordered), max(line.x1 for line in ordered), max(line.y1 for line in ordered))
    joined = make_line(ordered[0].page, bbox, spans)
    return Row(joined, left, right, full_width, re.sub(r"\s+", " ", joined.text).strip(), cells)
