"""Fenced code blocks of Markdown, as models write them: one pass over the lines of a text, each read once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WORD = re.compile(r"[\s{.]*([\w+-]*)")
_PYTHON = re.compile(r"(?:i?python|py)[\d.]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: `text[start:end]` is what it holds, without the line break before its closing fence.

    `opening` and `after` are where its first fence begins and where the line of its last one ends; a block that nothing closes
    holds the rest of the text. `mark` is the fence, `info` what follows it, `indent` how many blanks stand before it.
    """

    opening: int
    start: int
    end: int
    after: int
    mark: str
    info: str
    indent: int
    closed: bool

    @property
    def is_python(self) -> bool:
        """Tell whether the block is marked as Python, in whatever spelling, or not marked at all."""
        word = _WORD.match(self.info)
        return not self.info or (word is not None and _PYTHON.fullmatch(word[1]) is not None)


@dataclass(frozen=True, slots=True)
class _Fence:
    """A line that can be a fence: what stands before its mark, the mark, and what follows."""

    before: str
    mark: str
    rest: str


def blocks_of(text: str, *, words_close: bool = False) -> Iterator[Block]:
    """Yield the fenced blocks of a text in order; they do not overlap.

    A fence of three or more backticks or tildes opens a block, closed by one of the same sign that is as long or longer and
    stands no further to the right. Where prose stands before a fence in its line, it opens a block only if it is marked as Python.

    Args:
        text: with line breaks of either kind.
        words_close: whether a fence with a blank and words behind it closes a block; Markdown says no, models write it.
    """
    opened: Block | None = None
    place = 0
    for line in _lines(text):
        fence = _fence_of(line.rstrip("\r\n"))
        behind = place + len(line)
        if fence is not None and opened is None:
            opened = _open(fence, place, behind)
        elif fence is not None and opened is not None and _closes(fence, opened, words_close):
            yield _closed(opened, text, place, behind)
            opened = None
        place = behind
    if opened is not None:
        yield Block(opened.opening, opened.start, len(text), len(text), opened.mark, opened.info, opened.indent, False)


def _lines(text: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        found = text.find("\n", place)
        end = len(text) if found < 0 else found + 1
        yield text[place:end]
        place = end


def _fence_of(line: str) -> _Fence | None:
    # The last mark of a line: searching from its end reads every character a constant number of times, whatever the line.
    at = max(line.rfind("```"), line.rfind("~~~"))
    if at < 0:
        return None
    sign = line[at]
    before = line[:at].rstrip(sign)
    rest = line[at + 3 :]
    return None if "`" in rest else _Fence(before, line[len(before) : at + 3], rest)


def _open(fence: _Fence, place: int, behind: int) -> Block | None:
    indent = len(fence.before) - len(fence.before.lstrip())
    block = Block(place + len(fence.before), behind, behind, behind, fence.mark, fence.rest.strip(), indent, False)
    return block if not fence.before.strip() or (block.info and block.is_python) else None


def _closes(fence: _Fence, opened: Block, words_close: bool) -> bool:
    if fence.before.strip() or len(fence.before) > opened.indent or not fence.mark.startswith(opened.mark):
        return False
    return not fence.rest.strip() or (words_close and fence.rest[0].isspace())


def _closed(opened: Block, text: str, place: int, behind: int) -> Block:
    end = place
    for mark in ("\n", "\r"):
        if end > opened.start and text[end - 1] == mark:
            end -= 1
    return Block(opened.opening, opened.start, end, behind, opened.mark, opened.info, opened.indent, True)
