"""The embedded teacher: a module's own sentences, reworded into imperative steps under its own run-in heads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gpiot_data.papers.blocks import EQUATION_MARK
from gpiot_data.papers.modules import Part, TechnicalModule
from gpiot_data.schema import SubTask, Teacher
from gpiot_data.teacher.imperative import clean, sentences, to_step
from gpiot_data.teacher.protocol import Decomposition

RULES_VERSION = "tdd-rules/1"
MIN_TASKS, MAX_TASKS = 2, 7
MIN_STEPS, MAX_STEPS_PER_TASK = 3, 6
MAX_NAME_WORDS = 8
#: What ends the verb and object of a step, which name the sub-task.
_NAME_ENDS = re.compile(
    r"\s+(?:of|by|with|for|from|in|on|at|to|into|over|using|through|via|so|if|when|which|that|as|per|until|between|under|after|"
    r"before|because|and|or|is|are|while|where|against|across|every|within|without|once|than)\b.*|[,;:(].*"
)
_FRAMING = re.compile(
    r"\b(?:this (?:sub)?section|next|following|paper|remainder|recall|note that|challenge|novel|contribution|we|our|us|figure|table|"
    r"equation|propose[sd]?|prior work|et al)\b",
    re.IGNORECASE,
)
_CONTEXT_BOUND = re.compile(
    r"^(?:it|this|these|that|those|they|however|but|therefore|hence|thus|instead|such|moreover|furthermore|then|so|because|for example|"
    r"for instance|also|finally|similarly|first|firstly|second|secondly|consider)\b|\bthis (?:virtual|last|first|second)\b",
    re.IGNORECASE,
)
_FRAMING_HEAD = re.compile(
    r"challenge|evaluation|problem|motivation|overview|why |limitation|discussion|example|insight|remark|rationale|methodology|results?$",
    re.IGNORECASE,
)


class RulesTeacher:
    """Makes pairs without a model; the same module gives the same pair on every machine."""

    @property
    def name(self) -> Teacher:
        """How the teacher is named in a row."""
        return Teacher(name="rules", prompt=RULES_VERSION)

    def decompose(self, paper_title: str, module: TechnicalModule) -> Decomposition | str:
        """Return the pair of a module, or `too_few_tasks` or `too_few_steps`."""
        tasks = _tasks(module)
        if len(tasks) < MIN_TASKS:
            return "too_few_tasks"
        if sum(len(task.steps) for task in tasks) < MIN_STEPS:
            return "too_few_steps"
        return Decomposition(_problem(paper_title, module), tuple(tasks[:MAX_TASKS]))


def _headed(module: TechnicalModule) -> list[Part]:
    """Return the parts whose run-in heads name sub-tasks; empty where there are too few to go by."""
    headed = [part for part in module.parts if not _FRAMING_HEAD.search(part.head)]
    return headed if len(headed) >= MIN_TASKS else []


def _tasks(module: TechnicalModule) -> list[SubTask]:
    headed = _headed(module)
    if headed:
        return _distinct([SubTask(_name_from_head(part), steps) for part in headed if (steps := _steps(part.paragraphs))])
    paragraphs = [*module.opening, *(paragraph for part in module.parts for paragraph in part.paragraphs)]
    return _distinct([SubTask(_name_from_step(run[0]), run) for paragraph in paragraphs for run in _runs(paragraph)])


def _steps(paragraphs: Sequence[str]) -> tuple[str, ...]:
    found = (to_step(sentence) for paragraph in paragraphs for sentence in sentences(paragraph))
    return tuple(dict.fromkeys(step for step in found if step is not None))[:MAX_STEPS_PER_TASK]


def _runs(paragraph: str) -> Iterator[tuple[str, ...]]:
    """Yield the runs of steps that follow each other: without a head, a sentence of explanation parts two sub-tasks."""
    run: list[str] = []
    for sentence in sentences(paragraph):
        step = to_step(sentence)
        if step is not None:
            run.append(step)
        elif run:
            yield tuple(run[:MAX_STEPS_PER_TASK])
            run = []
    if run:
        yield tuple(run[:MAX_STEPS_PER_TASK])


def _distinct(tasks: Sequence[SubTask]) -> list[SubTask]:
    seen: set[str] = set()
    kept = []
    for task in tasks:
        if task.name.lower() not in seen:
            seen.add(task.name.lower())
            kept.append(task)
    return kept


def _name_from_head(part: Part) -> str:
    head = clean(part.head).strip(" .:")
    return head[0].upper() + head[1:]


def _name_from_step(step: str) -> str:
    """Return the verb and object that open a step: 'Compute the range-angle map'."""
    body = step.rstrip(".")
    lead = re.match(r"^(?:To|For|After|Before|When|If|In|At|On|By|Given|With|During|From|Once|Since|As)\b[^,]*,\s+(.*)$", body)
    body = lead[1] if lead else body
    name = " ".join(_NAME_ENDS.sub("", body).split()[:MAX_NAME_WORDS])
    name = name if len(name.split()) > 1 else " ".join(body.split()[:MAX_NAME_WORDS])
    return name[0].upper() + name[1:]


def _problem(paper_title: str, module: TechnicalModule) -> str:
    """Say which module of what kind of system is wanted, and what the paper says it is for."""
    topic = re.split(r"[:?] ", paper_title, maxsplit=1)[-1].strip(" .")
    title = module.title if re.search(r"[A-Z]{2}", module.title) and not module.title.isupper() else module.title.lower()
    title = re.sub(r"^(?:the|a|an)\s+", "", title, flags=re.IGNORECASE)
    opening = f"Design the module \u201c{title}\u201d for a system described as \u201c{topic}\u201d."
    # What makes a step is the answer; only the text in front of run-in heads may describe it in the problem.
    headed = bool(_headed(module))
    goals = [sentence for paragraph in module.opening[:2] for sentence in sentences(paragraph) if headed or to_step(sentence) is None]
    first = [paragraph for part in module.parts[:1] for paragraph in part.paragraphs[:1]]
    goals += [sentence for paragraph in first for sentence in sentences(paragraph) if to_step(sentence) is None]
    chosen = [goal for goal in map(clean, goals) if _is_goal(goal)][:2]
    return " ".join([opening, *(goal if goal.endswith(".") else goal + "." for goal in chosen)])


def _is_goal(sentence: str) -> bool:
    return (
        EQUATION_MARK not in sentence
        and 6 <= len(sentence.split()) <= 45
        and not (_FRAMING.search(sentence) or _CONTEXT_BOUND.match(sentence))
        and sentence[:1].isupper()
    )
