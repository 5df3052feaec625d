"""Which rows are cells of a table or lines of a listing: told from the caption outwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from gpiot_data.papers.layout import Row

_TABLE_CAPTION = re.compile(r"^table\s*[\dIVX]+", re.IGNORECASE)
#: A row that fills this share of its column without a wide gap is running text.
FULL_SHARE = 0.8
MAX_TABLE_ROWS = 60


def table_rows(rows: Sequence[Row], captions: Sequence[int], stops: Callable[[int], bool]) -> set[int]:
    """Return the indices of rows that are cells of a captioned table, above or below its caption.

    Args:
        rows: in reading order.
        captions: the indices of rows that open a caption.
        stops: tells of an index whether it is a heading or a caption, where every table ends.
    """
    cells: set[int] = set()
    for index in captions:
        if not _TABLE_CAPTION.match(rows[index].text):
            continue
        below = _run(rows, _caption_end(rows, index), 1, stops)
        cells.update(below if _has_columns(rows, below) else [])
        above = _run(rows, index - 1, -1, stops)
        cells.update(above if _has_columns(rows, above) else [])
    return cells


def _caption_end(rows: Sequence[Row], index: int) -> int:
    """Return the index behind the last row of a caption: what goes on below it in its size without a gap."""
    index += 1
    while index < len(rows):
        last, row = rows[index - 1], rows[index]
        close = row.line.page == last.line.page and 0 < row.line.y0 - last.line.y0 < 1.6 * last.line.size
        if not close or abs(row.line.size - last.line.size) > 0.3 or row.cells > 1 or _fills(last) is False:
            break
        index += 1
    return index


def _run(rows: Sequence[Row], index: int, step: int, stops: Callable[[int], bool]) -> list[int]:
    """Return the indices from one row on in one direction that may be cells."""
    found: list[int] = []
    while 0 <= index < len(rows) and len(found) < MAX_TABLE_ROWS:
        row = rows[index]
        if stops(index) or (found and row.line.page != rows[found[0]].line.page) or _is_running_text(row):
            break
        found.append(index)
        index += step
    return found


def _is_running_text(row: Row) -> bool:
    return row.cells == 1 and _fills(row) and len(row.text.split()) > 5


def _fills(row: Row) -> bool:
    return row.line.x1 - row.line.x0 > FULL_SHARE * (row.right - row.left)


def _has_columns(rows: Sequence[Row], found: Sequence[int]) -> bool:
    return sum(rows[index].cells > 1 for index in found) >= 2
