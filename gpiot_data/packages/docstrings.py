"""A docstring as parts: summary, text, parameters, returns, notes, examples.

numpydoc sections are read by numpydoc's own parser; Sphinx field lists (`:param x: ...`) by a few lines here.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gpiot_data.packages.markdown import first_sentence, inline, to_markdown

#: A mark that a decorator of the package fills in at import time.
_TEMPLATE = re.compile(r"%\(\w+\)[sdr]|^\s*%\w+\s*$", re.MULTILINE)
_PARAMETERS = re.compile(r"^(?:Other )?Parameters\n-+\n(?P<body>(?:.*\n)*?)(?=^[A-Z].*\n-{3,}$|\Z)", re.MULTILINE)
_FIELD = re.compile(r"^:(?P<kind>param|type|returns?|rtype|raises)\s*(?P<rest>[^:]*):\s*(?P<text>.*)$")
_SHAPE = re.compile(r"(?:,?\s*(?:of\s+)?(?:with\s+)?shape\s*[:=]?\s*|^|,\s*|\s)(?P<shape>\((?:[\w.+\-*/ ]+,)+[\w.+\-*/ ]*\))(?=\s|,|$)")
_STATED_SHAPE = re.compile(r"\bshape `?(?P<shape>\((?:[\w.+\-*/ ]+,)+[\w.+\-*/ ]*\))")
#: Not carried over, and numpydoc gives up on a docstring over one odd line in it.
_SEE_ALSO = re.compile(r"^See Also\n-+\n(?:.*\n)*?(?=.*\n-{3,}$|\Z)", re.MULTILINE)
_UNITS = r"Hz|kHz|MHz|dB|seconds|milliseconds|radians|degrees|samples|meters|volts"
_UNIT = re.compile(rf"\bin (?P<unit>{_UNITS})\b(?! (?:or|and|per)\b)|\[(?P<bracket>{_UNITS}|rad/s|deg|rad|sec|s|m|V)\]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A parameter or return value: name, type and shape as stated (None where not), and its description as Markdown."""

    name: str
    type: str | None
    shape: str | None
    description: str

    @property
    def unit(self) -> str | None:
        """Return the unit, where the first sentence states one."""
        match = _UNIT.search(first_sentence(self.description))
        return (match["unit"] or match["bracket"]) if match else None


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


def is_template(docstring: str) -> bool:
    """Tell whether a docstring still holds marks that the package fills in at import time."""
    return _TEMPLATE.search(docstring) is not None


def drop_parameter_templates(docstring: str) -> str:
    """Remove marks that take a whole line of a parameter section, where they stand for further parameters.

    The text of the other parameters is complete without them; a mark anywhere else stays, and tells that the docstring is not.
    """
    return _PARAMETERS.sub(lambda match: re.sub(r"^[ \t]*%(?:\(\w+\)s|\w+)[ \t]*\n", "", match[0], flags=re.MULTILINE), docstring)


def parse_docstring(docstring: str) -> Documentation:
    """Parse a cleaned docstring.

    Raises:
        ValueError: if numpydoc cannot read its sections.
    """
    from numpydoc.docscrape import NumpyDocString, ParseError

    body, fields = _split_fields(_SEE_ALSO.sub("", docstring + "\n"))
    try:
        with warnings.catch_warnings():
            # Unknown sections and short underlines are warned about; they cost nothing here.
            warnings.simplefilter("ignore")
            parsed: Any = NumpyDocString(body)
    except (ParseError, StopIteration, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"sections cannot be read: {error}") from error
    summary, extended = _summary(parsed["Summary"], parsed["Extended Summary"])
    return Documentation(
        summary=summary,
        extended=to_markdown(extended),
        parameters=(*_entries(parsed["Parameters"]), *_field_entries(fields, "param")),
        other_parameters=_entries(parsed["Other Parameters"]),
        returns=(*_entries(parsed["Returns"] or parsed["Yields"]), *_field_entries(fields, "return")),
        notes=to_markdown(parsed["Notes"]),
        examples=tuple(parsed["Examples"]),
    )


def _summary(summary: Sequence[str], extended: Sequence[str]) -> tuple[str, list[str]]:
    """Return a summary of one sentence; what a first paragraph says beyond it opens the extended text."""
    text = to_markdown(summary)
    first = first_sentence(text)
    rest = text[len(first) :].strip()
    if first and first[-1].isalnum():
        first += "."
    return first, [*([rest, ""] if rest else []), *extended]


