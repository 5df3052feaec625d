"""The functions and classes of a Cython file, found by a scanner: its syntax is not Python's, so no syntax tree can be had.

Only what Python code can call is listed: `def` and `cpdef` functions, and classes; `cdef` functions are not.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

_TOKEN = re.compile(
    r"(?P<string>[A-Za-z]{0,2}(?:\"\"\"|'''|\"|'))|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<comment>\#[^\n]*)|(?P<joined>\\\r?\n)|(?P<end>\n)"
)
#: What follows an opening quote, up to and with the closing one.
_STRING_ENDS = {
    '"""': re.compile(r'(?:[^\\"]|\\.|"(?!""))*"""', re.DOTALL),
    "'''": re.compile(r"(?:[^\\']|\\.|'(?!''))*'''", re.DOTALL),
    '"': re.compile(r'(?:[^\\"\n]|\\.)*"', re.DOTALL),
    "'": re.compile(r"(?:[^\\'\n]|\\.)*'", re.DOTALL),
}
_HEADER = re.compile(
    r"(?:(?P<class>(?:(?:cdef|cpdef)\s+)?(?:(?:public|api)\s+){0,2}class)\s+(?P<class_name>\w+)"
    r"|(?:async\s+)?def\s+(?P<name>\w+)\s*\("
    r"|cpdef\s+(?!enum\b|struct\b|union\b|ctypedef\b)(?:(?:\[[^\[\]()\n]{0,80}\]|[^()=:\[\]\n]){1,160}(?<=[\s*\]]))?(?P<fast_name>\w+)\s*\()",
    re.ASCII,
)
_DECORATOR = re.compile(r"@\s*([\w.]{1,200})", re.ASCII)


@dataclass(frozen=True, slots=True)
class CythonDefinition:
    """A function or class: its parameters as written, its place in bytes and lines, its docstring as text, and its members.

    `parameters` are the texts between the commas of a function's header, those of a class are in its `__init__`; `decorators`
    are the dotted names above it. `span` and `lines` run from the header to the last line of the body.
    """

    kind: Literal["function", "class"]
    name: str
    parameters: tuple[str, ...]
    docstring: str | None
    span: tuple[int, int]
    lines: tuple[int, int]
    decorators: tuple[str, ...] = ()
    members: tuple[CythonDefinition, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """A logical line without its comment: where its code starts and ends, its indent, and the string that it consists of, if so."""

    start: int
    end: int
    indent: int
    number: int
    last_number: int
    string: tuple[int, int] | None


def scan_cython(data: bytes) -> tuple[CythonDefinition, ...]:
    """Return the definitions at the left margin, in the order of the file.

    Raises:
        ValueError: if the bytes are no UTF-8.
    """
    data.decode("utf-8")
    # One character for each byte, so that every offset is one in bytes.
    text = data.decode("latin-1")
    lines = [line for line in _logical_lines(text) if line.start < line.end]
    return tuple(_definitions(text, lines, (0, len(lines)), 0, with_members=True))


def _logical_lines(text: str) -> Iterator[_Line]:
    """Split into logical lines: brackets, triple quotes and backslashes hold physical lines together."""
    position = start = depth = 0
    number = first_number = 1
    tokens: list[tuple[int, int]] = []
    comment = -1

    def line(end: int) -> _Line:
        code_end = comment if comment >= 0 else end
        code = text[start:code_end]
        indent = len(code) - len(code.lstrip())
        begin, stop = start + indent, start + len(code.rstrip())
        alone = tokens[0] if len(tokens) == 1 and tokens[0] == (begin, stop) else None
        return _Line(begin, max(begin, stop), indent, first_number, number, alone)

    while (match := _TOKEN.search(text, position)) is not None:
        position = match.end()
        if match["string"]:
            quote = match["string"].lstrip("rRbBuUfF")
            closed = _STRING_ENDS[quote].match(text, position) if quote in _STRING_ENDS else None
            if closed is not None:
                tokens.append((match.start(), closed.end()))
                number += text.count("\n", match.start(), closed.end())
                position = closed.end()
        elif match["open"]:
            depth += 1
        elif match["close"]:
            depth = max(0, depth - 1)
        elif match["joined"]:
            number += 1
        elif match["comment"]:
            comment = match.start() if not depth and comment < 0 else comment
        else:
            if not depth:
                yield line(match.start())
                start, tokens, comment, first_number = match.end(), [], -1, number + 1
            number += 1
    yield line(len(text))


def _definitions(text: str, lines: Sequence[_Line], part: tuple[int, int], indent: int, with_members: bool) -> Iterator[CythonDefinition]:
    """Yield the definitions in a part of the lines whose header has the given indent."""
    decorators: list[str] = []
    index, stop = part
    while index < stop:
        line = lines[index]
        following = index + 1
        if line.indent == indent:
            if decorator := _DECORATOR.match(text, line.start, line.end):
                decorators.append(decorator[1])
            else:
                if header := _HEADER.match(text, line.start, line.end):
                    while following < stop and lines[following].indent > indent:
                        following += 1
                    yield _definition(text, lines[index:following], header, tuple(decorators), with_members)
                decorators = []
        index = following


def _definition(
    text: str, lines: Sequence[_Line], header: re.Match[str], decorators: tuple[str, ...], with_members: bool
) -> CythonDefinition:
    head, last = lines[0], lines[-1]
    first = lines[1] if len(lines) > 1 else None
    is_class = header["class_name"] is not None
    members: tuple[CythonDefinition, ...] = ()
    if is_class and with_members and first is not None:
        members = tuple(_definitions(text, lines, (1, len(lines)), first.indent, with_members=False))
    written = "" if is_class else _between_brackets(text[header.end() - 1 : head.end])
    return CythonDefinition(
        kind="class" if is_class else "function",
        name=header["class_name"] or header["name"] or header["fast_name"],
        parameters=split_arguments(written.encode("latin-1").decode("utf-8", "replace")),
        docstring=_literal(text[slice(*first.string)]) if first is not None and first.string is not None else None,
        span=(head.start, last.end),
        lines=(head.number, last.last_number),
        decorators=decorators,
        members=members,
    )


def _literal(written: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = ast.literal_eval(written.encode("latin-1").decode("utf-8"))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, str) else None


def _between_brackets(text: str) -> str:
    """Return what stands between the bracket that opens `text` and the one that closes it."""
    depth = 0
    for match in re.finditer(r"[()\[\]{}]|\"[^\"\n]*\"|'[^'\n]*'", text):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return text[1 : match.start()]
    return ""


def split_arguments(written: str) -> tuple[str, ...]:
    """Split at the commas that are in no bracket or string, each piece on one line; comments are dropped."""
    pieces = [""]
    depth = 0
    for match in re.finditer(r"#[^\n]*|\"[^\"\n]*\"|'[^'\n]*'|[()\[\]{}]|,|[^#\"'()\[\]{},]+|.", written, re.DOTALL):
        part = match[0]
        depth += 1 if part in ("(", "[", "{") else -1 if part in (")", "]", "}") else 0
        if part == "," and depth <= 0:
            pieces.append("")
        elif not part.startswith("#"):
            pieces[-1] += part
    return tuple(" ".join(piece.split()) for piece in pieces if piece.strip())
