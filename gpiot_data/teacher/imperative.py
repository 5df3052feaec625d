"""Sentences of a paper -> imperative steps, by rules; what is no step gives none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from gpiot_data.teacher.phrases import (
    BY_AGENT,
    BY_AGENT_TAIL,
    BY_WE,
    CONSEQUENCE,
    EFFECT,
    FINITE,
    HEARSAY,
    IMPERATIVE,
    LEAD,
    PASSIVE,
    PROPER,
    REMOTE,
    SHORT_LEAD,
    VAGUE,
    WHAT_CONNECTS,
)
from gpiot_data.teacher.sentences import clean
from gpiot_data.teacher.soundness import fault
from gpiot_data.teacher.tightening import drop_front, tighten
from gpiot_data.teacher.verbs import base_forms, participles, past_forms, third_person, verb_list

_STATES = verb_list("state")
#: 'is limited by the noise', 'was provided by the vendor': what stands behind 'by' did it, not who builds the module.
#: 'is accepted as a peak', 'is accepted when': a verb of state that decides.
_DECIDES = re.compile(r"\s+(?:as|when|only|if|once|unless)\b")
_CAUSED = verb_list("caused")
_BY_CAUSE = re.compile(
    r"\s*by (?:the|an?|its|their|other|many|most|some|ball|noise|motion|[A-Z])\b(?! (?:factor|rate|margin|mean|median|\w+ing|step|value))"
)
#: How a sentence told of a deed: by the authors, by a part of the system, in the passive, as an order, in the past, as possible, as a fact.
Form = Literal["we", "agent", "passive", "order", "past", "may", "let"]

_BEFORE_NOUN = re.compile(r"(?:the|all|both|its|their|two|three|four|five|six|eight|\d+|of|[a-z]{3,}(?:ed|al|ic|ing|est))", re.IGNORECASE)
_BEHIND_NOUN = re.compile(r"(?:of|in|from|between|within|below|above|beyond|at|for|with|without|and)")
_OTHERWISE = re.compile(r"otherwise,?\s+", re.IGNORECASE)
#: What governs each clause of a sentence that it opens.
_CONDITION = re.compile(r"(?:If|When|Whenever|Should|Unless|Once|Until|At start-?up|During)\b[^,;]{3,90},\s+")
#: An open relative clause: what follows its 'and' belongs to it.
_OPEN_RELATIVE = re.compile(r"\b(?:in which|that|which|whose|where|who|so that|until|while|when|if)\b[^,;]*$")
#: Where one main clause may end and another begin.
_CLAUSE_BREAK = re.compile(r"\s*;\s+|,?\s+(?:and|but|while|whereas|then)\s+(?:then\s+|finally\s+|also\s+)?|,\s+(?=(?:we|the)\s)")
#: 'counts of' and 'limits are' are nouns, 'counts the' and 'limits it' are verbs.
_FURTHER_VERB = re.compile(
    r"((?:,\s+(?:and |then )?|\band (?:then |finally )?|\bor\s+|\bbut\s+)(?:\w+ly\s+)?)([a-z-]+s)"
    r"(?=\s+(?!of\b|in\b|and\b|or\b|are\b|is\b|that\b(?! [\w-]+ (?:as|to|for|in|by)\b)|which\b|were\b|can\b)\w)"
)
_FURTHER_PAST = re.compile(
    r"((?:,\s+(?:and |then )?|\band (?:then |finally )?)(?:\w+ly\s+)?)([a-z-]+ed|chose|drew|ran|took|wrote|set|kept|built|sent)"
    r"(?=\s+(?:the|an?|it|them|each|all|both|any|its|their|this|these|those|only|out|up|one|two|three|four|\d)\b)"
)
_FURTHER_PARTICIPLE = re.compile(
    r"(?<!is)(?<!are)(?<!be)(?P<link>,? and (?:then |finally |subsequently )?|, then )(?P<verb>[a-z-]+ed|[a-z]+n|sent|fed|kept|set|built)\b"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One imperative sentence, ending in a full stop, with the sentence it was made of, as printed."""

    text: str
    sentence: str
    form: Form


