"""What a model answered -> checked sub-tasks, or a sentence that says what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from gpiot_data import manifest
from gpiot_data.errors import BadManifest
from gpiot_data.fences import blocks_of
from gpiot_data.fingerprints import SIZES
from gpiot_data.papers.blocks import EQUATION_MARK
from gpiot_data.schema import SubTask
from gpiot_data.teacher.phrases import CITATION, LEFTOVER_POINTER, WE
from gpiot_data.teacher.untrusted import find_unwanted

MIN_TASKS, MAX_TASKS = 2, 7
MAX_STEPS_PER_TASK, MAX_NAME_WORDS = 6, 10
#: As the prompts say; a little more than what rules make of a sentence, since a model joins what a paper says in two.
MIN_STEP_WORDS, MAX_STEP_WORDS = 4, 42
MIN_PROBLEM_WORDS, MAX_PROBLEM_WORDS = 8, 160
#: So many words in a row hardly come about by chance.
COPIED_WORDS = SIZES[-1]
#: In prose, this many braces are not tried as the beginning of an object: each try may read to the end.
MAX_BRACES = 100
_NO_OPENING = re.compile(r"^(?:the|a|an|this|that|these|it|there|he|she|they|in order|figure|table|note)\b|^\W", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
AnswerT = TypeVar("AnswerT")


class BadAnswer(Exception):
    """An answer that cannot be used: `reason` is a stable word, the message a sentence that a model can act on."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class TiedStep:
    """A step, and the number of the paragraph that it comes from."""

    text: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class TiedTask:
    """A sub-task whose steps are tied to paragraphs."""

    name: str
    steps: tuple[TiedStep, ...]


