"""A program or a docstring as statements to run one by one, each with the output that the documentation shows below it.

Texts are taken apart here, outside the sandbox; what is sent inside is the source of each statement and never
the wanted output, so a program that runs there cannot know what would be accepted.
"""

from __future__ import annotations

import ast
import doctest
import re
import textwrap
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from gpiot_data.schema import Expected
from gpiot_data.verify.compare import is_comparable, varies

_BLANK_LINE = re.compile(r"^[^\S\n]+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Statement:
    """Source that runs as one step; `want` is the output shown for it ("" for none), `raises` the exception shown instead."""

    line: int
    source: str
    want: str = ""
    raises: str = ""


def split_program(code: str, expected: Sequence[Expected] = ()) -> tuple[Statement, ...]:
    """Split a program into its top-level statements; what shares a line stays together.

    Raises:
        ValueError: if it is not Python, or an expected output belongs to a line on which no statement starts.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(code).body
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"is not Python: {type(error).__name__}") from error
    lines = code.split("\n")
    spans: list[list[int]] = []
    for node in body:
        start = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
        end = node.end_lineno or node.lineno
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(end, spans[-1][1])
        else:
            spans.append([start, end])
    wants = {item.line: item.output for item in expected}
    if not wants.keys() <= {start for start, _ in spans}:
        raise ValueError("an expected output belongs to no statement")
    return tuple(Statement(start, "\n".join(lines[start - 1 : end]), wants.get(start, "")) for start, end in spans)


def split_docstring(text: str, preamble: Sequence[str] = ()) -> tuple[Statement, ...]:
    """Split a docstring into its examples, behind the imports of `preamble`; examples marked as skipped are left out.

    Raises:
        ValueError: if prompts and their indentation make no sense.
    """
    statements = [Statement(0, line) for line in preamble]
    for example in parse_examples(text):
        if isinstance(example, str) or example.options.get(doctest.SKIP):
            continue
        want = wanted_output(example)
        statements.append(Statement(example.lineno + 1, example.source.rstrip("\n"), want, example.exc_msg or ""))
    return tuple(statements)


def parse_examples(text: str) -> list[str | doctest.Example]:
    """Cut a docstring into its examples and the text between them, as the standard parser does, in time that grows no faster than it.

    That parser takes only lines of spaces for blank, and on lines of other white space below the head of a traceback it
    needs time that grows with their square. Here all of these are blank.

    Raises:
        ValueError: if prompts and their indentation make no sense.
    """
    return doctest.DocTestParser().parse(_BLANK_LINE.sub("", text.expandtabs()))


def wanted_output(example: doctest.Example) -> str:
    """Return the output that an example shows, where a run can be compared with it, else ""."""
    fixed = example.exc_msg is None and not example.options.get(doctest.SKIP) and not varies(example.source)
    return textwrap.dedent(example.want).rstrip("\n") if fixed and is_comparable(example.want) else ""
