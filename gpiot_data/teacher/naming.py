"""Names of sub-tasks: a run-in head as printed, or the deed of the first step."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gpiot_data.teacher.phrases import FINITE, listed
from gpiot_data.teacher.sentences import clean

MAX_NAME_WORDS = 9
#: Heads that frame or argue instead of naming something to do.
_FRAMING_HEAD = re.compile(
    listed("framing_head"),
    re.IGNORECASE,
)
_HEAD_MARK = re.compile(
    r"^(?:[\u25a0\u2022\u25cf*\u2013-]|\(?(?:\d{1,2}|[ivx]+|[a-z])[).]|(?:step|stage|phase|task)\s*\d*\s*[:.)-]|\d+(?:\.\d+)*)\s*",
    re.IGNORECASE,
)
_FRONT = re.compile(rf"^{listed('clause_front')}\b[^,]*,\s+")
#: What ends the verb and object of a step, which name the sub-task. 'Of' does not: 'a threshold of 9 dB' says more than 'a threshold'.
_NAME_ENDS = re.compile(
    r"\s+(?:by|with|for|from|in|on|at|to|into|onto|over|using|through|via|so|if|when|which|that|as|per|until|between|under|after|before|because|and|or|"
    r"is|are|while|where|against|across|within|without|once|than|whose|such|followed|based|equipped|provided|according|during|along|about|upon|then|"
    r"consisting|connected|associated|followed|among)\b.*|[,;:(].*|\s\u2014.*"
)


def name_of_head(head: str) -> str | None:
    """Return a run-in head as the name of a sub-task, or None for one that names nothing to do."""
    text = re.sub(r"\s*\([^()]*\d[^()]*\)$", "", clean(head).strip(" .:"))
    text = _HEAD_MARK.sub("", text.strip(" .:")).strip(" .:")
    words = text.split()
    if (
        not 1 <= len(words) <= MAX_NAME_WORDS
        or _FRAMING_HEAD.search(text)
        or FINITE.search(text)
        or text.endswith("?")
        or text.lower().startswith("the system")
    ):
        return None
    if not re.match(r"[A-Za-z\u201c(][\w\u2019' /&()+,\u201c\u201d.-]*$", text) or not re.search(r"[A-Za-z]{4}", text):
        return None
    return text[0].upper() + text[1:]


def name_of_steps(steps: Sequence[str]) -> str:
    """Return the verb and object that open the first of the steps whose verb and object are short enough: 'Compute the range-angle map'."""
    names = [_deed(step) for step in steps]
    good = [name for name in names if 3 <= len(name.split()) <= MAX_NAME_WORDS] or [
        name for name in names if 2 <= len(name.split()) <= MAX_NAME_WORDS
    ]
    return good[0] if good else " ".join(names[0].split()[:MAX_NAME_WORDS])


def _deed(step: str) -> str:
    body = _FRONT.sub("", step.rstrip("."))
    body = body[:1].upper() + body[1:]
    name = _NAME_ENDS.sub("", body)
    if len(name.split()) > MAX_NAME_WORDS:
        name = re.sub(r"\s+of\b.*", "", name)
    words = name.split()
    if len(words) > 3 and re.fullmatch(r"[a-z]+ed|given|taken|sent|held", words[-1]):
        name = " ".join(words[:-1])
    if len(words) == 2 and (more := _NAME_ENDS.search(body)) is not None:
        # 'Detect peaks' says little; 'Detect peaks in the envelope' says which.
        start, link = more.start(), re.match(r"\s+\w+\s", body[more.start() :])
        longer = body if link is None else body[: start + link.end()] + _NAME_ENDS.sub("", body[start + link.end() :])
        name = longer if len(longer.split()) <= MAX_NAME_WORDS else name
    return name.strip(" ,") if len(words) > 1 else body
