"""Reading order: running heads off, rows built from lines, columns told apart, figures' own text left out."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gpiot_data.papers.lines import Line, Pages, Span

#: Running heads and page numbers stand in the outer tenth of a page.
MARGIN_SHARE = 0.1
#: A line of running text keeps this close to the body size (points); figure labels and footnotes do not.
BODY_TOLERANCE_PT = 0.75


@dataclass(frozen=True, slots=True)
class Row:
    """One visual row of a column, left to right: what a reader takes in as a line.

    `left` and `right` are the edges of its column in points; `full_width` rows cross both columns.
    """

    line: Line
    left: float
    right: float
    full_width: bool

    @property
    def text(self) -> str:
        """The row's characters, spaces folded."""
        return re.sub(r"\s+", " ", self.line.text).strip()


def body_size(lines: Sequence[Line]) -> float:
    """Return the font size in points, rounded to halves, that most characters of a paper have."""
    sizes: Counter[float] = Counter()
    for line in lines:
        for span in line.spans:
            sizes[round(span.size * 2) / 2] += len(span.text)
    return sizes.most_common(1)[0][0]


def reading_order(pages: Pages) -> list[Row]:
    """Return the rows of a paper in the order a person reads them.

    A page is two-column when most of its text lines keep to one side of the middle. What crosses the
    middle (titles, wide figures' captions) cuts the page into bands; in each band the left column
    comes before the right one.
    """
    running = _running_heads(pages)
    size = body_size(pages.lines)
    rows: list[Row] = []
    for number, (width, height) in enumerate(pages.sizes):
        lines = [line for line in pages.lines if line.page == number and not _is_marginal(line, height, running)]
        rows.extend(_page_rows(lines, width, size))
    return rows


def _marginal_key(line: Line) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", " ", line.text)).strip().lower()


def _in_margin(line: Line, height: float) -> bool:
    return line.y1 < MARGIN_SHARE * height or line.y0 > (1 - MARGIN_SHARE) * height


def _running_heads(pages: Pages) -> set[str]:
    """Return the texts (digits masked) that stand in the margin of two or more pages."""
    seen: dict[str, set[int]] = {}
    for line in pages.lines:
        if _in_margin(line, pages.sizes[line.page][1]):
            seen.setdefault(_marginal_key(line), set()).add(line.page)
    return {key for key, numbers in seen.items() if len(numbers) > 1}


def _is_marginal(line: Line, height: float, running: set[str]) -> bool:
    if not _in_margin(line, height):
        return False
    text = line.text.strip()
    return _marginal_key(line) in running or re.fullmatch(r"[-\u2013\u2014 ]*(\d+|[ivxl]+)[-\u2013\u2014 ]*", text) is not None


def _page_rows(lines: list[Line], width: float, size: float) -> list[Row]:
    middle = width / 2
    text_lines = [line for line in lines if abs(line.size - size) < BODY_TOLERANCE_PT and len(line.text.strip()) > 20]
    crossing = sum(1 for line in text_lines if line.x0 < middle - 12 and line.x1 > middle + 12)
    if not text_lines or crossing > 0.4 * len(text_lines):
        return _column_rows(lines, full_width=False)
    rows: list[Row] = []
    for band, full_width in _bands(lines, middle):
        if full_width:
            rows.extend(_column_rows(band, full_width=True))
        else:
            rows.extend(_column_rows([line for line in band if _centre(line) < middle], full_width=False))
            rows.extend(_column_rows([line for line in band if _centre(line) >= middle], full_width=False))
    return rows


def _centre(line: Line) -> float:
    return (line.x0 + line.x1) / 2


def _bands(lines: list[Line], middle: float) -> list[tuple[list[Line], bool]]:
    """Cut a page at the lines that cross its middle: (lines, crosses) from top to bottom."""
    bands: list[tuple[list[Line], bool]] = []
    for line in sorted(lines, key=lambda line: ((line.y0 + line.y1) / 2, line.x0)):
        crosses = line.x0 < middle - 12 and line.x1 > middle + 12
        if bands and bands[-1][1] == crosses:
            bands[-1][0].append(line)
        else:
            bands.append(([line], crosses))
    return bands


def _column_rows(lines: list[Line], *, full_width: bool) -> list[Row]:
    """Join the lines of one column that share a baseline, top to bottom."""
    groups: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: ((line.y0 + line.y1) / 2, line.x0)):
        if groups and _same_row(groups[-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    if not groups:
        return []
    # Many rows start at the column's edge; the median of the starts is robust against indents and figures.
    lefts = sorted(min(line.x0 for line in group) for group in groups)
    left = statistics.median_low(lefts)
    rights = sorted(max(line.x1 for line in group) for group in groups)
    right = rights[int(0.75 * (len(rights) - 1))]
    return [Row(_join(group), left, right, full_width) for group in groups]


def _same_row(group: list[Line], line: Line) -> bool:
    top, bottom = min(other.y0 for other in group), max(other.y1 for other in group)
    overlap = min(bottom, line.y1) - max(top, line.y0)
    return overlap > 0.6 * min(bottom - top, line.y1 - line.y0)


def _join(group: list[Line]) -> Line:
    ordered = sorted(group, key=lambda line: line.x0)
    spans: list[Span] = []
    end: float | None = None
    for line in ordered:
        if end is not None and line.x0 - end > 0.12 * line.size and not spans[-1].text.endswith(" "):
            spans.append(Span(" ", spans[-1].font, spans[-1].size, spans[-1].bold, spans[-1].italic))
        spans.extend(line.spans)
        end = line.x1
    return Line(
        ordered[0].page,
        ordered[0].x0,
        min(line.y0 for line in ordered),
        max(line.x1 for line in ordered),
        max(line.y1 for line in ordered),
        tuple(spans),
    )