def _entries(parameters: Sequence[Any]) -> tuple[Entry, ...]:
    entries = []
    for parameter in parameters:
        name, kind = str(parameter.name).strip(), str(parameter.type).strip()
        # "name: type" without the space that numpydoc wants.
        whole = name if not kind else kind if not name else ""
        if match := re.fullmatch(r"(?P<name>\*{0,2}\w+(?:, \w+)*)\s*:\s*(?P<type>.+)", whole):
            name, kind = match["name"], match["type"]
        description = to_markdown(parameter.desc)
        if not name and kind and not re.fullmatch(r"[\w\[\]., |()]+", kind):
            continue
        if not name and (match := re.fullmatch(r"[\[(](?P<names>\w+(?:, ?\w+)+)[\])]", kind)):
            # "(cA, cD)" names what is returned.
            name, kind = match["names"], ""
        if not description and _is_prose(kind):
            # "x : the input signal" on one line is a description, not a type.
            kind, description = "", inline(kind)
        kind, shape = _split_shape(kind)
        if shape is None and (stated := _STATED_SHAPE.search(first_sentence(description))):
            shape = stated["shape"]
        entries.append(Entry(inline(name).replace("`", "").replace("\\", ""), kind or None, shape, description))
    return tuple(entry for entry in entries if entry.name not in (".", "..", "...", "None"))


#: Words that open a type; a longer phrase without any of them describes the value.
_TYPE_WORDS = re.compile(
    r"\b(?:array(?:_?like)?|ndarrays?|int(?:eger)?s?|float(?:s|ing)?|bool(?:ean)?|str(?:ing)?s?|list|tuples?|dict|callable|scalar|number|complex|sequence|"
    r"object|instance|None|optional|type|bytes|iterable|function|class|numeric|real)\b|[{\[]",
    re.IGNORECASE,
)


def _is_prose(kind: str) -> bool:
    words = kind.split() or [""]
    spoken = words[0].lower() in ("the", "a", "an") or kind.endswith(".")
    return len(words) >= 3 and (len(words) >= 7 or spoken or _TYPE_WORDS.search(kind) is None)


def _split_shape(kind: str) -> tuple[str, str | None]:
    """Separate a stated shape such as `(N,)` from a type, and drop the word optional and the default."""
    text = inline(kind)
    text = re.sub(r"\s*\((?:optional)?[,;]?\s*(?:default\b[^()]*)?\)", "", text, flags=re.IGNORECASE)
    text = re.sub(r",?\s*\(?\boptional\b\)?|,?\s*\bdefault(?:s to| is)?[:=]?\s+\S+$", "", text).strip(" ,.")
    shape = None
    if (match := _SHAPE.search(text)) and not _TYPE_WORDS.search(match["shape"]):
        shape = match["shape"]
        text = (text[: match.start()] + " " + text[match.end() :]).strip(" ,")
    return " ".join(text.split()), shape


def _split_fields(docstring: str) -> tuple[str, list[tuple[str, str, str]]]:
    """Take a Sphinx field list out of a docstring: (kind, name, text) of each field."""
    body: list[str] = []
    fields: list[tuple[str, str, str]] = []
    inside = False
    for line in docstring.split("\n"):
        match = _FIELD.match(line)
        if match:
            fields.append((match["kind"], match["rest"].strip(), match["text"].strip()))
            inside = True
        elif inside and line.startswith((" ", "\t")) and line.strip():
            kind, name, text = fields[-1]
            fields[-1] = (kind, name, f"{text} {line.strip()}".strip())
        else:
            inside = False
            body.append(line)
    return "\n".join(body), fields


def _field_entries(fields: Sequence[tuple[str, str, str]], wanted: str) -> tuple[Entry, ...]:
    if wanted == "return":
        kinds = [text for kind, _, text in fields if kind == "rtype"]
        texts = [text for kind, _, text in fields if kind in ("return", "returns")]
        return tuple(Entry("result", kinds[0] if kinds else None, None, inline(text)) for text in texts[:1])
    types = {name: text for kind, name, text in fields if kind == "type"}
    entries = []
    for kind, rest, text in fields:
        if kind == "param" and rest:
            *typed, name = rest.split()
            entries.append(Entry(name, " ".join(typed) or types.get(name), None, inline(text)))
    return tuple(entries)
