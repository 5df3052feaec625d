"""Sentences of a paper -> imperative steps, by rules; what is no step gives None."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gpiot_data.teacher.verbs import base_forms, participles, past_forms, third_person

MIN_STEP_WORDS, MAX_STEP_WORDS = 4, 42

_ABBREVIATIONS = r"(?:e\.g|i\.e|etc|Fig|Figs|Eq|Eqs|Sec|Sect|Tab|Ref|Refs|vs|cf|al|approx|resp|Dr|No|Alg|Def)\."
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\u201d]*\s+(?=[A-Z\u201c(])")
_CITATION = re.compile(r"\s*\[\d+(?:\s*[,\u2013-]\s*\d+)*\]")
_ASIDE = re.compile(r"\s*\((?:see |cf\. |as in |shown in |e\.g\.,? |Section|Sec\.|Fig|Table|Eq|Equation|\u00a7)[^()]*\)")
_POINTER = re.compile(
    r",?\s*(?:as (?:shown|seen|illustrated|described|depicted|given|listed|detailed|discussed|defined|stated|explained|presented|in)|shown|seen|given by|listed|according to|following|using|with|by|from|of|in|per)\s+"
    r"(?:in |by |with |from )?(?:the )?(?:Fig(?:ure|\.)?|Table|Section|Sec\.|Eq(?:uation|n)?\.?|Algorithm|\u00a7)\s*\(?[\dIVX]+(?:\.\d+)*[a-z]?\)?(?:\([a-z]\))?",
    re.IGNORECASE,
)
_LEFTOVER_POINTER = re.compile(
    r"\b(?:Fig(?:ure|s|\.)?|Table|Section|Sec\.|Eq(?:uation|n|s)?\.?|Algorithm|Appendix|Ref\.)\s*\(?\d|\u00a7|\[\d|"
    r"\b(?:(?:described|given|defined|mentioned|discussed|shown|listed|see) (?:above|below|earlier|later)|aforementioned|previous section|next section|former|latter)\b",
    re.IGNORECASE,
)
_WE = re.compile(r"\b(?:we|us|our|ours|ourselves|I|my)\b", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:(?:First|Firstly|Second|Secondly|Third|Thirdly|Next|Then|Finally|Lastly|Afterwards?|Thus|Hence|Therefore|Here|Specifically|Concretely|Instead|Subsequently|However|Moreover|"
    r"Furthermore|Additionally|Also|In addition(?=,)|In this step|In this way|In practice|To this end|To do so|To do this|As a result|For this purpose|In particular|Meanwhile|Similarly|"
    r"After that|Consequently|Accordingly|Now|Again|Further|Once more|In our system|In our design|In short)\b,?\s+)+",
    re.IGNORECASE,
)
_ADVERB = r"(?:(?:first|then|next|also|further|finally|now|thus|hence|therefore|simply|directly|only|always|instead|additionally|subsequently|again|once|never|in turn|\w+ly)\s+)*"
_AGENT = (
    r"(?:node|host|gateway|device|firmware|detector|server|controller|microcontroller|sensor|tag|receiver|transmitter|anchor|radio|phone|smartphone|classifier|network|scheduler|station|pipeline|"
    r"client|system|algorithm|module|processor|filter|tracker|estimator|monitor|planner|beacon|edge|backend|application|app|model|stage|MCU|CPU|DSP|radar|engine|task|unit|agent|ledger|"
    r"front end|front-end|program|routine|driver|policy|solver|encoder|decoder|user interface|reader|hub|recorder|patch|watch|wearable|thread|interrupt|process|core|peripheral|handler|tracer|logger|collector|bridge|side|server side|client side|solver|circuit|circuitry|board|array)"
)
#: A clause in front of the subject stays in front of the step; it opens with one of these, so that no main clause is taken for one.
_OPENERS = (
    r"(?:After|Although|Among|As|At|Because|Before|Beyond|By|During|Every|Followed by|For|From|Given|If|In|Instead of|On|Once|Over|Per|Since|So that|Starting|Such that|To|Under|Unless|Until|Upon|Using|"
    r"When|Whenever|Where|While|With|Within|Without)"
)
_FRONT = rf"(?P<lead>(?:{_OPENERS}\b[^,;]{{3,110}},\s+|(?:After|On|At|For|From|In|With|During|Before|Upon|To|Within|Over|Per|Once)\b[^,;]{{3,70}}?\s+)?)"
_BY_WE = re.compile(rf"^{_FRONT}[Ww]e\s+{_ADVERB}(?:(?:propose|choose|opt|decide|aim|need|try|seek|want)\s+to\s+)?(?P<verb>[a-z][a-z-]*)\s+(?P<rest>.+)$")
_BY_AGENT = re.compile(
    rf"^{_FRONT}(?:(?:[Tt]he|[Aa]n?|[Ee]ach|[Ee]very)\s+(?:[\w-]+\s+){{0,3}}?{_AGENT}|[A-Z]+[a-z]*[A-Z][A-Za-z]*|[Ff]irmware)\s+{_ADVERB}(?P<verb>[a-z-]+s)\s+(?P<rest>.+)$"
)
_PASSIVE = re.compile(rf"^(?P<lead>(?:{_OPENERS}\b[^,;]{{3,110}},\s+)?)(?P<what>[A-Za-z][^,;:]{{2,120}}?)\s+(?:is|are|was|were|has been|have been)\s+{_ADVERB}(?P<verb>[a-z-]+)\b(?P<rest>.*)$")
#: Names that keep their capital inside a sentence.
_PROPER = re.compile(r"(?:Kalman|Gauss|Hann|Hamming|Butterworth|Chebyshev|Doppler|Bluetooth|Bayes|Fourier|Hampel|Kaiser|Python|Madgwick|Mahony|Wiener|Laplac|Markov|Nyquist|Welch|Hilbert|Goertzel|Euclid|Poisson|Zigbee)")
_VAGUE = re.compile(r"^(?:it|this|these|that|those|they|there|which|what|he|she|one|some|none|such|both|each of (?:these|them)|all of (?:these|them))\b", re.IGNORECASE)
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|can|could|will|would|should|may|might|must|does|do|did|which|who|because|if|when|while)\b", re.IGNORECASE)


def sentences(paragraph: str) -> Iterator[str]:
    """Yield the sentences of a paragraph; abbreviations and decimal points do not end one."""
    guarded = re.sub(_ABBREVIATIONS, lambda match: match[0].replace(".", "\x00"), paragraph)
    for sentence in _SENTENCE_END.split(guarded):
        text = sentence.replace("\x00", ".").strip()
        if text:
            yield text


def clean(sentence: str) -> str:
    """Drop citation marks, asides in brackets and pointers to figures, tables, sections and equations."""
    text = _CITATION.sub("", sentence)
    text = _ASIDE.sub("", text)
    text = _POINTER.sub("", text)
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
    text = _LEAD.sub("", text)
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
    match = _BY_WE.match(text)
    if match is None:
        return None
    verb = match["verb"] if match["verb"] in base_forms() else past_forms().get(match["verb"])
    return None if verb is None else _without_we(_compose(match["lead"], verb, match["rest"]))


def _from_agent(text: str) -> str | None:
    match = _BY_AGENT.match(text)
    if match is None or match["verb"] not in third_person():
        return None
    rest = _coordinate(match["rest"])
    return _without_we(_compose(match["lead"], third_person()[match["verb"]], rest))


def _coordinate(rest: str) -> str:
    """Turn further verbs of the same subject into imperatives: 'and stores it' -> 'and store it'."""

    def base(match: re.Match[str]) -> str:
        return match[1] + third_person().get(match[2], match[2])

    # 'counts of' and 'limits are' are nouns, 'counts the' and 'limits it' are verbs.
    return re.sub(r"((?:,\s+(?:and |then )?|\band (?:then )?|\bor\s+|\bbut\s+)(?:\w+ly\s+)?)([a-z-]+s)(?=\s+(?!of\b|in\b|and\b|or\b|are\b|is\b|that\b|which\b)\w)", base, rest)


def _from_passive(text: str) -> str | None:
    match = _PASSIVE.match(text)
    if match is None or match["verb"] not in participles():
        return None
    what = re.sub(r"^otherwise,?\s+", "", match["what"].strip(), flags=re.IGNORECASE)
    if any(word in third_person() or word == "consists" for word in what.split()[1:-1]) or _VAGUE.match(what) or _FINITE.search(what) or re.search(r"^(?:and|or|so|but|how|what|where)\b|\b(?:and|or)$", what, re.IGNORECASE):
        return None
    what = _uncapitalise(what)
    rest = re.sub(r"\b(and|then|or)\s+(?:is|are)\s+", r"\1 ", match["rest"])
    rest = re.sub(r"((?<!is )(?<!are )(?<!be )\b(?:and|then)\s+)([a-z-]+ed|[a-z]+n)\b", lambda found: found[1] + participles().get(found[2], found[2]), rest)
    verb = participles()[match["verb"]]
    particle = re.match(r"\s*(up|down|off|on|out|back|away)\b(?=\s|$)", rest)
    if particle and verb in {"set", "turn", "switch", "shut", "power", "round", "wake"}:
        verb, rest = f"{verb} {particle[1]}", rest[particle.end() :]
    return _without_we(_compose(match["lead"], verb, f"{what}{rest}"))


def _uncapitalise(text: str) -> str:
    first = text.split(" ", 1)[0]
    return text if _PROPER.match(first) or not (first[1:].islower() or first == "A") else text[0].lower() + text[1:]


def _without_we(step: str) -> str | None:
    step = re.sub(r"\bour\b", "the", step)
    return None if _WE.search(step) else step


def _is_sound(step: str) -> bool:
    words = step.split()
    if not MIN_STEP_WORDS <= len(words) <= MAX_STEP_WORDS or _LEFTOVER_POINTER.search(step):
        return False
    balanced = all(step.count(left) == step.count(right) for left, right in ("()", "[]", "\u201c\u201d"))
    # A step whose object is a bare pronoun cannot be followed on its own.
    dangling = re.match(r"^[A-Z][\w-]+ (?:it|them|this|these|that|so)\b", step) or re.search(r"\b(?:that|which|and|or|the|a|of|to|by|for|with|in|as|follows)\.$", step)
    symbols = sum(not (char.isascii() or char in "\u00b0\u00b5\u03bc\u00b1\u00d7\u2013\u2014\u2019\u2018\u201c\u201d\u2264\u2265\u03bb\u03b1\u03b2\u03c3\u03c0\u2212\u22c5\u226a\u226b\u2211\u221a\u2248\u2208\u2190\u2192") for char in step)
    return balanced and dangling is None and symbols <= 0.03 * len(step)
