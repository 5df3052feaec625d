"""Headings, run-in heads, captions, tables, equations and references of small papers told apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest
from papers_made import HEIGHT, LEFT, WIDTH, Column, save

from gpiot_data.papers.blocks import Block
from gpiot_data.papers.heads import heading_level
from gpiot_data.papers.sections import Paper, read_paper_here


def _paper(path: Path, write: Callable[[Column], None]) -> Paper:
    document = pymupdf.open()
    page = document.new_page(width=WIDTH, height=HEIGHT)
    write(Column(page, LEFT))
    return read_paper_here(save(document, path / "a.pdf"))


def _prose(column: Column, name: str) -> None:
    column.prose([f"{name}{number}" for number in range(4)])
    column.line("and that is all that is to be said of it.")


def _heads(paper: Paper) -> list[tuple[str, str, int]]:
    return [(section.number, section.title, section.level) for section in paper.sections if section.level]


def _blocks(paper: Paper, kind: str) -> list[Block]:
    return [block for section in paper.sections for block in section.blocks if block.kind == kind]


def test_numbered_heads_on_two_rows_and_references_without_a_number(tmp_path: Path) -> None:
    def write(column: Column) -> None:
        for text, rows in (
            ("1  Introduction", []),
            ("2  Sampling of the Sensor for", ["Long Deployments"]),
            ("2.1  Duty Cycle", []),
            ("References", []),
        ):
            column.skip()
            column.line(text, "tibo", 11)
            for row in rows:
                column.line(row, "tibo", 11, indent=20)
            _prose(column, "p")

    expected = [
        ("1", "Introduction", 1),
        ("2", "Sampling of the Sensor for Long Deployments", 1),
        ("2.1", "Duty Cycle", 2),
        ("", "References", 1),
    ]
    assert _heads(_paper(tmp_path, write)) == expected


def test_small_capitals_with_roman_numbers_are_heads_in_the_case_of_their_author(tmp_path: Path) -> None:
    def write(column: Column) -> None:
        for number, words in (("I. ", "Introduction"), ("II. ", "System Design")):
            column.skip()
            x = column.x + 60
            for piece, size in [(number, 10), *((letter.upper(), 10 if letter.isupper() else 8) for letter in words)]:
                column.page.insert_text((x, column.y), piece, fontname="tiro", fontsize=size)
                x += pymupdf.get_text_length(piece, fontname="tiro", fontsize=size)
            column.y += 12
            _prose(column, "p")
            if words == "System Design":
                column.line("A. Sampling", "tiit", 9)
                _prose(column, "q")

    assert _heads(_paper(tmp_path, write)) == [("I", "Introduction", 1), ("II", "System Design", 1), ("A", "Sampling", 2)]


def test_heads_without_numbers_are_known_by_their_style(tmp_path: Path) -> None:
    def write(column: Column) -> None:
        for text in ("ABSTRACT", "INTRODUCTION", "SENSING PRINCIPLE", "Capacitive Plates", "REFERENCES"):
            column.skip()
            column.line(text, "hebo", 9)
            _prose(column, "p")

    expected = [
        ("", "ABSTRACT", 1),
        ("", "INTRODUCTION", 1),
        ("", "SENSING PRINCIPLE", 1),
        ("", "Capacitive Plates", 2),
        ("", "REFERENCES", 1),
    ]
    assert _heads(_paper(tmp_path, write)) == expected


def test_a_number_in_a_drawing_is_no_head(tmp_path: Path) -> None:
    def write(column: Column) -> None:
        column.line("1  Introduction", "tibo", 11)
        _prose(column, "p")
        column.line("28 GHz Radio", "tibo", 11)
        _prose(column, "q")

    assert [number for number, _, _ in _heads(_paper(tmp_path, write))] == ["1"]


@pytest.mark.parametrize(
    ("runs", "head"),
    [
        ([("Cluster formation.", "tibo"), (" Nodes that meet each other form a cluster of nodes", "tiro")], "Cluster formation."),
        ([("(2)", "tiro"), ("Gesture Systems:", "tibo"), (" They tell what a hand does in front", "tiro")], "(2) Gesture Systems:"),
        ([("3.2.1 Clutter removal", "tiit"), (" The map of the radar has many points", "tiro")], "3.2.1 Clutter removal"),
        ([("Servers", "tibo"), (" that are in reach of the nodes of the field answer", "tiro")], ""),
        ([("The nodes", "tiro"), (" never sleep.", "tibo"), (" They wait for the sink", "tiro")], ""),
    ],
)
def test_emphasised_words_that_end_in_a_mark_open_a_paragraph(tmp_path: Path, runs, head: str) -> None:
    def write(column: Column) -> None:
        column.line("1  Introduction", "tibo", 11)
        _prose(column, "p")
        column.skip()
        column.runs(*runs)
        _prose(column, "q")

    paragraphs = _blocks(_paper(tmp_path, write), "paragraph")
    assert [block.run_in.replace(")G", ") G") for block in paragraphs if block.run_in] == ([head] if head else [])


def test_captions_tables_equations_and_references_are_told_from_the_text(tmp_path: Path) -> None:
    def write(column: Column) -> None:
        column.line("1  Introduction", "tibo", 11)
        _prose(column, "p")
        column.skip()
        column.line("Table 1: What a node costs.", "tibo", 9)
        for row in range(3):
            for cell in range(3):
                column.page.insert_text((column.x + 70 * cell, column.y), f"cell{row}{cell}", fontname="tiro", fontsize=9)
            column.y += 12
        column.skip()
        _prose(column, "q")
        column.skip()
        column.line("y = a x + b (1)", "tiro", 9, indent=60)
        column.skip()
        _prose(column, "r")
        column.skip()
        column.line("Fig. 1. The node in the field.", "tiro", 8)
        column.skip()
        column.line("References", "tibo", 11)
        column.line("[1] A. Author. On nodes. 2020.", size=7)
        column.line("[2] B. Author. On sinks, and on what", size=7)
        column.line("they take in. 2021.", size=7, indent=10)

    paper = _paper(tmp_path, write)
    assert [block.text for block in _blocks(paper, "caption")] == ["Table 1: What a node costs.", "Fig. 1. The node in the field."]
    assert [block.text for block in _blocks(paper, "table")] == ["cell00 cell01 cell02 cell10 cell11 cell12 cell20 cell21 cell22"]
    assert [block.text for block in _blocks(paper, "equation")] == ["y = a x + b (1)"]
    assert [block.text[:14] for block in _blocks(paper, "reference")] == ["[1] A. Author.", "[2] B. Author."]
    assert not any("cell" in block.text or "Author" in block.text for block in _blocks(paper, "paragraph"))


@pytest.mark.parametrize(("number", "level"), [("3", 1), ("3.1", 2), ("3.1.2", 3), ("IV", 1), ("IV.A", 2), ("B", 2), ("", 1), ("I", 1)])
def test_heading_levels(number: str, level: int) -> None:
    assert heading_level(number) == level


def test_letters_number_the_appendices_of_papers_with_arabic_numbers() -> None:
    assert [heading_level(number, appendix=True) for number in ("A", "A.1")] == [1, 2]
