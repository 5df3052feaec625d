"""Text that strangers wrote, on its way to a model and back.

What goes in stands between marks that it cannot hold itself, without characters that drive chat templates; what comes out is looked
through for what no sub-task needs and an obeyed order would bring.
"""

from __future__ import annotations

import re
import unicodedata

from gpiot_data.store import sha256_text

#: What chat templates put between turns: servers that parse special tokens would read them in the text of a user as well.
_TEMPLATE = re.compile(
    r"<\|[^<>|\n]{1,40}\|>|</?s>|\[/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS|SYSTEM_PROMPT)\]|<</?SYS>>|</?(?:start|end)_of_turn>|"
    r"<\uff5c[^\n<>]{1,40}\uff5c>|<(?:bos|eos|unk|pad)>"
)
_UNWANTED = {
    "a web or mail address": re.compile(r"\b(?:https?|ftp|file|data)://|\bwww\.\w|\b[\w.+-]+@[\w-]+\.[a-z]{2,}\b", re.IGNORECASE),
    "a shell command": re.compile(
        r"\b(?:pip3?|conda|apt(?:-get)?|npm|brew) install\b|\b(?:curl|wget) +(?:-|\S+\.\S)|\bsudo +\w|\brm +-\w*[rf]|\bchmod +[+0-7]|"
        r"\bbash +-c\b|\beval\(|\bos\.system\b|\bsubprocess\.",
        re.IGNORECASE,
    ),
    "talk about the orders of a model": re.compile(
        r"\b(?:ignor|disregard|forget|overrid)\w* (?:\w+ ){0,3}(?:instruction|prompt|rule|order)s?\b|\bsystem prompt\b|"
        r"\bas an? (?:AI|language model)\b|\bI (?:cannot|can't|am sorry|apologi[sz]e)\b|^\s*(?:system|assistant|user)\s*:",
        re.IGNORECASE | re.MULTILINE,
    ),
}
#: Line breaks and tabs aside, characters that nobody sees: controls, direction marks, tags, private ones, half characters.
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn"}
#: In words of Indic scripts and joined emoji these two are spelling.
_JOINERS = "\u200c\u200d"


def disarm(text: str) -> str:
    """Return a text without what only a machine would read: unseen characters and the turn marks of chat templates."""
    seen = "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in _UNSEEN)
    # What is left may close up to a mark again.
    while (once := _TEMPLATE.sub(" ", seen)) != seen:
        seen = once
    return seen


def fence(text: str) -> str:
    """Return a text between two marks that it does not hold.

    The marks follow from the text, so the same text is asked about in the same way on every machine; to foresee them, a text would have
    to hold a part of its own hash.
    """
    inner = disarm(text)
    salt = 0
    while (mark := sha256_text(f"{salt}\n{inner}")[:16]) in inner:
        salt += 1
    return f"[[material {mark}]]\n{inner}\n[[end of material {mark}]]"


def find_unwanted(text: str) -> str | None:
    """Return what an answer holds that none should, in words, or None."""
    if any(unicodedata.category(char) in _UNSEEN and char not in "\n\t" + _JOINERS for char in text):
        return "characters that nobody sees"
    if _TEMPLATE.search(text):
        return "a turn mark of chat templates"
    return next((what for what, pattern in _UNWANTED.items() if pattern.search(text)), None)
