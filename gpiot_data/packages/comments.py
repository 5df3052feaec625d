"""Prose between the examples of a documentation as comments of a program: whole paragraphs, none that leans on what is not carried over."""

from __future__ import annotations

import re
import textwrap
from itertools import zip_longest

from gpiot_data.packages.markdown import paragraphs, sentences
from gpiot_data.packages.prose import explains_formula, leans_back, sentence_fault, text_fault, without_announcement

_COMMENT_WIDTH = 96
#: A formula written as plain text, "x'(t) = v(t)", fits into a comment; what is longer is data or another program.
_MAX_BLOCK_LINES = 6
_MAX_BLOCK_CHARS = 92
#: Enough to tell that a paragraph kept its end.
_TAIL_CHARS = 20
#: A comment that sends its reader to another page.
_POINTS = re.compile(r"^[Ss]ee |\bexamples?,? (?:please )?see `|\b[Ss]ee `[^`]+` for (?:an?|more|further|other|detailed)\b")
#: A formula by itself, and a phrase that only leads on from one.
_FORMULA = re.compile(r"\$[^$]*\$\W*$|(?:where|with|and|or|for)\b[^.:]*$")
_TEX_BLOCK = re.compile(r"\$[^$]*\\begin[^$]*\$")
#: What is marked, and code, in which stars and underscores mark nothing.
_EMPHASIS = re.compile(r"(?P<code>`[^`]*`)|(?<!\w)[*_]{1,2}(?=[^\s*])(?P<text>(?:[^*`\n]|`[^`]*`)+?)(?<=\S)[*_]{1,2}(?!\w)")


def sensible_prose(prose: str, first: bool) -> str:
    """Return the paragraphs that make sense as comments of a program: no pointers elsewhere, no cut sentences, no bare marks.

    A short block that a sentence announces stays as text. Where a formula, a block or a sentence goes, so does what announces it,
    what explains its terms, and what leans back on it.

    Args:
        prose: Markdown paragraphs.
        first: whether no example stands before them.
    """
    kept: list[str] = []
    # At the head of a section nothing was said that a sentence could lean on.
    lost = first
    parts = paragraphs(_EMPHASIS.sub(lambda match: match["code"] or match["text"], prose))
    for paragraph, following in zip_longest(parts, parts[1:], fillvalue=""):
        said = _sensible(paragraph, following, kept, lost)
        if not said and _is_display(paragraph) and kept:
            kept[-1] = without_announcement(kept[-1])
        if said:
            if kept and kept[-1].endswith(":") and not _is_display(said):
                # What it announced did not come through.
                kept[-1] = without_announcement(kept[-1])
            kept.append(said)
        lost = not said or not paragraph.endswith(said[-_TAIL_CHARS:])
    return "\n\n".join(part for part in kept if part)


def _sensible(paragraph: str, following: str, kept: list[str], lost: bool) -> str:
    """Return what stays of one paragraph."""
    if paragraph.startswith("```"):
        return paragraph if kept and kept[-1].endswith(":") and not lost and _is_short(paragraph) else ""
    if paragraph.startswith("- "):
        return "" if any(text_fault(item.removeprefix("- ").rstrip(",;")) for item in paragraph.split("\n")) else paragraph
    if not re.search(r"[A-Za-z]{2}", paragraph) or _FORMULA.match(paragraph) or _TEX_BLOCK.search(paragraph):
        return ""
    shown = bool(kept) and not lost and kept[-1].endswith(("```", "$"))
    if explains_formula(paragraph) and paragraph[0].islower() and not shown and (kept or lost):
        return ""
    if _FORMULA.match(following) and paragraph[-1].isalpha():
        # "Calculate", above what it is about.
        return ""
    return _sound_sentences(paragraph, lost)


def _sound_sentences(paragraph: str, lost: bool) -> str:
    """Return the sentences that make sense, without those that lean back on one that does not."""
    kept: list[str] = []
    for sentence in sentences(paragraph):
        if sentence_fault(sentence) or _POINTS.search(sentence) or (lost and leans_back(sentence)):
            lost = True
        else:
            kept.append(sentence)
            lost = False
    return " ".join(kept)


def _is_display(paragraph: str) -> bool:
    """Tell whether a paragraph is what the one before announces."""
    return paragraph.startswith(("```", "- ", "$"))


def _is_short(block: str) -> bool:
    lines = block.split("\n")[1:-1]
    plain = not any(line.lstrip().startswith((">>>", "$ ", "%", "import ", "from ")) for line in lines)
    return plain and len(lines) <= _MAX_BLOCK_LINES and all(len(line) <= _MAX_BLOCK_CHARS for line in lines)


def comment_lines(prose: str) -> str:
    """Write prose as comment lines, code blocks as they are written with more indent."""
    lines: list[str] = []
    for paragraph in paragraphs(prose):
        if paragraph.startswith("```"):
            lines += ["", *(f"    {line}".rstrip() for line in paragraph.split("\n")[1:-1]), ""]
            continue
        for line in paragraph.split("\n"):
            lines += textwrap.wrap(line, _COMMENT_WIDTH, break_long_words=False, break_on_hyphens=False)
    # Marks of comments that the author wrote himself.
    plain = [re.sub(r"^#+ ?", "", line) for line in lines]
    text = "\n".join(plain).strip("\n")
    return "\n".join(f"# {line}".rstrip() for line in text.split("\n")) if text else ""
