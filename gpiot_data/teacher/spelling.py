"""Words that a page broke or ran together: 'widelyused', 'person-alizing', letters of two alphabets in one word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
#: What is left of a word behind a hyphen that stood at the end of a line.
_BROKEN_END = re.compile(
    r"(?:ing|ed|tions?|sions?|ments?|ness|ances?|ences?|ity|ities|ly|al|ally|ali[sz]\w+|i[sz](?:e|es|ed|ing|ation)|at(?:e|ed|es|ing)|able|ible|ous|ive)"
)
_RUN_TOGETHER = re.compile(
    r"([a-z]{3,}ly)((?:used|known|based|adopted|accepted|chosen|deployed|available)\b)|([a-z]{4,})(?:and|with|from|the|that)\b"
)
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_MIN_PART = 4


def vocabulary_of(paragraphs: Iterable[str]) -> Mapping[str, int]:
    """Return how often each word stands in a text, in small letters."""
    return Counter(word.lower() for paragraph in paragraphs for word in _WORD.findall(paragraph))


def is_spoilt(sentence: str, words: Mapping[str, int]) -> bool:
    """Tell a sentence with a word that is not as it was written.

    `words` are those of the whole text: what stands there in one piece was broken here, and what stands there in two was joined here.
    """
    return _CYRILLIC.search(sentence) is not None or any(
        _is_broken(word, words) or _is_joined(word, words) for word in _WORD.findall(sentence)
    )


def _is_broken(word: str, words: Mapping[str, int]) -> bool:
    first, hyphen, last = word.rpartition("-")
    if not hyphen:
        return False
    return _BROKEN_END.fullmatch(last) is not None or words.get(first.lower() + last.lower(), 0) > 0


def _is_joined(word: str, words: Mapping[str, int]) -> bool:
    match = _RUN_TOGETHER.fullmatch(word)
    if match is None or words.get(word.lower(), 0) > 1:
        return False
    return match[1] is not None or (len(match[3]) >= _MIN_PART and words.get(match[3], 0) > 0)
