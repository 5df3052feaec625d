"""The slot behind a parameter's name, which people fill freely, as a type and a shape."""

from __future__ import annotations

import re

from gpiot_data.packages.markdown import inline

#: A longer type slot is no type; and the patterns below need a bound.
MAX_SLOT_CHARS = 400
MAX_TYPE_CHARS = 160
_TUPLE = r"\([^()]{1,60}(?:\([^()]{0,20}\)[^()]{0,40})?\)"
_NAMED_SHAPE = re.compile(rf",?\s*\(?(?:of|with|having|has)?\s*(?:the\s+)?\bshapes?\b\s*(?:is|=|:)?\s*(?P<shape>{_TUPLE})\)?")
#: "ndarray (n_samples,)": a tuple of names or sizes right behind an array.
_BARE_SHAPE = re.compile(r"(?<=array|rrays|atrix|ensor|-like|_like),?\s+(?P<shape>\((?:[\w.+\-*/ ]+,)+[\w.+\-*/ ]*\))")
_ALONE = re.compile(r"\((?:[\w.+\-*/ ]+,)+[\w.+\-*/ ]*\)")
#: librosa's way: "np.ndarray [shape=(d, t), non-negative]".
_BRACKET = re.compile(rf"\s*\[\s*(?:shape\s*=?\s*)?(?P<shape>{_TUPLE})\s*(?:,\s*(?P<rest>[^\[\]]*?))?\s*\]")
_TYPE_WORD = re.compile(r"\b(?:u?int\d*|float\d*|complex\d*|str|bool|array|list|tuple|None|callable|dict)\b")
#: "default=None", "default is (64, 128)": the signature has it.
_DEFAULT = re.compile(
    r"[,;]?\s*\(?\bdefaults?(?: to| is| value is| value)?\s*[:=]?\s*"
    r"(?:\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|'[^']*'|\"[^\"]*\"|`[^`]*`|\d{1,3}(?:[, ]\d{3})+\b|[^,;\s()]+(?:\([^()]*\))?)\)?",
    re.IGNORECASE,
)
_OPTIONAL = re.compile(r"\s*[({\[]?(?:,\s*)?\b(?:optional|required)\b[)}\]]?(?=\s*(?:$|[,;(]))", re.IGNORECASE)
_GARBLED = re.compile(
    r"(?:\b(?:or|and|of|in|with|an|the|to|for|if|is|(?:of|with|,) shape)|[,:=|(\[{/&-])$|"
    r"^[,;:=|+*/%<>)\]}]|\(\s*[,)]|\[\s*[,]|\s,|,\s*,|``|:`|\*\*|^\W+$|\bor\s+or\b"
)


def read_slot(kind: str) -> tuple[str, str | None]:
    """Return the type and the one shape that a slot states, without the word optional and the default.

    A slot with several shapes keeps them in its type: "array-like of shape (n,) or (n, m)".
    """
    text = inline(kind[:MAX_SLOT_CHARS])
    text = re.sub(r"\s*\((?:optional)?[,;]?\s*(?:default\b[^()]*)?\)", "", text, flags=re.IGNORECASE)
    text = _tidy(_DEFAULT.sub("", _OPTIONAL.sub("", text)))
    for pattern in (_BRACKET, _NAMED_SHAPE, _BARE_SHAPE):
        found = list(pattern.finditer(text))
        if len(found) != 1:
            continue
        match = found[0]
        rest = text[match.end() :]
        others = _ALONE.search(text[: match.start()] + " " + rest)
        goes_on = re.match(r"\s*(?:or|and|if|when|for)\b", rest) and re.search(r"\(|\bshape\b", rest)
        if others or goes_on or _TYPE_WORD.search(match["shape"]):
            continue
        more = match.groupdict().get("rest")
        return _tidy(text[: match.start()] + (f", {more}" if more else "") + " " + rest), match["shape"]
    if _ALONE.fullmatch(text) and not _TYPE_WORD.search(text):
        return "", text
    return text, None


def is_garbled(kind: str) -> bool:
    """Tell whether a type is cut off, or has lost what stood in it."""
    quotes = kind.count("'") % 2 or kind.count('"') % 2 or kind.count("`") % 2
    brackets = any(kind.count(opening) != kind.count(closing) for opening, closing in ("()", "[]", "{}"))
    return bool(len(kind) > MAX_TYPE_CHARS or quotes or brackets or _GARBLED.search(kind))


def _tidy(text: str) -> str:
    text = re.sub(r"\s+([,;])", r"\1", " ".join(text.split()))
    return re.sub(r"([,;])(?:\s*[,;])+", r"\1", text).strip(" ,;.")
