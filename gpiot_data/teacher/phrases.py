"""The words and patterns by which a sentence of a paper is recognised as an action, and cleaned of what only its page explains."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

_LISTS: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("phrases.yaml").read_text(encoding="utf-8"))


def alternatives(words: str) -> str:
    """Return a regular expression for one of the phrases in `words`, which are parted by '/'."""
    return "(?:" + "|".join(phrase.strip() for phrase in words.split("/")) + ")"


def listed(name: str) -> str:
    """Return a regular expression for one of the phrases of a list in `phrases.yaml`."""
    return "(?:" + "|".join(_LISTS[name]) + ")"


_LABEL = r"(?:Fig(?:ure|s|\.)?|Table|Section|Sec\.|Eq(?:uation|n|s)?\.?|Algorithm|\u00a7)"

ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|w\.r\.t|etc|Fig|Figs|Eq|Eqs|Sec|Sect|Tab|Ref|Refs|vs|cf|al|approx|resp|Dr|No|Alg|Def)\.")
SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\u201d]*\s+(?=[A-Z\u201c(])")
CITATION = re.compile(r"\s*\[(?:\d+|\?)(?:\s*[,\u2013-]\s*(?:\d+|\?))*\]")
AUTHOR_YEAR = re.compile(r"\s*\((?:[^()]*,\s+)?(?:[A-Z][^()]*\b)?(?:19|20)\d\d[a-z]?(?:;[^()]*)?\)")
ASIDE = re.compile(rf"\s*\((?:{listed('aside')})[^()]*\)|\s*\((?:[a-zA-Z]|\d{{1,2}}|[ivx]+|[A-Z]\.\d)\)(?=\s|$|[,.;:])")
_AS = alternatives("shown/seen/illustrated/described/depicted/given/listed/detailed/discussed/defined/stated/explained/presented/in")
_BY = alternatives("shown/seen/given by/listed/according to/following/using/with/by/from/of/in/per")
#: ', as shown in Fig. 3' and 'according to Equation (2)'.
POINTER = re.compile(
    rf",?\s*(?:as {_AS}|{_BY})\s+(?:in |by |with |from )?(?:the )?{_LABEL}\s*\(?[\dIVX]+(?:\.\d+)*[a-z]?\)?(?:\([a-z]\))?"
    r"(?!\w|\.\d|\s+of\b)",
    re.IGNORECASE,
)
_ELSEWHERE = alternatives("described/explained/proposed/introduced/detailed/presented/discussed/reported/suggested")
_FROM_ELSEWHERE = alternatives("described/given/defined/mentioned/discussed/shown/listed/see")
LEFTOVER_POINTER = re.compile(
    rf"\b(?:{_LABEL}|Appendix|Ref\.)\s*\(?\d|\u00a7|\[\d|\b{_FROM_ELSEWHERE} (?:above|below|earlier|later)\b|"
    r"\b(?:aforementioned|previous section|next section|former|latter|as (?:discussed|described|mentioned)|(?:shown|illustrated) in)\b|"
    r"\b(?:line|step|finding|approach|case|stage|phase|challenge|insight|observation) (?:\d|(?:one|two|three)\b)|"
    r"\b[Tt]he above\b|\b[IVX]+-[A-Z]\b|"
    rf"\b{_ELSEWHERE} in\b|[\u2776-\u277f\u2460-\u2473]",
    re.IGNORECASE,
)
WE = re.compile(r"\b(?:we|us|our|ours|ourselves|you|your)\b", re.IGNORECASE)
_DISCOURSE = listed("discourse")
LEAD = re.compile(rf"^(?:{_DISCOURSE}\b,?\s+)+", re.IGNORECASE)
_ADVERB = (
    "(?:"
    + alternatives("first/then/next/also/further/finally/now/thus/hence/therefore/always/instead/again/once/in turn")
    + r"\s+|(?!(?:multi|ap|sup|re|im|com|assemb)p?ly\s)\w+ly\s+)*"
)
#: The parts of an IoT system that act: 'the gateway stores ...'.
_AGENT = listed("agent")
_OPENER = listed("opener")
_SHORT_OPENER = alternatives("After/On/At/For/From/In/With/During/Before/Upon/To/Within/Over/Per/Once")
_CLAUSE = rf"{_OPENER}\b[^,;]{{3,110}},\s+"
#: A clause in front of the subject stays in front of the step. It opens with a preposition or conjunction: no main clause is taken for one.
_FRONT = rf"(?P<lead>(?:{_CLAUSE}|{_SHORT_OPENER}\b[^,;]{{3,70}}?\s+)?)"
_INTENT = r"(?:(?:propose|choose|opt|decide|need|have|proposed|chose|opted|decided)\s+to\s+)?"
_MODAL = r"(?P<modal>(?:can|could|may|must|should|will|shall)\s+)?"
BY_WE = re.compile(rf"^{_FRONT}[Ww]e\s+{_ADVERB}{_MODAL}{_ADVERB}{_INTENT}(?P<verb>[a-z][a-z-]*)\s+(?P<rest>.+)$")
_SUBJECT = rf"(?:(?:[Tt]he|[Aa]n?|[Ee]ach|[Ee]very)\s+(?:[\w-]+\s+){{0,3}}?{_AGENT}|[A-Z]+[a-z]*[A-Z][A-Za-z]*|[Ff]irmware)"
#: Parts that stand elsewhere: a row must say that they act, since its own part is what acts where it names none.
REMOTE = re.compile(rf"[Tt]he (?:[\w-]+ )?{listed('remote_agent')}")
BY_AGENT = re.compile(rf"^{_FRONT}(?P<who>{_SUBJECT})\s+{_ADVERB}(?P<verb>[a-z-]+s)\s+(?P<rest>.+)$")
_IS = alternatives("is/are/was/were/has been/have been")
_MUST = r"(?:(?P<modal>can|could|may|must|should|will|needs? to|ha(?:s|ve) to)\s+(?:then\s+|also\s+|\w+ly\s+)?be)"
PASSIVE = re.compile(
    rf"^(?P<lead>(?:{_CLAUSE})?)(?P<what>[A-Za-z][^,;:]{{2,120}}?)\s+(?P<is>{_IS}|{_MUST})\s+{_ADVERB}(?P<verb>[a-z-]+)\b(?P<rest>.*)$"
)
#: 'At each slot boundary the oldest counter': a place or time in front of what is dealt with.
SHORT_LEAD = re.compile(
    r"^(?P<lead>(?:At|In|On|After|For|Within|During|Before|From) (?:each|every|the|an?) [\w-]+(?: [\w-]+)??) "
    r"(?P<what>(?:the|an?|its|all|any|two|three) .+)$"
)
#: A sentence that already gives an order: 'Compute the membership probabilities'.
IMPERATIVE = re.compile(r"^(?P<verb>[A-Z][a-z-]+) (?=(?:the|an?|each|all|every|both|any|its|one|two|three|\d+)\b)")
#: ' by the detector': who does it is plain from the module.
BY_AGENT_TAIL = re.compile(rf"\s+by (?:the|an?|each) (?:[\w-]+ ){{0,2}}?{_AGENT}\b(?! \w+ing\b)")
#: What a passive's subject must not open, end or be joined with.
WHAT_CONNECTS = re.compile(
    r"^(?:and|or|so|but|how|what|where|that|which|to|then|there|not only)\b|\b(?:and|or|that|which|to)$", re.IGNORECASE
)
#: Behind these a sentence says why or to what effect: what it denies there, it does not deny of the deed.
EFFECT = re.compile(
    r",?\s(?:so that|since|because|so (?=the|an?|it|they|no)|which|as (?:it|they|the|this|these)|for (?:it|they)|without which)\b.*$"
)
#: A deed in the passive that only follows from another: 'is therefore spread over an hour'.
CONSEQUENCE = re.compile(
    r"\b(?:is|are|can|will) (?:be )?(?:therefore|thus|hence|consequently|thereby|automatically)\b|^[^,]*\b(?:is|are) then \w+ed only"
)
#: Sentences on what others do, on what was found, on examples and on what is left for later.
HEARSAY = re.compile(
    r"\b(?:" + listed("hearsay") + r")\b",
    re.IGNORECASE,
)
VAGUE = re.compile(rf"^{listed('vague_subject')}\b", re.IGNORECASE)
FINITE = re.compile(
    r"\b"
    + alternatives("is/are/was/were/has/have/had/can/could/will/would/should/may/might/must/does/do/did/which/who/because/if/when/while")
    + r"\b",
    re.IGNORECASE,
)
#: Names that keep their capital inside a sentence.
PROPER = re.compile(listed("proper"))
#: 'is powered by a combination of' says what something is built from; nobody feeds it power.
BUILT_FROM = re.compile(
    r"\b(?P<is>is|are) (?:powered|driven|formed|made up|composed|built) (?:by|of|from) (?=an? (?:combination|pair|set|mix) of\b)"
)
