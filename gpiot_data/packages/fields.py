"""Docstrings that are not numpydoc's: Google sections (`Args:`) and Sphinx field lists (`:param x:`), read by docstring_parser."""

from __future__ import annotations

import inspect
import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpiot_data.packages.entries import Entry, make_entry

if TYPE_CHECKING:
    from docstring_parser import Docstring

_GOOGLE = re.compile(
    r"^(?:Args|Arguments|Params|Parameters|Keyword Args|Keyword Arguments|Returns|Yields|Raises|Attributes):[ \t]*\n[ \t]+\S", re.MULTILINE
)
#: The names of Sphinx's fields, as a pattern.
FIELD_NAMES = r"param|parameter|arg|argument|key|keyword|type|returns?|rtype|yields?|raises?|except|exception|ivar|vartype|cvar|var"
_FIELD = re.compile(rf"[ \t]{{0,12}}:(?:{FIELD_NAMES})\b[^:\n]{{0,200}}:(?!`)")
_TYPED = re.compile(r":(?:param|parameter|arg|argument|key|keyword)\s+(?P<type>[^:\s]+\s[^:]{1,160})\s(?P<name>\*{0,2}\w+):(?P<text>.*)$")
#: docstring_parser reads them as text of the section above.
_EXTRA_SECTIONS = ("Note", "Notes", "References", "Reference", "See Also", "Todo", "Warning", "Warnings", "Usage", "Example usage")
#: More in a line is no documentation, and the reader's patterns take time that grows with this product of it.
_MAX_LINE_CHARS = 600
_MAX_LINE_COST = 300_000


@dataclass(frozen=True, slots=True)
class Fields:
    """What was read: the text before and between the fields, the fields, and the lines of notes and examples."""

    body: str
    parameters: tuple[Entry, ...] = ()
    returns: tuple[Entry, ...] = ()
    raises: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    yields: bool = False


def is_google(docstring: str) -> bool:
    """Tell whether a cleaned docstring has Google sections."""
    return _GOOGLE.search(docstring) is not None


def read_google(docstring: str) -> Fields:
    """Read a cleaned docstring with Google sections.

    Raises:
        ValueError: if its sections cannot be read.
    """
    from docstring_parser import ParseError
    from docstring_parser.google import DEFAULT_SECTIONS, GoogleParser, Section, SectionType

    _check_lines(docstring)
    keywords = [Section(title, "param", SectionType.MULTIPLE) for title in ("Keyword Args", "Keyword Arguments", "Other Parameters")]
    extra = [Section(title, title.lower(), SectionType.SINGULAR) for title in _EXTRA_SECTIONS]
    try:
        parsed = GoogleParser([*DEFAULT_SECTIONS, *keywords, *extra]).parse(docstring)
    except (ParseError, ValueError, IndexError) as error:
        raise ValueError(f"sections cannot be read: {error}") from error
    body = "\n".join(part for part in (parsed.short_description, "", parsed.long_description) if part is not None)
    notes = [line for meta in parsed.meta if meta.args[0] in ("note", "notes") for line in (meta.description or "").split("\n")]
    examples = [line for meta in parsed.meta if meta.args[0] in ("examples", "usage", "example usage") for line in _lines(meta.description)]
    return Fields(body, *_entries(parsed), tuple(notes), tuple(examples), _yields(parsed))


def split_fields(docstring: str) -> tuple[str, str]:
    """Take the Sphinx field lists out of a docstring: the text around them, and the fields, each at the left margin."""
    body: list[str] = []
    fields: list[str] = []
    lines = docstring.split("\n")
    margin = -1
    for position, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if _FIELD.match(line):
            margin = indent
            fields += _plain_field(line.strip())
        elif margin >= 0 and (indent > margin if line.strip() else _goes_on(lines, position, margin)):
            fields.append(line[margin:])
        else:
            margin = -1
            body.append(line)
    return "\n".join(body), "\n".join(fields)


def _plain_field(line: str) -> list[str]:
    """Write ":param int or None x: text" as two fields: the reader takes a type of one word only."""
    match = _TYPED.match(line)
    return [f":type {match['name']}: {match['type']}", f":param {match['name']}:{match['text']}"] if match else [line]


def _goes_on(lines: list[str], position: int, margin: int) -> bool:
    """Tell whether an indented line follows the empty one, or the next."""
    following = next((line for line in lines[position + 1 : position + 3] if line.strip()), "")
    return len(following) - len(following.lstrip()) > margin and not following.lstrip().startswith(">>>")


def read_fields(fields: str) -> Fields:
    """Read Sphinx fields as `split_fields` returns them.

    Raises:
        ValueError: if they cannot be read.
    """
    from docstring_parser import ParseError
    from docstring_parser.rest import parse

    _check_lines(fields)
    if not fields:
        return Fields("")
    try:
        # The reader looks for fields below a description.
        parsed = parse(f"Fields.\n\n{fields}")
    except (ParseError, ValueError, IndexError) as error:
        raise ValueError(f"fields cannot be read: {error}") from error
    return Fields("", *_entries(parsed), yields=_yields(parsed))


def _yields(parsed: Docstring) -> bool:
    return any(item.is_generator for item in parsed.many_returns[:1])


def _check_lines(text: str) -> None:
    for line in text.split("\n"):
        head = line.partition(":")[0]
        if len(line) > _MAX_LINE_CHARS or head.count("(") * len(head) ** 2 > _MAX_LINE_COST:
            raise ValueError("sections cannot be read: a line is too long")


def _lines(text: str | None) -> list[str]:
    return textwrap.dedent(text or "").split("\n")


def _entries(parsed: Docstring) -> tuple[tuple[Entry, ...], tuple[Entry, ...], tuple[Entry, ...]]:
    parameters = [_entry(item.arg_name, item.type_name, item.description) for item in parsed.params if item.args[0] != "attribute"]
    returns = [_entry(item.return_name or "result", item.type_name, item.description) for item in parsed.many_returns[:1]]
    raises = [_entry(item.type_name or "", None, item.description) for item in parsed.raises]
    found = tuple(tuple(entry for entry in entries if entry is not None) for entries in (parameters, returns, raises))
    return found[0], found[1], found[2]


def _entry(name: str, kind: str | None, description: str | None) -> Entry | None:
    # The first line stands behind name and type, less the indent of those below it.
    return make_entry(name, kind or "", inspect.cleandoc(description or "").split("\n"), offset=len(name) + len(kind or ""))
