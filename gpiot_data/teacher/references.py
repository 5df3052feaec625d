"""What a step refers to, and whether the row it stands in says what that is: a pair must be closed under reference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from gpiot_data.teacher.phrases import EFFECT, listed
from gpiot_data.teacher.verbs import base_forms, third_person

_TOKEN = re.compile(
    r"\d[\d.,\u2009]*\d(?![\w-])|[\w\u2019'-]+(?:\[[^\]\s]*\]|\([\w\u0370-\u03ff]{1,2}\))?|\u2102|[\u2100-\u214f]|[,;:.()|=+*/<>\u2212\u00d7\u2264\u2265\u2190\u2192\u2211\u221a]"
)
_STOP = re.compile(rf"(?:{listed('preposition')}|{listed('subordinate')}|{listed('phrase_end')})", re.IGNORECASE)
#: What follows a name and tells by itself which one is meant: 'the median of the last 20 frames'.
_COMPLEMENT = re.compile(
    r"(?:of|that|which|whose|where|between|who|from|in|at|for|on|with|within|per|when|by|after|before|against|under|over|\()", re.IGNORECASE
)
_OWN_WORLD = re.compile(listed("world_noun"), re.IGNORECASE)
#: Verbs that end a noun phrase, whatever object they have: 'while the filters settle'.
_PLAIN_VERB = re.compile(listed("plain_verb"))
#: What gives something its value introduces it: 'Set the ramp slope to 64 MHz'.
_DEFINED = re.compile(r"(?:Set|Define|Initiali[sz]e|Fix|Choose|Let) the ((?:[\w-]+ ){1,4}?)(?:to|as|at|be)\b")
#: What a deed gives has a name of its own: who multiplies has products.
_GIVEN_BY = {
    "product": "multiply", "difference": "subtract", "residual": "subtract", "remainder": "subtract", "sum": "add", "quotient": "divide",
    "square": "square", "average": "average", "fraction": "divide",
}  # fmt: skip
#: What a deed is done for is told by it: 'multiply both to obtain the leading eigenvectors', 'keep the mean as the background'.
_RESULT = re.compile(
    r"\b(?:to (?:obtain|form|get|produce|yield|give)|as) the ((?:[\w-]+ ){0,3}[\w-]+?)(?= (?:of|from|by|with|in|at|and|for)\b|[.,])"
)
_ORDINAL_NUMBER = re.compile(r"\d+(?:st|nd|rd|th)")
_NUMBER_WORD = re.compile(
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|sixteen|twenty|thirty|sixty|hundred)", re.IGNORECASE
)
_SELF_TELLING = re.compile(listed("self_telling"), re.IGNORECASE)
_ORDINAL = re.compile(r"(?:first|second|third|fourth|last|next|other|others|same|former|latter|two|three|four|2|3|4)", re.IGNORECASE)
_POINTING = re.compile(r"(?:the|both|each|every|other|another|these|those|its|their)", re.IGNORECASE)
#: What only a choice made before can give one of.
_CHOSEN = re.compile(r"(?:candidate|subset|pair|group|option|hypothesis|segment|cluster|winner|member)", re.IGNORECASE)
#: What everybody knows, but also makes in several forms: 'the portable models' are not just the models.
_MADE = re.compile(listed("made_noun"), re.IGNORECASE)
_COMPARED = re.compile(listed("compared"), re.IGNORECASE)
_SHORT_WORD = re.compile(rf"(?:{listed('short_word')})")
_GREEK = re.compile(r"[\u0370-\u03ff\u2100-\u214f]|^\u00b5\w")
_QUANTITY = re.compile(r"(?=.*\d)[\d.,\u00b1\u00d7\u2212-]+(?:st|nd|rd|th|[kMG]?)")
_NOT_A_NAME = re.compile(
    r"(?:a|an|the|of|to|by|as|and|or|with|for|in|on|at|from|over|into|between|than|until|about|if|when|is|are|be|its|their|each|every|all|both|set|only)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:ations?|ings?|ions?|ed|ers?|ors?|es|s|al|ly|e)$")
_MIN_STEM = 3


def stem(word: str) -> str:
    """Return what the forms of a word have in common, roughly: 'fitted' and 'fits' are both 'fit'."""
    text = re.sub("spectra$", "spectrum", word.lower())
    while len(shorter := _SUFFIX.sub("", text)) >= _MIN_STEM and shorter != text:
        text = shorter
    return text[:-1] if len(text) > _MIN_STEM and text[-1] == text[-2] else text[:7]


def stems(text: str) -> set[str]:
    """Return the stems of the words of a text; parts of hyphenated words count by themselves."""
    return {stem(word) for word in re.findall(r"[^\W\d_]{2,}", text)}


def dangling(step: str, told: str) -> str | None:
    """Return the first thing that a step refers to and neither `told` nor the step itself introduces, or None.

    >>> dangling("Subtract the fitted part and band-pass the remainder.", "Clean a pulse.")
    'fitted part'
    >>> dangling("Scale the eigenvector to unit length.", "Find the eigenvector of the matrix.")
    >>> dangling("Set β to zero while the acceleration is high.", "Track orientation.")
    'β'
    """
    defined = _DEFINED.match(step)
    known = stems(told).union(stems(defined[1]) if defined else (), *map(stems, _RESULT.findall(step)))
    symbols = set(symbols_of(told))
    tokens = _TOKEN.findall(EFFECT.sub("", step))
    compared = _COMPARED.search(step)
    if compared and not re.search(r"\bthan\b", step):
        return compared[0]
    return next((name for name in _untold_symbols(tokens, symbols)), None) or next((name for name in _untold_phrases(tokens, known)), None)


def symbols_of(text: str) -> Iterator[str]:
    """Yield the symbols of formulas in a text, without brackets: 'x', 'fb', 'β' and 'z' of 'z[n]'."""
    tokens = _TOKEN.findall(text)
    for at, token in enumerate(tokens):
        if _is_symbol(token, tokens[at - 1] if at else ""):
            yield re.sub(r"[\[(].*", "", token)


def _is_symbol(token: str, before: str) -> bool:
    name = re.sub(r"[\[(].*", "", token)
    if not name:
        return False
    if _GREEK.search(name):
        return not re.fullmatch(r"\d*[\u03bc\u00b5][smAWVFJ]|\u03a9|\u03c0", name)
    if token != name and len(name) <= 2:
        return True
    if re.fullmatch(r"\d+[A-Zb-z]", name) and before in ("(", "/", "+", "\u2212", "=", "<", ">"):
        return True
    if (
        _QUANTITY.fullmatch(before)
        or before == "/"
        or not re.fullmatch(r"[A-Za-z][A-Za-z\d]{0,2}", name)
        or re.fullmatch(r"[A-Z\d]{2,}", name)
    ):
        return False
    if len(name) == 1:
        return name not in "aAI"
    return (len(name) == 2 or (re.search(r"[a-z][A-Z]|\d", name) is not None)) and not _SHORT_WORD.fullmatch(name)


def _untold_symbols(tokens: list[str], told: set[str]) -> Iterator[str]:
    here = told | {re.sub(r"[\[(].*", "", token) for token, after in pairwise(tokens) if after in ("=", "\u2190")}
    for at, token in enumerate(tokens):
        before, after = tokens[at - 1] if at else "", tokens[at + 1] if at + 1 < len(tokens) else ""
        if not _is_symbol(token, before):
            continue
        name = re.sub(r"[\[(].*", "", token)
        # 'the median D', 'D = 3', 'denoted by D', 'with D the deviation': said where it stands.
        named = (
            re.fullmatch(r"[a-z][a-z-]{2,}", before) is not None and not _NOT_A_NAME.fullmatch(before) and not _is_verb_at(tokens, at - 1)
        )
        # 'a T wave' has that name in every textbook.
        named = named or after in ("wave", "waves")
        if name in here or named or after in ("=", "\u2190", "the", "being", "denoting", "denotes") or before in ("where", "called"):
            here.add(name)
        else:
            yield name


def _is_verb_at(tokens: list[str], at: int) -> bool:
    """Tell 'widen' in 'Widen w' and 'then widen w' from a noun that is also a verb: 'with weight w'."""
    return tokens[at].lower() in base_forms() and (at == 0 or tokens[at - 1].lower() in ("and", "then", ",", "or", "to", "but"))


def _untold_phrases(tokens: list[str], told: set[str]) -> Iterator[str]:
    here = set(told)
    at = 0
    while at < len(tokens):
        if not _POINTING.fullmatch(tokens[at]) or tokens[at].lower() in ("its", "their"):
            here |= stems(tokens[at])
            at += 1
            continue
        end = at + 1
        while end < len(tokens) and re.match(r"[\w\u2100-\u214f]", tokens[end]) and not _ends_phrase(tokens, at, end):
            end += 1
        words = tokens[at + 1 : end]
        if not _is_told(tokens[at].lower(), words, tokens[end] if end < len(tokens) else "", here):
            yield " ".join(words) or tokens[at]
        here |= stems(" ".join(words))
        at = max(end, at + 1)


def _ends_phrase(tokens: list[str], start: int, at: int) -> bool:
    token = tokens[at]
    if _POINTING.fullmatch(token):
        return at > start + 1
    if _STOP.fullmatch(token):
        return True
    # 'the voltage predicted for', 'the constants stored': a participle behind a noun.
    following = tokens[at + 1] if at + 1 < len(tokens) else "."
    if at > start + 1 and (token.endswith("ly") or _PLAIN_VERB.fullmatch(token)):
        return True
    after = tokens[at + 1] if at + 1 < len(tokens) else "."
    if at > start + 1 and token in third_person() and re.match(r"\w", after) and not _STOP.fullmatch(after):
        return True
    return at > start + 1 and token.endswith("ed") and (_STOP.fullmatch(following) is not None or following in ",.;")


def _is_told(pointer: str, words: list[str], following: str, told: set[str]) -> bool:
    plain = [word for word in words if not (_QUANTITY.fullmatch(word) or _NUMBER_WORD.fullmatch(word))]
    if not plain:
        return _points_at_numbers(pointer, words, following)
    # 'when the leader leaves': what looks like the last noun may be the verb.
    verb = plain[-1] in base_forms() or plain[-1].endswith("s") or plain[-1] in ("fail", "agree", "exist", "differ")
    if len(plain) > 1 and verb and _is_told(pointer, plain[:-1], "", told):
        return True
    if _ORDINAL.fullmatch(plain[-1]) and len(plain) == 1:
        # 'each second' is a time, 'the second' one of several.
        return (plain[0] == "second" and pointer in ("each", "every")) or (
            pointer == "the" and plain[0] in ("same", "first", "last") and following == "of"
        )
    return _tells_itself(pointer, words, plain, following) or _is_named(pointer, plain, told)


def _points_at_numbers(pointer: str, words: list[str], following: str) -> bool:
    """Tell 'for 20 ms each', 'round and limit both', 'those with a gap' and 'the 10th and 90th percentiles' from 'the 4'."""
    return (
        (pointer in ("each", "every") and (not words or following != ""))
        or (pointer == "both" and not words)
        or (pointer in ("these", "those") and _COMPLEMENT.fullmatch(following) is not None)
        or any(map(_ORDINAL_NUMBER.fullmatch, words))
    )


def _tells_itself(pointer: str, words: list[str], plain: list[str], following: str) -> bool:
    """Tell a phrase that says which one is meant: by a number, a complement or a name, as one of each or as the newest."""
    counted = len(words) != len(plain)
    if _SHORT_WORD.fullmatch(plain[-1]) or (counted and any(map(_SHORT_WORD.fullmatch, plain))):
        # 'the same 12.8 s', 'the 32.768 kHz counter'.
        return True
    if pointer in ("each", "every"):
        return not _CHOSEN.fullmatch(plain[-1]) or _COMPLEMENT.fullmatch(following) is not None or following.endswith("ed")
    if pointer != "the":
        return False
    # 'the range -127 to 127', 'the 10th percentile of a day', 'the SPI protocol'.
    return (
        _QUANTITY.fullmatch(words[-1]) is not None
        or (_ORDINAL_NUMBER.fullmatch(words[0]) is not None and following == "of")
        or ((_COMPLEMENT.fullmatch(following) is not None or following.endswith("ed")) and not counted)
        or any(_SELF_TELLING.fullmatch(word) or (word.isupper() and _OWN_WORLD.fullmatch(word)) for word in plain[:-1])
    )


def _is_named(pointer: str, plain: list[str], told: set[str]) -> bool:
    """Tell a phrase whose noun was told, or is a thing that everybody knows."""
    head, modifiers = plain[-1], plain[:-1]
    if stem(_GIVEN_BY.get(head.rstrip("s"), "")) in told:
        return True
    head_told = stem(head.split("-")[-1].split("\u2019")[0]) in told or _OWN_WORLD.fullmatch(head) is not None
    if pointer in ("both", "other", "another"):
        return head_told
    named = [word for word in modifiers if word.lower() not in base_forms()]
    return head_told and (
        not named
        or (_OWN_WORLD.fullmatch(head) is not None and _MADE.fullmatch(head) is None)
        or any(stems(word) & told or _OWN_WORLD.fullmatch(word) for word in named)
    )
