"""The problem statement of a module: which part of what kind of system is wanted, and what the paper says it is for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gpiot_data.papers.blocks import EQUATION_MARK
from gpiot_data.teacher.phrases import BUILT_FROM, HEARSAY, LEFTOVER_POINTER, WE, listed
from gpiot_data.teacher.references import dangling, stems, symbols_of
from gpiot_data.teacher.sentences import clean
from gpiot_data.teacher.soundness import has_gap
from gpiot_data.teacher.wholeness import content_of

MAX_GOALS = 2
MIN_GOAL_WORDS, MAX_GOAL_WORDS = 7, 34
#: The name of the module is the first that stands in quotation marks: what reads rows goes by that.
_OPENINGS = (
    "A system is wanted: {topic}. Plan its module \u201c{title}\u201d.",
    "Plan the module \u201c{title}\u201d of the following system: {topic}.",
    "One module of a system is to be built. The system: {topic}. The module: \u201c{title}\u201d.",
    "Work out how to build \u201c{title}\u201d, a module of this system: {topic}.",
)
_FRAMING = re.compile(
    r"\b(?:" + listed("framing") + r")\b",
    re.IGNORECASE,
)
_CONTEXT_BOUND = re.compile(
    r"^(?:" + listed("context_bound") + r")\b|\bthis (?:virtual|last|first|second)\b",
    re.IGNORECASE,
)
#: Titles that say nothing of what a module does.
_EXPERIMENT = re.compile(listed("experiment_title"), re.IGNORECASE)
GENERIC_TITLE = re.compile(rf"(?:system |proposed |our |the )?{listed('generic_title')}s?", re.IGNORECASE)


#: Less of what a goal says is found in the steps: they do not do what it asks for.
MIN_GOAL_ANSWERED = 0.3
#: A shorter opening of a title is the name of the system, or a motto.
MIN_HEAD_WORDS = 3
#: What a goal gives in figures, some step has to reach.
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem statement and how many sentences in it say what the module is for."""

    text: str
    goals: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where a module ends: what it is `given` from outside, and the names of parts that are `left_out`."""

    given: Sequence[str] = ()
    left_out: Sequence[str] = ()

    def __str__(self) -> str:
        """Return the sentences that say so, each behind a space; '' where there are no bounds."""
        given = f" {_listed(self.given)} {'is' if len(self.given) == 1 else 'are'} given." if self.given else ""
        parts = [title_in_text(name) for name in self.left_out]
        many = len(parts) > 1 or re.search(r"s$|s and ", "".join(parts))
        return f"{given} {_listed(parts)} {'are' if many else 'is'} planned elsewhere." if parts else given


UNBOUNDED = Bounds()


def write_problem(topic: str, title: str, described: Sequence[str], steps: Sequence[str], bounds: Bounds = UNBOUNDED) -> Problem:
    """Return the problem statement: what is wanted, and those described goals that the steps answer.

    Args:
        topic: what the whole system is, as its title says.
        title: of the module.
        described: sentences in the order of the paper that are no steps of the answer.
        steps: of the answer, with the names that the paper gives to its sub-tasks.
        bounds: of the module, as far as its problem has to tell them.
    """
    opening = _OPENINGS[hashlib.sha256(f"{topic}\n{title}".encode()).digest()[0] % len(_OPENINGS)].format(topic=topic, title=title)
    near = [sentence for at, sentence in enumerate(described) if at < _OPENING_SENTENCES or _PURPOSE.search(sentence)]
    done = set().union(*map(stems, steps)).union(*map(_NUMBER.findall, steps))
    text, goals = opening, 0
    for goal in filter(None, map(_goal, near)):
        if goals < MAX_GOALS and _is_answered(goal, done) and not any(symbols_of(goal)) and dangling(goal, text) is None:
            text, goals = f"{text} {goal}", goals + 1
    return Problem(f"{text}{bounds}", goals)


def _listed(names: Sequence[str]) -> str:
    text = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return text[:1].upper() + text[1:]


def says_nothing(title: str) -> bool:
    """Tell a title that any module could have, or that of an experiment and not of a module."""
    return GENERIC_TITLE.fullmatch(title) is not None or _EXPERIMENT.search(title) is not None


def _is_answered(goal: str, done: set[str]) -> bool:
    parts = [asked for part in re.split(r",|;|\band\b", goal) if (asked := content_of(part))]
    return done.issuperset(_NUMBER.findall(goal)) and all(len(asked & done) >= MIN_GOAL_ANSWERED * len(asked) for asked in parts)


def topic_of(paper_title: str) -> str:
    """Return what a paper's title says of its system: all of it but a name of the system, a question or a word or two in front."""
    head, mark, rest = re.fullmatch(r"(?:(.*?\w)(:|\?| [-\u2013]) )?(.*)", paper_title, re.DOTALL).groups()  # type: ignore[union-attr]
    rest = rest.strip(" .")
    return rest if mark in (None, "?") or len(head.split()) < MIN_HEAD_WORDS else f"{head} \u2013 {rest}"


