"""Breaks that an author meant: a line of wrapped prose that ends early, within a sentence, parts what joining would run together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, pairwise

from gpiot_data.packages.vocabulary import CONTINUING, OPEN_ENDED, SENTENCE_OPENERS, verb_behind

#: Stands where a break was meant that no mark of a list or sentence replaces: the sentence around it says nothing certain.
BREAK = "\ue000"
#: Prose of docstrings fills 72 to 79 columns, of which entries and methods indent away a dozen.
_MIN_WIDTH = 60
_MAX_WIDTH = 76
#: Columns that a line has to spare beside the next word before its end is taken for meant.
_SPARE = 15
_ENDED = re.compile(r"[.!?:;,…][)\]\"'`*]*$")
_NAMED = re.compile(r"\W{0,2}[\w.\[\]]+\W{0,2}(?: \(\S+\))? ?(?:--?|=|:|->|=>)\s+\S")
#: Words that have a capital at the head of a sentence alone, with what follows them there.
_OPENER = re.compile(r"(?:(?:If|When|Should|Must|Otherwise|Defaults?|This|These|It|Only)(?= [a-z`'\"\d])|Note(?=: | that ))")
_LABEL = re.compile(r"[A-Z][a-z]+(?: [a-z]+){0,2}: ?\S")
#: "model should be fitted", "if True, ...": a subject with its verb, or a condition.
_CLAUSE = re.compile(r"(?:if|when|must|should)\b|[a-z]\w*(?: [a-z]\w*){0,3} (?:is|are|should|must|may|can|will)\b")
_SENTENCE = re.compile(r"[A-Z][a-z]*(?: |$)")


def joined(lines: Sequence[str], offset: int = 0) -> list[str]:
    """Join the lines of a paragraph; where its breaks are those of a list without marks, return its lead and items ("- ...") one by one.

    Args:
        lines: as written, with their indents.
        offset: columns that stood before the first line.
    """
    texts = _clauses(lines)
    ends = _early_ends(lines, texts, offset)
    meant = _meant(texts, ends)
    if not meant:
        return [" ".join(texts)]
    items = _segments(texts, ends)
    lead = items.pop(0) if items[0].endswith(":") else ""
    if not lead and len(items) > 2 and _are_parallel(items[1:]) and not _are_parallel(items):
        lead = f"{items.pop(0).rstrip('.,;')}:"
    if len(items) > 1 and _are_parallel(items):
        return [*([lead] if lead else []), *(f"- {item.rstrip(',;')}" for item in items)]
    text = texts[0]
    for position, following in enumerate(texts[1:]):
        if position not in meant:
            text += f" {following}"
        else:
            text += f". {following}" if _opens_sentence(texts[position], following) else f" {BREAK} {following}"
    return [text]


def _clauses(lines: Sequence[str]) -> list[str]:
    """Return the texts of lines; where what belongs to "Behaviour: returns an alignment" is set below it, each closed by a mark."""
    texts = _sentences([line.strip() for line in lines])
    head = len(lines[0]) - len(lines[0].lstrip())
    deeper = [len(line) - len(line.lstrip()) > head for line in lines[1:]]
    if not _LABEL.match(texts[0]) or not deeper or not all(deeper):
        return texts
    for position, text in enumerate(texts[:-1]):
        opens = _CLAUSE.match(texts[position + 1])
        if opens and not _ENDED.search(text[-10:]) and not _leads_on(text):
            texts[position] += ";"
    return texts


def _sentences(texts: Sequence[str]) -> list[str]:
    """Close each line that the next one opens a sentence behind, with a word that has no capital within one: "If int, ..."."""
    closed = list(texts)
    for position, following in enumerate(texts[1:]):
        if _OPENER.match(following) and re.search(r"(?:\w{2}|[)`\"'])$", closed[position]) and not _leads_on(closed[position]):
            closed[position] += "."
    return closed


def _leads_on(text: str) -> bool:
    return re.split(r"\W+", text[-20:].lower())[-1] in OPEN_ENDED


def marked(lines: Sequence[str], offset: int = 0) -> str:
    """Join lines, with a mark wherever a break was meant."""
    texts = _sentences([line.strip() for line in lines])
    meant = _meant(texts, _early_ends(lines, texts, offset))
    return "".join(f"{text} {BREAK} " if position in meant else f"{text} " for position, text in enumerate(texts)).rstrip()


def _early_ends(lines: Sequence[str], texts: Sequence[str], offset: int) -> list[int]:
    """Return the lines that had room for the next word, and for more."""
    lengths = [len(line.rstrip()) for line in lines]
    lengths[0] += offset
    width = min(max(_MIN_WIDTH, *lengths), _MAX_WIDTH)
    return [
        position
        for position, (length, following) in enumerate(zip(lengths, texts[1:], strict=False))
        if length + 1 + len(_first_word(following)) + _SPARE <= width
    ]


def _first_word(text: str) -> str:
    # Longer ones fit nowhere.
    match = re.match(r"`{1,2}[^`]*`{1,2}\S*|\S+", text[:_MAX_WIDTH])
    return match[0] if match else ""


def _meant(texts: Sequence[str], ends: Sequence[int]) -> set[int]:
    """Return the early ends that part two things: neither a sentence or clause ends there, nor does one plainly go on."""
    firsts = Counter(_word(text) for text in texts)
    depths = accumulate(text.count("(") - text.count(")") for text in texts)
    within = [depth > 0 or odd for depth, odd in zip(depths, _open_quotes(texts), strict=True)]
    return {position for position in ends if not within[position] and _parts(texts[position], texts[position + 1], firsts)}


def _open_quotes(texts: Sequence[str]) -> list[bool]:
    """Tell for each line whether code or a formula is open at its end."""
    ticks = accumulate(text.count("`") for text in texts)
    signs = accumulate(text.count("$") for text in texts)
    return [bool(tick % 2 or sign % 2) for tick, sign in zip(ticks, signs, strict=True)]


def _parts(line: str, following: str, firsts: Counter[str]) -> bool:
    """Tell whether a line does not lead to the next; `firsts` counts the first words of all."""
    if _ENDED.search(line[-10:]) or re.search(r"(?:^|\s)[-+=*/|&<>\[({]{1,9}$", line[-10:]):
        return False
    if _leads_on(line):
        return False
    first = _word(following)
    return first not in CONTINUING or firsts[first] > 1


def _word(text: str) -> str:
    return re.sub(r"\W+$", "", text.split()[0][:30]) if text else ""


def _opens_sentence(line: str, following: str) -> bool:
    if not re.search(r"[\w)`\"']$", line) or not _SENTENCE.match(following):
        return False
    first = following.split()[0]
    return first in SENTENCE_OPENERS or verb_behind(first) is not None


def _segments(texts: Sequence[str], ends: Sequence[int]) -> list[str]:
    bounds = [0, *(position + 1 for position in ends), len(texts)]
    return [" ".join(texts[start:end]) for start, end in pairwise(bounds)]


def _are_parallel(items: Sequence[str]) -> bool:
    """Tell whether all open alike: by "name - text", or by one word."""
    if all(_NAMED.match(item) for item in items):
        return True
    firsts = {item.split()[0].lower() for item in items}
    return len(firsts) == 1 and firsts <= {"if", "when", "for", "where", "use", "set", "or"}
