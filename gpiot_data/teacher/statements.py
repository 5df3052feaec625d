"""A sentence that says what something is or does -> a step that lets it be so ('Let the score be the power')."""

from __future__ import annotations

import re

from gpiot_data.teacher.imperative import Step
from gpiot_data.teacher.phrases import BUILT_FROM, FINITE, HEARSAY, LEAD, LEFTOVER_POINTER, VAGUE, WE, listed
from gpiot_data.teacher.sentences import clean
from gpiot_data.teacher.soundness import fault
from gpiot_data.teacher.tightening import tighten
from gpiot_data.teacher.verbs import third_person

_IS = re.compile(
    r"^(?P<what>(?:[Tt]he|[Aa]n?|[Ee]ach|[Ee]very|[A-Z][\w-]*)\b[^,;:]{2,90}?) (?P<is>is|are) "
    r"(?P<rest>(?:the|an?|its|their|one|two|three|four|five|six|\d)\b.+)$"
)
_DOES = re.compile(
    r"^(?P<what>(?:[Tt]he|[Aa]n?|[Ee]ach|[Ee]very|Up to \w+|[A-Z][\w-]*)\b[^,;:]{2,70}?) "
    rf"(?P<verb>{listed('statement_verb')}) (?P<rest>.+)$"
)
#: A second verb that kept its form: 'opens at six and closes at three'.
_SECOND_VERB = re.compile(r"(?:,| and| or| but) (?:then |also )?[a-z]{3,}s (?:the|an?|it|at|when|to|its|in|by|from|with)\b|;")
_NO_SUBJECT = re.compile(rf"{FINITE.pattern}|\b(?:that|whose|where|thus|then|also|now|therefore|hence)\b|\b(?:and|or)$", re.IGNORECASE)
_FURTHER = re.compile(
    rf"(?P<link> and (?:then )?)(?P<verb>{listed('statement_verb')}|lifts|lets|closes|keeps|drops|takes|moves|falls)\b(?= )"
)
#: What lists the fields of a record may be longer than a deed.
_LISTS = re.compile(r"^Let [^,]{3,60} (?:hold|contain|carry|comprise) ")
#: A size follows from what was decided before.
_SIZE = re.compile(r"^Let [^,]+? (?:occupy|last) ")
MAX_WORDS = 56
_ARGUES = re.compile(listed("argues"), re.IGNORECASE)


def to_statement(sentence: str) -> Step | None:
    """Return the step that a statement on the design makes, or None for a sentence that argues, reports or cannot stand alone.

    >>> to_statement("The score of a candidate is its power times the share in band.").text
    'Let the score of a candidate be its power times the share in band.'
    >>> to_statement("Sleep is important for everybody.")
    """
    text = LEAD.sub("", clean(sentence)).rstrip(".!?: ")
    text = BUILT_FROM.sub(r"\g<is> ", text[:1].upper() + text[1:])
    if HEARSAY.search(text) or WE.search(text) or LEFTOVER_POINTER.search(text) or VAGUE.match(text) or _ARGUES.search(text):
        return None
    match = _IS.match(text) or _DOES.match(text)
    if match is None or _NO_SUBJECT.search(match["what"]) or any(word in third_person() for word in match["what"].split()[2:]):
        return None
    what, rest = match["what"], _FURTHER.sub(lambda found: found["link"] + _base(found["verb"]), match["rest"])
    if _SECOND_VERB.search(rest):
        return None
    verb = "be" if "is" in match.groupdict() else _base(match["verb"])
    step = tighten(
        f"Let {what[0].lower() if what[1:2].islower() or what[1:2] == ' ' else what[0]}{what[1:]} {verb} {rest}.".replace("  ", " ")
    )
    return None if (fault(step, MAX_WORDS) if _LISTS.search(step) else fault(step)) else Step(step, sentence, "let")


def decides(statement: Step) -> bool:
    """Tell a statement on what a part does or holds, which is a step by itself, from one that says what something is or how large."""
    return " be " not in f" {statement.text} " and _SIZE.search(statement.text) is None


def _base(verb: str) -> str:
    if verb == "must":
        return ""
    return verb[:-3] + "y" if verb.endswith("ies") else re.sub(r"(?<=pass)es$|(?<!s)s$", "", verb)
