"""Which computers and memory budgets a variant may be given."""

from __future__ import annotations

from gpiot_data.augment.ontology.model import Ontology, Platform

#: Of the memory of a computer with an operating system, what one service may be given.
_LINUX_SHARE = 0.75


def budgets(ontology: Ontology, platform: str | None = None) -> tuple[tuple[str, int], ...]:
    """Return pairs of platform and budget in KiB, without those of `platform`, which a pair runs on already.

    A computer without an operating system is given shares of its memory; one with Linux what services on such boards are given.
    """
    return tuple((name, kib) for name, entry in ontology.platforms.items() if name != platform for kib in budgets_of(entry, ontology))


def budgets_of(platform: Platform, ontology: Ontology) -> tuple[int, ...]:
    """Return the budgets of one platform in KiB."""
    rules = ontology.resources["budgets_kib"]
    if platform.micro:
        return tuple(kib for share in rules["micro_shares"] if (kib := round(platform.ram_kib * share)) >= rules["micro_least"])
    return tuple(kib for kib in rules["linux"] if kib <= platform.ram_kib * _LINUX_SHARE)
