"""What makes a step unfit to stand alone: a stable word for each fault, found by rules."""

from __future__ import annotations

import re

from gpiot_data.papers.blocks import EQUATION_MARK
from gpiot_data.teacher.grammar import grammar_fault
from gpiot_data.teacher.phrases import LEFTOVER_POINTER, WE, listed

MIN_STEP_WORDS, MAX_STEP_WORDS = 4, 36
#: Characters outside ASCII that engineering prose uses; more than a few others mean a torn formula.
_PLAIN_SYMBOLS = set(
    "\u00b0\u00b5\u03bc\u00b1\u00d7\u2013\u2014\u2019\u2018\u201c\u201d\u2264\u2265\u03bb\u03b1\u03b2\u03c3\u03c0\u2212\u22c5\u226a\u226b\u2211\u221a\u2248\u2208\u2190\u2192"
)
MAX_ODD_SYMBOLS = 0.03
MAX_FORMULA_WORDS = 0.2
_TORN = re.compile(listed("torn"))
_ENDS_OPEN = re.compile(rf"\b{listed('ends_open')}\.$")
_NO_DEED = re.compile(rf"\b{listed('no_deed')}\b", re.IGNORECASE)
#: 'of these to', 'in for', 'the to': a mark or a name that the page had between the words is gone.
_GAP = re.compile(listed("gap"))
_FUNCTION_WORD = re.compile(rf"\b(?:{listed('function_word')}|{listed('subordinate')})\b")
#: So many words without an article, preposition or conjunction among them are lines of two columns run together.
MAX_PILED_WORDS = 5


def fault(step: str, most_words: int = MAX_STEP_WORDS) -> str | None:
    """Return the word for the first fault of a step, or None for one that can be followed on its own.

    >>> fault("Filter the signal at 5 Hz.")
    >>> fault("Filter the signal as shown in Fig. 3.")
    'pointer'
    >>> fault("Window each frame and the spectrum is taken.")
    'second_clause'
    """
    return _form_fault(step, most_words) or ("no_deed" if _NO_DEED.search(step) else grammar_fault(step))


def _form_fault(step: str, most_words: int) -> str | None:
    words = step.split()
    if not MIN_STEP_WORDS <= len(words) <= most_words:
        return "length"
    if LEFTOVER_POINTER.search(step):
        return "pointer"
    if EQUATION_MARK in step or _TORN.search(step) or _is_formula(words) or not _is_balanced(step):
        return "torn"
    if len(words) > MAX_PILED_WORDS and not _FUNCTION_WORD.search(step):
        return "torn"
    if WE.search(step):
        return "authors"
    if _ENDS_OPEN.search(step):
        return "open_end"
    return "gap" if has_gap(step) else None


def has_gap(text: str) -> bool:
    """Tell a sentence in which a citation, a symbol or a line of another column stood: 'the encoder in to extract'."""
    return _GAP.search(text) is not None


def _is_formula(words: list[str]) -> bool:
    """Tell a step that is mostly symbols: single letters, operators, numbers between them."""
    odd = sum(1 for word in words if re.fullmatch(r"[^\w\s]+|[b-zB-HJ-Z]", word.strip(",.()")) or re.search(r"[=+*/^|{}\\]", word))
    return odd > MAX_FORMULA_WORDS * len(words)


def _is_balanced(step: str) -> bool:
    symbols = sum(not (char.isascii() or char in _PLAIN_SYMBOLS) for char in step)
    pairs = (("(", ")"), ("[", "]"), ("\u201c", "\u201d"), ("{", "}"))
    return all(step.count(left) == step.count(right) for left, right in pairs) and symbols <= MAX_ODD_SYMBOLS * len(step)
