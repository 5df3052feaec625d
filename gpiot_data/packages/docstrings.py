"""A docstring as parts: summary, text, parameters, returns, exceptions, notes, examples.

numpydoc sections are read by numpydoc's own parser, Google sections and Sphinx field lists by docstring_parser.
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gpiot_data.packages.entries import Entry, entries_within, is_prose, make_entry
from gpiot_data.packages.fields import FIELD_NAMES, is_google, read_fields, read_google, split_fields
from gpiot_data.packages.markdown import first_sentence, paragraphs, to_markdown
from gpiot_data.packages.prose import sound_blocks

#: A mark that the package fills in at import time.
_TEMPLATE = re.compile(r"%\(\w[^()\n]{0,80}\)[sdr]|^[ \t]*%\w+[ \t]*$|^[ \t]*\{[A-Za-z_][\w.]{0,80}\}[ \t]*$", re.MULTILINE)
_SECTION = re.compile(r"^[A-Z][\w ]{2,40}\n-{3,}[ \t]*$", re.MULTILINE)
#: A list of an artist's properties, which only matplotlib itself can write: the parameters are complete without it.
_KEYWORD_LIST = re.compile(r"^[ \t]*%\([\w.]+:kwdoc\)s[ \t]*\n", re.MULTILINE)
#: Not carried over, and numpydoc gives up on a docstring over one odd line in it.
_SEE_ALSO = re.compile(r"^See [Aa]lso\n-+\n", re.MULTILINE)
_DEPRECATED = re.compile(r"^\.\. deprecated::[ \t]*(?P<version>[^\n]*)\n?(?P<text>(?:[ \t]+[^\n]*\n?|[ \t]*\n(?=[ \t]+\S))*)", re.MULTILINE)
#: The end of a summary that leads to what follows it.
_ANNOUNCING = re.compile(
    r"(?:,? (?:is )?(?:computed|defined|given|expressed|calculated|written) (?:as|by)|"
    r"[,;]? (?:for example|e\.g\.|as follows|like this|such as|i\.e\.))?,?:$"
)
_ALSO = re.compile(
    r"(?:If|When) (?P<condition>[^,]+?)(?: then)?,? (?:(?:the )?(?:following|these|this)\b.*\b(?:returned|given|provided)|"
    r"(?:also )?(?:returns?|gives?)\b.*\bfollowing)\b[^:]*:?$",
    re.IGNORECASE,
)
_REFERENCE_FIELD = re.compile(r"^:(?:[Rr]eferences?|[Ss]ee [Aa]lso|[Aa]uthors?):[^\n]*\n?(?:[ \t]+[^\n]*\n?)*", re.MULTILINE)
_OWN_FIELD = re.compile(rf"^:(?P<name>(?!(?:{FIELD_NAMES})\b)[A-Za-z][\w ]{{2,30}}):(?=\s)", re.MULTILINE)
_CODE = re.compile(r"^[ \t]*(?:>>> |In \[\d+\]: |\.\. (?:plot|code-block|code|sourcecode|doctest|ipython)::)|^```", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Documentation:
    """The parts of a docstring, as Markdown but for `examples`, whose lines are as written."""

    summary: str
    extended: str = ""
    parameters: tuple[Entry, ...] = ()
    other_parameters: tuple[Entry, ...] = ()
    returns: tuple[Entry, ...] = ()
    notes: str = ""
    examples: tuple[str, ...] = field(default=())
    raises: tuple[Entry, ...] = ()
    attributes: tuple[Entry, ...] = ()
    deprecation: str = ""
    #: Whether `returns` are what a generator gives one by one.
    yields: bool = False


def is_template(docstring: str) -> bool:
    """Tell whether a docstring still holds marks that the package fills in at import time."""
    return _TEMPLATE.search(docstring) is not None


def drop_keyword_lists(docstring: str) -> str:
    """Remove marks for lists of artist properties that take a whole line; a mark anywhere else stays."""
    return _KEYWORD_LIST.sub("", docstring)


def parse_docstring(docstring: str) -> Documentation:
    """Parse a cleaned docstring.

    Raises:
        ValueError: if its sections cannot be read.
    """
    docstring, deprecation = _take_deprecation(_name_fields(docstring))
    if is_google(docstring) and not _SECTION.search(docstring):
        google = read_google(docstring)
        body, fields = google.body, google
        parsed = _numpydoc(body)
    else:
        body, text = split_fields(_without_see_also(docstring + "\n"))
        fields = read_fields(text)
        parsed = _numpydoc(body)
    announced = _announced(body) if " ".join(parsed["Summary"]).rstrip().endswith("::") else None
    summary, extended = _summary(parsed["Summary"], parsed["Extended Summary"] if announced is None else announced)
    examples = tuple(parsed["Examples"]) or fields.examples
    return Documentation(
        summary=summary,
        extended=_sound(to_markdown(extended, whole=True, offset=0)),
        parameters=_sound_entries((*_entries(parsed["Parameters"], swallowing=True), *fields.parameters)),
        other_parameters=_sound_entries(_entries(parsed["Other Parameters"])),
        returns=_sound_entries((*_entries(parsed["Returns"] or parsed["Yields"]), *fields.returns)),
        notes=_sound(to_markdown([*parsed["Notes"], *fields.notes], whole=True, offset=0)),
        examples=examples or _code_in(extended),
        raises=_sound_entries((*_entries(parsed["Raises"], unnamed=True), *fields.raises)),
        attributes=_sound_entries(_entries(parsed["Attributes"])),
        deprecation=deprecation,
        yields=fields.yields or bool(parsed["Yields"] and not parsed["Returns"]),
    )


def _sound(markdown: str) -> str:
    """Return the parts of a text that make sense without the document around them."""
    return "\n\n".join(sound_blocks(paragraphs(markdown))) if markdown else ""


def _sound_entries(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return entries without the parts of their descriptions that make no sense, and without those that are no entry."""
    sound: list[Entry] = []
    named: set[str] = set()
    for entry in entries:
        if entry.name in named:
            # The later of two is a slip, such as the type line written again.
            continue
        named |= {entry.name} - {""}
        entry = replace(entry, description=_sound(entry.description.rstrip(" ,;")))
        spoken = entry.name and "," not in entry.name and len(entry.name.split()) > 2
        # Where returned values have no names, text below the first of them is no further value.
        lone = entry.type is None or len(entry.type.split()) > 4 or (sound and sound[0].name and not entry.description)
        further = sound and not entry.name and lone
        if not spoken and not further and (entry.name or entry.type or entry.description):
            sound.append(entry)
    return tuple(sound)


