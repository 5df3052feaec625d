"""What somebody asks for who names a thing: "Hann window." -> "Compute the Hann window"."""

from __future__ import annotations

import re
from typing import Literal

from gpiot_data.packages.vocabulary import AFTER_VERB, MEASURES, PROCESSES, PROPER, QUANTITIES, verb_behind

_PREPOSITION = re.compile(r"\b(?:of|for|in|on|that|which|who|with|to|from|by|using|via|where|used|when|as|at|between)\b|[,(:`$]")
#: What else may follow the noun that a phrase is about.
_BEHIND = re.compile(
    r"\b(?:along|over|under|after|across|per|given|whose|if|based|within|without|into|around|against|among|"
    r"indicating|containing|corresponding|arising|expressed|needed|required|and)\b"
)
_FINITE = re.compile(r"\b(?:is|are|was|were|allows|can|will|must|should|may|has|have|does|do|aims)\b")
#: A class that is named by its place among classes, and what is more than one thing.
_NO_OBJECT = re.compile(
    r"\b(?:sub-?class|mix-?in|metaclass)\b|^(?:Two|Three|Four|Several|Many|Multiple|Both|Various)\b|\b(?:visuali[sz]ation|display)s?$",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(?:that|which|who|whose|where|whether|when|if|how|what|such|as)\b")
#: Heads of names that a program does not compute.
_NO_VALUE = re.compile(
    r"\b(?:decorator|helper|wrapper|alias|factory|context manager|utility|routine|mixin|sub-?class|object|callback|hook|"
    r"subroutine|plotting|version)s?$|\bfunctions$",
    re.IGNORECASE,
)
_A_CLASS = re.compile(r"(?:An? |The )?[Cc]lass (?:implementing|representing|defining|for|of|providing|to represent) (?P<what>.+)")


def request_for(text: str, kind: Literal["function", "class"]) -> str | None:
    """Say what is to be done with the thing that a phrase names; None where it is a clause, or names nothing that is computed."""
    head = _PREPOSITION.split(re.sub(r"\s*\([^()]*\)", "", text), maxsplit=1)[0].split()
    clause = next((place for place, word in enumerate(head[1:], 1) if _is_verb_form(word, text)), None)
    if kind == "class" and clause == 1 and re.fullmatch(r"[A-Z]\w*[A-Z]\w*", head[0]):
        # "DummyClassifier makes predictions".
        return f"Create {with_article(head[0])} that {text.split(maxsplit=1)[1]}"
    stated = _FINITE.search(text)
    if clause is not None or len(text.split()) < 2 or (stated and not _RELATIVE.search(text[: stated.start()])):
        return None
    if len(_FINITE.findall(text)) > len(_RELATIVE.findall(text)) > 0:
        return None
    if (made := _from_name_of_work(text)) is not None:
        return made
    if kind == "class":
        return None if _NO_OBJECT.search(text) else _for_class(text, head)
    if not head or _NO_VALUE.search(" ".join(head)) or re.match(r".*\bfunction (?:for|to|that|which|used)\b", text):
        return None
    if re.fullmatch(r"(?:[\w-]+ ){0,2}[\w-]+ to (?!a |an |the )[\w-]+(?: [\w-]+){0,2}", text) and "response" not in text:
        return f"Convert {lower_first(text)}"
    if re.match(r"An? ", text):
        verb = "Apply" if re.search(r"\b(?:filter|window)\b", text) else verb_for(text)
        return f"{verb} {lower_first(text)}"
    if head[-1].lower() in ("plot", "chart", "diagram"):
        return f"Draw {with_article(text)}"
    bare = re.match(r"the |[\w-]+'s ", text, re.IGNORECASE)
    heads = set(_head(text)[-1:])
    verb = "Apply" if "filter" in heads else "Perform" if heads & (PROCESSES - QUANTITIES) else verb_for(text)
    return f"{verb} {'' if bare else 'the '}{lower_first(text)}"


def verb_for(thing: str) -> str:
    """Return the verb by which somebody asks for a thing that is returned: "Compute" for a quantity, "Get" for whatever there may be."""
    head = _head(thing)
    if not head:
        return "Get"
    # A formula has its values; an object that can be called is handed over.
    function = head[-1] == "function" and head[0] not in ("a", "an")
    return "Compute" if function or {head[-1], head[-1].removesuffix("s"), head[-1].removesuffix("es")} & QUANTITIES else "Get"


def _head(thing: str) -> list[str]:
    """Return the words of a phrase up to the noun that it is about."""
    phrase = re.sub(r"^(?:the|all|both|each) |\s*\([^()]*\)|`", "", thing, flags=re.IGNORECASE)
    return _BEHIND.split(_PREPOSITION.split(phrase, maxsplit=1)[0], maxsplit=1)[0].rstrip(" .").lower().split()


def _from_name_of_work(text: str) -> str | None:
    """Turn the name of a piece of work into the work: "Butterworth filter design", "Sine generator"."""
    if match := re.fullmatch(r"(?:The )?(?P<what>.+?) [Dd]esign(?P<rest>\b.*)", text):
        return f"Design {with_article(match['what'])}{match['rest']}"
    match = re.fullmatch(r"(?P<what>.+?) (?:selection|determination)(?P<rest>\b.*)", text, re.IGNORECASE)
    if match and not _PREPOSITION.search(match["what"]):
        return f"Determine the {lower_first(match['what'])}{match['rest']}"
    match = re.fullmatch(r"(?P<what>.+?) generator(?P<rest>\b.*)", text, re.IGNORECASE)
    if match and not _PREPOSITION.search(match["what"]):
        return f"Generate {with_article(match['what'])}{match['rest']}"
    if match := re.fullmatch(r"(?P<how>.+?) (?:computation|calculation|estimation) of (?P<what>.+)", text, re.IGNORECASE):
        return f"Compute {match['what']} ({lower_first(match['how'])})"
    if match := re.fullmatch(r"(?P<what>\w+ filter) (?P<rest>(?:an?|the) .+)", text):
        return f"Apply {with_article(match['what'])} to {match['rest']}"
    return None


def _for_class(text: str, head: list[str]) -> str:
    if match := _A_CLASS.match(text):
        return f"Use {with_article(match['what'])}"
    text = re.sub(r"(?<=\w) (?:base )?class\b(?!-)", "", text)
    last = head[-1].lower() if head else ""
    if last in MEASURES:
        return f"Compute the {lower_first(re.sub(r'^(?:An?|The) ', '', text))}"
    return f"Apply {lower_first(text)}" if last in PROCESSES else f"Create {with_article(text)}"


def _is_verb_form(word: str, text: str) -> bool:
    """Tell whether a word such as "makes" is the verb of a clause: what comes next is no part of a name."""
    if not word.endswith("s") or word.endswith(("ss", "us", "is")) or verb_behind(word) is None:
        return False
    following = text.split(word, 1)[1].split()[:1]
    return bool(following) and following[0].lower() in AFTER_VERB


def lower_first(text: str) -> str:
    """Write the first word small unless it is a name, an abbreviation or code, or opens a name in title case."""
    word = re.split(r"[\s,]", text, maxsplit=1)[0]
    second = text.split()[1:2]
    if not word or not word[0].isupper() or word in PROPER or word.split("-")[0] in PROPER:
        return text
    if any(letter.isupper() or letter.isdigit() for letter in word[1:]) or word.endswith("'s"):
        return text
    if second and re.match(r"[A-Z][a-z]", second[0]) and word not in ("A", "An", "The") and second[0] not in PROPER:
        # "Band Stop Objective Function"
        return text
    return text[0].lower() + text[1:] if len(word) > 1 or word == "A" else text


def with_article(text: str) -> str:
    """Put the article before a phrase that has none; a plural needs none."""
    low = lower_first(text)
    head = _PREPOSITION.split(low, maxsplit=1)[0].split() or [low]
    if re.match(r"(?:a|an|the)\b", low, re.IGNORECASE) or re.search(r"[a-z](?<![ius])s$", head[-1]):
        return low
    word = low.split()[0]
    if word.isupper() and len(word) > 1 and word[0].isalpha():
        # Said letter by letter: "an FIR filter".
        return f"{'an' if word[0] in 'AEFHILMNORSX' else 'a'} {low}"
    vowel = re.match(r"[aeio]|u(?!ni|se|t)", word.lower()) and not re.match(r"one\b|once|eu[rc]", word.lower())
    return f"{'an' if vowel else 'a'} {low}"
