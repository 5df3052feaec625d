"""A step without its reasons, in plain words: what has to be done stays, why the authors did it goes."""

from __future__ import annotations

import re

from gpiot_data.teacher.phrases import listed

MIN_KEPT_WORDS = 4

#: ', which is why ...', ', thus reducing ...': from here on a sentence argues.
_TAIL = re.compile(
    rf"(?:,\s+(?:and\s+)?{listed('reason')}\b|"
    r"\s+(?:because(?! of)|as (?:it|they|this|these)|since (?:it|they|this|these|most)|given that)\b).*$"
)
_ELSE_TAIL = re.compile(r"[;,] otherwise\b(?=.).*$|,\s+(?:i\.e\.|e\.g\.).*$|,\s+for (?:they|it|this|the \w+ (?:is|are|has|have))\b.*$")
_WE_TAIL = re.compile(r",?\s+(?:and|but|which|that|as|so|since|because|while|where|when)\s+(?:then\s+)?we\b.*$", re.IGNORECASE)
_LONG_ASIDE = re.compile(
    r"\s*\((?:[^()]*\b(?:is|are|was|were|which|because|since|figure|fig|table|section|see)\b[^()]*|(?:[^\s()]+\s+){8,}[^\s()]+)\)",
    re.IGNORECASE,
)
#: ', so that none is lost, and the numbers come from noise': a clause of its own behind the effect.
_AFTER_EFFECT = re.compile(r"(,? so (?:that )?[^,]+), and (?:the|an?|each|every|no) .*$")
#: What stands in front of a step and only ties it to the text before.
_EMPTY_FRONT = re.compile(
    r"^(?:" + listed("empty_front") + r"),\s+",
    re.IGNORECASE,
)
#: (what engineers write, what a step says)
_PLAIN = tuple(
    (re.compile(rf"\b{wordy}"), plain)
    for wordy, plain in (
        (r"in order to\b", "to"),
        (r"so as to\b", "to"),
        (r"make use of\b", "use"),
        (r"Make use of\b", "Use"),
        (r"(?:utilize|utilise|employ|leverage)(?= )", "use"),
        (r"(?:Utilize|Utilise|Employ|Leverage|Exploit|Adopt|Opt for|Choose to use)(?= )", "Use"),
        (r"using\b", "with"),
        (r"(?:(?<=[Ff]or )|(?<=of )|(?<=[Ii]n ))each(?= (?!of\b|other\b|with\b)\w)", "every"),
        (r"whether(?! or)\b", "if"),
        (r"calculate\b", "compute"),
        (r"Calculate\b", "Compute"),
        (r"transmit(?= (?:the|an?|one|every|all)\b)", "send"),
        (r"Transmit(?= (?:the|an?|one|every|all)\b)", "Send"),
        (r"retain\b", "keep"),
        (r"Retain\b", "Keep"),
        (r"Select\b", "Choose"),
        (r"Construct\b", "Build"),
        (r"Discard\b", "Drop"),
        (r"discard\b", "drop"),
        (r"Maintain\b", "Keep"),
        (r"approximately\b|roughly\b", "about"),
        (r"(?<!\ba )multiple\b(?! of)", "several"),
        (r"entire\b", "whole"),
        (r"additional\b", "further"),
        (r"consisting of\b", "of"),
        (r"(?<=[a-z] is )(?:greater|larger|higher|more) than (?=\d)", "above "),
        (r"(?<=[a-z] is )(?:less|smaller|lower|fewer) than (?=\d)", "below "),
        (r"exceeds\b", "is above"),
        (r"falls (?:below|under)\b", "is below"),
        (r"(?:in )?accord(?:ing|ance) (?:to|with)\b", "by"),
        (r"(?<=\d) (?:percent|per cent)\b", "%"),
        (r"(?<!task )(?<!step )(?<!one or )two (?=(?!(?:and|or|of|to|is|are|by|in|times)\b)[a-z])", "2 "),
        (r"(?<!task )(?<!step )(?<!one or )three (?=(?!(?:and|or|of|to|is|are|by|in|times)\b)[a-z])", "3 "),
        (r"(?<!task )(?<!step )(?<!one or )four (?=(?!(?:and|or|of|to|is|are|by|in|times)\b)[a-z])", "4 "),
        (r"(?<!task )(?<!step )(?<!one or )five (?=(?!(?:and|or|of|to|is|are|by|in|times)\b)[a-z])", "5 "),
        (r"(?<!task )(?<!step )(?<!one or )six (?=(?!(?:and|or|of|to|is|are|by|in|times)\b)[a-z])", "6 "),
        (r"(?<!task )(?<!step )(?<!one or )eight (?=(?!(?:and|or|of|to|is|are|by|in|times)\b)[a-z])", "8 "),
        (r"(?<!task )(?<!step )(?<!one or )ten (?=(?!(?:and|or|of|to|is|are|by|in|times)\b)[a-z])", "10 "),
        (r"(?<!task )(?<!step )(?<!one or )twelve (?=(?!(?:and|or|of|to|is|are|by|in|times)\b)[a-z])", "12 "),
        (r"per hour\b", "an hour"),
        (r"per (?=(?:second|minute|day)\b)", "a "),
        (r"prior to\b", "before"),
        (r"subsequent to\b", "after"),
        (r"due to\b", "because of"),
        (r"a number of\b", "several"),
        ("a total of ", ""),
        (r"by means of\b", "with"),
        (r"with the help of\b", "with"),
        (r"in terms of\b", "by"),
        (r"as well as\b", "and"),
        (r"(?:the )?aforementioned ", "the "),
        (r"(?:above|previously)[ -]mentioned ", ""),
        (r"(?:so-called|proposed|state-of-the-art|well-known|novel) ", ""),
        ("the above ", "the "),
        (r"(?<=est) such(?= [a-z])", ""),
        (
            r"(?:[Tt]his|[Tt]hese|[Tt]hose|[Ss]uch) "
            r"(?!(?:whose|above|below|left|to|are|is|was|were|in|and|as|an?|at|by|for|on|of|with|from|over|that|can|will)\b)(?=\w)",
            "the ",
        ),
    )
)


