"""Which representations may stand in for another with the same sensor, and with which models."""

from __future__ import annotations

from gpiot_data.augment.decompositions.setting import chains
from gpiot_data.augment.ontology.model import Ontology


def other_chains(ontology: Ontology, application: str, modality: str, representation: str | None) -> tuple[tuple[str, str], ...]:
    """Return the pairs of representation and model without those of the representation that a pair has already, if that is known."""
    return tuple(chain for chain in chains(ontology, application, modality) if chain[0] != representation)


def same_chains(ontology: Ontology, application: str, modality: str, representation: str | None) -> tuple[tuple[str, str], ...]:
    """Return the pairs of representation and model that keep the representation; all of them where it is not known or not usable."""
    possible = chains(ontology, application, modality)
    return tuple(chain for chain in possible if chain[0] == representation) or possible
