"""The skeleton of a text or a program: what is left when names, numbers and domain terms are masked.

Two rows with one skeleton differ only in what was filled in, so the number of skeletons tells templates from variety.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

#: Stands for a name or a domain term, and for a number with its unit.
NAME, NUMBER = "_", "#"

_UNIT = (
    r"%|°[CF]?|[kMGTµμmnp]?(?:Hz|bps|bit/s|[Bb]|[smgVAWJNmlL]|Pa|Ω|eV)|[KMGT]i?[Bb]|dBm?|dBi|rad|deg|rpm|ppm|bits?|bytes?|points?|samples?|"
    r"(?:milli|micro|nano)?seconds?|minutes?|min|hours?|h|days?|(?:kilo|centi|milli)?met(?:re|er)s?|km|cm|degrees?|volts?|watts?|percent|fps"
)
#: A run of opening quotes would be read to its end from each of them.
_MOST_QUOTED = 300
_TOKEN = re.compile(
    rf"""
    ```.*?``` | `[^`\n]*` | “[^”\n]{{0,{_MOST_QUOTED}}}” | "[^"\n]*"
    | (?<![^\W\d])[-+−±]?\d+(?:[.,]\d+)*(?:[eE][-+]?\d+)?(?:\s?[×x*]\s?\d+(?:[.,]\d+)*)*(?:[-\s]?(?:{_UNIT})(?![^\W\d_]))?
    | [^\W\d]\w*(?:[.'’]\w+)*
    | \n | [^\w\s]
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NUMBER_WORD = re.compile(
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(twen|thir|for|fif|six)ty|hundred|thousand|million"
)
_TERMS = Path(__file__).with_name("terms.yaml")


@cache
def domain_terms() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the terms that are masked, as words, by their first word; the longest term of each comes first."""
    import yaml

    groups: dict[str, list[str]] = yaml.safe_load(_TERMS.read_text(encoding="utf-8"))
    terms = sorted({tuple(term.split()) for group in groups.values() for term in group}, key=lambda term: (-len(term), term))
    found: dict[str, list[tuple[str, ...]]] = {}
    for term in terms:
        found.setdefault(term[0], []).append(term)
    return {first: tuple(group) for first, group in found.items()}


def text_skeleton(text: str) -> str:
    """Return a text in lower case with names, numbers with their units and domain terms masked, runs of masks folded into one.

    A name is what is quoted or set as code, what holds an underscore, a digit, a dot or a capital after its first letter, and a
    capitalised word that does not open a sentence.
    """
    words = _words(text)
    openers = _openers()
    kept: list[str] = []
    last, after = "", 0
    for at, word in enumerate(words):
        if at < after:
            continue
        if word in openers and (length := _term_at(words, at)):
            word, after = NAME, at + length
        # A mask takes in another one of its kind, and the hyphen that ties it to what follows.
        if (word == last and word in (NAME, NUMBER)) or (word == "-" and last == NAME):
            continue
        kept.append(word)
        last = word
    return " ".join(kept)


@cache
def _openers() -> frozenset[str]:
    """Return the words, in singular and plural, that a domain term may start with."""
    return frozenset(form for word in domain_terms() for form in (word, f"{word}s"))


def _words(text: str) -> list[str]:
    words, opens = [], True
    for token in _TOKEN.findall(text):
        opening, inside, then = _forms(token)
        if form := opening if opens else inside:
            words.append(form)
        if then is not None:
            opens = then
    return words


@lru_cache(maxsize=1 << 16)
def _forms(piece: str) -> tuple[str, str, bool | None]:
    """Return what becomes of a piece that opens a sentence and of one inside it, and whether what follows opens one; None: as before."""
    if piece in ".!?:;":
        return piece, piece, True
    if piece in "\n•":
        return "", "", True
    if len(piece) > 1 and piece[0] in '`“"':
        return NAME, NAME, False
    if any(char.isdigit() for char in piece) and not (piece[0].isalpha() or piece[0] == "_"):
        return NUMBER, NUMBER, False
    if not (piece[0].isalpha() or piece[0] == "_"):
        return piece, piece, None
    lower = piece.lower()
    if _NUMBER_WORD.fullmatch(lower):
        return NUMBER, NUMBER, False
    if not _WORD.fullmatch(piece) or piece[1:] != lower[1:]:
        return NAME, NAME, False
    word = "a" if lower == "an" else lower
    # Domain terms are found later by their words, capitals or not.
    return word, NAME if piece[0] != lower[0] and lower != "i" else word, False


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") else word


def _term_at(words: Sequence[str], at: int) -> int:
    """Return how many of the words from `at` on make a domain term, hyphens included; 0 for none."""
    terms = domain_terms()
    for term in (*terms.get(words[at], ()), *terms.get(_singular(words[at]), ())):
        place = at
        for number, part in enumerate(term):
            if number and place < len(words) and words[place] == "-":
                place += 1
            if place >= len(words) or (words[place] != part and not (number == len(term) - 1 and _singular(words[place]) == part)):
                break
            place += 1
        else:
            return place - at
    return 0


#: Fields of syntax nodes that hold names, or what the kind of the node tells already.
_MASKED_FIELDS = re.compile(
    "arg|asname|attr|conversion|ctx|id|is_async|kind|kwd_attrs|level|module|name|rest|simple|type_comment|type_ignores"
)
#: The other fields of each kind of node, the last one first.
_FIELDS: dict[type, tuple[str, ...]] = {
    kind: tuple(name for name in reversed(kind._fields) if not _MASKED_FIELDS.fullmatch(name))
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
#: Their only field lists names.
_FIELDS |= {ast.Global: (), ast.Nonlocal: ()}


def code_skeleton(code: str) -> str:
    """Return the shape of a Python program: its syntax tree without names, literals, comments and docstrings.

    Operators, statements and the number of arguments stay; a sign before a number is part of the literal. The tree is
    that of the running Python, whose versions may differ in details.

    Raises:
        ValueError: if `code` is no Python.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError("not Python") from error
    shape: list[str] = []
    # A stack of its own, as generated programs may nest deeper than Python recurses.
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind is str:
            shape.append(node)
        elif kind is list:
            shape.append("[")
            waiting.append("]")
            waiting.extend([item for item in reversed(node) if not _is_docstring(item)])
        elif kind is ast.Constant or (kind is ast.UnaryOp and _is_signed(node)):
            shape.append(NUMBER)
        elif fields := _FIELDS.get(kind):
            shape.append(f"{kind.__name__}(")
            waiting.append(")")
            waiting.extend([getattr(node, name, None) for name in fields])
        else:
            shape.append(kind.__name__)
    return " ".join(shape)


def _is_docstring(node: Any) -> bool:
    return type(node) is ast.Expr and type(node.value) is ast.Constant and type(node.value.value) is str


def _is_signed(node: ast.UnaryOp) -> bool:
    return type(node.op) in (ast.USub, ast.UAdd) and type(node.operand) is ast.Constant
