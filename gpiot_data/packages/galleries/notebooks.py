"""Notebooks as cells: what Markdown says, and the code cells below it; read as data, nothing of it runs.

Format: nbformat 4 (and the worksheets of 3), https://nbformat.readthedocs.io/en/latest/format_description.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from json.decoder import JSONDecoder
from typing import Any

from gpiot_data.packages.archive import Document
from gpiot_data.packages.galleries.cells import Cell, Page, UnreadablePageError, first_heading, markdown_heading, plain_markdown
from gpiot_data.packages.prompts import Fragment
from gpiot_data.verify.compare import is_comparable

#: What shows an output better than its plain text does: the text is no value to compare with.
_RICH = ("image/", "text/html", "application/", "text/latex")
MAX_OUTPUT_CHARS = 2000


def read_notebook(document: Document) -> Page:
    """Read a notebook.

    Raises:
        UnreadablePageError: with the reason `not_text`, `not_a_notebook` or `not_python`.
    """
    try:
        text = document.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadablePageError("not_text") from error
    try:
        language, placed = _cells(text)
    except (ValueError, RecursionError, TypeError, AttributeError, KeyError) as error:
        raise UnreadablePageError("not_a_notebook") from error
    if not language.startswith("python"):
        raise UnreadablePageError("not_python")
    offsets = _byte_offsets(text, document.data, [position for _, span in placed for position in span])
    gatherer = _Gatherer()
    for cell, (start, stop) in placed:
        source = _joined(cell.get("source", cell.get("input", "")))
        kind = cell.get("cell_type")
        if kind == "code" and source.strip():
            gatherer.show(Fragment(source, shows_last=True, output=_output(cell)), offsets[start], offsets[stop])
        elif kind in ("markdown", "heading"):
            gatherer.say(source if kind == "markdown" else f"# {source}", offsets[start])
    gatherer.close()
    return Page(document.path, document.kind, gatherer.title, gatherer.intro, tuple(gatherer.cells))


@dataclass(slots=True)
class _Gatherer:
    """Joins neighbouring cells: what Markdown says, and all code until Markdown speaks again."""

    title: str = ""
    intro: str = ""
    heading: str = ""
    words: list[str] = field(default_factory=list)
    code: list[Fragment] = field(default_factory=list)
    span: tuple[int, int] = (0, 0)
    cells: list[Cell] = field(default_factory=list)

    def say(self, source: str, start: int) -> None:
        """Take a Markdown cell that starts at a byte."""
        self.close()
        if not self.words:
            self.span = (start, start)
        own, rest = markdown_heading(source.split("\n"))
        self.heading = plain_markdown(own) or self.heading
        if not self.title:
            self.title, self.intro = first_heading(source) or self.heading, plain_markdown("\n".join(rest))
        self.words = rest if own else [*self.words, "", *rest]

    def show(self, fragment: Fragment, start: int, stop: int) -> None:
        """Take a code cell with its place in bytes."""
        begin = self.span[0] if self.words or self.code else start
        self.code.append(fragment)
        self.span = (begin, stop)

    def close(self) -> None:
        """End a run of code."""
        if self.code:
            self.cells.append(Cell(self.heading, plain_markdown("\n".join(self.words)), tuple(self.code), self.span))
            self.code, self.words = [], []


def _cells(text: str) -> tuple[str, list[tuple[dict[str, Any], tuple[int, int]]]]:
    """Return the language and the cells, each with its place in characters of the text."""
    whole = json.loads(text)
    metadata = whole.get("metadata", {})
    language = metadata.get("language_info", {}).get("name") or metadata.get("kernelspec", {}).get("language") or "python"
    placed = [item for key in _find_lists(text) for item in _items(text, key)]
    return str(language).lower(), placed


def _find_lists(text: str) -> list[int]:
    """Return where the values of top-level `cells`, or those of the worksheets, begin."""
    found = []
    for key, value in _members(text, _skip(text, 0)):
        if key == "cells":
            found.append(value)
        elif key == "worksheets":
            found += [inner for _, (start, _) in _items(text, value) for name, inner in _members(text, start) if name == "cells"]
    return found


def _members(text: str, position: int) -> Iterator[tuple[str, int]]:
    """Yield the keys of the object at a position, each with the place of its value."""
    decoder = JSONDecoder()
    position = _skip(text, position + 1)
    while text[position] == '"':
        key, position = decoder.raw_decode(text, position)
        value = _skip(text, _skip(text, position) + 1)
        yield key, value
        position = _skip(text, decoder.raw_decode(text, value)[1])
        if text[position] == ",":
            position = _skip(text, position + 1)


def _items(text: str, position: int) -> Iterator[tuple[dict[str, Any], tuple[int, int]]]:
    """Yield the objects of the list at a position, each with its place."""
    decoder = JSONDecoder()
    position = _skip(text, position + 1)
    while text[position] != "]":
        item, end = decoder.raw_decode(text, position)
        if isinstance(item, dict):
            yield item, (position, end)
        position = _skip(text, end)
        if text[position] == ",":
            position = _skip(text, position + 1)


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _byte_offsets(text: str, data: bytes, positions: Sequence[int]) -> dict[int, int]:
    """Return the byte offset of each character position."""
    offsets: dict[int, int] = {}
    total = len(data) - len(text.encode("utf-8"))
    before = 0
    for position in sorted(set(positions)):
        total += len(text[before:position].encode("utf-8"))
        offsets[position], before = total, position
    return offsets


def _joined(source: Any) -> str:
    text = source if isinstance(source, str) else "".join(part for part in source if isinstance(part, str))
    return re.sub(r"\r\n|\r", "\n", text)


def _output(cell: dict[str, Any]) -> str:
    """Return the value of the last expression, where it is plain text and nothing shows it better."""
    for output in cell.get("outputs") or []:
        if not isinstance(output, dict) or output.get("output_type") not in ("execute_result", "pyout"):
            continue
        data = output.get("data", output)
        if any(str(key).startswith(_RICH) for key in data):
            return ""
        value = _joined(data.get("text/plain", data.get("text", "")))
        return value if len(value) <= MAX_OUTPUT_CHARS and is_comparable(value) else ""
    return ""
