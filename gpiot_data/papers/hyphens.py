"""Lines of a paragraph -> its text: hyphens at line ends kept or dropped by the paper's own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from gpiot_data.papers.layout import Row
from gpiot_data.papers.words import word_set

_WORD = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_CUT = re.compile(r"([A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)-$")
_LAST_WORD_CHARS = 80
_GOES_ON = re.compile(r"[A-Za-z]+")
#: Second halves that are words of their own in 'off-the-shelf' or 'check-ins', and seldom the end of a word.
_SMALL_WORDS = frozenset({"the", "of", "ins", "on", "up", "off"})
#: How words end where a syllable is cut off.
_ENDING = re.compile(
    r"[a-z]{0,3}(?:tions?|sions?|ments?|ness|ing|ings|ity|ities|ives?|ively|ally|al|als|ed|ers?|ors?|ory|ory|ates?|ated|ably|ably|ances?|ences?|"
    r"tures?|cal|cally|ous|ously|ship|ly|est|ism|ists?|ized?|ular|itude|itudinal|istics?|tics?|ents?|ants?|ially?|ial)"
)


def vocabulary(rows: Iterable[Row]) -> Counter[str]:
    """Count the words of a paper, leaving out the halves of words that a line end cut."""
    words: Counter[str] = Counter()
    cut = False
    for row in rows:
        text = row.text.lower()
        if cut:
            text = text.partition(" ")[2]
        cut = text.endswith("-")
        if cut:
            text = text.rpartition(" ")[0]
        words.update(_WORD.findall(text))
    return words


def join_lines(texts: Sequence[str], words: Counter[str]) -> str:
    """Join the lines of a paragraph.

    A hyphen at a line's end is dropped unless the paper itself writes the word with a hyphen elsewhere, or writes both halves as
    words and never the whole: joining blindly would make 'precollected' of 'pre-collected'.

    Args:
        texts: the lines, without white space at their ends.
        words: the words of the paper in lower case, as counted by `vocabulary`.
    """
    result = ""
    for text in texts:
        cut = _CUT.search(result[-_LAST_WORD_CHARS:]) if result.endswith("-") else None
        if cut is None:
            result = f"{result} {text}" if result else text
            continue
        rest = _GOES_ON.match(text)
        if rest is None or not rest[0][0].islower():
            result += text
        elif rest[0] in ("and", "or", "to") and not words[(cut[1] + rest[0]).lower()]:
            result = f"{result} {text}"
        elif _is_compound(cut[1].lower(), rest[0].lower(), words):
            result += text
        else:
            result = result[:-1] + text
    return re.sub(r"\s+", " ", result).strip()


def _is_compound(left: str, right: str, words: Counter[str]) -> bool:
    """Tell whether a word that a line end cuts is written with a hyphen.

    English writes one behind the words of `hyphened.txt`, whatever follows; `solid.txt` holds words whose halves are words too.
    """
    last = left.rpartition("-")[2]
    kept, joined = words[f"{left}-{right}"], words[left + right] or words[last + right]
    if kept or joined:
        return kept > joined
    if "-" in left or not left.isalpha() or right in _SMALL_WORDS:
        return left + right not in word_set("solid")
    if left + right in word_set("solid") or _ENDING.fullmatch(right):
        return False
    if left in word_set("hyphened"):
        return words[right] > 0 or len(right) > 3
    return len(left) > 3 and len(right) > 3 and words[left] > 0 and words[right] > 0
