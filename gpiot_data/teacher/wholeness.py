"""What a pair still holds when each step that stands on something untold is taken out, and how much of the module that leaves out."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gpiot_data.papers.blocks import EQUATION_MARK
from gpiot_data.teacher.imperative import Step
from gpiot_data.teacher.phrases import BY_AGENT, BY_WE, LEAD, PASSIVE, listed
from gpiot_data.teacher.references import dangling, stem, stems, symbols_of
from gpiot_data.teacher.sentences import clean
from gpiot_data.teacher.verbs import participles, third_person

_EMPTY_WORD = re.compile(listed("empty_title_word"), re.IGNORECASE)
_COMMENT = re.compile(listed("comment"))
#: What other parts of a system make and hand on: signals, maps, estimates; no symbol, number, comparison or order.
_THING = re.compile(rf"(?:(?!{listed('no_thing')}\b)[a-z-]{{3,}} ){{0,3}}(?:{listed('handed_on')})")
_MATTER = {stem("hardware"), stem("software")}
_OTHERWISE = "Otherwise, "
#: Statements that one step may need; more is a text of definitions.
MAX_INTRODUCED = 2
MIN_NAME_CHARS = 2
#: What a module may be given from outside; a text that needs more is torn out of another.
MAX_GIVEN = 2


class _Named(Protocol):
    @property
    def steps(self) -> Sequence[Step]:
        """The steps of a sub-task."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence of a module and the steps that it makes; a statement on the design is one only where another step needs it."""

    sentence: str
    steps: tuple[Step, ...]
    statement: Step | None = None

    @property
    def lost(self) -> bool:
        """It tells of a deed, but no step could be made of it."""
        return not self.steps and tells_of_deed(self.sentence) and (EQUATION_MARK in self.sentence or not _COMMENT.search(self.sentence))


def tells_of_deed(sentence: str) -> bool:
    """Tell a sentence in which somebody or some part does something, or that held a formula."""
    if EQUATION_MARK in sentence:
        return True
    text = LEAD.sub("", clean(sentence))
    text = text[:1].upper() + text[1:]
    agent, passive = BY_AGENT.match(text), PASSIVE.match(text)
    return (
        BY_WE.match(text) is not None
        or (agent is not None and agent["verb"] in third_person())
        or (passive is not None and (passive["verb"] in participles() or passive["verb"].endswith("ed")))
    )


@dataclass(slots=True)
class _Telling:
    """What the row has said so far, and the statements of the module that it may still say."""

    told: str
    spare: dict[str, tuple[int, Step]]

    def say(self, text: str) -> None:
        self.told = f"{self.told} . {text}"

    def what_introduces(self, step: Step, place: int) -> list[Step] | None:
        """Return the statements that must stand before a step, none where it stands by itself; None where no statement helps."""
        needed: list[Step] = []
        told = self.told
        while (name := dangling(step.text, told)) is not None:
            found = self._introducing(name, place, told) if len(needed) < MAX_INTRODUCED else None
            if found is None:
                return None
            needed.append(found)
            told = f"{told} . {found.text}"
        return needed

    def _introducing(self, name: str, place: int, told: str) -> Step | None:
        """Return the nearest statement before `place` that names `name` and stands on nothing untold."""
        for at, statement in sorted(self.spare.values(), key=lambda item: -item[0]):
            if at < place and _names(statement.text, name) and statement.text not in told and dangling(statement.text, told) is None:
                return statement
        return None


def _names(text: str, name: str) -> bool:
    if name in symbols_of(text):
        return True
    return all(stem(word) in stems(text) for word in re.findall(r"[^\W\d_]{3,}", name)) and len(name) > MIN_NAME_CHARS


def close(
    tasks: Iterable[tuple[str, Sequence[Step]]],
    problem: str,
    readings: Sequence[Reading],
    is_whole: Callable[[str, Sequence[Step]], bool] = lambda name, steps: True,
) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Yield sub-tasks with the steps that stand on nothing but the problem, the steps before them and common knowledge.

    Where a statement of the module introduces what a step lacks, it becomes a step before it. A printed name introduces what it
    names; one made of a step says nothing that the step does not. A sub-task that is not whole any more has no steps at all.
    """
    places = {reading.sentence: at for at, reading in enumerate(readings)}
    spare = {reading.sentence: (at, reading.statement) for at, reading in enumerate(readings) if reading.statement}
    told = problem
    for name, steps in tasks:
        telling = _Telling(f"{told} . {name}", dict(spare))
        kept = list(_standing(steps, telling, places))
        if is_whole(name, kept):
            told, spare = telling.told, telling.spare
            yield name, tuple(kept)
        else:
            yield name, ()


def _standing(steps: Sequence[Step], telling: _Telling, places: Mapping[str, int]) -> Iterator[Step]:
    before: Step | None = None
    for step in steps:
        follows = not step.text.startswith(_OTHERWISE) or (before is not None and before.sentence == step.sentence)
        needed = telling.what_introduces(step, places.get(step.sentence, 0)) if follows else None
        before = None if needed is None else step
        for said in [] if needed is None else [*needed, step]:
            telling.say(said.text)
            telling.spare.pop(said.sentence, None)
            yield said


def given_to(tasks: Iterable[_Named], readings: Sequence[Reading], problem: str) -> list[str]:
    """Return what steps refer to and no sentence of the module up to there names: other parts of the system make it."""
    places = {reading.sentence: at for at, reading in enumerate(readings)}
    told = [stems(reading.sentence) for reading in readings]
    found: list[str] = []
    for step in (step for task in tasks for step in task.steps):
        name = dangling(step.text, f"{problem} . {' . '.join(found)}") or ""
        noun = name.split()[-1:]
        before = set().union(*told[: places.get(step.sentence, 0)])
        if noun and _THING.fullmatch(name) and f"the {name}" in step.text and stem(noun[0]) not in before and len(found) < MAX_GIVEN:
            found.append(f"the {name}")
    return found


def share_told(readings: Sequence[Reading], kept: Container[str]) -> float:
    """Return how many of the sentences that say more than a comment does are in the pair, 0 to 1."""
    telling = [reading for reading in readings if reading.sentence in kept or reading.lost or not _COMMENT.search(reading.sentence)]
    return sum(reading.sentence in kept for reading in telling) / len(telling) if telling else 0.0


def share_kept(readings: Sequence[Reading], kept: Container[str]) -> float:
    """Return how many of the sentences that tell of a deed are in the pair, 0 to 1."""
    deeds = [reading for reading in readings if reading.steps or reading.lost]
    return sum(reading.sentence in kept for reading in deeds) / len(deeds) if deeds else 0.0


def share_answered(title: str, texts: Iterable[str]) -> float:
    """Return of how many parts of a module's title ('framing and clutter removal' has two) some text says a word, 0 to 1."""
    done = set().union(*map(stems, texts))
    parts = [words for part in re.split(r",|\band\b|\bor\b|&", title) if (words := content_of(part))]
    # 'Radar hardware and software': what is bought and what is written is seldom called so.
    asked = [words for words in parts if words - _MATTER] or parts
    return sum(bool(words & done) for words in asked) / len(asked) if asked else 0.0


def content_of(text: str) -> set[str]:
    """Return the stems of the words of a title or goal that say something of one module and not of any."""
    return {stem(word) for word in re.findall(r"[^\W\d_]{3,}", text) if not _EMPTY_WORD.fullmatch(word)}
