"""The embedded teacher: a module's own sentences, reworded into imperative steps under its own run-in heads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gpiot_data.papers.modules import TechnicalModule
from gpiot_data.schema import SubTask, Teacher
from gpiot_data.teacher.confidence import confidence
from gpiot_data.teacher.imperative import Step, to_steps
from gpiot_data.teacher.naming import name_of_head, name_of_steps
from gpiot_data.teacher.problem import system_name, title_in_text, topic_of, write_problem
from gpiot_data.teacher.protocol import Decomposition
from gpiot_data.teacher.sentences import sentences

RULES_VERSION = "tdd-rules/2"
MIN_TASKS, MAX_TASKS = 2, 7
MIN_STEPS, MAX_STEPS_PER_TASK = 3, 6
#: So many sentences in a row that are no steps part two sub-tasks of a paragraph.
MIN_GAP = 3


@dataclass(frozen=True, slots=True)
class _Task:
    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """One sentence of a module and the steps that it makes."""

    sentence: str
    steps: tuple[Step, ...]


class RulesTeacher:
    """Makes pairs without a model; the same module gives the same pair on every machine."""

    @property
    def name(self) -> Teacher:
        """How the teacher is named in a row."""
        return Teacher(name="rules", prompt=RULES_VERSION)

    def decompose(self, paper_title: str, module: TechnicalModule) -> Decomposition | str:
        """Return the pair of a module, or `too_few_tasks` or `too_few_steps`."""
        name = system_name(paper_title)
        opening = [_read(paragraph, name) for paragraph in module.opening]
        parts = [
            (name_of_head(_without_name(part.head, name)), [_read(paragraph, name) for paragraph in part.paragraphs])
            for part in module.parts
        ]
        headed = sum(1 for head, body in parts if head and any(_steps(body))) >= MIN_TASKS
        grouped = [*opening, *(read for head, body in parts for read in body if head)]
        tasks = _distinct(_headed_tasks(opening, parts) if headed else _grouped_tasks(grouped))[:MAX_TASKS]
        if len(tasks) < MIN_TASKS:
            return "too_few_tasks"
        if sum(len(task.steps) for task in tasks) < MIN_STEPS:
            return "too_few_steps"
        everything = [*opening, *(read for _, body in parts for read in body)]
        title = title_in_text(_without_name(module.title, name)) or module.title
        told = {step.sentence for task in tasks for step in task.steps}
        first = {reading.sentence for read in opening for reading in read if headed} - told
        described = [reading.sentence for read in everything for reading in read if not reading.steps or reading.sentence in first]
        problem, goals = write_problem(topic_of(paper_title), title, [_without_name(sentence, name) for sentence in described])
        trust = confidence(title, [task.steps for task in tasks], sum(map(len, everything)), goals, headed=headed, named=module.named)
        return Decomposition(
            problem=problem,
            tasks=tuple(SubTask(task.name, tuple(step.text for step in task.steps)) for task in tasks),
            evidence=tuple(tuple(step.sentence for step in task.steps) for task in tasks),
            confidence=trust,
        )


def _read(paragraph: str, name: str) -> list[_Reading]:
    return [_Reading(sentence, to_steps(_without_name(sentence, name), sentence)) for sentence in sentences(paragraph)]


def _without_name(text: str, name: str) -> str:
    """Say 'the system' for its name: a row shall stand without the paper."""
    if not name:
        return text
    text = re.sub(rf"(?:\b[Tt]he )?\b{re.escape(name)}(?=[^\w-]|$)", "the system", text)
    return text[:1].upper() + text[1:] if text.startswith("the system") else text


def _steps(paragraphs: Sequence[Sequence[_Reading]]) -> Iterator[Step]:
    return (step for read in paragraphs for reading in read for step in reading.steps)


def _headed_tasks(
    opening: Sequence[Sequence[_Reading]], parts: Sequence[tuple[str | None, Sequence[Sequence[_Reading]]]]
) -> Iterator[_Task]:
    """Yield a sub-task for each head that names one; the opening is one too where it holds two steps or more."""
    first = _unlike(_steps(opening))
    if len(first) >= 2:
        yield _Task(name_of_steps([step.text for step in first]), first)
    for head, body in parts:
        found = _unlike(_steps(body))
        if head and found:
            yield _Task(head, found)


def _grouped_tasks(paragraphs: Sequence[Sequence[_Reading]]) -> Iterator[_Task]:
    groups = _merge_single([run for read in paragraphs for run in _runs(read)])
    if len(groups) == 1 and len(groups[0]) >= MIN_STEPS:
        middle = _turn(groups[0])
        groups = [groups[0][:middle], groups[0][middle:]]
    for group in groups:
        found = _unlike(iter(group))
        yield _Task(name_of_steps([step.text for step in found]), found)


def _runs(read: Sequence[_Reading]) -> Iterator[list[Step]]:
    """Yield the steps of a paragraph that stand close together."""
    run: list[Step] = []
    gap = 0
    for reading in read:
        gap = 0 if reading.steps else gap + 1
        if run and (gap >= MIN_GAP or len(run) + len(reading.steps) > MAX_STEPS_PER_TASK):
            yield run
            run = []
        run = [*run, *reading.steps]
    if run:
        yield run


def _merge_single(runs: Sequence[list[Step]]) -> list[list[Step]]:
    """Join a single step to the run before it, or to the next where it opens the module, as long as two sub-tasks remain."""
    groups = [list(run) for run in runs]
    at = 0
    while at < len(groups) and len(groups) > MIN_TASKS:
        if len(groups[at]) > 1:
            at += 1
            continue
        other = at - 1 if at and (at + 1 == len(groups) or len(groups[at - 1]) <= len(groups[at + 1])) else at + 1
        if len(groups[other]) >= MAX_STEPS_PER_TASK:
            at += 1
            continue
        first = min(at, other)
        groups[first : first + 2] = [groups[first] + groups[first + 1]]
        at = first
    return groups


def _turn(group: Sequence[Step]) -> int:
    """Return where a long run of steps turns to something else: at a word such as 'Next' near its middle, else at the middle."""
    turns = [
        at
        for at in range(2, len(group) - 1)
        if re.match(r"(?:Next|Then|Finally|After|Afterwards|Subsequently|Lastly)\b", group[at].sentence)
    ]
    return min(turns, key=lambda at: abs(2 * at - len(group)), default=len(group) // 2)


def _unlike(steps: Iterator[Step]) -> tuple[Step, ...]:
    """Return the first steps, each text once and none that only begins like the one before."""
    kept = list({step.text: step for step in steps}.values())
    same = {
        later.text for earlier, later in pairwise(kept) if later.text.rstrip(".") in earlier.text or earlier.text.rstrip(".") in later.text
    }
    return tuple(step for step in kept if step.text not in same)[:MAX_STEPS_PER_TASK]


def _distinct(tasks: Iterator[_Task]) -> list[_Task]:
    return list({task.name.lower(): task for task in reversed(list(tasks))}.values())[::-1]
