"""Scores a decomposition by the essential parts that its steps meet: a transparent stand-in for an expert's judgement.

A part is met by one step, read together with the name of its sub-task, that meets every group of the part's patterns. A step counts only
if it reads as an instruction: five words or more, function words among them, no list, no negation, no near-copy of the problem, not built
like several others, and with a word of substance of its own: one that no pattern of the checklist touches, that is not in the
problem, that does not stand in step after step, and that belongs to the field, unless most such words of the text do not. Short
steps may well have no such word; where most steps have one, the others are believed as well, unless what the checklist leaves of them
shows that they were cast in one mould. One step meets at most two parts, a part must not come before those that its `after` names,
and only the first `MAX_STEPS` steps are read.

Refused are the words of a checklist bare, in one step, in names, and strung together in one mould, whatever nouns fill it up; in
any mould where the filling has nothing to do with the field; sentences of the problem; steps that say what not to do.
Not refused is fluent nonsense by one who knows the checklist: its words in a new sentence for each step, filled up with words of
the field. Nor can this tell whether a step is right (a window of two hours passes for a window), whether the steps fit together, or
whether a good way is missing from the patterns. The order tells only for parts that name what they come after, a sixth of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from gpiot_data.schema import SubTask, parse_tasks
from gpiot_infer.iotbench.schema import DecompositionTask, Part

MAX_TEXT_CHARS = 40_000
MAX_STEPS = 60
MAX_STEP_CHARS = 800
PARTS_PER_STEP = 2
MIN_WORDS = 5
#: A step that takes this share of its words, in their order, from one sentence of the problem is a copy of it.
COPIED = 0.7
#: A word that stands in more than this share of the steps, or in more steps than this, is of their mould.
MOULD, MOULD_STEPS = 1 / 3, 3
#: Where this share of the steps has words of substance of their own, those without are believed as well ...
BELIEVED = 0.6
#: ... but not if so many words that no pattern touches, little ones included, stand in so large a share of them.
CAST_WORDS, CAST = 3, 0.75
#: Steps of one build are a mould from so many on, if so many little words hold each together. In the references, their alternatives and
#: a dozen plain decompositions by another hand no build occurs more than twice.
BUILT_ALIKE, LITTLE_WORDS = 3, 2
#: Where less than this share of the words of substance is of the field, none of them is one; alternatives have 0.74 and more.
OF_THE_FIELD = 0.6
#: Commas and the like for each word from which on a step is a list.
LISTED = 0.34
_NO_SUBSTANCE = "nothing but words of the checklist, of the problem, or of most steps"
_JOINED = re.compile(r"_(?: (?:and|or)(?: the| a| an)? _)+")
_WORD = re.compile(r"[^\W_]+(?:['.\u2019-][^\W_]+)*")
#: What turns an instruction into its opposite, at its beginning or in what it says of itself.
_NEGATED = re.compile(
    r"\W*(?:please\W+)?(?:never|do not|don['\u2019]?t|(?:there is )?no need|under no|by no means|on no account|forget|refrain|stop|nobody|"
    r"avoid (?:doing|this|that|it)|(?:it|this) (?:is|would be) (?:wrong|a mistake|forbidden|not))\b"
    r"|.*\b(?:(?:it|this|that|which|all) (?:is|would be|are) (?:wrong|a mistake|forbidden)|(?:must|should|need) not be done)\b",
    re.IGNORECASE | re.DOTALL,
)
_COMMA = re.compile(r"[,;/|]")


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of a checklist a decomposition meets: the step that meets each part, counted from 0, or None; and how many steps count."""

    met: dict[str, int | None]
    n_steps: int
    n_instructions: int

    @property
    def share(self) -> float:
        """The share of parts that are met, 0 to 1."""
        return sum(step is not None for step in self.met.values()) / len(self.met)

    @property
    def missing(self) -> tuple[str, ...]:
        """The parts that are not met."""
        return tuple(part for part, step in self.met.items() if step is None)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a decomposition with the name of its sub-task."""

    name: str
    text: str


def cover(text: str, task: DecompositionTask) -> Coverage:
    """Return what the text of a decomposition meets of the checklist of its task."""
    return cover_tasks(parse_tasks(text[:MAX_TEXT_CHARS]), task)


def cover_tasks(tasks: Sequence[SubTask], task: DecompositionTask) -> Coverage:
    """Return what sub-tasks meet of the checklist of a task."""
    steps = [Step(sub.name[:MAX_STEP_CHARS], step[:MAX_STEP_CHARS]) for sub in tasks for step in sub.steps][:MAX_STEPS]
    counted = [number for number, fault in enumerate(faults_of_steps(steps, task)) if fault is None]
    meeting = {part.part: [number for number in counted if meets(steps[number], part)] for part in task.checklist}
    assigned = _assign({part.part: _in_order(part, meeting) for part in task.checklist})
    return Coverage({part.part: assigned.get(part.part) for part in task.checklist}, len(steps), len(counted))


def faults_of_steps(steps: Sequence[Step], task: DecompositionTask) -> list[str | None]:
    """Return for each step why it does not count as an instruction for this problem; None where it does."""
    problem = sentences(task.problem)
    # A step that is written again and again is read once.
    read = {step: (words_left(step, task), _form_fault(step, problem)) for step in dict.fromkeys(steps)}
    left = [read[step][0] for step in steps]
    own = _of_the_field([own_words(words, task) for words in left])
    stands_in = Counter(word for words in own for word in words)
    mould = {word for word, count in stands_in.items() if count > max(1, min(MOULD_STEPS, MOULD * len(steps)))}
    builds = [build_of(step.text) for step in steps]
    alike = {
        build for build, count in Counter(builds).items() if count >= BUILT_ALIKE and len(build.split()) - build.count("_") >= LITTLE_WORDS
    }
    faults = [read[step][1] or ("built like several others" if build in alike else None) for step, build in zip(steps, builds, strict=True)]
    sound = [number for number, fault in enumerate(faults) if fault is None]
    without = [number for number in sound if not own[number] - mould]
    if len(sound) - len(without) < BELIEVED * len(steps) or _is_cast([left[number] for number in without]):
        for number in without:
            faults[number] = _NO_SUBSTANCE
    return faults


def _of_the_field(own: list[set[str]]) -> list[set[str]]:
    """Return the words of substance of each step, or none of any where too few of them all are of the field."""
    every = set().union(*own)
    known = sum(_stem(word) in _listed("field_words") for word in every)
    return own if known >= OF_THE_FIELD * len(every) else [set() for _ in own]


def build_of(text: str) -> str:
    """Return how a step is built: its little words in order, what stands between them as `_`, and whatever `and` and `or` join as one."""
    words = [word if word in _listed("function_words") else "_" for word in words_of(text)]
    return _JOINED.sub("_", " ".join(word for word, _ in groupby(words)))


def meets(step: Step, part: Part) -> bool:
    """Tell whether a step, with the name of its sub-task, meets every group of a part, at least one of them in its own words."""
    own = [any(pattern.search(step.text) for pattern in group) for group in _patterns(part)]
    return any(own) and all(
        found or any(pattern.search(step.name) for pattern in group) for found, group in zip(own, _patterns(part), strict=True)
    )


@cache
def _listed(name: str) -> frozenset[str]:
    """Return the words of a list: `function_words`, or `empty_words`, which fit any step of any problem and so add nothing to one."""
    return frozenset(Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8").split())


@cache
def _patterns(part: Part) -> tuple[tuple[re.Pattern[str], ...], ...]:
    return tuple(tuple(re.compile(rf"(?<!\w)(?:{pattern})", re.IGNORECASE) for pattern in group) for group in part.needs)


def _form_fault(step: Step, problem: Sequence[Sequence[str]]) -> str | None:
    words = words_of(step.text)
    if len(words) < MIN_WORDS:
        return f"fewer than {MIN_WORDS} words"
    if not _listed("function_words").intersection(words):
        return "no function word"
    if _NEGATED.match(step.text):
        return "says what not to do"
    if len(_COMMA.findall(step.text)) > LISTED * len(words):
        return "a list"
    if any(_is_copy(words, sentence) for sentence in problem):
        return "a near-copy of the problem"
    return None


def words_left(step: Step, task: DecompositionTask) -> set[str]:
    """Return the words of a step that no pattern of the checklist touches."""
    rest = list(step.text)
    for part in task.checklist:
        for group in _patterns(part):
            for pattern in group:
                for match in pattern.finditer(step.text):
                    # To the end of the last word: patterns match beginnings of words.
                    end = next((at for at in range(match.end(), len(rest)) if not step.text[at].isalnum()), len(rest))
                    rest[match.start() : end] = " " * (end - match.start())
    return set(words_of("".join(rest)))


def own_words(left: set[str], task: DecompositionTask) -> set[str]:
    """Return those of the words left that are of substance and not in the problem."""
    given = {_stem(word) for word in words_of(task.problem)}
    return {word for word in left - _listed("function_words") - _listed("empty_words") if _stem(word) not in given}


def _is_cast(steps: Sequence[set[str]]) -> bool:
    """Tell whether several steps have the same words around those of the checklist."""
    stands_in = Counter(word for words in steps for word in words)
    return len(steps) > 1 and sum(count >= CAST * len(steps) for count in stands_in.values()) >= CAST_WORDS


def words_of(text: str) -> list[str]:
    """Return the words and numbers of a text in lower case."""
    return [word.lower() for word in _WORD.findall(text)]


def sentences(text: str) -> list[list[str]]:
    """Return the words of each sentence of a text."""
    return [words for piece in re.split(r"[.!?:;](?=\s|$)", text) if (words := words_of(piece))]


def _stem(word: str) -> str:
    return word[:5]


def _is_copy(words: Sequence[str], sentence: Sequence[str]) -> bool:
    least = COPIED * len(words)
    # Most steps share too few words with a sentence for their order to matter.
    return len(sentence) >= least and sum(word in sentence for word in words) >= least and _common(words, sentence) >= least


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the longest sequence of words that both hold in this order, not necessarily side by side."""
    before = [0] * (len(other) + 1)
    for word in one:
        row = [0]
        for at, match in enumerate(other):
            row.append(before[at] + 1 if word == match else max(before[at + 1], row[at]))
        before = row
    return before[-1]


def _in_order(part: Part, meeting: dict[str, list[int]]) -> list[int]:
    """Return the steps of a part that do not come before the first step of what must come earlier.

    None do where they come earlier on the whole: what comes first may well be named again later.
    """
    found = meeting[part.part]
    before = [meeting[name] for name in part.after if meeting[name]]
    if any(found and sum(found) * len(other) < sum(other) * len(found) for other in before):
        return []
    return [number for number in found if number >= max((other[0] for other in before), default=0)]


def _assign(meeting: dict[str, list[int]]) -> dict[str, int]:
    """Give each part a step so that most parts have one and no step has more than `PARTS_PER_STEP`, by augmenting paths."""
    holders: dict[int, list[str]] = {}

    def place(part: str, tried: set[int]) -> bool:
        for step in meeting[part]:
            if step in tried:
                continue
            tried.add(step)
            held = holders.setdefault(step, [])
            if len(held) < PARTS_PER_STEP:
                held.append(part)
                return True
            for at, other in enumerate(held):
                if place(other, tried):
                    held[at] = part
                    return True
        return False

    for part in meeting:
        place(part, set())
    return {part: step for step, held in holders.items() for part in held}
