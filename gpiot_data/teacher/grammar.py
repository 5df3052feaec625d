"""What an order cannot look like: no verb at its head, no object behind it, a second main clause, a verb that kept its form."""

from __future__ import annotations

import re

from gpiot_data.teacher.phrases import FINITE, listed
from gpiot_data.teacher.verbs import base_forms, third_person, verb_list

_SUBORDINATE = re.compile(rf"\b{listed('subordinate')}\b", re.IGNORECASE)
_CLAUSE_FRONT = re.compile(rf"^{listed('clause_front')}\b[^,]*,\s+(?:(?:and|or) [^,]*,\s+)?")
_PREPOSITION = re.compile(listed("preposition"))
_NO_OBJECT = re.compile(listed("no_object"))
_INTRANSITIVE, _NOUNS, _FOLLOWERS = verb_list("intransitive"), verb_list("noun"), verb_list("follower")
_DETERMINER = r"(?:the|an?|its|them|it|every|each|all|both|one|two|three|no|another)\b"
_PRONOUN_OBJECT = re.compile(
    r"^(?:[A-Z][\w-]+ (?:it|them|this|these|that|so|ones|those|both|itself|its|their)\b)|, [a-z][\w-]+ (?:it|them)\.$"
)
_DURATION = re.compile(r"\d[\d.,]* ?(?:ms|s|seconds?|minutes?|%|m|W|mW|J|mJ|hours?|days?)\b")
#: 'and stored the', 'and then left to', 'and sends the': a further verb that kept its form, so the step reads broken.
_HALF_PAST = re.compile(rf"\b(?:and|then) (?:[\w-]+ )?(?:[a-z-]+ed|sent|took|ran|wrote|made|chose|built) {_DETERMINER}")
_LEFT_OVER_PAST = re.compile(
    r"(?<!ed )\b(?:and|or|but) (?:then |never |only |also )?(?:left|kept|sent|held|lifted|[a-z-]{3,}ed)(?=\.|;|,| "
    r"(?:to|by|in|at|with|only|for|into|as|on|from|until|once|when|after|before|above|below)\b)"
)
_HALF_CONVERTED = re.compile(
    r"\b(?:and|then|but|or) (?:at last |finally |also |then |never |only |\w+ly )?(?P<verb>[a-z-]+s) "
    r"(?!of|in|and|or|are|is|to|for|from|with|by|at|on|per|which|as|were|can|over|between)(?P<next>\w+)"
)
_FOLLOWER = re.compile(r"\b(?:and|but|then) (?:then |also |never |only )?(?P<verb>[a-z]+s)\b")
_JOINED_FINITE = re.compile(
    r"\b(?:and|but|or|then) (?:then |also |thus )?"
    r"(?:must|can|will|could|should|may|is|are|has|have|was|were|does|do|take no|remain|become|stay|belong)\b"
)
#: 'curves that are impossible are discarded': the second verb has no place in an order.
_TWICE_FINITE = re.compile(
    r"\b(?:that|which|who) (?:is|are|was|were) (?:(?!\b(?:and|or|that|which|if|when|as|where)\b)[^,])*? (?:is|are|was|were) "
)
#: ', the ADC sends', 'and the edge moves'.
_SECOND_SUBJECT = re.compile(
    r"(?:,| and| but|;) (?:the|an?|it|they|each|every|this|these|its|all|no) (?:[\w-]+ ){0,5}?(?P<verb>[a-z-]+s) "
    r"(?:the|an?|to|it|its|at|from|as|them|all|each|in|with|for)\b"
)
_NEW_CLAUSE = re.compile(r", (?!and\b|or\b|then\b)|;|,? (?:and|but) (?:the|an?|it|they|each|this|these)\b")


def grammar_fault(step: str) -> str | None:
    """Return `no_verb`, `pronoun`, `no_object`, `no_deed` or `second_clause` for a step that is no sound order, else None."""
    body = _CLAUSE_FRONT.sub("", step)
    verb, _, rest = body.partition(" ")
    verb = verb.lower()
    if verb.endswith("ly") and verb not in base_forms():
        verb, _, rest = rest.partition(" ")
    if verb not in base_forms():
        return "no_verb"
    if _PRONOUN_OBJECT.search(body[:1].upper() + body[1:]):
        return "pronoun"
    if not _has_object(verb, rest):
        return "no_object"
    if re.match(r"\d+,", rest):
        return "no_object"
    if verb in ("take", "use", "draw", "reach") and _DURATION.match(rest):
        return "no_deed"
    return "second_clause" if _kept_a_form(body) or _has_second_clause(body) else None


def _has_object(verb: str, rest: str) -> bool:
    words = [word.strip(",.").lower() for word in rest.split()[:2]]
    first, second = (*words, "", "")[:2]
    if first == "and" and second in base_forms():
        return True
    if first in base_forms() and re.search(r"(?:i[sz]e|ify|ate)$", first) and first not in _NOUNS:
        return False
    if first in ("once", "since", "they") or (first == "no" and verb == "obtain") or _NO_OBJECT.fullmatch(first):
        return False
    return verb in _INTRANSITIVE or _PREPOSITION.fullmatch(first) is None or rest.startswith(("on the order", "in each ", "in every "))


def _kept_a_form(body: str) -> bool:
    """Tell a step of which only the first verb became an order."""
    if (
        re.search(r"\band (?:then |thus |also )?by \w+ing\b", body)
        or _HALF_PAST.search(body)
        or _LEFT_OVER_PAST.search(body)
        or _TWICE_FINITE.search(body)
        or _JOINED_FINITE.search(body)
    ):
        return True
    if any(match["verb"] in _FOLLOWERS for match in _FOLLOWER.finditer(body)):
        return True
    for match in _HALF_CONVERTED.finditer(body):
        acts = match["verb"] in third_person() or (re.match(_DETERMINER, match["next"]) and match["verb"] not in base_forms())
        if acts and _SUBORDINATE.search(body, 0, match.start()) is None:
            return True
    return False


def _has_second_clause(body: str) -> bool:
    for match in FINITE.finditer(body):
        if _SUBORDINATE.fullmatch(match[0]) or body[: match.start()].endswith((" to ", " not ")):
            continue
        openings = list(_SUBORDINATE.finditer(body, 0, match.start()))
        if not openings or _NEW_CLAUSE.search(body[openings[-1].end() : match.start()]):
            return True
    return any(match["verb"] in third_person() and _SUBORDINATE.search(match[0]) is None for match in _SECOND_SUBJECT.finditer(body))
