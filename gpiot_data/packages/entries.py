"""One documented parameter, return value or exception: name, type, shape and description, out of the slots that people fill freely."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gpiot_data.packages.markdown import first_sentence, inline, to_markdown

_SHAPE = re.compile(r"(?:,?\s*(?:of\s+)?(?:with\s+)?shape\s*[:=]?\s*|^|,\s*|\s)(?P<shape>\((?:[\w.+\-*/ ]+,)+[\w.+\-*/ ]*\))(?=\s|,|$)")
_STATED_SHAPE = re.compile(r"\bshape `?(?P<shape>\((?:[\w.+\-*/ ]+,)+[\w.+\-*/ ]*\))")
_UNITS = r"Hz|kHz|MHz|dB|seconds|milliseconds|radians|degrees|samples|meters|volts"
_UNIT = re.compile(rf"\bin (?P<unit>{_UNITS})\b(?! (?:or|and|per)\b)|\[(?P<bracket>{_UNITS}|rad/s|deg|rad|sec|s|m|V)\]")
#: Words that open a type; a longer phrase without any of them describes the value.
_TYPE_WORDS = re.compile(
    r"\b(?:array(?:_?like)?|ndarrays?|int(?:eger)?s?|float(?:s|ing)?|bool(?:ean)?|str(?:ing)?s?|list|tuples?|dict|callable|scalar|number|complex|sequence|"
    r"object|instance|None|optional|type|bytes|iterable|function|class|numeric|real)\b|[{\[]",
    re.IGNORECASE,
)
#: "default=None", "default is (64, 128)": the signature has it.
_DEFAULT = re.compile(
    r"[,;]?\s*\(?\bdefaults?(?: to| is)?\s*[:=]?\s*"
    r"(?:\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|'[^']*'|\"[^\"]*\"|`[^`]*`|[^,;\s()]+(?:\([^()]*\))?)\)?",
    re.IGNORECASE,
)
#: A longer type slot is no type; and the patterns below need a bound.
_MAX_SLOT_CHARS = 400


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


def make_entry(name: str, kind: str, lines: Sequence[str]) -> Entry | None:
    """Return the entry for a name, a type slot and the lines of a description; None where these are no entry."""
    name, kind = name.strip(), kind.strip()
    # "name: type" without the space that numpydoc wants.
    whole = name if not kind else kind if not name else ""
    if match := re.fullmatch(r"(?P<name>\*{0,2}\w+(?:, \w+)*)\s*:\s*(?P<type>.+)", whole):
        name, kind = match["name"], match["type"]
    description = to_markdown(lines, whole=True)
    if not name and kind and not re.fullmatch(r"[\w\[\]., |()]+", kind):
        return None
    if not name and (match := re.fullmatch(r"[\[(](?P<names>\w+(?:, ?\w+)+)[\])]", kind)):
        # "(cA, cD)" names what is returned.
        name, kind = match["names"], ""
    if not description and is_prose(kind):
        # "x : the input signal" on one line is a description, not a type.
        kind, description = "", inline(kind)
    kind, shape = _split_shape(kind) if len(kind) <= _MAX_SLOT_CHARS else (inline(kind), None)
    if shape is None and (stated := _STATED_SHAPE.search(first_sentence(description)[:_MAX_SLOT_CHARS])):
        shape = stated["shape"]
    name = inline(name).replace("`", "").replace("\\", "")
    return None if name in (".", "..", "...", "None") or name.startswith(".. ") else Entry(name, kind or None, shape, description)


def is_prose(kind: str) -> bool:
    """Tell whether what stands in a type slot is a description."""
    words = kind.split() or [""]
    spoken = words[0].lower() in ("the", "a", "an") or kind.endswith(".")
    return len(words) >= 3 and (len(words) >= 7 or spoken or _TYPE_WORDS.search(kind) is None)


def _split_shape(kind: str) -> tuple[str, str | None]:
    """Separate a stated shape such as `(N,)` from a type, and drop the word optional and the default."""
    text = inline(kind)
    text = re.sub(r"\s*\((?:optional)?[,;]?\s*(?:default\b[^()]*)?\)", "", text, flags=re.IGNORECASE)
    text = re.sub(r"\s+,", ",", _DEFAULT.sub("", re.sub(r",?\s*\(?\boptional\b\)?", "", text))).strip(" ,.")
    shape = None
    if (match := _SHAPE.search(text)) and not _TYPE_WORDS.search(match["shape"]):
        shape = match["shape"]
        text = (text[: match.start()] + " " + text[match.end() :]).strip(" ,")
    return " ".join(text.split()), shape
