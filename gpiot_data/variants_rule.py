"""How many variants of a decomposition a build makes: the key `variants` of a manifest."""

from __future__ import annotations

from dataclasses import dataclass

from gpiot_data.errors import BadManifest

#: What a variant may change, alone and combined, in the order in which variants are made.
ASPECTS = (
    "modality",
    "representation",
    "resource",
    "modality+representation",
    "modality+resource",
    "representation+resource",
    "modality+representation+resource",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantsRule:
    """How many variants a row may get of each aspect, and how clearly it has to say what it is about (0 to 1).

    Beyond four of each aspect hardly a step comes that no variant had before: see `benchmarks/tdd.py`.
    """

    per_aspect: int = 4
    confidence: float = 0.5
    aspects: tuple[str, ...] = ASPECTS

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            BadManifest: naming the key and what was expected.
        """
        if not 1 <= self.per_aspect <= 1000:
            raise BadManifest(f"variants.per_aspect: expected a number from 1 to 1000, got {self.per_aspect}")
        if not 0.0 <= self.confidence <= 1.0:
            raise BadManifest(f"variants.confidence: expected a number from 0 to 1, got {self.confidence}")
        if not self.aspects:
            raise BadManifest(f"variants.aspects: expected at least one; known: {', '.join(ASPECTS)}")
        if unknown := [aspect for aspect in self.aspects if aspect not in ASPECTS]:
            raise BadManifest(f"variants.aspects: '{unknown[0]}' is none; known: {', '.join(ASPECTS)}")
        if len(set(self.aspects)) < len(self.aspects):
            raise BadManifest("variants.aspects: an aspect is named twice; leave one out")
