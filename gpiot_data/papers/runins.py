"""Heads that open a paragraph on its own line: 'Cluster formation. Once nodes discover each other ...'."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gpiot_data.papers.lines import Span

MAX_RUN_IN_WORDS = 14
_END = re.compile(r"[.:?]\s*$")
_NUMBER = re.compile(r"\d+\.\d+\.\d+ ")
#: What may stand before the emphasised words: a bullet, '(2)', '1)'.
_OPENER = re.compile(r"\s*(?:[\u2022\u25cf\u25aa\u25a0\u2023\u2043\u25e6]|\(?\d{1,2}\)|\(?[a-z]\))?\s*")


def run_in(spans: Sequence[Span]) -> str:
    """Return the emphasised words that open a line and end in a full stop, colon or question mark before plain text; else ''.

    A numbered head needs no final mark. What stands before the emphasis ('(2)', a bullet) is part of the result.
    """
    opener, emphasised = _split_opener(spans)
    plain = next((at for at, span in enumerate(emphasised) if span.text.strip() and not (span.bold or span.italic)), len(emphasised))
    head = "".join(span.text for span in emphasised[:plain])
    rest = "".join(span.text for span in emphasised[plain:])
    head = re.sub(r"\s+", " ", head).strip()
    if not re.search(r"[A-Za-z]{3}", head) or len(head.split()) > MAX_RUN_IN_WORDS or not re.match(r"^[A-Z(\d\u201c\"\u2018']", head):
        return ""
    if not (_END.search(head) or _NUMBER.match(head)):
        mark = re.match(r"[\u201d\"\u2019']?\s*(?:[.:](?=\s|$)|\u2014)", rest)
        if mark is None:
            return ""
        head += mark[0].strip()
    return f"{opener} {head}".strip()


def is_strong(spans: Sequence[Span]) -> bool:
    """Tell a head in bold from one in italics, which may as well be emphasis at a line's start."""
    _, emphasised = _split_opener(spans)
    return bool(emphasised) and emphasised[0].bold


def is_numbered(spans: Sequence[Span]) -> bool:
    """Tell an emphasised line that begins like '3.2.1 Scanning'."""
    return (spans[0].italic or spans[0].bold) and _NUMBER.match("".join(span.text for span in spans)) is not None


def _split_opener(spans: Sequence[Span]) -> tuple[str, list[Span]]:
    """Return a plain bullet or number at the start, and the spans behind it."""
    kept = [span for span in spans if span.text]
    if not kept or kept[0].bold or kept[0].italic:
        return "", kept
    opener = _OPENER.fullmatch(kept[0].text)
    return (kept[0].text.strip(), kept[1:]) if opener else ("", kept)


def take_prefix(text: str, head: str) -> str:
    """Return the prefix of a joined paragraph that has the letters of a head, whose hyphens at line ends may be gone; '' if none has."""
    wanted = re.sub(r"[\s-]", "", head)
    at = 0
    for index, char in enumerate(text):
        if at == len(wanted):
            return text[:index].rstrip()
        if char.isspace() or char == "-":
            continue
        if char != wanted[at]:
            return ""
        at += 1
    return text if at == len(wanted) else ""
