"""What is wrong with the texts of a specification: cut off, run together, or written for another symbol."""

from __future__ import annotations

import re

from gpiot_data.packages.symbols import Symbol
from gpiot_data.schema import Specification

#: "The approach applied based on": these ask for more, where "the axis to sort by" does not.
_CUT = re.compile(
    r"\b(?:based on|depend(?:s|ing|ent)? on|rel(?:y|ies|ying) on|consist(?:s|ing)? of|compris(?:es|ed)? of|according to|due to|"
    r"such as|with respect to|in terms of|instead of|rather than|because of|similar to|equal to|used as|known as|i\.e|e\.g)\W*$"
)
#: '"bool" = if it is true ">", ">=" = if it compares': items of a list without what held them apart.
_RUN_TOGETHER = re.compile(r"\"[^\"\s]{1,16}\"(?:, ?\"[^\"\s]{1,16}\")* = .*\"[^\"\s]{1,16}\"(?:, ?\"[^\"\s]{1,16}\")* = ")
#: "If `indices` is false, an array." says nothing of the other case.
_ONE_CASE = re.compile(r"(?:If|When) (?!.*\b(?:[Oo]therwise|[Ee]lse|[Ii]f not|return_\w+)\b)(?!.*[.;] (?:If|When)\b).*", re.DOTALL)
_OWN_DIMENSION = re.compile(r"(?<!\d)(?P<number>[1-4])[dD](?=$|_|[A-Z])")
_DIMENSION = re.compile(r"\b(?P<number>[1-4]|one|two|three|four)[- ]?(?:[dD]|dimensional)\b", re.IGNORECASE)
_NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4"}


def specification_fault(symbol: Symbol, specification: Specification) -> str | None:
    """Return why the texts of a specification may not stay, a stable word.

    `cut_text`, `flattened_list`, `unnamed_input`, `one_case` or `other_dimension`; None where nothing is wrong.
    """
    outputs = [item.description or "" for item in specification.outputs]
    texts = [*outputs, *(item.description or "" for item in specification.inputs)]
    if any(map(_CUT.search, texts)):
        return "cut_text"
    if any(map(_RUN_TOGETHER.search, texts)):
        return "flattened_list"
    if any(item.name.lstrip("*") in ("args", "kwargs") and not item.description for item in specification.inputs):
        return "unnamed_input"
    if any(_ONE_CASE.fullmatch(text) for text in outputs):
        return "one_case"
    own = _OWN_DIMENSION.findall(symbol.short_name)
    said = [_dimensions(text) for text in (specification.target, *outputs)]
    return "other_dimension" if len(own) == 1 and any(found and own[0] not in found for found in said) else None


def _dimensions(text: str) -> set[str]:
    """Return the numbers of dimensions that a text speaks of."""
    plain = re.sub(r"`[^`]*`", "", text)
    return {_NUMBERS.get(match["number"].lower(), match["number"]) for match in _DIMENSION.finditer(plain)}