def system_name(paper_title: str) -> str:
    """Return the name that a title gives its system ('CommRad: Context-Aware ...'); '' where it gives none."""
    head = re.match(r"(?P<name>[\w-]+)(?::| - | \u2013 )", paper_title)
    return head["name"] if head and re.search(r"[A-Z].*[A-Z]|[a-z][A-Z]", head["name"]) else ""


def title_in_text(title: str) -> str:
    """Return a heading as it reads inside a sentence: names keep their capitals, other words lose them."""
    text = re.sub(r"^(?:approach|step|phase|stage|module|algorithm|part)\s*\w?\d*\s*[:.)]\s*", "", title, flags=re.IGNORECASE)
    text = re.sub(r"\bthe system(?:\u2019s)?\s+|\bthe system$|^(?:the|a|an|our)\s+", "", text, flags=re.IGNORECASE).strip(" .:-\u2013")
    if text.isupper():
        return text.lower()
    return "".join(
        piece if re.search(r"[A-Z].*[A-Z]|\d|[a-z][A-Z]|^[A-Z]$", piece) else piece.lower() for piece in re.split(r"([\s(/-])", text)
    )


#: A sentence that says what a module is for or what goes in and out, wherever it stands; others count only where the module opens.
_PURPOSE = re.compile(r"\b(?:" + listed("purpose") + r")\b")
_OPENING_SENTENCES = 3


def _goal(sentence: str) -> str | None:
    text = BUILT_FROM.sub(r"\g<is> built from ", clean(sentence))
    text = re.sub(r"\s*\([^()]{60,}\)", "", text)
    text = re.sub(r",\s+(?:which|because|since|as|thus|thereby|where|whereas|while|and thus|so)\s.*$", "", text).rstrip(" .") + "."
    sound = (
        EQUATION_MARK not in text
        and MIN_GOAL_WORDS <= len(text.split()) <= MAX_GOAL_WORDS
        and text[:1].isupper()
        and not has_gap(text)
        and not (
            _FRAMING.search(text) or _CONTEXT_BOUND.match(text) or HEARSAY.search(text) or LEFTOVER_POINTER.search(text) or WE.search(text)
        )
        and not re.search(
            r"\^\(|_\(|\ufffd|\[|\{|\b(?:is|are|by|in|of|the|and|to|with|as|from|for)\.$|[=\u2208|]|\.\.|[a-z]\.[A-Z]|\u25a0|\u2022", text
        )
        and re.search(r"\b(?:[a-z]+s|is|are|can|must|should|has|have|needs?|[a-z]+ed)\b", text) is not None
        and all(text.count(left) == text.count(right) for left, right in ("()", "\u201c\u201d"))
    )
    return text if sound else None