def _numpydoc(body: str) -> Any:
    from numpydoc.docscrape import NumpyDocString, ParseError

    try:
        with warnings.catch_warnings():
            # Unknown sections and short underlines are warned about; they cost nothing here.
            warnings.simplefilter("ignore")
            return NumpyDocString(body)
    except (ParseError, ValueError, StopIteration, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"sections cannot be read: {error}") from error


def _name_fields(docstring: str) -> str:
    """Write fields that no reader knows (":validation: text") as sentences, without those that hold references."""
    docstring = _REFERENCE_FIELD.sub("", docstring)
    return _OWN_FIELD.sub(lambda match: f"{match['name'][0].upper()}{match['name'][1:]}:", docstring)


def _without_see_also(docstring: str) -> str:
    start = _SEE_ALSO.search(docstring)
    if start is None:
        return docstring
    following = re.compile(r"^[^\n]*\n-{3,}$", re.MULTILINE).search(docstring, start.end())
    return docstring[: start.start()] + (docstring[following.start() :] if following else "")


def _take_deprecation(docstring: str) -> tuple[str, str]:
    """Take the notice out that the whole symbol is deprecated: what stands at the left margin before the sections."""
    match = _DEPRECATED.search(docstring)
    if match is None:
        return docstring, ""
    section = _SECTION.search(docstring)
    if section is not None and section.start() < match.start():
        return docstring, ""
    version, _, rest = match["version"].strip().partition(" ")
    if version and not version[0].isdigit():
        version, rest = "", match["version"].strip()
    text = _sound(to_markdown([rest, "", *textwrap.dedent(match["text"]).split("\n")], whole=True, offset=0))
    since = f"Deprecated since version {version}." if version else "Deprecated."
    return docstring[: match.start()] + docstring[match.end() :], f"{since} {text}".strip()


