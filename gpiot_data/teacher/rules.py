"""The embedded teacher: a module's own sentences, reworded into imperative steps under its own run-in heads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from gpiot_data.papers.modules import TechnicalModule
from gpiot_data.schema import SubTask, Teacher
from gpiot_data.teacher.acronyms import expand_acronyms
from gpiot_data.teacher.confidence import Measures, confidence
from gpiot_data.teacher.imperative import Step, to_steps
from gpiot_data.teacher.naming import name_of_head, name_of_steps
from gpiot_data.teacher.problem import Bounds, Problem, says_nothing, system_name, title_in_text, topic_of, write_problem
from gpiot_data.teacher.protocol import Decomposition
from gpiot_data.teacher.sentences import sentences
from gpiot_data.teacher.spelling import is_spoilt, vocabulary_of
from gpiot_data.teacher.statements import decides, to_statement
from gpiot_data.teacher.wholeness import Reading, close, content_of, given_to, share_answered, share_kept, share_told

RULES_VERSION = "tdd-rules/4"
MIN_TASKS, MAX_TASKS = 2, 7
#: So often the problem is written to the sub-tasks that are left, and the sub-tasks are closed under it.
ROUNDS = 2
MIN_STEPS, MAX_STEPS_PER_TASK = 3, 6
#: So many sentences in a row that are no steps part two sub-tasks of a paragraph.
MIN_GAP = 3
#: A title that stands alone must say by itself what is wanted.
MIN_BARE_TITLE_WORDS = 2
#: A pair with fewer of its module's deeds leaves out too much of what the rest stands on.
MIN_KEPT = 0.4
#: A pair with fewer of the sub-tasks that the paper names does not plan the module; what it leaves out, its problem says.
MIN_HEADS = 0.5
#: A sub-task under a head of its own with fewer of its deeds is left out as a whole.
MIN_KEPT_OF_TASK = 0.6
#: Or with fewer of its sentences, deeds or not: what it is about is then told in a way that makes no step.
MIN_TOLD_OF_TASK = 0.5


OPEN_REFERENCES, VAGUE_TITLE = "open_references", "vague_title"
#: How far a pair is trusted whose steps stand on things that neither they nor the problem tell, or whose title says nothing, of what
#: it would be trusted otherwise: of 60 pairs of which most were such, 47 were faulty, 35 of them beyond doubt.
DOUBTED_TRUST = 0.4


@dataclass(frozen=True, slots=True)
class _Task:
    name: str
    steps: tuple[Step, ...]


class RulesTeacher:
    """Makes pairs without a model; the same module gives the same pair on every machine."""

    @property
    def name(self) -> Teacher:
        """How the teacher is named in a row."""
        return Teacher(name="rules", prompt=RULES_VERSION)

    def decompose(self, paper_title: str, module: TechnicalModule) -> Decomposition | str:
        """Return the pair of a module, or the stable word that says why it makes none.

        `no_goal`: nobody could tell what is wanted; `too_few_tasks`, `too_few_steps`; `unanswered_problem`: no step does what the
        problem asks for. Where most of the module's deeds stand on what is not told, or its title says nothing, the pair has the
        doubt `open_references` or `vague_title`, and little confidence.
        """
        name = system_name(paper_title)
        read = _read_module(module, name)
        title = title_in_text(_without_name(module.title, name)) or module.title
        found = [task for task in _distinct(_tasks_of(read)) if task.steps]
        if len(found) < MIN_TASKS:
            return VAGUE_TITLE if says_nothing(title) else "too_few_tasks"
        # What the problem may ask for depends on the steps that are left, and what is left on what the problem tells.
        given = given_to(found, read.everything, f"{paper_title} . {title}")
        tasks = found
        for _ in range(ROUNDS):
            problem = _problem_of(paper_title, title, read, tasks, name, given)
            tasks = _closed(found, problem.text, read)
        problem = _problem_of(paper_title, title, read, tasks, name, given)
        pair = _Pair(title, read, tuple(tasks), problem.goals)
        vague = VAGUE_TITLE if says_nothing(title) else None
        doubt = pair.reason() or vague
        if doubt == OPEN_REFERENCES and sum(len(task.steps) for task in found) >= MIN_STEPS:
            # As the paper has it, for who reads such pairs before they train on them.
            tasks = found[:MAX_TASKS]
            problem = _problem_of(paper_title, title, read, tasks, name, given)
            pair = _Pair(title, read, tuple(tasks), problem.goals)
        elif doubt not in (None, VAGUE_TITLE):
            return vague or str(doubt)
        trust = confidence([task.steps for task in tasks], pair.measures(), named=module.named)
        return Decomposition(
            problem=problem.text,
            tasks=tuple(_sub_tasks(tasks, problem.text, module.acronyms)),
            evidence=tuple(tuple(step.sentence for step in task.steps) for task in tasks),
            confidence=trust if doubt is None else round(trust * DOUBTED_TRUST, 3),
            doubt=doubt,
        )


def _sub_tasks(tasks: Sequence[_Task], problem: str, acronyms: Mapping[str, str]) -> Iterator[SubTask]:
    """Yield the sub-tasks as a row has them: with the acronyms of the paper said in full where none has said it before."""
    told = problem
    for task in tasks:
        steps = expand_acronyms([step.text for step in task.steps], told, acronyms)
        told = f"{told} {' '.join(steps)}"
        yield SubTask(task.name, tuple(steps))


@dataclass(frozen=True, slots=True)
class _Module:
    """A module as it was read; `headed`: its sub-tasks have the names that the paper gives them."""

    opening: tuple[tuple[Reading, ...], ...]
    parts: tuple[tuple[str | None, tuple[tuple[Reading, ...], ...]], ...]
    headed: bool

    @property
    def readings_of_tasks(self) -> list[Reading]:
        """Sentences that sub-tasks are made of."""
        return [reading for _, body in self.parts for read in body for reading in read] if self.headed else self.everything

    def left_out(self, tasks: Sequence[_Task]) -> list[str]:
        """Return the names that the paper gives to sub-tasks which are not among `tasks`."""
        names = {task.name for task in tasks}
        return [head for head, _ in self.parts if head and head not in names] if self.headed else []

    @property
    def everything(self) -> list[Reading]:
        """All sentences in order."""
        return [reading for read in (*self.opening, *(read for _, body in self.parts for read in body)) for reading in read]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pair before it is judged; `goals`: sentences of its problem that say what the module is for."""

    title: str
    read: _Module
    tasks: tuple[_Task, ...]
    goals: int

    def measures(self) -> Measures:
        """Return how much of the module and of its problem the pair holds."""
        steps = [step for task in self.tasks for step in task.steps]
        names = [task.name for task in self.tasks] if self.read.headed else []
        heads = sum(1 for head, _ in self.read.parts if head)
        return Measures(
            kept=share_kept(self.read.readings_of_tasks, {step.sentence for step in steps}),
            heads=min(1.0, len(self.tasks) / heads) if self.read.headed else 1.0,
            answered=share_answered(self.title, [*(step.text for step in steps), *names, *self.read.left_out(self.tasks)]),
            goals=self.goals,
            headed=self.read.headed,
        )

    def reason(self) -> str | None:
        """Return the stable word that says why the pair is none, or None."""
        if len(self.tasks) < MIN_TASKS:
            return OPEN_REFERENCES
        if sum(len(task.steps) for task in self.tasks) < MIN_STEPS:
            return "too_few_steps"
        measures = self.measures()
        if measures.kept < MIN_KEPT or measures.heads < MIN_HEADS:
            return OPEN_REFERENCES
        # With all that the paper names under it, done or said to be left out, a title is answered in other words than its own.
        if measures.answered < (0.5 if self.read.headed else 1.0):
            return "unanswered_problem"
        return "no_goal" if not self.goals and len(content_of(self.title)) < MIN_BARE_TITLE_WORDS else None


