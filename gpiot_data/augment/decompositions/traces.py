"""What a text still says of the sensor or representation that was replaced, and what it names that belongs to other sensors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from gpiot_data.augment.decompositions.understand import word_pattern
from gpiot_data.augment.ontology.model import Modality, Ontology


def modality_faults(text: str, params: Mapping[str, Any], ontology: Ontology) -> Iterator[str]:
    """Yield a sentence for each name of another sensor's device, dataset or library, and each word or unit of the replaced sensor."""
    new, old = params["modality"], params["from_modality"]
    platform = params.get("platform")
    scanned = text.replace(ontology.platforms[platform].name, " ") if platform else text
    for match in _foreign_names(ontology, new).finditer(scanned):
        yield f"'{match[0]}' belongs to another sensor than the {ontology.modalities[new].name}"
    if old != new:
        for match in _traces(ontology, old, new, params["application"], params["representation"]).finditer(scanned):
            yield f"'{match[0]}' is left of {ontology.modalities[old].name}"


def representation_faults(text: str, params: Mapping[str, Any], aspect: str, ontology: Ontology) -> Iterator[str]:
    """Yield a sentence where a changed representation is not made, or the old one is still spoken of."""
    new = ontology.representations[params["representation"]]
    if new.noun.lower() not in text.lower() and new.name.lower() not in text.lower():
        yield f"nothing is said of the {new.noun}"
    old = params.get("from_representation")
    if "representation" in aspect and old and old != params["representation"]:
        own = own_text(ontology, params["modality"], params["application"], params["representation"])
        for term in ontology.representations[old].terms:
            pattern = word_pattern([re.escape(term) + r"\w*"])
            if not pattern.search(own) and (match := pattern.search(text)):
                yield f"'{match[0]}' is left of the representation by {ontology.representations[old].name}"


@cache
def own_text(ontology: Ontology, modality: str, application: str, representation: str) -> str:
    """Return all that the ontology says of a sensor, its application and representation: what stands in a text by right."""
    entry, purpose = ontology.modalities[modality], ontology.applications[application]
    needs = [ontology.phenomena[need].name for need in purpose.needs]
    spoken = {name: value for name, value in asdict(entry).items() if name != "words"}
    models = [asdict(model) for model in ontology.models.values()]
    chain = [spoken, purpose.name, purpose.labels, purpose.reference, needs, asdict(ontology.representations[representation]), models]
    return "\n".join(
        _strings([*chain, ontology.stages, ontology.resources, ontology.problems, [asdict(item) for item in ontology.focuses.values()]])
    )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        # Where a figure is from is no text of a row.
        for name, item in value.items():
            yield from _strings(item if name != "source" else "")
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)


@cache
def _foreign_names(ontology: Ontology, modality: str) -> re.Pattern[str]:
    """Return a pattern for the devices, datasets and libraries of other sensors that are not those of this one as well."""
    others = {name for other in ontology.modalities.values() for name in _names(other)}
    foreign = sorted(others - set(_names(ontology.modalities[modality])), key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, foreign))})(?![\w-])")


@cache
def _traces(ontology: Ontology, old: str, new: str, application: str, representation: str) -> re.Pattern[str]:
    """Return a pattern for what only the old sensor has: its words, terms and units, less those that the new setting has by right."""
    own = own_text(ontology, new, application, representation)
    entry = ontology.modalities[old]
    units = [re.compile(rf"(?<![\w/]){unit if unit.endswith('?') else re.escape(unit)}(?![\w/])") for unit in entry.units]
    words = [word_pattern([word]) for word in (*entry.words, *map(re.escape, entry.terms))]
    return re.compile("|".join(pattern.pattern for pattern in (*words, *units) if not pattern.search(own)) or r"(?!)")


def _names(modality: Modality) -> list[str]:
    return [*(item.name for item in (*modality.devices, *modality.datasets)), *modality.packages]
