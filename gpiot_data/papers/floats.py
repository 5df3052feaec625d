"""Pictures, tables and running heads of a page as PyMuPDF's layout models see them (engine `layout`)."""

from __future__ import annotations

from typing import Any

from gpiot_data.errors import UsageError
from gpiot_data.papers.lines import Line

Box = tuple[float, float, float, float]

#: Classes of the models whose text is no part of what a paper says in sentences.
_LEFT_OUT = frozenset({"picture", "table", "page-header", "page-footer"})


def find_floats(page: Any) -> list[Box]:
    """Return the boxes of a PyMuPDF page, in points, whose text is left out.

    Raises:
        UsageError: if PyMuPDF has no layout models.
    """
    import pymupdf

    if getattr(pymupdf, "_get_layout", None) is None:
        raise UsageError("engine 'layout' needs PyMuPDF 2 with its layout models: pip install 'pymupdf>=2', or use engine 'text'")
    page.get_layout()
    return [(found[0], found[1], found[2], found[3]) for found in page.layout_information or () if found[4] in _LEFT_OUT]


def inside(line: Line, box: Box) -> bool:
    """Tell whether the middle of a line is in a box."""
    x, y = (line.x0 + line.x1) / 2, (line.y0 + line.y1) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
