"""The checker: whether a rewritten pair agrees with itself and with the ontology, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from gpiot_data.augment.decompositions.arithmetic import budget_faults, disagreeing_parts, wrong_equations
from gpiot_data.augment.decompositions.claims import model_faults, part_faults, reference_faults, sampling_faults, stack_faults
from gpiot_data.augment.decompositions.fitness import board_faults, place_faults, trust_faults, wish_faults
from gpiot_data.augment.decompositions.hardware import cleaning_faults, hardware_faults
from gpiot_data.augment.decompositions.order import order_faults
from gpiot_data.augment.decompositions.rates import rate_faults
from gpiot_data.augment.decompositions.traces import modality_faults, representation_faults
from gpiot_data.augment.ontology.model import Ontology
from gpiot_data.schema import SubTask

FaultKind = Literal["modality", "representation", "rate", "arithmetic", "budget", "order", "part", "model", "reference"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a pair: its class, and a sentence that says what."""

    kind: FaultKind
    text: str


def faults_of(problem: str, tasks: Sequence[SubTask], aspect: str, params: Mapping[str, Any], ontology: Ontology) -> list[Fault]:
    """Return everything that is wrong with a rewritten pair.

    Args:
        problem: the rewritten problem.
        tasks: its sub-tasks.
        aspect: what was changed, as in the row.
        params: the ids of what it is about now (`application`, `modality`, `representation`, `model`, `focus`, and `platform` and
            `budget_kib` where it has a budget) and of what it was about (`from_modality`, `from_representation`).
        ontology: what the ids stand for.
    """
    answer = "\n".join(chain.from_iterable((task.name, *task.steps) for task in tasks))
    found: Iterator[tuple[FaultKind, Iterator[str]]] = iter(
        (
            ("modality", modality_faults(f"{problem}\n{answer}", params, ontology)),
            ("representation", representation_faults(answer, params, aspect, ontology)),
            ("rate", rate_faults(f"{problem}\n{answer}", ontology.modalities[params["modality"]])),
            ("rate", sampling_faults(answer, params, ontology)),
            ("arithmetic", chain(wrong_equations(answer), disagreeing_parts(answer))),
            ("budget", _budget(f"{problem}\n{answer}", params, ontology)),
            ("budget", stack_faults(answer, params, ontology)),
            ("order", order_faults(tasks, params, ontology)),
            ("part", part_faults(answer, params, ontology)),
            ("model", model_faults(answer, params, ontology)),
            ("reference", reference_faults(answer)),
            ("representation", wish_faults(problem, params, ontology)),
            ("part", chain(place_faults(answer, params, ontology), board_faults(f"{problem}\n{answer}", params, ontology))),
            ("part", chain(hardware_faults(answer, params, ontology), cleaning_faults(answer, params, ontology))),
            ("model", trust_faults(answer, params, ontology)),
        )
    )
    return [Fault(kind, text) for kind, texts in found for text in texts]


def _budget(text: str, params: Mapping[str, Any], ontology: Ontology) -> Iterator[str]:
    if params.get("platform") is None:
        return
    platform = ontology.platforms[params["platform"]]
    if platform.name not in text:
        yield f"the {platform.name} is not named"
    if params["budget_kib"] > platform.ram_kib:
        yield f"a budget of {params['budget_kib']} KiB is more than the {platform.name} has"
    yield from budget_faults(text.replace(platform.name, " "), params["budget_kib"], platform.ram_kib)
