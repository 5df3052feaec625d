"""One documented parameter, return value or exception: name, type, shape and description, out of the slots that people fill freely."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from gpiot_data.packages.markdown import first_sentence, inline, to_markdown
from gpiot_data.packages.slots import MAX_SLOT_CHARS, is_garbled, read_slot
from gpiot_data.packages.vocabulary import words

_STATED_SHAPE = re.compile(r"\bshape `?(?P<shape>\((?:[\w.+\-*/ ]+,)+[\w.+\-*/ ]*\))")
#: "default=None - The signal": the signature has it.
_LEADING_DEFAULT = re.compile(r"^\(?(?:optional,? ?)?default ?(?:=|:|is)? ?[^\s,]+[\s,.:;)-]+(?=[A-Z])")
_UNITS = r"Hz|kHz|MHz|dB|seconds|milliseconds|radians|degrees|samples|meters|volts"
_UNIT = re.compile(rf"\bin (?P<unit>{_UNITS})\b(?! (?:or|and|per)\b)|\[(?P<bracket>{_UNITS}|rad/s|deg|rad|sec|s|m|V)\]")
#: A line of 79 columns has as many below the indent of an entry.
_FILLED_CHARS = 71
#: Words that open a type; a longer phrase without any of them describes the value.
_TYPE_WORDS = re.compile(
    r"\b(?:array(?:_?like)?|ndarrays?|int(?:eger)?s?|float(?:s|ing)?|bool(?:ean)?|str(?:ing)?s?|list|tuples?|dict|callable|scalar|number|complex|sequence|"
    r"object|instance|None|optional|type|bytes|iterable|function|class|numeric|real)\b|[{\[]",
    re.IGNORECASE,
)
#: What stands alone in a slot of returned values and is a type; any other small word is a name.
LONE_TYPES = words(
    """
    any array array_like arrays bool boolean bools bytearray bytes callable class complex dataframe datetime dict dictionary double
    estimator float floats function generator instance int integer ints iterable iterator list lists mapping matrix ndarray ndarrays
    none number numeric object real scalar scalars sequence series set slice str string strings timedelta tuple tuples type
    """
)


#: "dict, only returned if full_output == True": a type, and when there is such a value.
_WHEN = re.compile(
    r",? \(?(?P<when>(?:only )?(?:returned|present|provided|available|given|included|output)(?: only)? (?:if|when|for)\b[^()]*"
    r"|only (?:if|when)\b[^()]*)\)?$",
    re.IGNORECASE,
)
_TYPE_AND_TEXT = re.compile(
    r"(?!the |an? )(?=[^-]*\b(?:array|int|float|str|bool|list|dict|tuple)\b)(?P<type>[^-]{3,60}?) - (?P<said>[a-zA-Z].{12,})"
)
#: "level - int, optional" without the colon that parts name and type.
_DASHED = re.compile(r"(?P<name>\*{0,2}[a-z_]\w*) -{1,2} (?P<type>[^-]+)")
#: "a panel transformer" above "this is a blueprint": two sentences, though no mark parts them.
_SAYS_MORE = re.compile(r"\s*(?:this|these) (?:is|are)\b")
_LEADS_ON = re.compile(
    r"(?:\b(?:if|when|that|as|because|since|where|while|and|or|but|whether|unless|though|so|case|until|than|which)|[,:;.(])$"
)


#: A head of an entry among the lines of another.
_SWALLOWED = re.compile(r"\s{0,4}(?P<name>[A-Za-z_]\w*) ?: ?(?P<type>[A-Za-z{(\[][^.:]{1,60}|np\.ndarray|pd\.\w+)$")


@dataclass(frozen=True, slots=True)
class Entry:
    """A parameter or return value: name, type and shape as stated (None where not), and its description as Markdown.

    `optional` is what its type slot says; of a value returned it means that there is not always one.
    """

    name: str
    type: str | None
    shape: str | None
    description: str
    optional: bool = False

    @property
    def unit(self) -> str | None:
        """Return the unit, where the first sentence states one."""
        match = _UNIT.search(first_sentence(self.description))
        return (match["unit"] or match["bracket"]) if match else None


def make_entry(name: str, kind: str, lines: Sequence[str], offset: int = 0) -> Entry | None:
    """Return the entry for a name, a type slot and the lines of a description, the first behind `offset` columns; None where it is none."""
    optional = re.search(r"\boptional\b", kind) is not None and len(kind.strip()) <= MAX_SLOT_CHARS
    name, kind = _head(name.strip(), kind.strip())
    if (match := _WHEN.search(kind)) and not is_prose(kind[: match.start()]):
        kind, lines = kind[: match.start()], [*lines, "", f"{match['when'][0].upper()}{match['when'][1:].rstrip('.')}."]
    typed = (
        any(map(str.strip, lines))
        and not re.search(r"[\\{}]|\.\.\.", kind)
        and _TYPE_WORDS.match(kind) is not None
        and not is_prose(read_slot(kind)[0])
    )
    if not name and kind and not typed and not re.fullmatch(r"[\w\[\]., |()]+", kind):
        return None
    if not name and (match := re.fullmatch(r"[\[(](?P<names>\w+(?:, ?\w+)+)[\])]", kind)):
        # "(cA, cD)" names what is returned.
        name, kind = match["names"], ""
    if not name and re.fullmatch(r"[a-z]\w*", kind) and kind not in LONE_TYPES:
        name, kind = kind, ""
    kind, description = _told(name, kind, lines, offset)
    kind, shape = read_slot(kind)
    if is_garbled(kind):
        kind, shape, description = _joined(kind, _parted(kind, lines)) or ("", None, description)
    if shape is None and "shape" not in kind and len(stated := _STATED_SHAPE.findall(description[:MAX_SLOT_CHARS])) == 1:
        shape = stated[0] if _STATED_SHAPE.search(first_sentence(description)) else None
    name = inline(name).replace("`", "").replace("\\", "")
    if name in (".", "..", "...", "None") or name.startswith(".. "):
        return None
    return Entry(name, kind or None, shape, description, optional)


def _head(name: str, kind: str) -> tuple[str, str]:
    """Return name and type slot, parted where the marks between them are not those that numpydoc wants."""
    whole = name if not kind else kind if not name else ""
    if match := re.fullmatch(r"(?P<name>\*{0,2}\w+(?:, \w+)*)\s*:\s*(?P<type>.+)", whole):
        return match["name"], match["type"]
    if not kind and (match := _DASHED.fullmatch(name)):
        return match["name"], match["type"]
    return name.rstrip(" :") or name, kind


def _told(name: str, kind: str, lines: Sequence[str], offset: int) -> tuple[str, str]:
    """Return the type slot without what is text in it, and the description with that."""
    description = to_markdown(_parted(kind, lines), whole=True, offset=offset)
    if match := _TYPE_AND_TEXT.match(kind):
        # "array of int - the labels", where what stands below says more.
        said = inline(match["said"])
        more = f"; {description}" if description[:1].islower() else f". {description}" if description else ""
        kind, description = match["type"], f"{said.rstrip('.')}{more}" if more else said
    elif not description and is_prose(kind):
        # "x : the input signal" on one line is a description, not a type.
        kind, description = "", inline(kind)
    elif lines and is_prose(kind) and _goes_on(name, kind, lines[0]):
        # "x : a sentence" that goes on below.
        following = _parted("", [kind, *(line.strip() for line in lines)])
        kind, description = "", to_markdown(following, whole=True, offset=len(name) + 3)
    return kind, _LEADING_DEFAULT.sub("", description)


def _parted(kind: str, lines: Sequence[str]) -> list[str]:
    """Return lines with a full stop where the next one opens a sentence in lower case: "this is a blueprint"."""
    parted = [kind, *lines]
    for position in range(1, len(parted)):
        before = parted[position - 1].rstrip()
        if before and _SAYS_MORE.match(parted[position]) and not _LEADS_ON.search(before):
            indent = len(parted[position]) - len(parted[position].lstrip())
            text = parted[position].strip()
            parted[position - 1] = f"{before}."
            parted[position] = f"{' ' * indent}{text[0].upper()}{text[1:]}"
    return parted[1:]


def _goes_on(name: str, kind: str, below: str) -> bool:
    """Tell whether what stands in a type slot is a sentence that goes on below: it fills its line, or is open at its end."""
    if re.search(r"\b(?:optional|default)\b", kind) or not re.match(r"\s*[a-z]", below):
        return False
    filled = len(f"{name} : {kind} {below.split()[0]}") > _FILLED_CHARS
    spoken = kind.split()[0].lower() in ("the", "a", "an") or kind.endswith(".") or re.search(r"\. [A-Z]", kind) is not None
    return (
        filled or spoken or _LEADS_ON.search(kind) is not None or re.search(r"\b(?:of|the|an?|to|for|in|by|with|is|are)$", kind) is not None
    )


def entries_within(name: str, kind: str, lines: Sequence[str]) -> list[tuple[str, str, list[str]]]:
    """Split the lines of a description from those of entries that it swallowed: "classes: np.ndarray" above lines with more indent."""
    found: list[tuple[str, str, list[str]]] = [(name, kind, [])]
    for position, line in enumerate(lines):
        match = _SWALLOWED.match(line)
        below = lines[position + 1] if position + 1 < len(lines) else ""
        # What an empty line or an announcement sets apart belongs to the entry: the keys of a mapping, say.
        ended = position > 0 and lines[position - 1].rstrip().endswith(".")
        deeper = len(below) - len(below.lstrip()) > len(line) - len(line.lstrip())
        if match and below.strip() and deeper and ended and _TYPE_WORDS.search(match["type"]) and not is_prose(match["type"]):
            found.append((match["name"], match["type"], []))
        else:
            found[-1][2].append(line)
    swallowed = [(head, slot, textwrap.dedent("\n".join(text)).split("\n")) for head, slot, text in found[1:]]
    return [found[0], *swallowed]


def is_prose(kind: str) -> bool:
    """Tell whether what stands in a type slot is a description."""
    words = kind.split() or [""]
    spoken = words[0].lower() in ("the", "a", "an") or kind.endswith(".")
    return len(words) >= 3 and (len(words) >= 7 or spoken or _TYPE_WORDS.search(kind) is None)


def _joined(kind: str, lines: Sequence[str]) -> tuple[str, str | None, str] | None:
    """Return a type that goes on in the lines below it, its shape, and the description that is left; None where it does not."""
    open_ended = re.search(r"(?:\b(?:or|and|of)|,)$", kind) or len(re.findall(r"[({\[]", kind)) > len(re.findall(r"[)}\]]", kind))
    if not open_ended:
        return None
    taken, shortest = 0, None
    while taken < len(lines) and lines[taken].strip() and re.match(r"\s*[a-z({\['\"`]", lines[taken]):
        taken += 1
        whole, shape = read_slot(f"{kind} {' '.join(line.strip() for line in lines[:taken])}")
        if is_garbled(whole):
            continue
        found = whole, shape, to_markdown(lines[taken:], whole=True, offset=0)
        if lines[taken - 1].rstrip().endswith(".") or taken == len(lines) or not lines[taken][:1].islower():
            return found
        shortest = shortest or found
    if shortest or not taken:
        return shortest
    # What cannot be told apart is a description as a whole: a type without its first alternatives says another thing.
    return "", None, to_markdown([kind, *(line.strip() for line in lines)], whole=True, offset=0)
