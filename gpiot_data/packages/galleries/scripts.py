"""Example scripts as cells: blocks of sphinx-gallery (`# %%`, a rule of `#`), or the whole where there are none."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

from gpiot_data.packages.archive import Document
from gpiot_data.packages.galleries.cells import Cell, Page, UnreadablePageError, decode
from gpiot_data.packages.galleries.headings import read_rst_text
from gpiot_data.packages.modules import line_starts
from gpiot_data.packages.prompts import Fragment

#: What sphinx-gallery takes for the start of a text block.
_SEPARATOR = re.compile(r"#\s?%%(?P<title>.*)$|#{20,}\s*$")
_COMMENT = re.compile(r"#(?: (?P<text>.*)|(?P<bare>[^ !].*)?)$")
#: Settings for the builder of the gallery.
_CONFIG = re.compile(r"\s*#\s*sphinx_gallery_\w+(?:\s*=.*)?$|\s*# -\*-.*$|\s*#!.*$|\s*#\s*(?:noqa|flake8|pylint|type:\s*ignore).*$")


TERMS = re.compile(r"copyright|licen[cs]e|\(c\)|all rights|terms of|spdx|authors?:|contributors|initial implementation", re.IGNORECASE)


@dataclass(slots=True)
class _Block:
    start: int
    text: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    end: int = 0


def read_script(document: Document) -> Page:
    """Read an example script.

    Raises:
        UnreadablePageError: with the reason `not_text` or `not_python`.
    """
    text = decode(document.data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UnreadablePageError("not_python") from error
    lines = text.split("\n")
    docstring = ast.get_docstring(tree) or ""
    head = tree.body[0].end_lineno or 0 if docstring else 0
    title, _, intro = read_rst_text((docstring or _opening_comment(lines)).split("\n"))
    blocks = _blocks(lines, head, _inside_statements(tree))
    starts = line_starts(document.data)
    cells = []
    heading = title
    for number, block in enumerate(blocks):
        if number == 0:
            block.start, words = (tree.body[0].lineno - 1 if docstring else 0), intro
        else:
            own, _, words = read_rst_text(block.text)
            heading = own or heading
        if not any(line.strip() and not line.lstrip().startswith("#") for line in block.code):
            continue
        fragment = Fragment("\n".join(block.code).strip("\n"), shows_last=len(blocks) > 1)
        end = starts[block.end - 1] + len(_line(document.data, starts, block.end - 1))
        cells.append(Cell(heading, words, (fragment,), (starts[block.start], end)))
    return Page(document.path, document.kind, title, intro, tuple(cells))


def _opening_comment(lines: Sequence[str]) -> str:
    """Return what the first comments of a script say, without settings for tools and terms of use."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        comment = _COMMENT.match(line)
        if line.strip() and comment is None and not _CONFIG.match(line):
            break
        words = (comment["text"] or comment["bare"] or "").strip() if comment and not _CONFIG.match(line) else ""
        if words:
            paragraphs[-1].append(words)
        elif paragraphs[-1]:
            paragraphs.append([])
    told = [" ".join(words) for words in paragraphs]
    return "\n\n".join(text for text in told if not TERMS.search(text))


def _line(data: bytes, starts: Sequence[int], number: int) -> bytes:
    end = starts[number + 1] if number + 1 < len(starts) else len(data)
    return data[starts[number] : end].rstrip(b"\r\n")


def _inside_statements(tree: ast.Module) -> set[int]:
    """Return the lines, from 0, within a statement, where a rule of `#` is part of a string or a body."""
    return {line for node in tree.body for line in range(node.lineno, node.end_lineno or node.lineno)}


def _blocks(lines: Sequence[str], head: int, inside: set[int]) -> list[_Block]:
    """Cut lines from `head` on into blocks; `end` is the number of the last line of code, counted from 1."""
    blocks = [_Block(head)]
    in_text = False
    for number, line in enumerate(lines[head:], start=head):
        block = blocks[-1]
        if number not in inside and (match := _SEPARATOR.match(line)):
            if in_text and not any(part.strip() for part in block.text):
                # The second of two rules around a title.
                continue
            if in_text and not block.code and line.startswith("####"):
                block.text.append("")
                continue
            blocks.append(_Block(number, [(match["title"] or "").strip(" -")]))
            in_text = True
        elif in_text and (comment := _COMMENT.match(line)) and not _CONFIG.match(line):
            block.text.append(comment["text"] or comment["bare"] or "")
        else:
            in_text = False
            if not _CONFIG.match(line) or number in inside:
                block.code.append(line)
            if line.strip():
                block.end = number + 1
    return blocks
