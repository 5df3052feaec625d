"""All settings that a pair may be rewritten to, by aspect, and a choice among them that depends on nothing but the pair and the seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gpiot_data.augment.decompositions.modality import other_modalities
from gpiot_data.augment.decompositions.representation import other_chains, same_chains
from gpiot_data.augment.decompositions.resource import budgets
from gpiot_data.augment.decompositions.setting import Setting, chains, figures_of, focus_for
from gpiot_data.augment.decompositions.understand import Understanding
from gpiot_data.augment.decompositions.wording import number_of
from gpiot_data.augment.ontology.model import Ontology

T = TypeVar("T")
Chain = tuple[str, str, str]
Budget = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Choices:
    """What an aspect leaves to choose: chains of modality, representation and model, and budgets; (None,) where there is none to keep."""

    chains: tuple[Chain, ...]
    budgets: tuple[Budget | None, ...]

    def __len__(self) -> int:
        """Return the number of combinations, those that do not fit their budget included."""
        return len(self.chains) * len(self.budgets)


def choices(ontology: Ontology, found: Understanding, aspect: str) -> Choices:
    """Return what may be chosen for a pair when `aspect` is changed."""
    changed = aspect.split("+")
    if "modality" in changed:
        others = other_modalities(ontology, found.application, found.modality)
        possible = tuple((name, *chain) for name in others for chain in chains(ontology, found.application, name))
        if "representation" in changed:
            # What the new sensor shares with the old one by name would be no change.
            possible = tuple(chain for chain in possible if chain[1] != found.representation)
    else:
        pairs = (other_chains if "representation" in changed else same_chains)(
            ontology, found.application, found.modality, found.representation
        )
        possible = tuple((found.modality, *pair) for pair in pairs)
    return Choices(possible, budgets(ontology, found.platform) if "resource" in changed else (None,))


def draw_settings(ontology: Ontology, found: Understanding, aspect: str, seed: str, at_most: int) -> Iterator[Setting]:
    """Yield up to `at_most` settings that are possible, suit their focus and fit their budget, in an order that the seed decides.

    Sensors and platforms take turns, so that few variants show many of them.
    """
    open_to = choices(ontology, found, aspect)
    turns = [_shuffled(group, seed, aspect) for group in _grouped(open_to.chains, 0)]
    made = 0
    for chain, budget in _pairs(turns, _shuffled(open_to.budgets, seed, aspect)):
        if made == at_most:
            return
        platform = budget[0] if budget else None
        focus = focus_for(ontology, found.focus, found.application, chain[0], chain[2], platform)
        if chain[1] in ontology.focuses[focus].unfit:
            continue
        setting = Setting(
            application=found.application,
            modality=chain[0],
            representation=chain[1],
            model=chain[2],
            focus=focus,
            platform=platform,
            budget_kib=budget[1] if budget else None,
            seed=f"{seed}/{aspect}/{'/'.join(chain)}/{budget}",
        )
        if figures_of(setting, ontology) is not None:
            made += 1
            yield setting


def _grouped(items: Sequence[Chain], place: int) -> list[list[Chain]]:
    groups: dict[str, list[Chain]] = {}
    for item in items:
        groups.setdefault(item[place], []).append(item)
    return list(groups.values())


def _shuffled(items: Sequence[T], *seed: str) -> list[T]:
    return sorted(items, key=lambda item: number_of(*seed, str(item)))


def _pairs(turns: list[list[Chain]], budget_order: list[Budget | None]) -> Iterator[tuple[Chain, Budget | None]]:
    """Yield every combination once: chains by turns of their sensors, each round with budgets shifted on by one."""
    rounds = max((len(turn) for turn in turns), default=0)
    in_order = [turn[at] for at in range(rounds) for turn in _shuffled(turns, "turn") if at < len(turn)]
    for shift in range(len(budget_order)):
        for at, chain in enumerate(in_order):
            yield chain, budget_order[(at + shift) % len(budget_order)]