def to_steps(sentence: str, printed: str | None = None) -> tuple[Step, ...]:
    """Return the steps of a sentence in its order; none if it describes no action.

    Args:
        sentence: to be read.
        printed: as it stands in the paper, where `sentence` is not just that.

    >>> [step.text for step in to_steps("Next, we compute the moving average over 150 ms [3].")]
    ['Compute the moving average over 150 ms.']
    >>> [step.text for step in to_steps("The slope is estimated by a five-point derivative, as shown in Fig. 2.")]
    ['Estimate the slope by a five-point derivative.']
    >>> to_steps("We believe this is the first such system.")
    ()
    """
    text = clean(sentence).rstrip(".!?: ")
    if HEARSAY.search(EFFECT.sub("", text)) or CONSEQUENCE.search(text):
        return ()
    return tuple(Step(step, printed or sentence, form) for step, form in _in_their_conditions(_clauses(text)))


def _in_their_conditions(clauses: Iterator[str]) -> Iterator[tuple[str, Form]]:
    """Yield the steps of clauses; one that a condition of an earlier clause governs is a step only where it can say so."""
    condition, stands, within = "", False, False
    for at, clause in enumerate(clauses):
        otherwise = _OTHERWISE.match(clause)
        made = _clause_to_step(clause[otherwise.end() :] if otherwise else clause)
        if at == 0:
            front = _CONDITION.match(LEAD.sub("", clause))
            condition, stands = (front[0] if front else ""), made is not None
            within = front is not None or re.search(r"\b(?:only if|only when|if|when|unless|provided)\b", clause) is not None
        if made is None:
            continue
        step, form = made
        if otherwise:
            if not (stands and within):
                continue
            step = f"Otherwise, {step[0].lower()}{step[1:]}"
        elif at and condition and _CONDITION.match(f"{clause[:1].upper()}{clause[1:]}") is None:
            if not stands:
                continue
            step = tighten(f"{condition[0].upper()}{condition[1:]}{step[0].lower()}{step[1:]}")
        yield step, form


def _clauses(text: str) -> Iterator[str]:
    """Yield the main clauses of a sentence: it is parted only where what follows tells of a deed by itself."""
    start = 0
    for match in _CLAUSE_BREAK.finditer(text):
        rest = text[match.end() :]
        # What stands in front of a bare comma may be a condition, which belongs to the step.
        whole = ";" in match[0] or (match[0].strip() != "," and re.match(r"[Ww]e\b", rest) is not None)
        belongs = ";" not in match[0] and not match[0].lstrip().startswith(",") and _OPEN_RELATIVE.search(text, start, match.start())
        if belongs or (match[0].strip() in ("while", "whereas") and PASSIVE.match(rest)):
            continue
        if match.start() > start and _reads_alone(rest) and (whole or _tells(text[start : match.start()])):
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


def _tells(clause: str) -> bool:
    """Tell a clause that is whole: 'the input and output are joined' must not be parted at its 'and'."""
    text = LEAD.sub("", clause)
    text = text[:1].upper() + text[1:]
    passive = PASSIVE.match(text)
    return (
        (passive is not None and not (FINITE.search(passive["what"]) or WHAT_CONNECTS.search(passive["what"])))
        or BY_WE.match(text) is not None
        or ((agent := BY_AGENT.match(text)) is not None and agent["verb"] in third_person())
    )


def _reads_alone(clause: str) -> bool:
    """Tell a clause with a subject and a verb of its own: 'the result is stored', 'the node sends it', 'we keep it'."""
    clause = _OTHERWISE.sub("", clause)
    if re.match(r"(?:that|which|who|to|by|for|in|on|at|with|from|of|then)\b", clause):
        return False
    passive = PASSIVE.match(clause)
    if passive and not passive["lead"] and len(passive["what"].split()) <= 9 and not WHAT_CONNECTS.search(passive["what"]):
        return True
    agent = BY_AGENT.match(clause)
    return BY_WE.match(clause) is not None or (agent is not None and not agent["lead"] and agent["verb"] in third_person())


def _clause_to_step(clause: str) -> tuple[str, Form] | None:
    text = drop_front(LEAD.sub("", clause.strip()))
    text = LEAD.sub("", text)
    text = text[:1].upper() + text[1:]
    makers: tuple[Callable[[str], tuple[str, Form] | None], ...] = (_from_we, _from_agent, _from_passive, _from_order)
    for make in makers:
        made = make(text)
        if made is not None:
            step = tighten(re.sub(r"\bour\b", "the", made[0]))
            return None if fault(step) else (step, made[1])
    return None


def _compose(lead: str, verb: str, rest: str) -> str:
    lead = lead.strip()
    rest = rest.strip().rstrip(".")
    body = f"{verb} {rest}".strip()
    if lead:
        lead = lead if lead.endswith(",") else lead + ","
        return f"{lead[0].upper()}{lead[1:]} {body}."
    return f"{body[0].upper()}{body[1:]}."