def drop_front(text: str) -> str:
    """Drop an opening that only ties a sentence to those before it."""
    while (shorter := _EMPTY_FRONT.sub("", text)) != text:
        text = shorter[:1].upper() + shorter[1:]
    return text


def tighten(step: str) -> str:
    """Drop reasons, long asides and what the authors say of themselves from a step, and write it in plain words.

    >>> tighten("Employ a Hann window, which reduces leakage.")
    'Use a Hann window.'
    >>> tighten("To limit drift, reset the filter every ten seconds.")
    'Reset the filter every 10 seconds to limit drift.'
    """
    text = _AFTER_EFFECT.sub(r"\1", _LONG_ASIDE.sub("", step.rstrip(".")))
    for tail in (_WE_TAIL, _ELSE_TAIL, _TAIL):
        shorter = tail.sub("", text).rstrip(" ,")
        text = shorter if len(shorter.split()) >= MIN_KEPT_WORDS and not _is_only_front(shorter) else text
    text = _purpose_last(text)
    for wordy, plain in _PLAIN:
        text = wordy.sub(plain, text)
    text = re.sub(r",? respectively$", "", text).strip(" ,")
    return f"{text[:1].upper()}{text[1:]}."


def _is_only_front(text: str) -> bool:
    return (
        re.match(r"(?:To|For|After|Before|When|If|In|At|On|By|Given|With|During|From|Once|Since|As|Using|Because|Although)\b[^,]*$", text)
        is not None
    )


def _purpose_last(text: str) -> str:
    """Turn 'To limit drift, reset the filter' into 'Reset the filter to limit drift', where the sentence stays clear."""
    match = re.fullmatch(r"To (?P<purpose>(?:[\w-]+ ){1,9}[\w-]+), (?P<deed>[^,]+)", text)
    if match is None or re.search(r"\bto [a-z]+ |\b(?:so|such) that\b|\bif\b|\bwhen\b", match["deed"]) or len(match["deed"].split()) > 22:
        return text
    return f"{match['deed'][0].upper()}{match['deed'][1:]} to {match['purpose']}"
