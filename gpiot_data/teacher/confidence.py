"""How far a pair made by rules can be trusted, from what its steps and its module look like."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gpiot_data.teacher.imperative import Form, Step

#: The share of steps of each form that a reader called sound, rounded.
_FORM: dict[Form, float] = {"we": 0.97, "agent": 0.95, "order": 0.95, "passive": 0.92, "past": 0.85, "may": 0.8, "let": 0.88}
_LONG_STEP_WORDS = 26
_MEASURED = re.compile(r"\d")
_VAGUE = re.compile(
    r"\b(?:such|it|they|them|its|their|same|other|another|following|different|various|several|some)\b|/|\u2019s own", re.IGNORECASE
)


def confidence(tasks: Sequence[Sequence[Step]], kept: float, goals: int, answered: float, *, headed: bool, named: bool) -> float:
    """Return a figure from 0 to 1 by which pairs can be ranked, rounded to three digits.

    Args:
        tasks: the steps of each sub-task.
        kept: share of the module's deeds that are steps of the pair, 0 to 1.
        goals: sentences in the problem that say what the module is for.
        answered: share of what its title asks for that the steps speak of, 0 to 1.
        headed: the sub-tasks have the names that the paper gives them.
        named: the section stands under a heading that names the system's design.
    """
    steps = [step for task in tasks for step in task]
    mean = sum(_score(step) for step in steps) / len(steps)
    whole = min(1.0, 0.55 + 0.5 * kept)
    full = min(1.0, 0.82 + 0.03 * len(steps))
    thin = 1.0 - 0.12 * sum(len(task) == 1 for task in tasks) / len(tasks)
    frame = (1.0 if headed else 0.95) * (1.0 if named else 0.85) * (1.0 if goals else 0.93)
    return round(mean * whole * full * thin * frame * (0.5 + 0.5 * answered), 3)


def _score(step: Step) -> float:
    long = 0.06 if len(step.text.split()) > _LONG_STEP_WORDS else 0.0
    vague = 0.05 if _VAGUE.search(step.text) else 0.0
    short = 0.05 if len(step.text.split()) < 5 else 0.0
    return _FORM[step.form] - short - long - vague + (0.02 if _MEASURED.search(step.text) else 0.0)
