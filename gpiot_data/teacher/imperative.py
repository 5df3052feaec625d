"""Sentences of a paper -> imperative steps, by rules; what is no step gives None."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gpiot_data.papers.blocks import EQUATION_MARK
from gpiot_data.teacher.phrases import (
    ABBREVIATION,
    ASIDE,
    BY_AGENT,
    BY_WE,
    CITATION,
    FINITE,
    LEAD,
    LEFTOVER_POINTER,
    PASSIVE,
    POINTER,
    PROPER,
    SENTENCE_END,
    VAGUE,
    WE,
)
from gpiot_data.teacher.verbs import base_forms, participles, past_forms, third_person

MIN_STEP_WORDS, MAX_STEP_WORDS = 4, 42
#: Characters outside ASCII that engineering prose uses; more than a few others mean a torn formula.
_PLAIN_SYMBOLS = set(
    "\u00b0\u00b5\u03bc\u00b1\u00d7\u2013\u2014\u2019\u2018\u201c\u201d\u2264\u2265\u03bb\u03b1\u03b2\u03c3\u03c0\u2212\u22c5\u226a\u226b\u2211\u221a\u2248\u2208\u2190\u2192"
)
#: 'counts of' and 'limits are' are nouns, 'counts the' and 'limits it' are verbs.
_FURTHER_VERB = re.compile(
    r"((?:,\s+(?:and |then )?|\band (?:then )?|\bor\s+|\bbut\s+)(?:\w+ly\s+)?)([a-z-]+s)"
    r"(?=\s+(?!of\b|in\b|and\b|or\b|are\b|is\b|that\b|which\b)\w)"
)
#: 'and left to', 'and then stored', 'and continues only': a further verb that kept its form, so the step reads broken.
_HALF_CONVERTED = re.compile(
    r"\b(?:and|or|but) (?:then |never |only |also )?(?:left|kept|sent|held|[a-z-]{3,}ed)(?=\.|;|,| "
    r"(?:to|by|in|at|with|only|for|into|as|on|from|until|once|when)\b)|"
    r"\b(?:and|or|but) (?:then |never |only |also )?[a-z-]{3,}s (?:only|the|a|an|it|its|them|\u03bc)\b"
)
_FURTHER_PARTICIPLE = re.compile(r"((?<!is )(?<!are )(?<!be )\b(?:and|then)\s+)([a-z-]+ed|[a-z]+n)\b")


def sentences(paragraph: str) -> Iterator[str]:
    """Yield the sentences of a paragraph; abbreviations and decimal points do not end one."""
    guarded = ABBREVIATION.sub(lambda match: match[0].replace(".", "\x00"), paragraph)
    for sentence in SENTENCE_END.split(guarded):
        text = sentence.replace("\x00", ".").strip()
        if text:
            yield text


def clean(sentence: str) -> str:
    """Drop citation marks, asides in brackets and pointers to figures, tables, sections and equations."""
    text = CITATION.sub("", sentence)
    text = ASIDE.sub("", text)
    text = POINTER.sub("", text)
    text = re.sub(r"\s+([,.;:])", r"\1", text)
    return re.sub(r"\s+", " ", text).strip(" ,")


def to_step(sentence: str) -> str | None:
    """Return the sentence as one imperative step ending in a full stop, or None if it describes no action.

    >>> to_step("Next, we compute the moving average over 150 ms [3].")
    'Compute the moving average over 150 ms.'
    >>> to_step("The slope is estimated by a five-point derivative, as shown in Fig. 2.")
    'Estimate the slope by a five-point derivative.'
    >>> to_step("We believe this is the first such system.") is None
    True
    """
    text = clean(sentence).rstrip(".!?: ")
    for clause in (text, *(text.split(";") if ";" in text else ())):
        step = _clause_to_step(clause.strip())
        if step is not None:
            return step
    return None


def _clause_to_step(text: str) -> str | None:
    text = LEAD.sub("", text)
    text = text[:1].upper() + text[1:]
    step = _from_we(text) or _from_agent(text) or _from_passive(text)
    return step if step is not None and _is_sound(step) else None


def _compose(lead: str, verb: str, rest: str) -> str:
    lead = lead.strip()
    rest = rest.strip().rstrip(".")
    body = f"{verb} {rest}".strip()
    if lead:
        lead = lead if lead.endswith(",") else lead + ","
        return f"{lead[0].upper()}{lead[1:]} {body}."
    return f"{body[0].upper()}{body[1:]}."


def _from_we(text: str) -> str | None:
    match = BY_WE.match(text)
    if match is None:
        return None
    verb = match["verb"] if match["verb"] in base_forms() else past_forms().get(match["verb"])
    return None if verb is None else _without_we(_compose(match["lead"], verb, _coordinate(match["rest"])))


def _from_agent(text: str) -> str | None:
    match = BY_AGENT.match(text)
    if match is None or match["verb"] not in third_person():
        return None
    rest = _coordinate(match["rest"])
    return _without_we(_compose(match["lead"], third_person()[match["verb"]], rest))


def _coordinate(rest: str) -> str:
    """Turn further verbs of the same subject into imperatives: 'and stores it' -> 'and store it'."""

    def base(match: re.Match[str]) -> str:
        return match[1] + third_person().get(match[2], match[2])

    return _FURTHER_VERB.sub(base, rest)


def _from_passive(text: str) -> str | None:
    match = PASSIVE.match(text)
    if match is None or match["verb"] not in participles():
        return None
    what = re.sub(r"^otherwise,?\s+", "", match["what"].strip(), flags=re.IGNORECASE)
    if (
        any(word in third_person() or word == "consists" for word in what.split()[1:-1])
        or VAGUE.match(what)
        or FINITE.search(what)
        or re.search(r"^(?:and|or|so|but|how|what|where)\b|\b(?:and|or)$", what, re.IGNORECASE)
    ):
        return None
    what = _uncapitalise(what)
    rest = re.sub(r"\b(and|then|or)\s+(?:is|are)\s+", r"\1 ", match["rest"])
    rest = _FURTHER_PARTICIPLE.sub(lambda found: found[1] + participles().get(found[2], found[2]), rest)
    verb = participles()[match["verb"]]
    particle = re.match(r"\s*(up|down|off|on|out|back|away)\b(?=\s|$)", rest)
    if particle and verb in {"set", "turn", "switch", "shut", "power", "round", "wake"}:
        verb, rest = f"{verb} {particle[1]}", rest[particle.end() :]
    return _without_we(_compose(match["lead"], verb, f"{what}{rest}"))


def _uncapitalise(text: str) -> str:
    first = text.split(" ", 1)[0]
    return text if PROPER.match(first) or not (first[1:].islower() or first == "A") else text[0].lower() + text[1:]


def _without_we(step: str) -> str | None:
    step = re.sub(r"\bour\b", "the", step)
    # A second main clause in the passive ('..., and the cycle is repeated') is no part of an imperative.
    step = re.sub(r",? and (?:the|each|every|its|this) [^,;]{2,60} (?:is|are) [a-z]+ed\b.*$", "", step.rstrip(".")) + "."
    return None if WE.search(step) or _HALF_CONVERTED.search(step) else step


def _is_sound(step: str) -> bool:
    words = step.split()
    if EQUATION_MARK in step or "\ufffd" in step:
        return False
    if not MIN_STEP_WORDS <= len(words) <= MAX_STEP_WORDS or LEFTOVER_POINTER.search(step):
        return False
    balanced = all(step.count(left) == step.count(right) for left, right in ("()", "[]", "\u201c\u201d"))
    # A step whose object is a bare pronoun cannot be followed on its own.
    dangling = re.match(r"^[A-Z][\w-]+ (?:it|them|this|these|that|so)\b", step) or re.search(
        r"\b(?:that|which|and|or|the|a|of|to|by|for|with|in|as|follows)\.$", step
    )
    symbols = sum(not (char.isascii() or char in _PLAIN_SYMBOLS) for char in step)
    return balanced and dangling is None and symbols <= 0.03 * len(step)
