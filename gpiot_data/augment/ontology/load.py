"""Reading the ontology, and checking that no entry names one that is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from gpiot_data import manifest
from gpiot_data.augment.ontology.model import Application, Focus, Modality, Model, Ontology, Phenomenon, Platform, Representation
from gpiot_data.errors import BadManifest

FOLDER = Path(__file__).parent
_KINDS: dict[str, type] = {
    "phenomena": Phenomenon,
    "applications": Application,
    "representations": Representation,
    "models": Model,
    "platforms": Platform,
    "focuses": Focus,
}


@cache
def load_ontology(folder: Path = FOLDER) -> Ontology:
    """Return the ontology in a folder of YAML files.

    Raises:
        BadManifest: if a file does not follow its schema, an id is given twice, or an entry names one that is not there.
    """
    parts: dict[str, Any] = {name: _read_entries(kind, [folder / f"{name}.yaml"]) for name, kind in _KINDS.items()}
    parts["modalities"] = _read_entries(Modality, sorted((folder / "modalities").glob("*.yaml")))
    templates = {name: manifest.read_yaml(folder / f"{name}.yaml") for name in ("stages", "resources", "problems")}
    ontology = Ontology(**parts, **templates)
    for fault in dangling_names(ontology):
        raise BadManifest(f"{folder}: {fault}")
    return ontology


def _read_entries(kind: type, paths: Iterable[Path]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in paths:
        for name, value in manifest.read_yaml(path).items():
            if name in found:
                raise BadManifest(f"{path}: '{name}' is defined twice; ids are unique")
            found[name] = manifest.build(kind, value, f"{path}: {name}")
    return found


def dangling_names(ontology: Ontology) -> Iterator[str]:
    """Yield a sentence for each name that no entry has, and each entry that nothing can be made of."""
    for name, modality in ontology.modalities.items():
        yield from _unknown(f"modality {name}", "phenomenon", modality.senses, ontology.phenomena)
        yield from _unknown(f"modality {name}", "representation", modality.representations, ontology.representations)
        for kind, entries in (("representation", modality.representations), ("phenomenon", modality.senses), ("device", modality.devices)):
            if not entries:
                yield f"modality {name} has no {kind}; give it one"
        ports = {port for platform in ontology.platforms.values() for port in platform.ports}
        yield from _unknown(f"modality {name}", "port", filter(None, (device.port for device in modality.devices)), ports)
        homes = filter(None, (device.inside for device in modality.devices))
        yield from _unknown(f"modality {name}", "platform", homes, ontology.platforms)
        if not (modality.unit and modality.units and modality.rates):
            yield f"modality {name} lacks a unit or a rate; give it one"
    for name, application in ontology.applications.items():
        yield from _unknown(f"application {name}", "phenomenon", application.needs, ontology.phenomena)
    for name, representation in ontology.representations.items():
        yield from _unknown(f"representation {name}", "phenomenon", (*representation.phenomena, *representation.blind), ontology.phenomena)
    for name, model in ontology.models.items():
        yield from _unknown(f"model {name}", "representation", (*model.only, *model.skip), ontology.representations)
        yield from _unknown(f"model {name}", "phenomenon", model.phenomena, ontology.phenomena)
    for name, focus in ontology.focuses.items():
        known = {**ontology.modalities, **ontology.phenomena, **ontology.models, **ontology.platforms}
        own = [task.after for task in focus.tasks if task.after]
        yield from _unknown(f"focus {name}", "stage", [focus.after, *own], ontology.stages)
        yield from _unknown(f"focus {name}", "thing to skip", focus.skip, known)
        yield from _unknown(f"focus {name}", "model", focus.models, ontology.models)
        yield from _unknown(f"focus {name}", "representation", focus.unfit, ontology.representations)
        yield from _unknown(f"focus {name}", "focus", [focus.instead] if focus.instead else [], ontology.focuses)


def _unknown(place: str, kind: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield f"{place} names the {kind} '{name}', which is not there; add it or correct the name"
