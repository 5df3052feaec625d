"""The sub-tasks of a setting, written anew from the chains of the ontology: never taken over from the pair that is rewritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gpiot_data.augment.decompositions.setting import Parts, Setting
from gpiot_data.augment.decompositions.wording import fill, fill_all, number_of, pick
from gpiot_data.augment.ontology.model import Model, Ontology
from gpiot_data.schema import SubTask

#: The stages of a chain in order.
ORDER = ("acquire", "clean", "segment", "represent", "model", "decide", "resource", "evaluate")
#: Stages this far from the focus are left out, or shortened to their first steps; those of a changed aspect are always whole.
_NEAR = 1
_SHORT = 2


def write_tasks(setting: Setting, parts: Parts, values: Mapping[str, str], ontology: Ontology, aspect: str) -> tuple[SubTask, ...]:
    """Return the sub-tasks of a setting in order; the stages near to the focus and to what was changed are told in full."""
    centre = ORDER.index(parts.focus.after)
    tasks: list[SubTask] = []
    for place, stage in enumerate(ORDER):
        steps = _stage_steps(stage, setting, parts, values, ontology)
        depth = _depth(stage, abs(place - centre), setting, aspect)
        if steps and depth:
            names = _stage_names(stage, parts, ontology)
            kept = steps if depth == "whole" else steps[:_SHORT]
            tasks.append(SubTask(_name(names, values, setting.seed, stage), tuple(kept)))
        tasks.extend(_focus_tasks(stage, setting, parts, values))
    return tuple(tasks)


def _depth(stage: str, distance: int, setting: Setting, aspect: str) -> str:
    """Return `whole`, `short`, or nothing for a stage that is left out."""
    changed = {"acquire", "clean"} if "modality" in aspect else set()
    changed |= {"represent"} if "representation" in aspect else set()
    if stage in changed or stage == "resource" or distance <= _NEAR:
        return "whole"
    if stage in ("clean", "represent", "model"):
        # Later steps use what these make.
        return "whole"
    if stage == "evaluate":
        return "short" if number_of(setting.seed, "evaluate") % 2 else ""
    # What a problem asks for is always answered.
    return "short"


def _stage_steps(stage: str, setting: Setting, parts: Parts, values: Mapping[str, str], ontology: Ontology) -> list[str]:
    templates: Sequence[str]
    if stage == "acquire":
        templates = parts.modality.acquire
    elif stage == "clean":
        templates = parts.modality.clean
    elif stage == "represent":
        templates = parts.representation.steps
    elif stage == "model":
        templates = model_steps(parts.model, parts.application.kind)
    elif stage == "resource":
        templates = _resource_templates(parts, values, ontology)
    elif stage == "segment":
        templates = ontology.stages["segment"]["steps"]
    else:
        templates = ontology.stages[stage]["kinds"][parts.application.kind]
    return fill_all(templates, values, setting.seed)


def model_steps(model: Model, kind: str) -> Sequence[str]:
    """Return the steps of a model for a kind of answer: a real value is learnt otherwise than a class."""
    return model.level_steps if kind in ("level", "count") and model.level_steps else model.steps


def _resource_templates(parts: Parts, values: Mapping[str, str], ontology: Ontology) -> list[str]:
    if parts.platform is None:
        return []
    steps = ontology.resources["micro" if parts.platform.micro else "linux"]
    arithmetic = "fixed_point" if "model_bytes" not in values else "packed" if "parameter_word" in values else "quantised"
    # An accelerator that asks for integers leaves no choice of the arithmetic.
    if arithmetic == "quantised" and "accelerator" in values and "accelerated" in steps:
        arithmetic = "accelerated"
    groups = ("port", "map", arithmetic, "memory", "process", "cycles", "accelerator", "energy")
    return [template for group in groups for template in steps.get(group, ())]


def _stage_names(stage: str, parts: Parts, ontology: Ontology) -> Sequence[str]:
    if stage == "resource":
        return list(ontology.resources["names"])
    entry = ontology.stages[stage]
    estimator = stage == "model" and parts.model.size in ("none", "particles", "survey")
    return list(entry["estimator_names" if estimator else "names"])


def _name(names: Sequence[str], values: Mapping[str, str], seed: str, stage: str) -> str:
    return fill(pick(names, seed, stage, "name"), values, seed) or names[0]


def _focus_tasks(stage: str, setting: Setting, parts: Parts, values: Mapping[str, str]) -> list[SubTask]:
    made = []
    for number, task in enumerate(parts.focus.tasks):
        if (task.after or parts.focus.after) != stage:
            continue
        steps = fill_all(task.steps, values, setting.seed)
        if steps:
            made.append(SubTask(_name(task.names, values, setting.seed, f"focus{number}"), tuple(steps)))
    return made
