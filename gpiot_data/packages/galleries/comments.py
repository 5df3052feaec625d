"""Comments of a program that was cut out of a page: those that make sense without it stay, those that lean on it go."""

from __future__ import annotations

import io
import re
import textwrap
import tokenize
from collections.abc import Iterator
from dataclasses import replace

from gpiot_data.packages.galleries.scripts import TERMS
from gpiot_data.packages.galleries.steps import Step
from gpiot_data.packages.prompts import is_python

WIDTH = 96
MAX_COMMENT_CHARS = 300
#: Words that point out of the program, or to what a page said before.
_POINTING = re.compile(
    r"\b(?:below|above|following|figures?|fig|sections?|chapters?|tutorials?|notebooks?|examples?|link|here|see|cell|page|document|docs|"
    r"documentation|resource|described|paper|book|guide|before|previous|previously|earlier|later|again|another|also|too|instead|however|"
    r"notice|note|notes|remember|recall|remark|identical|same|already|seen|mentioned|discussed|workflow|todo|fixme|xxx|hack|unfortunately|"
    r"otherwise|alternatively|alternative|possibility|former|latter|similarly|likewise|let's|lets|let|"
    r"these|those|interesting|surprisingly|obviously|clearly|of course|exercise|step|lecture|reader|doctest|"
    r"sphinx|readthedocs|uncomment|commented|comment|worked|issue|bug|upstream|version|versions|deprecated|noqa|pylint|isort|fmt)\b"
    r"|\$|~|https?:|::|:\w+:`|\|\w+\||\.\.\.|\?|!$|@|\[\d+\]|\bet al\b|^\W*$"
    r"|^(?:and|but|or|so|then|which|where|because|this|it|they|thus|hence|in|or)\b"
    r"|\b(?:small|larg|bigg|high|low|fast|slow|bett|great|strong|weak|few|simpl)\w*er\b[\w ]* (?:then|than (?:in|for|with|by))\b"
    r"|^(?:In \[|Out\[|%|>>>)|[=~*-]{4,}",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"^(?:[*+\u2022]|(?:\(?\d+(?:\.\d+)*[.):]|\d+\.\d+(?:\.\d+)*|\(?[a-z][.)])(?=\s)|step \d+[.:]?|-(?=\s))\s*", re.IGNORECASE
)


def telling_comment(text: str) -> str:
    """Return what a comment says, without marks and numbering; "" where it leans on its page or says nothing."""
    said = _MARK.sub("", " ".join(text.split()).replace("``", "`").strip("# ")).strip()
    if len(said) > MAX_COMMENT_CHARS or not re.search(r"[A-Za-z]{3}", said) or _POINTING.search(said) or TERMS.search(said):
        return ""
    return "" if said.endswith(",") or said.count("(") != said.count(")") or _is_code(said) else said


def comment_lines(text: str, indent: str = "") -> list[str]:
    """Write a text as comment lines."""
    width = WIDTH - len(indent)
    return [f"{indent}# {line}" for line in textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)]


def clean_comments(step: Step) -> Step:
    """Return a step with those of its comments that stand on their own."""
    lines = step.code.split("\n")
    if "#" not in step.code:
        return step
    written: dict[int, list[str]] = {}
    for first, last, indent, text in _blocks(step.code):
        # Code that is commented out, wrapped as prose, is neither.
        said = "" if any(_holds_code(_words(line)) for line in lines[first : last + 1] if indent is not None) else telling_comment(text)
        if indent is None:
            before = lines[first][: -len(text)].rstrip()
            written[first] = [f"{before}  # {said}" if said else before]
        else:
            kept = lines[first : last + 1] if said and said == " ".join(_words(line) for line in lines[first : last + 1]) else None
            written |= {number: [] for number in range(first, last + 1)}
            written[first] = kept or (comment_lines(said, indent) if said else [])
    code = [part for number, line in enumerate(lines) for part in written.get(number, [line])]
    head = sum(len(written.get(number, [""])) for number in range(step.head))
    return replace(step, code="\n".join(code), head=head)


def _blocks(code: str) -> Iterator[tuple[int, int, str | None, str]]:
    """Yield the comments of code: first and last line from 0, the indent (None behind code), and the text with its mark."""
    block: tuple[int, int, str, str] | None = None
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError):
        return
    for token in tokens:
        if token.type != tokenize.COMMENT:
            continue
        line, column = token.start[0] - 1, token.start[1]
        before = token.line[:column]
        if before.strip():
            yield line, line, None, token.string
            continue
        if block is not None and block[1] == line - 1 and block[2] == before and not _starts_item(token.string):
            block = (block[0], line, before, f"{block[3]} {_words(token.string)}")
            continue
        if block is not None:
            yield block
        block = (line, line, before, token.string)
    if block is not None:
        yield block


def _starts_item(comment: str) -> bool:
    return re.match(r"#\s*(?:[*+-]\s|\d+[.)]\s)", comment) is not None


def _words(line: str) -> str:
    return " ".join(line.strip().lstrip("#").split())


def _holds_code(line: str) -> bool:
    return bool(re.match(r"[\w.]+(?:\[.*\])? ?(?:[-+*/]?=[^=]|\()", line)) and (is_python(line) or line.endswith(("(", "[", "{")))


def _is_code(text: str) -> bool:
    return bool(re.search(r"[=(\[]", text)) and is_python(text)