def _read_module(module: TechnicalModule, name: str) -> _Module:
    words = vocabulary_of([*module.opening, *(paragraph for part in module.parts for paragraph in part.paragraphs)])
    opening = tuple(_read(paragraph, name, words, deciding=not module.parts) for paragraph in module.opening)
    parts = tuple(
        (name_of_head(_without_name(part.head, name)), tuple(_read(paragraph, name, words) for paragraph in part.paragraphs))
        for part in module.parts
    )
    return _Module(opening, parts, sum(1 for head, body in parts if head and any(_steps(body))) >= MIN_TASKS)


def _tasks_of(read: _Module) -> Iterator[_Task]:
    if read.headed:
        return _headed_tasks(read.opening, read.parts)
    return _grouped_tasks([*read.opening, *(paragraph for head, body in read.parts for paragraph in body if head)])


def _problem_of(paper_title: str, title: str, read: _Module, tasks: Sequence[_Task], name: str, given: Sequence[str]) -> Problem:
    steps = [step for task in tasks for step in task.steps]
    told = {step.sentence for step in steps}
    # Under heads of its own each sentence speaks of one sub-task; what the module is for stands before them.
    before = [reading for paragraph in read.opening for reading in paragraph] if read.headed else read.everything
    described = [reading.sentence for reading in before if not reading.steps or (read.headed and reading.sentence not in told)]
    bounds = Bounds([thing for thing in given if any(thing in step.text for step in steps)], read.left_out(tasks))
    # What a sub-task is called in the paper is part of the answer too.
    answer = [*(task.name for task in tasks if read.headed), *(step.text for step in steps)]
    return write_problem(topic_of(paper_title), title, [_without_name(sentence, name) for sentence in described], answer, bounds)


