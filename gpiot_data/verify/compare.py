"""Does a printed value equal the one that the documentation shows?

The comparison runs outside the sandbox on text that unread code printed, so nothing of it is evaluated.
That is why scipy_doctest's checker is not used, though the tolerance here follows it: its `check_output`
calls `eval` on the printed text, and it takes any text with a memory address for right. First the rules
of the standard doctest apply (white space, `...`); then both texts are read as tokens (tokens.py) and
numbers are compared by value (token_match.py). The time of all of it grows with the texts, not faster.
"""

from __future__ import annotations

import doctest
import re

from gpiot_data.verify.token_match import match_tokens, omits_inside
from gpiot_data.verify.tokens import MAX_TEXT_CHARS, read_tokens

_FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.DONT_ACCEPT_TRUE_FOR_1
#: Brackets of which nothing is shown, or nothing but a type.
_NOTHING_SHOWN = re.compile(r"[\[({]\s*\.\.\.[\s.,]*(?:[\])}]|(?:dtype|shape)=)")
_CHECKER = doctest.OutputChecker()
_VARIES = re.compile(r"#\s*(?:may vary|random|_ignore|reformatted)\b", re.IGNORECASE)
#: What plotting calls return: objects, labels, axes limits; and objects that show where they lie in memory.
_OBJECT = re.compile(r"^[\s\[({]*<|<matplotlib|\bat 0x|^\s*Text\(|<(?:Figure|Axes)")


def varies(text: str) -> bool:
    """Tell whether the author says that an output differs from run to run."""
    return _VARIES.search(text) is not None


def is_comparable(want: str) -> bool:
    """Tell whether a documented output is a value that a run can be compared with."""
    if not want.strip() or varies(want) or _OBJECT.search(want) or want.lstrip().startswith("#"):
        return False
    # "..." alone, in brackets or not, matches everything.
    if _NOTHING_SHOWN.search(want):
        return False
    return re.search(r"\w", want.replace("<BLANKLINE>", "").replace("array", "")) is not None


def matches(want: str, got: str) -> bool:
    """Tell whether `got` shows the value that `want` shows."""
    if len(got) > MAX_TEXT_CHARS or len(want) > MAX_TEXT_CHARS:
        return want.split() == got.split()
    shown = read_tokens(want, notes=True)
    # Between words `...` stands for any text; in brackets for elements, in a string for characters of it.
    ellipsis = 0 if omits_inside(shown) else doctest.ELLIPSIS
    return _CHECKER.check_output(_ended(want), _ended(got), _FLAGS | ellipsis) or match_tokens(shown, read_tokens(got))


def _ended(text: str) -> str:
    return text.rstrip("\n") + "\n"
