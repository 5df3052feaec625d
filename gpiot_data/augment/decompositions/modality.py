"""Which sensors may stand in for another: only those that sense every phenomenon the application needs."""

from __future__ import annotations

from gpiot_data.augment.decompositions.setting import chains
from gpiot_data.augment.ontology.model import Ontology


def other_modalities(ontology: Ontology, application: str, modality: str) -> tuple[str, ...]:
    """Return the modalities other than `modality` that sense what an application needs and lead to its answer."""
    return tuple(name for name in ontology.modalities if name != modality and chains(ontology, application, name))
