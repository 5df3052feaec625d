"""Slips of authors that a description shows by itself: texts of another symbol, crossed texts, code that lacks a name, two lengths."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gpiot_data.packages.docstrings import Documentation
from gpiot_data.packages.entries import Entry
from gpiot_data.packages.scope import undefined_names
from gpiot_data.packages.symbols import Symbol
from gpiot_data.syntax_trees import parse_quietly, walk

_UPPER, _LOWER = frozenset(["hi", "high", "upper", "max", "maximum", "last"]), frozenset(["lo", "low", "lower", "min", "minimum", "first"])
_OPENS_HIGH = re.compile(r"(?:the )?(?:high|highest|higher|upper|max|maximum|maximal|last|largest)\b(?! (?:and|or|to)\b|/)", re.IGNORECASE)
_OPENS_LOW = re.compile(r"(?:the )?(?:low|lowest|lower|min|minimum|minimal|first|smallest)\b(?! (?:and|or|to)\b|/)", re.IGNORECASE)
_LENGTH = re.compile(
    r"\b(?:lengths?|sizes?|points|elements|samples|values)\b\W+(?:(?:is|are|of|be|to|equal|equals|will|always)\W+)*"
    r"(?P<after>\d+ ?\*? ?[A-Za-z] ?[+-] ?\d+)\b|"
    r"\b(?P<before>\d+ ?\*? ?[A-Za-z] ?[+-] ?\d+)`? (?:points|elements|samples|values)\b"
)
#: Shorter words stand by chance within two others.
_SHORT = 4
_BOTH = re.compile(r"\breturns? both\b", re.IGNORECASE)
_HOLDS_SEVERAL = re.compile(r"tuple|list|array|dict|frame|result|bunch|object|^$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Summaries:
    """The first paragraphs of the docstrings of a package, of classes and of all else, with the short names of those that have them."""

    names: Mapping[tuple[bool, str], frozenset[str]]

    @classmethod
    def of(cls, symbols: Iterable[Symbol]) -> Summaries:
        """Collect the first paragraphs of symbols."""
        found: dict[tuple[bool, str], set[str]] = defaultdict(set)
        for symbol in symbols:
            if symbol.docstring:
                found[symbol.kind == "class", _opening(symbol.docstring)].add(symbol.short_name)
        return cls({key: frozenset(names) for key, names in found.items()})

    def is_of_other(self, symbol: Symbol) -> bool:
        """Tell whether a symbol has the summary of another one, whose name it spells better: "Fit to data, then transform it."."""
        opening = _opening(symbol.docstring or "")
        names = self.names.get((symbol.kind == "class", opening), frozenset())
        own = _parts(symbol.short_name)
        # Names that share nothing may well be two for one thing: `cumsum`, `cumulative_sum`.
        others = [parts for parts in map(_parts, names) if parts & own and _spelled(parts, opening) > _spelled(own, opening)]
        if _spelled(own, opening) < len(own):
            return bool(others)
        # What says all of a name may still open with another act: "Fit to data, then transform it." of `transform`.
        act = opening.lower().split()[:1]
        return any(own < parts and set(act) & (parts - own) for parts in others)


def _opening(docstring: str) -> str:
    return " ".join(docstring.strip().split("\n\n")[0].split())


def _parts(name: str) -> frozenset[str]:
    return frozenset(part.lower() for part in re.findall(r"[A-Z]?[a-z\d]+|[A-Z\d]+(?![a-z])", name) if len(part) > 1)


def _spelled(parts: Iterable[str], opening: str) -> int:
    """Count the words of a name that a summary has, as one word or as two."""
    said = re.findall(r"[a-z\d]+", opening.lower())
    whole = "".join(said)
    return sum(
        (len(part) > _SHORT and part in whole) or any(word[:5] == part[:5] and abs(len(word) - len(part)) <= 3 for word in said)
        for part in parts
    )


def description_slip(documentation: Documentation, sheet: str) -> str | None:
    """Return what a description shows to be false by itself, a stable word; None where nothing is seen.

    It is `crossed_texts`, `undefined_in_code`, `two_lengths` or `lost_return`.
    """
    if any(map(is_crossed, (*documentation.parameters, *documentation.other_parameters))):
        return "crossed_texts"
    if lacks_name(sheet):
        return "undefined_in_code"
    if _has_two_lengths(sheet):
        return "two_lengths"
    return "lost_return" if loses_return(documentation) else None


def is_crossed(entry: Entry) -> bool:
    """Tell whether a parameter that is a bound by its name is the opposite one by its text: "f_hi: lowest frequency"."""
    parts = set(re.findall(r"[a-z]+", entry.name.lower()))
    high, low = bool(parts & _UPPER), bool(parts & _LOWER)
    if high == low:
        return False
    return (_OPENS_LOW if high else _OPENS_HIGH).match(entry.description) is not None


def lacks_name(sheet: str) -> bool:
    """Tell whether a program in a text, one that imports what it uses, uses a name that neither it nor one before it has."""
    before = ""
    for code in re.findall(
        r"^```\n(.*?)\n```$", re.sub(r"^```python\n.*?\n```$", "", sheet, flags=re.MULTILINE | re.DOTALL), re.MULTILINE | re.DOTALL
    ):
        before = f"{before}{code}\n"
        try:
            tree = parse_quietly(before)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
        imports = [node for node in walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        stars = any(alias.name == "*" for node in imports for alias in node.names)
        if imports and not stars and undefined_names(before):
            return True
    return False


def _has_two_lengths(text: str) -> bool:
    """Tell whether a text gives one length as "2N - 1" and as "2N + 1"."""
    signs: dict[str, set[str]] = defaultdict(set)
    for match in _LENGTH.finditer(text):
        written = re.sub(r"[ *]", "", match["after"] or match["before"])
        signs[re.sub(r"[+-]", "", written)].add("+" if "+" in written else "-")
    return any(len(found) > 1 for found in signs.values())


def loses_return(documentation: Documentation) -> bool:
    """Tell whether a text says that two values are returned, and one that cannot hold both is listed."""
    said = f"{documentation.summary} {documentation.extended}"
    listed = documentation.returns
    return _BOTH.search(said) is not None and len(listed) == 1 and _HOLDS_SEVERAL.search(listed[0].type or "") is None
