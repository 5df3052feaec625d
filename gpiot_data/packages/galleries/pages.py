"""Documentation pages as cells: reStructuredText and Markdown, with code blocks, plot directives and sessions at a prompt."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from gpiot_data.packages.archive import Document
from gpiot_data.packages.galleries.cells import Cell, Page, decode, join_short, plain_markdown
from gpiot_data.packages.galleries.headings import heading_at
from gpiot_data.packages.markdown import to_markdown
from gpiot_data.packages.modules import line_starts
from gpiot_data.packages.prompts import Fragment, is_python, read_session

#: Code below this is joined with what follows under the same heading; the length that programs are cut to.
MAX_JOINED_CHARS = 1400

_LANGUAGES = frozenset({"python", "python3", "py", "py3", "pycon", "ipython", "ipython3", "default", "{python}", ""})
_DIRECTIVE = re.compile(r"^(?P<indent>\s*)\.\. (?P<name>[\w-]+)::[ \t]*(?P<argument>.*)$")
_CODE_DIRECTIVES = frozenset({"code-block", "code", "sourcecode", "ipython", "plot", "jupyter-execute", "testcode", "testsetup", "doctest"})
#: In Markdown for Sphinx: cells that run, and directives.
_MYST = re.compile(r"\{(?:code-cell|code-block|code|ipython|jupyter-execute|plot|testcode|doctest)\}\s*(?P<language>\w*)")
_FENCE = re.compile(r"^(?P<indent>\s{0,8})(?P<mark>`{3,}|~{3,})\s*(?P<info>.*)$")
_OPTION = re.compile(r"\s*:[\w-]+:(?:\s.*)?$|\s*@(?:savefig|suppress|okwarning|okexcept|verbatim|doctest)\b.*$")


@dataclass(slots=True)
class _Reader:
    """Cells as they grow: lines of narrative since the last code, and the heading they stand under."""

    markdown: bool
    starts: Sequence[int]
    title: str = ""
    heading: str = ""
    intro: list[str] | None = None
    words: list[str] = field(default_factory=list)
    begin: int | None = None
    cells: list[Cell] = field(default_factory=list)

    def say(self, line: str, number: int) -> None:
        """Take a line of narrative."""
        if line.strip() and self.begin is None:
            self.begin = number
        self.words.append(line)

    def narrative(self) -> str:
        """Return what was said since the last code."""
        return plain_markdown("\n".join(self.words)) if self.markdown else to_markdown(self.words)

    def head(self, title: str, number: int) -> None:
        """Take a heading."""
        if self.intro is None and self.title:
            self.intro = list(self.words)
        self.title = self.title or title
        self.heading, self.words, self.begin = title, [], number

    def show(self, fragment: Fragment | None, first: int, last: int) -> None:
        """Take a run of code on lines `first` to `last`, counted from 0."""
        if fragment is not None and fragment.code.strip():
            begin = first if self.begin is None else self.begin
            end = self.starts[last + 1] if last + 1 < len(self.starts) else self.starts[-1]
            self.cells.append(Cell(self.heading, self.narrative(), (fragment,), (self.starts[begin], end)))
            if self.intro is None:
                self.intro = list(self.words)
            self.words, self.begin = [], None


def read_page(document: Document) -> Page:
    """Read a page of reStructuredText or Markdown.

    Raises:
        UnreadablePageError: with the reason `not_text`.
    """
    lines = decode(document.data).split("\n")
    starts = line_starts(document.data)
    reader = _Reader(document.kind == "md", [*starts, len(document.data)])
    position = 0
    while position < len(lines):
        step = _markdown_step if reader.markdown else _rst_step
        position = step(reader, lines, position)
    intro = reader.intro or []
    text = plain_markdown("\n".join(intro)) if reader.markdown else to_markdown(intro)
    return Page(document.path, document.kind, reader.title, text, join_short(reader.cells, MAX_JOINED_CHARS))


def _rst_step(reader: _Reader, lines: Sequence[str], position: int) -> int:
    line = lines[position]
    if found := heading_at(lines, position):
        reader.head(found[0], position)
        return position + found[1]
    if line.lstrip().startswith((">>> ", "In [")):
        end = _session_end(lines, position)
        reader.show(read_session(lines[position:end]), position, end - 1)
        return end
    directive = _DIRECTIVE.match(line)
    if directive and directive["name"] in _CODE_DIRECTIVES:
        end = _block_end(lines, position)
        wanted = directive["argument"].strip() in _LANGUAGES or directive["name"] in (
            "plot",
            "testcode",
            "testsetup",
            "doctest",
            "jupyter-execute",
        )
        if wanted and not (directive["name"] == "plot" and directive["argument"].strip().endswith(".py")):
            reader.show(_read_block(lines[position + 1 : end]), position, end - 1)
        return end
    if line.rstrip().endswith("::") and directive is None and not line.lstrip().startswith(".. "):
        end = _block_end(lines, position)
        block = lines[position + 1 : end]
        if any(part.strip() for part in block):
            reader.say(line.rstrip()[:-1], position)
            reader.show(_read_block(block, sure=False), position + 1, end - 1)
            return end
    reader.say(line, position)
    return position + 1


def _markdown_step(reader: _Reader, lines: Sequence[str], position: int) -> int:
    line = lines[position]
    if match := re.match(r"#{1,6}\s+(?P<title>.+?)\s*#*\s*$", line):
        reader.head(plain_markdown(match["title"]), position)
        return position + 1
    if fence := _FENCE.match(line):
        end = position + 1
        while end < len(lines) and not re.fullmatch(rf"\s*{fence['mark']}[`~]*\s*", lines[end]):
            end += 1
        info = fence["info"].strip()
        myst = _MYST.match(info)
        language = (myst["language"] if myst else info.split(",")[0].split(" ")[0]).lower()
        if language in _LANGUAGES:
            reader.show(_read_block(lines[position + 1 : end], sure=bool(language or myst)), position, min(end, len(lines) - 1))
        return end + 1
    if line.lstrip().startswith(">>> "):
        end = _session_end(lines, position)
        reader.show(read_session(lines[position:end]), position, end - 1)
        return end
    reader.say(line, position)
    return position + 1


def _read_block(lines: Sequence[str], sure: bool = True) -> Fragment | None:
    """Read the body of a code block; where nothing says that it is Python (`sure`), it has to look like it."""
    body = list(lines)
    while body and (not body[0].strip() or _OPTION.match(body[0])):
        body.pop(0)
    body = [line for line in body if not re.match(r"\s*@(?:savefig|suppress|okwarning|okexcept|verbatim|doctest)\b", line)]
    text = textwrap.dedent("\n".join(line.expandtabs() for line in body)).strip("\n")
    if re.match(r">>> |In \[\d*\]: ", text):
        return read_session(text.split("\n"))
    return Fragment(text, shows_last=True) if sure or is_python(text) else None


def _block_end(lines: Sequence[str], position: int) -> int:
    """Return the line behind the indented block below a line, without the blank lines at its end."""
    indent = len(lines[position]) - len(lines[position].lstrip())
    end = following = position + 1
    while following < len(lines):
        line = lines[following]
        if line.strip():
            if len(line) - len(line.lstrip()) <= indent:
                break
            end = following + 1
        following += 1
    return end


def _session_end(lines: Sequence[str], position: int) -> int:
    """Return the line behind a session: prompts with their outputs, further ones after blank lines included."""
    indent = len(lines[position]) - len(lines[position].lstrip())
    end = position
    while end < len(lines):
        line = lines[end]
        if not line.strip():
            following = next((part for part in lines[end:] if part.strip()), "")
            if not following[indent:].startswith((">>> ", "In [", "Out[")):
                break
        elif len(line) - len(line.lstrip()) < indent:
            break
        end += 1
    return end
