"""One sentence of summary turned into what somebody asks for: "Computes the mean." -> "Compute the mean"."""

from __future__ import annotations

import re
from typing import Literal

from gpiot_data.packages.nouns import lower_first as lower_first
from gpiot_data.packages.nouns import request_for, verb_for, with_article
from gpiot_data.packages.vocabulary import NOUN_AFTER, SUMMARY_VERBS, SURE_VERBS, verb_behind
from gpiot_data.packages.vocabulary import VERBS as VERBS

#: A program does not "return" and "provide".
_PLAIN = {"provide": "create", "yield": "iterate over"}
#: What stands before an article and is no verb.
_NO_VERB = re.compile(
    r"(?:All|Both|With|From|By|On|At|In|As|Inside|Outside|Over|Per|Of|To|Is|Was|Are|Half|Such|What|How|And|Or|But|About|\w+(?:ing|ed|s))$"
)
#: Openings of what is no task of a program.
_NO_REQUEST = re.compile(
    r"(?:This|These|That|Those|It|If|When|Where|Note|See|Same as|Similar to|Like|Alias|Synonym|You|We|There|Given|For(?! each)|Abstract|"
    r"An? (?:base|abstract|mixin|sentinel|warning|exception|alias|synonym)|Based?|Mixin|Mix-in|Internal|Private|Deprecated|Placeholder|"
    r"Dummy (?:class|function)|Sentinel|Used|Please|Class for sentinel|Warning|Exception|Error|Shorthand|Raised|Equivalent|As|Roughly|"
    r"Extension Arrays|Factory|Marker|Pytest|Helps|Simple example|Do nothing|Not |Support|Users?|Overrid|Subclass|Called|Implements?|"
    r"Wrapper|Wraps|Helper|Utility|Convenience|Plots? (?:similar|like))\b(?!-)",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"(?:(?:Returns?|Gives?|Computes?) )?(?:a )?(?:True (?:if|when|iff)(?: and only if)?|"
    r"(?:(?:boolean|bool|flag|logical|indicator|value) )?(?:indicat(?:es?|ing|or) |of )?(?:if|whether)(?: or not)?|"
    r"boolean whether|(?:Boolean|Logical) (?:indicator|indicating) if) (?P<rest>.+)|"
    r"(?:Tests?|Checks?|Decides?|Determines?|Indicates?|Tells?)(?: to see)? (?:if|whether)(?: or not)? (?P<tested>.+)",
    re.IGNORECASE,
)
#: "..., False otherwise"
_OTHERWISE = re.compile(
    r",? (?:and |or )?(?:False|else False|otherwise False|None) (?:otherwise|if not|else)$|,? else False$|,? otherwise$"
)
_EXTENDING = re.compile(
    r"(?:Extends|Inherits|Subclasses|Holds|Contains|Supports|Allows)\b"
    r"(?:[^.]{0,120}?\b(?:and |to )(?:represents?|implements?|provides?) (?P<what>(?:an?|the) .+))?"
)
_PURPOSE = re.compile(
    r"(?:(?:An?|The) )?(?:[\w-]+ ){0,2}(?:function|method|class|routine|tool|object) (?:for|to) (?P<verb>\w+) (?P<rest>.+)", re.IGNORECASE
)
#: The beginnings of words that any request may have.
_COMMON_WORDS = frozenset(["with", "from", "this", "that", "objec", "using", "into", "the", "each", "given"])
_SAME_SHARE = 0.7


def imperative(summary: str, kind: Literal["function", "class"]) -> str | None:
    """Return the summary as a request, without a final full stop.

    None where it is a statement, or says nothing that a program could do.
    """
    text = _plain(summary)
    if _NO_REQUEST.match(text) or "?" in text or text.count("`") % 2:
        return None
    if kind == "class" and (match := _EXTENDING.match(text)):
        # "Extends `Device` and represents a lamp": the lamp is what somebody asks for.
        if made := re.fullmatch(r"Extends `(?P<base>\w+)` for (?P<what>[^.]+)", text):
            return f"Create {with_article(made['base'])} for {made['what']}"
        return f"Create {match['what']}" if match["what"] else None
    if (match := _QUESTION.match(text)) is not None:
        return _questioned(match)
    request = _verbal(text) or _from_purpose(text) or request_for(text, kind)
    if request is None or re.search(r"\b(?:to|than|by) of\b", request):
        return None
    if kind == "function" and text.startswith("Provide"):
        request = request.replace("Create", "Provide", 1)
    return re.sub(r"\band returns\b", "and return", request)


