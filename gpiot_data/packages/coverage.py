"""Whether a description says enough, and of the right call: its parameters, the names it leans on, and words beyond those of the name."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gpiot_data.packages.docstrings import Documentation
from gpiot_data.packages.entries import LONE_TYPES, Entry
from gpiot_data.packages.markdown import sentences
from gpiot_data.packages.prose import without_lone_announcements
from gpiot_data.packages.signatures import Parameter
from gpiot_data.packages.symbols import Symbol
from gpiot_data.packages.vocabulary import OPEN_ENDED, words

#: A longer text says what the call is about, whatever it leaves out.
_LONG_TEXT_CHARS = 700
#: Words that a sheet needs beside those of the symbol's name to say more than it; set on the rows of 39 packages.
_MIN_NEW_WORDS = 5
_TICKED = re.compile(r"`(?P<name>[a-z_]\w*)`")
_PARTS = re.compile(
    r"\b(?:attributes?|fields?|keys?|columns?|members?|propert(?:y|ies)|methods?|named?|dimensions?|coordinates?|variables?)\b"
)
#: Words that every sheet has.
_COMMON = words(
    """
    according array attribute attributes be bool boolean calculate call class classes compute containing corresponding current data
    default dict do does each element elements float following function get given gives input instance int integer it list method name
    none not number object objects one optional other output parameter parameters property raises result return returned returns same self
    set specified str string that this to true tuple type use used value values various whether
    """
)


def description_fault(symbol: Symbol, documentation: Documentation, text: str) -> str | None:
    """Return why the text below a symbol's signature is no description, None where it is one.

    It is `other_parameters` where it documents another call, `undescribed_parameters` where it leaves out most of them and says little
    else, and `no_details` where it repeats the name.
    """
    if _is_of_other_call(symbol, documentation.parameters):
        return "other_parameters"
    own = _own_parameters(symbol)
    silent = [parameter for parameter in own if not _mentions(text, parameter.name)]
    if 2 * len(silent) > len(own) and len(text) < _LONG_TEXT_CHARS:
        return "undescribed_parameters"
    return "no_details" if _new_words(symbol, text) < _MIN_NEW_WORDS else None


def says_only_name(symbol: Symbol, documentation: Documentation, request: str) -> bool:
    """Tell whether what a member is asked for has no word beyond its name, and nothing is told of what goes in or comes out."""
    if symbol.owner is None:
        return False
    told = (*documentation.parameters, *documentation.other_parameters, *documentation.returns)
    if any(entry.description for entry in told):
        return False
    own = symbol.short_name.lower()
    spoken = [word.lower() for word in re.findall(r"[A-Za-z]{3,}", request.replace("`", ""))][1:]
    return not [word for word in spoken if word not in (_COMMON | OPEN_ENDED) - {"array", "elements"} and word[:5] not in own]


def without_unknown_names(symbol: Symbol, documentation: Documentation) -> Documentation:
    """Return documentation whose returned values are not told by names that nothing introduces: what speaks of them is cut."""
    if symbol.parameters is None or _takes_any(symbol) or symbol.kind == "class":
        return documentation
    described = (*documentation.parameters, *documentation.other_parameters, *documentation.attributes)
    texts = [documentation.summary, documentation.extended, documentation.notes, *(entry.description for entry in described)]
    known = {
        word
        for entry in (*described, *documentation.returns)
        for word in re.findall(r"\w+", f"{entry.name} {entry.shape or ''} {entry.type or ''}")
    }
    known |= {parameter.name for parameter in symbol.parameters} | {match for text in texts for match in _TICKED.findall(text)}
    known |= {symbol.short_name, *symbol.name.split("."), *keyword.kwlist, *dir(builtins), *LONE_TYPES, "self"}
    returns = tuple(replace(entry, description=_known_start(entry.description, known)) for entry in documentation.returns)
    return replace(documentation, returns=tuple(entry for entry in returns if entry.name or entry.type or entry.description))


def _known_start(description: str, known: Iterable[str]) -> str:
    """Return the sentences before the first that speaks of a name that is not known."""
    told = {*known, *re.findall(r"^- `(\w+)`", description, re.MULTILINE)}
    kept: list[str] = []
    for block in description.split("\n\n"):
        said = sentences(block)
        unknown = next((position for position, sentence in enumerate(said) if _unknown(sentence) - told), None)
        if unknown is not None:
            start = "" if block.startswith("- ") else " ".join(said[:unknown])
            return "\n\n".join(without_lone_announcements([block for block in (*kept, start) if block]))
        kept.append(block)
    return description


def _unknown(sentence: str) -> set[str]:
    """Return the names that a sentence takes for known: not those of parts of a value, and none that stands in a formula beside it."""
    if _PARTS.search(sentence):
        return set()
    named = _TICKED.findall(sentence)
    return {name for name in named if len(re.findall(rf"\b{name}\b", sentence)) == 1}


def _own_parameters(symbol: Symbol) -> list[Parameter]:
    return [parameter for parameter in symbol.parameters or () if not parameter.text.startswith(("*", "/"))]


def _takes_any(symbol: Symbol) -> bool:
    return any(re.match(r"\*+\w", parameter.text) for parameter in symbol.parameters or ())


def _is_of_other_call(symbol: Symbol, entries: Sequence[Entry]) -> bool:
    """Tell whether a parameter that the call needs is not documented while one that it does not have is: they were renamed."""
    if symbol.parameters is None:
        return False
    known = {parameter.name for parameter in symbol.parameters}
    documented = [{*re.findall(r"\w+", entry.name)} for entry in entries]
    needed = {parameter.name for parameter in _own_parameters(symbol) if "=" not in parameter.text}
    missing = needed - set().union(*documented)
    strange = [names for names in documented if names and not names & known]
    return bool(missing and strange)


def _mentions(text: str, name: str) -> bool:
    """Tell whether a text speaks of a parameter; an entry without type and text only names it."""
    plain = re.sub(rf"^- `{re.escape(name)}`$", "", text, flags=re.MULTILINE)
    pattern = rf"`[^`]*\b{re.escape(name)}\b[^`]*`|\*{re.escape(name)}\*" if len(name) < 3 else rf"\b{re.escape(name)}\b"
    return re.search(pattern, plain) is not None


def _new_words(symbol: Symbol, text: str) -> int:
    """Count the words that neither the symbol's names nor the form of a sheet give."""
    spoken = {word.lower() for word in re.findall(r"[A-Za-z]{3,}", text)}
    names = f"{symbol.short_name} {(symbol.owner or '').rsplit('.', 1)[-1]}"
    named = [part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", names)]
    return sum(1 for word in spoken - _COMMON - OPEN_ENDED if not any(word[:5] == part[:5] for part in named))