def _closed(tasks: Sequence[_Task], problem: str, read: _Module) -> list[_Task]:
    """Return what is left of sub-tasks in `MAX_TASKS` of them when all that stands on something untold is gone."""
    headed = read.headed
    named = [(task.name if headed else "", task.steps) for task in tasks]
    bodies = {head: [reading for paragraph in body for reading in paragraph] for head, body in read.parts if head}
    whole = partial(_is_whole, bodies=bodies)
    closed = [
        _Task(task.name if headed else name_of_steps([step.text for step in steps]), steps)
        for task, (_, steps) in zip(tasks, close(named, problem, read.everything, whole), strict=True)
        if steps
    ]
    return _distinct(iter(closed))[:MAX_TASKS]


def _is_whole(name: str, steps: Sequence[Step], bodies: Mapping[str, Sequence[Reading]]) -> bool:
    """Tell a sub-task that holds most of what the paper does under its head; one without a head of its own always does."""
    body = bodies.get(name)
    if body is None:
        return True
    told = {step.sentence for step in steps}
    return share_kept(body, told) >= MIN_KEPT_OF_TASK and share_told(body, told) >= MIN_TOLD_OF_TASK


def _read(paragraph: str, name: str, words: Mapping[str, int], *, deciding: bool = True) -> tuple[Reading, ...]:
    """Return the sentences of a paragraph; `deciding`: what a part is said to do is a step, not only what somebody does."""
    return tuple(_read_sentence(sentence, _without_name(sentence, name), words, deciding=deciding) for sentence in sentences(paragraph))


def _read_sentence(printed: str, text: str, words: Mapping[str, int], *, deciding: bool) -> Reading:
    if is_spoilt(printed, words):
        return Reading(printed, ())
    steps = to_steps(text, printed)
    found = None if steps else to_statement(text)
    if found is None:
        return Reading(printed, steps)
    statement = Step(found.text, printed, found.form)
    return Reading(printed, (statement,)) if deciding and decides(statement) else Reading(printed, (), statement)


def _without_name(text: str, name: str) -> str:
    """Say 'the system' for its name: a row shall stand without the paper."""
    if not name:
        return text
    text = re.sub(rf"(?:\b[Tt]he )?\b{re.escape(name)}(?=[^\w-]|$)", "the system", text)
    return text[:1].upper() + text[1:] if text.startswith("the system") else text


def _steps(paragraphs: Sequence[Sequence[Reading]]) -> Iterator[Step]:
    return (step for read in paragraphs for reading in read for step in reading.steps)


def _headed_tasks(opening: Sequence[Sequence[Reading]], parts: Sequence[tuple[str | None, Sequence[Sequence[Reading]]]]) -> Iterator[_Task]:
    """Yield a sub-task for each head that names one; the opening is one too where it holds two steps or more."""
    first = _unlike(_steps(opening))
    if len(first) >= 2:
        yield _Task(name_of_steps([step.text for step in first]), first)
    for head, body in parts:
        found = _unlike(_steps(body))
        if head and found:
            yield _Task(head, found)


def _grouped_tasks(paragraphs: Sequence[Sequence[Reading]]) -> Iterator[_Task]:
    groups = _merge_single([run for read in paragraphs for run in _runs(read)])
    if len(groups) == 1 and len(groups[0]) >= MIN_STEPS:
        middle = _turn(groups[0])
        groups = [groups[0][:middle], groups[0][middle:]]
    for group in groups:
        found = _unlike(iter(group))
        yield _Task(name_of_steps([step.text for step in found]), found)


def _runs(read: Sequence[Reading]) -> Iterator[list[Step]]:
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
