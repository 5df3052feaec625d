"""Verbs of engineering prose that make a step, with the forms in which papers use them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

_LISTS: dict[str, str] = yaml.safe_load(Path(__file__).with_name("verbs.yaml").read_text(encoding="utf-8"))


def verb_list(name: str) -> frozenset[str]:
    """Return the verbs of a list in `verbs.yaml`, which says what each is for."""
    return frozenset(_LISTS[name].split())


#: base: (third person, past participle), where the spelling does not follow the rules or there is a better one.
_IRREGULAR = {
    "begin": ("begins", "begun"),
    "bind": ("binds", "bound"),
    "break": ("breaks", "broken"),
    "build": ("builds", "built"),
    "choose": ("chooses", "chosen"),
    "cut": ("cuts", "cut"),
    "draw": ("draws", "drawn"),
    "drive": ("drives", "driven"),
    "feed": ("feeds", "fed"),
    "find": ("finds", "found"),
    "fit": ("fits", "fitted"),
    "fix": ("fixes", "fixed"),
    "freeze": ("freezes", "frozen"),
    "grow": ("grows", "grown"),
    "hand": ("hands", "handed"),
    "hold": ("holds", "held"),
    "keep": ("keeps", "kept"),
    "leave": ("leaves", "left"),
    "let": ("lets", "let"),
    "make": ("makes", "made"),
    "overwrite": ("overwrites", "overwritten"),
    "pass": ("passes", "passed"),
    "read": ("reads", "read"),
    "run": ("runs", "run"),
    "send": ("sends", "sent"),
    "set": ("sets", "set"),
    "shrink": ("shrinks", "shrunk"),
    "shut": ("shuts", "shut"),
    "spread": ("spreads", "spread"),
    "take": ("takes", "taken"),
    "wake": ("wakes", "woken"),
    "rewrite": ("rewrites", "rewritten"),
    "withhold": ("withholds", "withheld"),
    "write": ("writes", "written"),
}

#: Past tenses that differ from the participle.
_PAST = {
    "broke": "break",
    "chose": "choose",
    "drew": "draw",
    "drove": "drive",
    "froze": "freeze",
    "grew": "grow",
    "ran": "run",
    "shrank": "shrink",
    "took": "take",
    "woke": "wake",
    "wrote": "write",
}

_DOUBLING = verb_list("doubling")


@cache
def third_person() -> dict[str, str]:
    """Return a mapping from the third person ('computes') to the base form ('compute')."""
    return {third: base for base, (third, _) in _forms().items()}


@cache
def participles() -> dict[str, str]:
    """Return a mapping from the past participle ('computed') to the base form ('compute')."""
    return {participle: base for base, (_, participle) in _forms().items()}


@cache
def past_forms() -> dict[str, str]:
    """Return a mapping from the past tense ('computed', 'chose') to the base form."""
    return {**participles(), **_PAST}


@cache
def base_forms() -> frozenset[str]:
    """Return the base forms of all step verbs."""
    return frozenset(_forms())


@cache
def _forms() -> dict[str, tuple[str, str]]:
    forms = {verb: (_third(verb), _participle(verb)) for verb in sorted(verb_list("step"))}
    return {**forms, **_IRREGULAR}


def _third(verb: str) -> str:
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def _participle(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    if verb in _DOUBLING:
        return verb + verb[-1] + "ed"
    return verb + "ed"
