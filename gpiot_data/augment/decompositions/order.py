"""Whether steps come in an order that works, told from which template of the ontology each is nearest to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from gpiot_data.augment.decompositions.tasks import ORDER, model_steps
from gpiot_data.augment.ontology.model import Ontology
from gpiot_data.schema import SubTask

#: The share of a step's words that have to be those of a template for the step to be told by it.
_ALIKE = 0.55
_BLANK = re.compile(r"\{\w+\}")
_WORD = re.compile(r"[a-z][a-z_.-]+")

#: Where a step stands: the place of its stage, of its sub-task behind the stage (0 for the stage's own), and of the step in it.
Place = tuple[int, int, int]


def order_faults(tasks: Sequence[SubTask], params: Mapping[str, Any], ontology: Ontology) -> Iterator[str]:
    """Yield a sentence for each step that comes behind one that needs it."""
    templates = _templates(ontology, params["application"], params["modality"], params["representation"], params["model"], params["focus"])
    before: Place | None = None
    text = ""
    for task in tasks:
        for step in task.steps:
            place = _place(step, templates)
            if place is None:
                continue
            if before is not None and place < before:
                yield f"'{step}' comes behind '{text}'"
            before, text = place, step


def _place(step: str, templates: tuple[tuple[Place, frozenset[str]], ...]) -> Place | None:
    words = _words(step)
    best = max(templates, key=lambda item: (len(words & item[1]) / len(words), -len(item[1])), default=None) if words else None
    return best[0] if best is not None and len(words & best[1]) >= _ALIKE * len(words) else None


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_BLANK.sub(" ", text.lower())))


@cache
def _templates(
    ontology: Ontology, application: str, modality: str, representation: str, model: str, focus: str
) -> tuple[tuple[Place, frozenset[str]], ...]:
    kind = ontology.applications[application].kind
    resources = [ontology.resources[name] for name in ("micro", "linux")]
    by_stage: dict[str, list[str]] = {
        "acquire": list(ontology.modalities[modality].acquire),
        "clean": list(ontology.modalities[modality].clean),
        "segment": ontology.stages["segment"]["steps"],
        "represent": list(ontology.representations[representation].steps),
        "model": list(model_steps(ontology.models[model], kind)),
        "decide": ontology.stages["decide"]["kinds"][kind],
        "evaluate": ontology.stages["evaluate"]["kinds"][kind],
    }
    found = [((ORDER.index(stage), 0, at), _words(step)) for stage, steps in by_stage.items() for at, step in enumerate(steps)]
    # Steps of a budget may come in any order among themselves.
    found += [((ORDER.index("resource"), 0, 0), _words(step)) for rules in resources for steps in rules.values() for step in steps]
    entry = ontology.focuses[focus]
    for number, task in enumerate(entry.tasks, start=1):
        after = ORDER.index(task.after or entry.after)
        found += [((after, number, at), _words(step)) for at, step in enumerate(task.steps)]
    return tuple(found)
