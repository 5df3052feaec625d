"""What the documentation says that a parameter does, as a phrase to put behind `with mode="same"`."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from gpiot_data.packages.entries import Entry
from gpiot_data.packages.markdown import first_sentence
from gpiot_data.packages.wording import is_request, lower_first

_MIN_CHARS, _MAX_CHARS = 8, 110
#: What points at something that does not come with the phrase, or is no phrase.
_UNFIT = re.compile(
    r"\$|https?:|\b(?:see|above|below|following|this (?:argument|parameter|option|keyword)|these|those|default|deprecated|ignored|we|you|"
    r"Notes?|Examples?|sections?|otherwise|same as|refer to|e\.g|i\.e|whether|must|can be)\b|"
    r"^`[^`]+`,|^(?:if|when)\b|^(?:assumed|considered|treated|taken|interpreted) (?:to be|as)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^(?:If|When) (?:this is |it is |set to |`\w+` is |`\w+` == )?"
    r"(?P<value>`?True`?|`?False`?|given|provided|specified|not None|set|`?['\"]\w+['\"]`?),?\s+"
    r"(?:then )?(?P<rest>.+)",
    re.IGNORECASE,
)

#: Verbs of descriptions that no program is asked to do.
_SAYING = frozenset({"decides", "controls", "specifies", "indicates", "sets", "means", "defines", "describes", "gives", "allows"})


def value_phrase(entry: Entry, value: ast.expr) -> str | None:
    """Return what a parameter does when it has a value: what is said of that value, else the first clause; None where neither fits."""
    constant = value.value if isinstance(value, ast.Constant) else ...
    if isinstance(constant, str) and (said := _said_of(entry.description, constant)):
        return _clean(said)
    sentence = first_sentence(entry.description).strip()
    if re.match(r"(?:If|When) `?None\b", sentence) and constant is not None:
        return None
    if match := _CONDITION.match(sentence):
        condition = match["value"].strip("`'\"").lower()
        wanted = {"true": constant is True, "false": constant is False}.get(condition, constant is not None)
        if match["value"].strip("`")[:1] in "'\"":
            wanted = constant == match["value"].strip("`'\"")
        return _clean(match["rest"]) if wanted else None
    if isinstance(constant, bool):
        # "Whether to ...": true says it, false does not.
        match = re.match(r"(?:Whether (?:or not )?(?:to )?)(?P<rest>.+)", sentence)
        # "A rename or a reordering": neither is said of the one value.
        return _clean(match["rest"]) if match and constant and not re.search(r"\bor\b", match["rest"]) else None
    return _clean(sentence)


def _said_of(description: str, value: str) -> str | None:
    """Return what a list of values says of one: "- `same`: The output is ..."."""
    quoted = re.escape(value)
    match = re.search(
        rf"^[ \t]*(?:[-*] )?[`'\"]+{quoted}[`'\"]+(?: ?\((?:default|optional)\))?[ \t]*(?::|-|=>)[ \t]*\n?[ \t]*(?P<said>[^\n]+)",
        description,
        re.MULTILINE | re.IGNORECASE,
    )
    if match is None:
        match = re.search(
            rf"\b[Ii]f (?:`?\w+ ?(?:==?|is) ?)?[`'\"]+{quoted}[`'\"]+(?: \(default\))?, (?:then )?(?P<said>[^\n]+)", description
        )
    return first_sentence(match["said"]) if match else None


def _clean(text: str) -> str | None:
    text = re.sub(r"\s*\((?:optional|default)[^()]*\)", "", text, flags=re.IGNORECASE)
    text = re.split(r"(?:;|:)(?:\s|$)| - |\n", text, maxsplit=1)[0]
    # "The capacity, i.e., the number of items": what explains it goes.
    text = re.split(r",? \(?(?:i\.e|e\.g)\b", text, maxsplit=1)[0]
    if len(text) > _MAX_CHARS:
        # A clause less, as long as it says something.
        text = text[: text.rfind(", ", 0, _MAX_CHARS)] if ", " in text[:_MAX_CHARS] else text
    text = " ".join(text.split()).rstrip(" .,:;")
    whole = text.count("(") == text.count(")") and text.count("`") % 2 == 0 and not re.search(r"\bor$|\band$", text)
    if (
        not whole
        or not _MIN_CHARS <= len(text) <= _MAX_CHARS
        or _UNFIT.search(text)
        or re.fullmatch(r"(?:if|when) [\w`]+", text, re.IGNORECASE)
        or re.fullmatch(r"(?:the )?(?:[\w`-]+ ){1,3}to (?:use|be used)|(?:the )?\w+", text, re.IGNORECASE)
    ):
        return None
    return lower_first(text)


def arguments_clause(given: Sequence[tuple[str, str, str | None]]) -> str:
    """Return ", with `mode='same'`: the output is ..." for names with the text of their values and their phrases, where there are any."""
    if len(given) == 1:
        ((name, value, phrase),) = given
        joint = "" if phrase is None else ", which " if _is_verb_form(phrase.split()[0]) else ": "
        return f", with `{name}={value}`{joint}{phrase or ''}"
    written = [f"`{name}={value}`{f' ({phrase})' if phrase else ''}" for name, value, phrase in given]
    return f", with {', '.join(written[:-1])} and {written[-1]}"


def _is_verb_form(word: str) -> bool:
    """Tell whether a phrase that opens with this word says what something does: "decides", "controls"."""
    return word.lower() in _SAYING or (word.endswith("s") and is_request(word.removesuffix("s")))
