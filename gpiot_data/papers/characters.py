"""Characters as a PDF writes them -> characters as a person types them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_LIGATURES = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
_CLEANED = str.maketrans(
    {**_LIGATURES, "\u00a0": " ", "\u00ad": "-", "\u2010": "-", "\u2011": "-", "\ufe00": None, "\ufe0e": None, "\ufe0f": None}
)
#: Letters of the mathematical alphabets and full-width forms read as plain ones.
_FOLDED = re.compile("[\U0001d400-\U0001d7ff\uff01-\uff5e]+")
#: Fonts without a table of characters give their first glyphs these codes, and ligatures are often the first.
_STAND_INS = re.compile(r"[!\"#$%&]")
_BROKEN_WORD = re.compile(r"(?<![!-~])([A-Za-z]*)([!\"#$%&])([a-z]{2,})")
#: What ligatures are found between: words of any paper, by the ligature that they hold.
_TELLING = {
    "ff": r"e__ect|di__er|o__er|o__ice|su__er|bu__er|o__set|tra__ic|a__ect|e__ort|sta__|coe__|__ of",
    "fi": r"^__(?:rst|nd|nal|gure|ll|le|eld|t$|ts$|tted|x|ber|lter|ne$|ner|ft|ve$|rm|nish|nger|nite|ght)|signi__ca|speci__|de__n|"
    r"con__[dgr]|classi__|pro__le|identi__|bene__t|modi__|justi__|veri__|quanti__|scienti__|wi-?__$",
    "fl": r"re__ect|in__u|in__at|de__at|con__ict|brie__y|^__(?:ow|at$|oor|ex|ash|oat|uctu|ag)|over__ow|work__ow",
    "ffi": r"e__cien|su__cien|di__cul|coe__cien|tra__c|o__ce|a__n",
    "ffl": r"ba__e|o__oad|o__ine|a__ict|shu__e",
    "tt": r"pa__ern|ba__er|be__er|a__en|a__ack|a__itude|a__ribut|a__emp|ma__er|se__ing|commi__|le__er|a__ach|transmi__|o__o",
    "Qu": r"^__estion|^__al|^__ant|^__ick|^__er",
    "Th": r"^__(?:e$|is$|ere|us$|at$|ese|en$|ough|ree|ey$)",
    "ft": r"so__|a__er|dri__|shi__|le__|o__en|dra__",
}


def clean_text(text: str) -> str:
    """Return text with ligatures parted and odd spaces and hyphens made plain."""
    if text.isascii():
        return text
    text = text.translate(_CLEANED)
    return _FOLDED.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def broken_ligatures(texts: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return which ligature each odd character of a font stands for: {(font, character): letters}.

    A font that a paper embeds without a table of its characters shows 'e"ect' for 'effect'; which character stands for which
    letters differs from font to font, so each is told by the words that it would make.

    Args:
        texts: (font, text) of all runs of characters in a paper.
    """
    around: dict[tuple[str, str], Counter[tuple[str, str]]] = {}
    for font, text in texts:
        if _STAND_INS.search(text) is None:
            continue
        for before, mark, after in _BROKEN_WORD.findall(text):
            around.setdefault((font, mark), Counter())[before.lower(), after] += 1
    found = {}
    for (font, mark), words in around.items():
        scores = {letters: _telling_words(words, pattern) for letters, pattern in _TELLING.items()}
        best = max(scores, key=lambda letters: (scores[letters], letters))
        # Only ever at the start of words it may be a quotation mark or a bracket.
        inside = any(before for before, _ in words)
        enough = 0.2 if inside else 1.0
        if scores[best] >= max(1, enough * sum(words.values())):
            found[font, mark] = best
    return found


def _telling_words(words: Counter[tuple[str, str]], pattern: str) -> int:
    return sum(count for (before, after), count in words.items() if re.search(pattern, f"{before}__{after}"))


def mend_ligatures(text: str, font: str, broken: dict[tuple[str, str], str]) -> str:
    """Write out the ligatures of `broken_ligatures` where they stand in a word."""

    def mended(match: re.Match[str]) -> str:
        letters = broken.get((font, match[2]))
        # At a word's start the character may as well be the quotation mark that it looks like.
        if letters is None or not (match[1] or re.search(_TELLING[letters], f"__{match[3]}")):
            return match[0]
        return match[1] + letters + match[3]

    return _BROKEN_WORD.sub(mended, text)
