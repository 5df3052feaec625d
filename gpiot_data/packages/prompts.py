"""Sessions at a prompt, of Python or IPython, and code blocks of documentation, as code with the outputs they show."""

from __future__ import annotations

import ast
import doctest
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from gpiot_data.schema import Expected
from gpiot_data.syntax_trees import parse_quietly
from gpiot_data.verify.statements import parse_examples, wanted_output

_IN = re.compile(r"^(?P<indent>\s*)In \[\d*\]: ?(?P<code>.*)$")
_MORE = re.compile(r"^\s*\.{3,}: ?(?P<code>.*)$")
_OUT = re.compile(r"^\s*Out\[\d*\]: ?(?P<value>.*)$")
_BLOCK = re.compile(
    r"^(?P<indent>\s*)(?:\.\. (?:code-block|code|sourcecode|ipython|plot)::[ \t]*(?:python3?|ipython3?|pycon)?[ \t]*$|"
    r"```(?:python|py|pycon)\s*$)"
)
_OPTION = re.compile(r"\s*:[\w-]+:(?:\s.*)?$|\s*@\w+.*$")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A run of code lines, with the outputs that the document shows by the line of their statement.

    `shows_last` tells that the value of a last expression is displayed, as in a notebook; `output` is that value where it is known.
    """

    code: str
    expected: tuple[Expected, ...] = ()
    shows_last: bool = False
    output: str = ""


def to_prompts(lines: Sequence[str]) -> list[str]:
    """Write IPython sessions and code blocks of a docstring with the prompts of Python; other lines stay as they are."""
    result: list[str] = []
    position = 0
    while position < len(lines):
        line = lines[position].expandtabs()
        if match := _IN.match(line):
            position = _take_input(lines, position, match, result)
        elif match := _BLOCK.match(line):
            position = _take_block(lines, position, match, result)
        else:
            result.append(line)
            position += 1
    return result


def _take_input(lines: Sequence[str], position: int, match: re.Match[str], result: list[str]) -> int:
    """Write one IPython input and its output; return the line behind it."""
    indent = match["indent"]
    result.append(f"{indent}>>> {match['code']}")
    position += 1
    while position < len(lines) and (more := _MORE.match(lines[position])):
        result.append(f"{indent}... {more['code']}".rstrip())
        position += 1
    if position < len(lines) and (value := _OUT.match(lines[position])):
        result.append(f"{indent}{value['value']}")
        position += 1
        while position < len(lines) and lines[position].strip() and not _IN.match(lines[position]):
            result.append(f"{indent}{lines[position].strip()}")
            position += 1
    return position


def _take_block(lines: Sequence[str], position: int, match: re.Match[str], result: list[str]) -> int:
    """Write a code block with prompts, if it is Python; return the line behind it."""
    fenced = "```" in match[0]
    end = position + 1
    while end < len(lines) and (
        not re.match(r"\s*```\s*$", lines[end])
        if fenced
        else not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > len(match["indent"])
    ):
        end += 1
    body = [line.expandtabs() for line in lines[position + 1 : end]]
    while body and (not body[0].strip() or _OPTION.match(body[0])):
        body.pop(0)
    text = textwrap.dedent("\n".join(body)).strip("\n")
    if re.match(r">>> |In \[\d*\]:", text):
        result += ["", *(match["indent"] + line for line in to_prompts(text.split("\n"))), ""]
    elif is_python(text):
        result += ["", *(match["indent"] + line for line in with_prompts(text)), ""]
    return end + 1 if fenced else end


def with_prompts(code: str) -> list[str]:
    """Write code with a prompt before each of its top-level statements."""
    inside: set[int] = set()
    for node in parsed_statements(code):
        start = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
        inside.update(range(start + 1, (node.end_lineno or node.lineno) + 1))
    lines = []
    for number, line in enumerate(code.split("\n"), start=1):
        if number in inside:
            lines.append(f"... {line}".rstrip())
        elif line.strip():
            lines.append(f">>> {line}")
    return lines


def read_session(lines: Sequence[str]) -> Fragment | None:
    """Read a session at prompts; statements that raise are left out. None where nothing is left."""
    text = textwrap.dedent("\n".join(to_prompts(lines))) + "\n"
    try:
        examples = [part for part in parse_examples(text) if isinstance(part, doctest.Example)]
    except ValueError:
        return None
    code: list[str] = []
    expected: list[Expected] = []
    for example in examples:
        source = re.sub(r"[ \t]*#\s*(?:doctest|xdoctest):.*$", "", example.source, flags=re.MULTILINE).rstrip()
        if example.exc_msg is not None or not source.strip():
            continue
        want = wanted_output(example)
        if want and (body := parsed_statements(source)):
            expected.append(Expected(len(code) + body[0].lineno, want))
        code += source.split("\n")
    return Fragment("\n".join(code), tuple(expected)) if code else None


def is_python(text: str) -> bool:
    """Tell whether text parses as Python that does something: an import, a call, an assignment or a definition."""
    kinds = ast.Import | ast.ImportFrom | ast.Assign | ast.AugAssign | ast.AnnAssign | ast.FunctionDef | ast.ClassDef | ast.For | ast.With
    return any(
        isinstance(node, kinds) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)) for node in parsed_statements(text)
    )


def parsed_statements(code: str) -> list[ast.stmt]:
    """Return the statements of code, none where it is no Python."""
    try:
        return parse_quietly(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
