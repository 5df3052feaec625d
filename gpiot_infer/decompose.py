"""Requirement -> sub-tasks, by the base model with the TD path."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gpiot_data.schema import SubTask, parse_tasks
from gpiot_infer.ask import Interview, Malformed, Question, Span, Written
from gpiot_infer.backends.protocol import AdapterPath, Message, Prompt
from gpiot_infer.prompts import fill
from gpiot_infer.words import mentions, normal, shares_stem

_MAX_TOKENS = 480
_MIN_TASKS, _MAX_TASKS = 2, 6
#: Up to here a better formed answer is waited for; a decomposition decides about all that follows.
_PATIENCE = 6
_NUMBERED = re.compile(r"^(?=[ \t]*(?:\*\*|#+[ \t]*)?(?:sub-?task[ \t]*)?\d+[.):][ \t]+\S)", re.MULTILINE | re.IGNORECASE)
#: What stands before a name and before a step, as `parse_tasks` reads them.
_NAME_MARK = r"^\s*(?:\*\*|#+\s*)?(?i:sub-?task\s*)?\d+[.):][\s*#:]*"
_STEP_MARK = r"^\s*(?:[-*\u2022+]|\d+[.)]|[a-z][.)])\s+"
_MAX_NAME = 90
#: A name of this many words or more that stands in the instruction is copied from it; "List" or "IoT" may be a name.
_COPIED_WORDS = 3
#: A name this like the requirement (difflib ratio over words) is the requirement again.
_COPY_RATIO = 0.7


@dataclass(frozen=True, slots=True)
class TaskSpans:
    """A sub-task as spans of the answer that it comes from."""

    name: Span
    steps: tuple[Span, ...]

    def text(self) -> str:
        """Return the name and the dashed steps."""
        return "\n".join([self.name.text, *(f"- {step.text}" for step in self.steps)])


@dataclass(frozen=True, slots=True)
class _Found:
    """What an answer holds; `separated` is False where the blank lines between sub-tasks were missing."""

    tasks: tuple[TaskSpans, ...]
    separated: bool


def decompose(requirement: str, template: str, path: AdapterPath, interview: Interview) -> tuple[TaskSpans, ...]:
    """Return 2 to 6 distinct sub-tasks.

    Raises:
        NoWellFormedAnswer: if no sample holds them.
    """
    prompt = Prompt((Message("user", fill(template, {"problem": requirement})),))
    question = Question(role="decompose", place="0", path=path, prompt=prompt, max_tokens=_MAX_TOKENS)
    instruction = fill(template, {"problem": ""})
    found = interview.ask(
        question, lambda written: _read(written, requirement, instruction), lambda found: _doubts(found, requirement), _PATIENCE
    )
    return found.tasks


def _doubts(found: _Found, requirement: str) -> list[str]:
    doubts = [] if found.separated else ["its sub-tasks are not separated by blank lines"]
    if not all(task.steps for task in found.tasks):
        doubts.append("a sub-task has no steps")
    strangers = [task.name.text for task in found.tasks if not shares_stem(task.text(), requirement)]
    return doubts + [f"'{name}' shares no word with the requirement" for name in strangers]


def split_tasks(text: str) -> tuple[tuple[SubTask, ...], bool]:
    """Return the sub-tasks of an answer, and whether blank lines separate them as they should.

    Where blank lines give fewer than two sub-tasks, each line with a number begins one.
    """
    separated = parse_tasks(text)
    if len(separated) >= _MIN_TASKS:
        return separated, True
    # A numbered name ends the block before it; nothing is added to the answer for that.
    blocks = [parse_tasks(block) for block in _NUMBERED.split(text)]
    return tuple(block[0] for block in blocks if block), False


def _read(written: Written, requirement: str, instruction: str) -> _Found:
    found, separated = split_tasks(written.text)
    # What was being written when the answer was cut off is not whole.
    whole = found if written.finish == "end" else found[:-1]
    kept: dict[str, TaskSpans] = {}
    for task, spans in zip(whole, _locate(written, whole), strict=True):
        if _sane(task, requirement, instruction):
            kept.setdefault(normal(task.name), spans)
    if len(kept) < _MIN_TASKS:
        raise Malformed(f"{len(kept)} distinct sub-tasks, expected at least {_MIN_TASKS}")
    if len(kept) > _MAX_TASKS:
        raise Malformed(f"{len(kept)} sub-tasks, expected at most {_MAX_TASKS}")
    return _Found(tuple(kept.values()), separated)


def _sane(task: SubTask, requirement: str, instruction: str) -> bool:
    name = normal(task.name)
    # Two letters are a word in Han and say little in Latin.
    shortest = 3 if task.name.isascii() else 2
    if not shortest <= len(task.name) <= _MAX_NAME or not any(letter.isalpha() for letter in name):
        return False
    if len(name.split()) >= _COPIED_WORDS and mentions(instruction, name):
        return False
    likeness = difflib.SequenceMatcher(None, name.split(), normal(requirement).split(), autojunk=False).ratio()
    return likeness < _COPY_RATIO


def _locate(written: Written, tasks: Sequence[SubTask]) -> list[TaskSpans]:
    located = []
    place = 0
    for task in tasks:
        name = _find_marked(written, _NAME_MARK, task.name, place)
        place = name.end
        steps = []
        for step in task.steps:
            steps.append(_find_marked(written, _STEP_MARK, step, place))
            place = steps[-1].end
        located.append(TaskSpans(name, tuple(steps)))
    return located


def _find_marked(written: Written, mark: str, piece: str, place: int) -> Span:
    """Return the place of `piece` behind its mark: the name of "Sub-task 1: task" is not in the word before the number."""
    match = re.compile(rf"{mark}(?P<piece>{re.escape(piece)})(?=[\s*#:]*$)", re.MULTILINE).search(written.text, place)
    return written.find(piece, place) if match is None else written.span(*match.span("piece"))
