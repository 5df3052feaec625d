"""How far a pair made by rules can be trusted, from what its steps and its module look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gpiot_data.teacher.imperative import Form, Step

#: The share of steps of each form that a reader called sound, rounded.
_FORM: dict[Form, float] = {"we": 0.97, "agent": 0.95, "order": 0.95, "passive": 0.92, "past": 0.85, "may": 0.8, "let": 0.88}
_LONG_STEP_WORDS = 26
_MEASURED = re.compile(r"\d")
_VAGUE = re.compile(
    r"\b(?:such|it|they|them|its|their|same|other|another|following|different|various|several|some)\b|/|\u2019s own", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """How much of a module and of its problem a pair holds; shares are from 0 to 1.

    Attributes:
        kept: share of the module's deeds that are steps of the pair.
        heads: share of the sub-tasks that the paper names.
        answered: share of what the title asks for that the steps speak of.
        goals: sentences in the problem that say what the module is for.
        headed: the sub-tasks have the names that the paper gives them.
    """

    kept: float
    heads: float
    answered: float
    goals: int
    headed: bool


def confidence(tasks: Sequence[Sequence[Step]], measures: Measures, *, named: bool) -> float:
    """Return a figure from 0 to 1 by which pairs can be ranked, rounded to three digits.

    Args:
        tasks: the steps of each sub-task.
        measures: of the pair.
        named: the section stands under a heading that names the system's design.
    """
    steps = [step for task in tasks for step in task]
    mean = sum(_score(step) for step in steps) / len(steps)
    whole = min(1.0, 0.55 + 0.5 * measures.kept) * (0.5 + 0.5 * measures.heads)
    full = min(1.0, 0.82 + 0.03 * len(steps))
    thin = 1.0 - 0.12 * sum(len(task) == 1 for task in tasks) / len(tasks)
    frame = (1.0 if measures.headed else 0.9) * (1.0 if named else 0.85) * (1.0 if measures.goals else 0.93)
    return round(mean * whole * full * thin * frame * (0.8 + 0.2 * measures.answered), 3)


def _score(step: Step) -> float:
    long = 0.06 if len(step.text.split()) > _LONG_STEP_WORDS else 0.0
    vague = 0.05 if _VAGUE.search(step.text) else 0.0
    short = 0.05 if len(step.text.split()) < 5 else 0.0
    return _FORM[step.form] - short - long - vague + (0.02 if _MEASURED.search(step.text) else 0.0)