def _from_we(text: str) -> tuple[str, Form] | None:
    match = BY_WE.match(text)
    if match is None:
        return None
    if match["verb"] in base_forms():
        form: Form = "may" if match["modal"] and match["modal"].startswith(("can", "could", "may")) else "we"
        return _compose(match["lead"], match["verb"], match["rest"]), form
    verb = past_forms().get(match["verb"])
    return None if verb is None else (_compose(match["lead"], verb, _FURTHER_PAST.sub(_past_to_base, match["rest"])), "past")


def _past_to_base(match: re.Match[str]) -> str:
    return match[1] + past_forms().get(match[2], match[2])


def _from_agent(text: str) -> tuple[str, Form] | None:
    match = BY_AGENT.match(text)
    if match is None or match["verb"] not in third_person():
        return None
    rest = _FURTHER_VERB.sub(lambda found: found[1] + third_person().get(found[2], found[2]), match["rest"])
    # 'The system filters remove noise': the verb was a noun.
    if rest.split()[0] in base_forms():
        return None
    verb = third_person()[match["verb"]]
    if not REMOTE.fullmatch(match["who"]):
        return _compose(match["lead"], verb, rest), "agent"
    who = f"{match['who'][0].lower()}{match['who'][1:]}"
    if not match["lead"]:
        return _compose(f"At {who}", verb, rest), "agent"
    return _compose(match["lead"], f"let {who} {verb}", rest), "agent"


def _from_order(text: str) -> tuple[str, Form] | None:
    match = IMPERATIVE.match(text)
    return None if match is None or match["verb"].lower() not in base_forms() else (text + ".", "order")


def _from_passive(text: str) -> tuple[str, Form] | None:
    match = PASSIVE.match(text)
    if match is None or match["verb"] not in participles():
        return None
    if participles()[match["verb"]] in _STATES and not _DECIDES.match(match["rest"]):
        return None
    lead, what = _part_short_lead(match["lead"], re.sub(r"^otherwise,?\s+", "", match["what"].strip(), flags=re.IGNORECASE))
    if _has_verb(what.split()) or VAGUE.match(what) or FINITE.search(what) or WHAT_CONNECTS.search(what):
        return None
    rest = BY_AGENT_TAIL.sub("", match["rest"])
    if match["verb"] in _CAUSED and _BY_CAUSE.match(rest):
        return None
    verb = participles()[match["verb"]]
    particle = re.match(r"\s*(up|down|off|on|out|back|away)\b(?=\s|$)", rest)
    if particle and verb in {"set", "turn", "switch", "shut", "power", "round", "wake"}:
        verb, rest = f"{verb} {particle[1]}", rest[particle.end() :]
    rest = _further_deeds(rest, "it" if match["is"] in ("is", "was", "has been") else "them")
    form: Form = "may" if match["modal"] and match["modal"].strip() in ("can", "could", "may") else "passive"
    return _compose(lead, verb, f"{_uncapitalise(what)}{rest}"), form


def _has_verb(words: list[str]) -> bool:
    """Tell a subject with a verb in it from one with a plural: 'the sums of squares', 'the two records of a day'."""
    return any(
        (word in third_person() and not (_BEFORE_NOUN.fullmatch(before) and _BEHIND_NOUN.fullmatch(after))) or word == "consists"
        for before, word, after in zip(words, words[1:], words[2:], strict=False)
    )


def _part_short_lead(lead: str, what: str) -> tuple[str, str]:
    """Part 'At each slot boundary the oldest counter' where no comma does."""
    match = None if lead else SHORT_LEAD.match(what)
    return (match["lead"], match["what"]) if match else (lead, what)


def _further_deeds(rest: str, pronoun: str) -> str:
    """Turn further participles of a subject into verbs of their own: ' at 5 Hz and stored' -> ' at 5 Hz and store it'."""
    rest = re.sub(r"\b(and|then|or)\s+(?:is|are|was|were)\s+(?=[a-z]+ed\b|[a-z]+n\b|then\b)", r"\1 ", rest)

    def base(match: re.Match[str]) -> str:
        verb = participles().get(match["verb"])
        return match[0] if verb is None else f"{match['link']}{verb} {pronoun}"

    return _FURTHER_PARTICIPLE.sub(base, rest)


def _uncapitalise(text: str) -> str:
    first = text.split(" ", 1)[0]
    return text if PROPER.match(first) or not (first[1:].islower() or first == "A") else text[0].lower() + text[1:]
