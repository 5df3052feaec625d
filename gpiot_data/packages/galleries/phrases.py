"""Sentences and titles of tutorials as requests: "Here, we fit the model:" becomes "Fit the model"; what leans on its page gives none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gpiot_data.packages.wording import VERBS, is_request


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_REQUEST_CHARS = 220
MIN_WORDS = 3
#: Longer text is no sentence or title; matching it would only cost time.
MAX_SENTENCE_CHARS = 600
MAX_TITLE_CHARS = 200

#: Verbs of tutorials beside those of docstrings; `see`, `note` and their like ask the reader for nothing that a program does.
_VERBS = VERBS | _words(
    """
    access animate annotate assign attach augment balance benchmark bin bootstrap calibrate change color colour configure connect control
    crop customize customise decorate diagnose dodge draw embed emulate enable explore export extrapolate facet feed forecast highlight
    hide impute inspect interpret investigate iterate launch learn link log monitor move oversample overlay override pair pass profile
    publish reconstruct regress relabel remove render request resize restrict retrieve run schedule serialize share shuffle simulate
    specify standardize standardise start stream style subscribe subset switch test track train tune turn undersample vary vectorize
    save view whiten zoom
    """
)
#: Verbs that are nouns as well: with a capital behind them ("Pair Confusion Matrix") a title is a name.
_AMBIGUOUS = _words(
    """
    access benchmark bin bootstrap change clip cluster color colour control copy count crop design draw estimate factor feed filter fit
    forecast form group highlight label limit link list log map mask match measure model monitor move order pad pair pass place plot
    process profile project range read record release repeat request reset return rotate run sample scale score search segment set share
    shift show sort split stack store stream study style subset switch test threshold time train transform turn update use vary view
    wrap write zoom
    """
)
#: Gerunds that say what is done also without an article behind them.
_DOING = re.compile(
    r"(?:add|apply|build|compar|comput|convert|creat|customiz|defin|detect|estimat|evaluat|extract|find|fitt|generat|load|plott|predict|"
    r"read|remov|select|sett|simulat|train|us|visualiz|writ)ing$",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"\A(?:(?:first(?:ly)?|then|next|finally|now|here|lastly|thus|hence|so|also|again|therefore|additionally|furthermore|moreover|"
    r"alternatively|similarly|secondly|afterwards|instead|in addition|and|below|at this point|once again|after that|as before|"
    r"as an? (?:first|next|final|last|second|simple) (?:step|example)|to begin(?: with)?|in the (?:example|code|cell) below|"
    r"in (?:this|the following|the next) (?:\w+ )?(?:example|section|tutorial|notebook|case|script|demo|step|part|cell)|"
    r"for (?:this|that)(?: purpose| example)?|to do (?:so|this|that)|"
    r"for (?:illustration|example|instance|convenience|simplicity))[,:]?\s+)+",
    re.IGNORECASE,
)
_DOCUMENT = r"(?:this|the) (?:\w+ )?(?:example|script|program|demo|notebook|tutorial|code|section|page)"
_ADVERBS = r"(?:(?:will|can|could|may|might|shall|should|now|then|first|also|next|simply|again|just|therefore|thus|finally|easily) )*"
_WE = re.compile(
    rf"(?:we|you|one|i|let us|let[’']?s|let me|{_DOCUMENT}s?) {_ADVERBS}"
    r"(?:(?:are|is) going to |have to |need to |want to |would like to |(?:start|begin)s? by |try to |aims? to )?"
    rf"{_ADVERBS}(?P<verb>[a-z-]+) (?P<rest>.+)",
    re.IGNORECASE,
)
_HOW = re.compile(
    rf"(?:{_DOCUMENT}|the (?:following|examples?)[\w ]{{0,20}}?|an? (?:\w+ )?(?:example|demo\w*)|examples?|here),? (?:we )?"
    r"(?:shows?|demonstrates?|demonstrating|illustrates?|illustrating|explains?|describes?|presents?|of|showing|"
    r"provides an example of|is an example of) (?:how to|how (?:we|you|one) can|how) (?:use [\w` .]+ (?:to|for) )?"
    r"(?P<verb>[a-z-]+) (?P<rest>.+)",
    re.IGNORECASE,
)
_POSSIBLE = re.compile(
    r"(?:it is|it[’']s) (?:also |often |then )?(?:possible|easy|straightforward|useful) to (?P<request>.+)", re.IGNORECASE
)
_PURPOSE = re.compile(r"to (?P<purpose>[a-z]+ [^,]{4,90}), (?P<rest>(?:we|you|one|let us|let's) .+)", re.IGNORECASE)
#: Words that lean on what the page says elsewhere.
LEANING = re.compile(
    r"\b(?:we|us|our|ours|ourselves|you|your|i|my|me|let's|below|above|aforementioned|following|follows|previous|previously|earlier|later|"
    r"again|here|now|this|these|those|section|tutorial|notebook|cell|chapter|see|such|same|instead|also|too|already|former|latter|another|"
    r"next|just|so far|before|once more|both|they|them|their|it|others?|link|click|documentation|docs|page|gallery|mentioned|discussed|"
    r"unfortunately|however|e\.g|etc|(?:two|three|four|five) (?:methods|models|approaches|ways|plots|cases|options)|"
    r"installed|install|reader|quick(?:ly)?|first,? you|things like|that final)\b"
    r"|\$|\(which|https?:|[|{}<>\[\]#\\]|:\s*\w+:|\?$|!",
    re.IGNORECASE,
)
#: Requests that say nothing of what a program does.
VAGUE_REQUEST = re.compile(
    r"\w+(?: up)? (?:the |a |an |some |our |all |up )*(?:\w+ )?(?:data|datasets?|data sets?|results?|librar(?:y|ies)|packages?|modules?|"
    r"models?|parameters|figures?|plots?|examples?|files?|imports?|code|functions?|class|task|problem|output|object|set|comparison|everything|values?)",
    re.IGNORECASE,
)
#: Verbs that leave open what is to be done.
_IDLE = _words(
    "demonstrate explore investigate study examine learn start share enable explain describe discuss pair view return obtain "
    "process choose specify pass track prepare connect"
)
#: An adverb where the object should be, and a gerund that was joined to a verb but did not become one.
_SCATTERED = re.compile(
    r"^\w+ (?:only|also|even|them|it|that|what|out|further|more|and \w+ing|or \w+ing|"
    r"how|whether|between|across|with|from|by|using|\w+ing,)"
    r"(?!\w)|\ba how\b|, and \w+ing\b",
    re.IGNORECASE,
)
#: A request that ends in one of these has lost its end.
_UNFINISHED = _words("doing and or the a an of with in as is to for by from")
VAGUE_TITLE = re.compile(
    r"(?:(?:an? )?(?:introduction|examples?|usage|set-?up|summary|conclusions?|references|overview|discussion|remarks?|notes?|background|"
    r"basic usage|basics|results?|data|imports?|getting started|quick ?start|motivation|description|more|other|miscellaneous|appendix|"
    r"preparation|details|simple examples?|basic examples?|how (?:does )?it works?|what's next|plots?|tests?|demo|general|solution|"
    r"exercises?|preliminaries|further reading|faq|readme|features|tips?|caveats|advanced usage|key concepts|context|step|part|section|"
    r"tutorial|user guide|api|installation|why|task|problem|model|method|the setup|code|see also|home|documentation|contents|index|"
    r"gallery|questions?|our data|hint|release highlights|[\w.]+\.py)\b[\s\d:.-]*)+$",
    re.IGNORECASE,
)
_NUMBERING = re.compile(
    r"^(?:(?:step|part|section|chapter|example|exercise|task|approach|method|option|q)\s*#?\d*[a-z]?\s*[-:.)]+\s*|"
    r"\d[\d.]*[.):]?\s+|\(?[a-z]\)\s+|[ivx]+\.\s+)+",
    re.IGNORECASE,
)


def as_request(sentence: str) -> str | None:
    """Return a sentence of a narrative as a request without a full stop; None where it asks for nothing or leans on its page."""
    if len(sentence) > MAX_SENTENCE_CHARS:
        return None
    text = re.sub(r"\s*\((?:see|cf|e\.g|i\.e|from|taken)[^)]*\)", "", sentence, flags=re.IGNORECASE).strip().rstrip(" .:;,")
    text = re.sub(r",? (?:as follows|as shown|like this|like so|in the following way|as usual|by hand)$", "", text)
    text = _OPENING.sub("", text)
    tail = ""
    if (purpose := _PURPOSE.match(text)) and purpose["purpose"].split()[0].lower() in _VERBS:
        text, tail = purpose["rest"], f" to {purpose['purpose']}"
    return next((request for form in _forms(text) if (request := sound_request(_agreeing(form) + tail))), None)


def title_request(title: str) -> str | None:
    """Return a title that says what is done as a request: "Fitting a model" is "Fit a model"."""
    words = title.split() if len(title) <= MAX_TITLE_CHARS else []
    if len(words) < 2 or VAGUE_TITLE.match(title) or (verb := base_verb(words[0])) is None:
        return None
    doing = words[0].lower().endswith("ing")
    named = verb in _AMBIGUOUS and not doing and not words[1][0].islower()
    noun = verb in _AMBIGUOUS and words[1].endswith("ing")
    if named or noun or (doing and len(words) < 3 and not _DOING.match(words[0])):
        return None
    rest = words[2:] if words[1].lower() == "of" else words[1:]
    # "Rescale, resize and crop" goes on with a verb.
    comma = "," if words[0].endswith(",") else ""
    return sound_request(f"{verb}{comma} {_joined_verbs(' '.join(rest))}", least=2)


def sound_request(text: str, least: int = MIN_WORDS) -> str | None:
    """Return a request that opens with a verb and leans on nothing, written with a capital; else None."""
    words = text.split()
    if len(words) < least or len(text) > MAX_REQUEST_CHARS or words[-1].lower() in _UNFINISHED:
        return None
    if VAGUE_REQUEST.fullmatch(text) or LEANING.search(text) or text.count("(") != text.count(")") or text.count("`") % 2:
        return None
    if words[0].lower() in _IDLE or _SCATTERED.search(text) or _without_object(words):
        return None
    if len(words) > 2 and words[1] in ("and", "or", "&") and base_verb(words[2].rstrip(":;.")) != words[2].lower().rstrip(",:;."):
        return None
    opening = words[0].lower().rstrip(",")
    known = opening in _VERBS and (is_request(text) or opening not in VERBS)
    return text[0].upper() + text[1:] if known else None


def _agreeing(request: str) -> str:
    """Write later verbs as the first: "construct a graph and merges regions" is "construct a graph and merge regions"."""

    def plain(match: re.Match[str]) -> str:
        verb = base_verb(match[1])
        return f"and {verb}" if verb and verb not in _AMBIGUOUS else match[0]

    return re.sub(r"\band ([a-z]+s)\b(?= [a-z])", plain, request)


def _without_object(words: Sequence[str]) -> bool:
    """Tell whether there are joined verbs only: "Rescale, resize, and downscale" does not say what."""
    return words[0].endswith(",") and all(word.endswith(",") or word.lower() in ("and", "or") for word in words[:-1])


def opens_with_verb(sentence: str) -> bool:
    """Tell whether a sentence begins with what is done, as in "Compute ..." and "Computes ..."."""
    words = sentence.split()
    return bool(words) and not words[0].lower().endswith("ing") and base_verb(words[0]) is not None


def clean_title(title: str) -> str:
    """Return a title without numbering, emphasis and closing marks; "" for what is too long to be one."""
    if len(title) > MAX_TITLE_CHARS:
        return ""
    text = re.sub(r"\*\*|__|[`\u00b6*]|^[\s_#.:-]+|:\w+:|^by (?=[A-Z]).*", "", title).strip()
    return _NUMBERING.sub("", text).strip(" .:-_")


def base_verb(word: str) -> str | None:
    """Return the verb behind "Fit", "Fits" and "Fitting"; None where the word is none."""
    low = word.lower().rstrip(",")
    stem = low.removesuffix("ing")
    doubled = stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else stem
    for candidate in (low, stem, stem + "e", doubled, low.removesuffix("s"), low.removesuffix("es")):
        if candidate in _VERBS:
            return candidate
    return None


def _forms(text: str) -> Iterator[str]:
    """Yield a sentence as the requests it may be read as, the most direct first."""
    if how := _HOW.match(text):
        yield f"{how['verb']} {how['rest']}"
    if we := _WE.match(text):
        verb = base_verb(we["verb"])
        yield f"{verb} {_joined_verbs(we['rest'])}" if verb else ""
    if possible := _POSSIBLE.match(text):
        yield possible["request"]
    yield text
    words = text.split()
    third = len(words) > 2 and words[0].endswith("s") and words[1].lower() in ("a", "an", "the", "how", "some", "several", "different")
    if third and (verb := base_verb(words[0])):
        yield " ".join([verb, *words[1:]])


def _joined_verbs(rest: str) -> str:
    """Write the second of two joined verbs as the first: "fitting and predicting" is "fit and predict"."""
    match = re.match(r"(?P<join>and|or) (?P<verb>[a-z]+(?:ing|s))\b(?P<rest>.*)", rest)
    verb = base_verb(match["verb"]) if match else None
    return f"{match['join']} {verb}{match['rest']}" if match and verb else rest
