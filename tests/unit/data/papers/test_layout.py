"""The order of lines on a page: columns, wide floats between, margins."""

from __future__ import annotations

from pathlib import Path

import pymupdf
from papers_made import HEIGHT, LEFT, RIGHT, WIDTH, Column, save

from gpiot_data.papers.layout import reading_order
from gpiot_data.papers.pdf import read_pages


def _firsts(path: Path) -> list[str]:
    return [row.text.split()[0] for row in reading_order(read_pages(path))]


def _names(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]


def test_the_left_column_is_read_before_the_right_one(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=WIDTH, height=HEIGHT)
    Column(page, RIGHT).prose(_names("r", 10))
    Column(page, LEFT).prose(_names("l", 12))
    assert _firsts(save(document, tmp_path / "a.pdf")) == _names("l", 12) + _names("r", 10)


def test_what_crosses_both_columns_is_read_between_what_is_above_and_below(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=WIDTH, height=HEIGHT)
    for x, name in ((LEFT, "l"), (RIGHT, "r")):
        Column(page, x).prose(_names(f"{name}a", 9))
        Column(page, x, 260).prose(_names(f"{name}b", 9))
    Column(page, LEFT, 230).line("wide caption of a figure that reaches from the left column far into the right one and says what it shows")
    found = _firsts(save(document, tmp_path / "a.pdf"))
    assert found == [*_names("la", 9), *_names("ra", 9), "wide", *_names("lb", 9), *_names("rb", 9)]


def test_columns_beside_a_wide_margin_part_where_their_lines_begin(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=WIDTH + 120, height=HEIGHT)
    Column(page, LEFT + 120).prose(_names("l", 12))
    Column(page, RIGHT + 120).prose(_names("r", 12))
    assert _firsts(save(document, tmp_path / "a.pdf")) == _names("l", 12) + _names("r", 12)


def test_a_page_of_references_beside_text_has_two_columns(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=WIDTH, height=HEIGHT)
    Column(page, LEFT).prose(_names("a", 30))
    Column(page, RIGHT).prose(_names("b", 30))
    page = document.new_page(width=WIDTH, height=HEIGHT)
    Column(page, LEFT).prose(_names("l", 20))
    column = Column(page, RIGHT)
    for name in _names("s", 20):
        column.line(f"{name} a reference to a paper of the field and to the people who wrote it", size=7)
    assert _firsts(save(document, tmp_path / "a.pdf"))[60:] == _names("l", 20) + _names("s", 20)


def test_running_heads_page_numbers_and_line_numbers_are_left_out(tmp_path: Path) -> None:
    document = pymupdf.open()
    for number in range(3):
        page = document.new_page(width=WIDTH, height=HEIGHT)
        Column(page, LEFT, 40).line(f"Journal of Nodes, page {number + 1}")
        Column(page, 300, 770).line(str(number + 1))
        column = Column(page, 200)
        for line in range(8):
            page.insert_text((180, column.y), str(line + 8 * number), fontsize=5)
            column.line(f"p{number}l{line} the node of the field samples the sensor and it sends what is new to the sink of it")
    assert _firsts(save(document, tmp_path / "a.pdf")) == [f"p{page}l{line}" for page in range(3) for line in range(8)]


def test_a_note_in_the_margin_does_not_get_between_the_lines_of_the_text(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=WIDTH, height=HEIGHT)
    column, note = Column(page, 200), Column(page, 30)
    for line in range(12):
        column.line(f"l{line} the node of the field samples the sensor and it sends what is new to the sink of it")
        note.line("Received: May, published: June", size=7)
    assert _firsts(save(document, tmp_path / "a.pdf")) == _names("l", 12)