@dataclass(frozen=True, slots=True)
class Exercise:
    """The answer to `decompose`."""

    problem: str
    tasks: tuple[TiedTask, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """The answer to `unite` and `rewrite`."""

    problem: str


@dataclass(frozen=True, slots=True)
class PlainTask:
    """A sub-task with its steps."""

    name: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """The answer to `solve`."""

    tasks: tuple[PlainTask, ...]


def read_answer(kind: type[AnswerT], text: str) -> AnswerT:
    """Return the answer that a text holds: the text itself, a fenced block, or the first object in it that has the right keys.

    Raises:
        BadAnswer: `malformed_answer` if it holds none of that kind.
    """
    faults = []
    for value in _objects(text):
        try:
            return manifest.build(kind, value, "the object")
        except BadManifest as error:
            faults.append(_without_repeats(str(error)))
    if not faults:
        raise BadAnswer("malformed_answer", "The answer holds no complete JSON object.")
    raise BadAnswer("malformed_answer", f"The JSON does not have the form that was asked for: {faults[0]}.")


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a text, the whole of it first; what stands inside of one that was yielded is left out."""
    whole = _decode(text.strip())
    if whole is not None:
        yield whole
        return
    for block in blocks_of(text):
        inner = _decode(text[block.start : block.end].strip())
        if inner is not None:
            yield inner
    at = text.find("{")
    for _ in range(MAX_BRACES):
        if at == -1:
            return
        try:
            value, at = json.JSONDecoder().raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
        else:
            yield value
        at = text.find("{", at)


def _decode(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _without_repeats(message: str) -> str:
    return re.sub(r"\s+", " ", message)[:300]


def check_exercise(exercise: Exercise, paragraphs: Sequence[str], first: int, most_tasks: int) -> None:
    """Check an exercise against the paragraphs that it was made from, which are numbered from `first` on.

    Raises:
        BadAnswer: `not_a_module` without tasks; `unsafe_answer`; `unsound_answer` for a step that is none, is copied, is tied to no
            paragraph, or names a figure that no paragraph has.
    """
    if not exercise.tasks:
        raise BadAnswer("not_a_module", "The list of tasks is empty.")
    check_problem(exercise.problem)
    check_tasks([SubTask(task.name, tuple(step.text for step in task.steps)) for task in exercise.tasks], most_tasks)
    source = " ".join(paragraphs)
    runs, figures = _runs(source), set(_FIGURE.findall(source))
    for step in (step for task in exercise.tasks for step in task.steps):
        if not first <= step.paragraph < first + len(paragraphs):
            raise BadAnswer("unsound_answer", f"There is no paragraph {step.paragraph}, which the step {_short(step.text)} names.")
        if invented := [figure for figure in _FIGURE.findall(step.text) if figure not in figures]:
            raise BadAnswer("unsound_answer", f"The step {_short(step.text)} has the figure {invented[0]}, which the material does not.")
        if _runs(step.text) & runs:
            raise BadAnswer("unsound_answer", f"The step {_short(step.text)} is copied from the material; say it in other words.")
    if _runs(exercise.problem) & runs:
        raise BadAnswer("unsound_answer", "The problem is copied from the material; say it in other words.")


def check_problem(problem: str) -> None:
    """Check a problem statement by itself.

    Raises:
        BadAnswer: `unsafe_answer` or `unsound_answer`.
    """
    _refuse_unwanted(problem)
    words = len(problem.split())
    if not MIN_PROBLEM_WORDS <= words <= MAX_PROBLEM_WORDS:
        raise BadAnswer("unsound_answer", f"The problem has {words} words; write {MIN_PROBLEM_WORDS} to {MAX_PROBLEM_WORDS}.")
    if CITATION.search(problem) or LEFTOVER_POINTER.search(problem) or EQUATION_MARK in problem:
        raise BadAnswer("unsound_answer", "The problem points to a figure, table, equation, section or reference.")


def check_tasks(tasks: Sequence[SubTask], most: int = MAX_TASKS) -> None:
    """Check sub-tasks by themselves.

    Raises:
        BadAnswer: `unsafe_answer` or `unsound_answer`.
    """
    _refuse_unwanted("\n".join(text for task in tasks for text in (task.name, *task.steps)))
    if not MIN_TASKS <= len(tasks) <= most:
        raise BadAnswer("unsound_answer", f"There are {len(tasks)} tasks; write {MIN_TASKS} to {most}.")
    names = [task.name.strip().lower() for task in tasks]
    if len(set(names)) < len(names):
        raise BadAnswer("unsound_answer", "Two tasks have the same name.")
    for task in tasks:
        if not 1 <= len(task.name.split()) <= MAX_NAME_WORDS or "\n" in task.name:
            raise BadAnswer("unsound_answer", f"The name {_short(task.name)} should be one line of 2 to 8 words.")
        if not 1 <= len(task.steps) <= MAX_STEPS_PER_TASK:
            raise BadAnswer("unsound_answer", f"The task {_short(task.name)} has {len(task.steps)} steps; write 1 to {MAX_STEPS_PER_TASK}.")
        for step in task.steps:
            _check_step(step)
    steps = [step.lower() for task in tasks for step in task.steps]
    if len(set(steps)) < len(steps):
        raise BadAnswer("unsound_answer", "Two steps are the same.")


def _check_step(step: str) -> None:
    words = len(step.split())
    if not MIN_STEP_WORDS <= words <= MAX_STEP_WORDS or "\n" in step:
        message = f"should be one sentence of {MIN_STEP_WORDS} to {MAX_STEP_WORDS} words, not {words}"
    elif CITATION.search(step) or LEFTOVER_POINTER.search(step) or EQUATION_MARK in step:
        message = "points to a figure, table, equation, section or reference"
    elif WE.search(step):
        message = "speaks of 'we' or 'our'; write it in the imperative"
    elif _NO_OPENING.match(step):
        message = "does not start with a verb in the imperative"
    else:
        return
    raise BadAnswer("unsound_answer", f"The step {_short(step)} {message}.")


def _refuse_unwanted(text: str) -> None:
    if what := find_unwanted(text):
        raise BadAnswer("unsafe_answer", f"The answer holds {what}.")


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return {tuple(words[at : at + COPIED_WORDS]) for at in range(len(words) - COPIED_WORDS + 1)}


def _short(text: str) -> str:
    return f"'{text if len(text) <= 60 else text[:57] + '...'}'"