def _announced(body: str) -> list[str] | None:
    """Return the text behind a first paragraph that ends in a double colon: numpydoc takes the indent off the code there."""
    start = re.search(r"::[ \t]*\n[ \t]*\n", body)
    if start is None:
        return None
    end = _SECTION.search(body, start.end())
    return body[start.end() : end.start() if end else len(body)].split("\n")


def _summary(summary: Sequence[str], extended: Sequence[str]) -> tuple[str, list[str]]:
    """Return a summary of one sentence; what a first paragraph says beyond it opens the extended text."""
    # A fourth quotation mark is a slip of those who opened the docstring.
    text = to_markdown(summary, offset=0).removeprefix('" ')
    first = first_sentence(text)
    rest = text[len(first) :].strip()
    if first.endswith(":"):
        first = _ANNOUNCING.sub(".", first.rstrip(":.") + ":")
    elif first and first[-1].isalnum():
        first += "."
    return first, [*([rest, ""] if rest else []), *extended]


def _entries(parameters: Sequence[Any], unnamed: bool = False, swallowing: bool = False) -> tuple[Entry, ...]:
    """Return entries; of an `unnamed` section, such as Raises, what stands in the type slot is the name.

    Where entries may be `swallowing` the next ones, whose heads are indented by a slip, these are taken out.
    """
    if prose := _prose(parameters):
        return (Entry("", None, None, to_markdown(prose, whole=True, offset=0)),)
    entries: list[Entry] = []
    condition = ""
    for parameter in parameters:
        name, kind = str(parameter.name), str(parameter.type)
        if match := _ALSO.match(f"{name} {kind}".strip()):
            # "If `full` is True, the following is also returned:", as a line among the entries: of all below it.
            condition = f"Only returned if {match['condition']}."
            continue
        head = (kind or name, "") if unnamed else (name, kind)
        parts = entries_within(*head, parameter.desc) if swallowing else [(*head, parameter.desc)]
        found = [entry for part in parts if (entry := make_entry(*part)) is not None]
        entries += [replace(entry, description=f"{entry.description}\n\n{condition}".strip()) for entry in found] if condition else found
    return tuple(entries)


def _prose(parameters: Sequence[Any]) -> list[str]:
    """Return the lines of a section that is plain text, which numpydoc takes for names and types."""
    lines = [" : ".join(part for part in (str(parameter.name), str(parameter.type)) if part) for parameter in parameters]
    plain = len(lines) > 1 and not any(parameter.desc for parameter in parameters) and len(lines[0].split()) >= 6
    # "x: the input signal", one line for each.
    if plain and sum(1 for line in lines if re.match(r"\*{0,2}\w+(?:, ?\w+)* ?: ", line)) > len(lines) // 2:
        return []
    return lines if plain and is_prose(lines[0]) else []


def _programs_marked(lines: Sequence[str]) -> list[str]:
    """Mark literal blocks that are Python programs, as their imports tell, by the directive for code."""
    result: list[str] = []
    position = 0
    while position < len(lines):
        line = lines[position].rstrip()
        result.append(line)
        position += 1
        if not line.endswith("::") or line.lstrip().startswith(".."):
            continue
        indent = len(line) - len(line.lstrip())
        start = position
        while position < len(lines) and (not lines[position].strip() or len(lines[position]) - len(lines[position].lstrip()) > indent):
            position += 1
        if _imports_something(textwrap.dedent("\n".join(lines[start:position]))):
            result[-1:] = [line[:-1], "", f"{' ' * indent}.. code-block:: python", ""]
        result += lines[start:position]
    return result


def _imports_something(code: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(code).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _code_in(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the part of a text that shows code, from the paragraph before it on; nothing where it shows none."""
    text = "\n".join(_programs_marked(lines))
    match = _CODE.search(text)
    if match is None:
        return ()
    before = text[: match.start()].rstrip()
    start = before.rfind("\n\n") + 2 if "\n\n" in before else 0
    return tuple(text[start:].split("\n"))