def _plain(summary: str) -> str:
    """Return a summary without what only the page needs around its request."""
    text = re.sub(r"\s*\(legacy(?: function)?\)|\s*\(deprecated\)", "", summary).strip().rstrip(".:;, ")
    text = re.sub(
        r"^(?:This|The) (?:function|class|method|routine|module|property|attribute) (?:is used to |can be used to |will )?", "", text
    )
    text = re.sub(r"^(?:Helper|Convenience|Utility) (?:function|method|class) (?=(?:to|for) )", "A function ", text)
    if match := re.match(r"For each (?P<which>[^,]+), (?:returns?|the) (?P<what>(?:an?|the|number|list) .+)", text):
        text = f"Return {match['what']} for each {match['which']}"
    if (titled := re.fullmatch(r"[\w-]+: (?P<rest>[A-Z].+)", text)) and _verbal(titled["rest"]):
        text = titled["rest"]
    return re.sub(r"^Numba (?P<what>.+?) function (?=for )", r"\g<what> ", text)


def is_request(sentence: str) -> bool:
    """Tell whether a sentence opens with a verb in the imperative."""
    words = sentence.split()
    return bool(words) and words[0].lower() in VERBS and not (len(words) > 1 and words[1].lower().strip(".,") in NOUN_AFTER)


def says_same(lead: str, request: str) -> bool:
    """Tell whether the words of a request that say something are, but for a few, those of another one."""
    said, known = ({word[:5] for word in re.findall(r"[a-z]{4,}", text.lower())} - _COMMON_WORDS for text in (lead, request))
    return len(said & known) >= _SAME_SHARE * len(said)


def _questioned(match: re.Match[str]) -> str | None:
    """Turn what asks for a truth value into a request: "Return True if x is even", "Tests to see if ...", "Whether ..."."""
    rest = _OTHERWISE.sub("", match["rest"] or match["tested"])
    return None if re.search(r"\b(?:False|otherwise)\b", rest) else f"Determine whether {rest}"


def _verbal(text: str) -> str | None:
    """Return a summary that opens with a verb, "Safely casts x" too, with the verb in the imperative."""
    words = text.split()
    how = ""
    if (
        len(words) > 2
        and re.fullmatch(r"[A-Z][a-z-]+ly|Forward|Backward", words[0])
        and verb_behind(words[1].rstrip(","))
        and words[1][-1] not in ",s"
    ):
        how, words = words[0].lower() + " ", words[1:]
    if len(words) < 2:
        return None
    # "Creates and displays a plot": each of the joined verbs.
    base = verb_behind(words[0].rstrip(","))
    if base is None and words[1] in ("a", "an", "the") and re.fullmatch(r"[A-Z][a-z]+", words[0]) and not _NO_VERB.match(words[0]):
        # Nothing but a verb stands before an article.
        base = words[0].lower()
    if base is None or (words[1].lower().strip(".,") in NOUN_AFTER and base not in SURE_VERBS):
        return None
    rest = words[1:]
    if words[0].lower() != base and len(rest) > 1 and rest[0] in ("and", "or") and (second := verb_behind(rest[1])):
        rest[1] = second
    if base in ("return", "get", "compute") and rest[0][0].isupper():
        rest = lower_first(" ".join(rest)).split()
    plain = verb_for(" ".join(rest)).lower() if base == "return" else _PLAIN.get(base, base)
    base = plain + ("," if words[0].endswith(",") else "")
    request = " ".join([how + base, *rest])
    return request[0].upper() + request[1:]


def _from_purpose(text: str) -> str | None:
    """Take the purpose out of "A convenience function for creating windows"."""
    match = _PURPOSE.match(text)
    if match is None:
        return None
    low = match["verb"].lower()
    stem = low.removesuffix("ing")
    for candidate in (low, stem, stem + "e", stem[:-1]):
        if candidate in SUMMARY_VERBS:
            return f"{candidate[0].upper()}{candidate[1:]} {match['rest']}"
    return None
