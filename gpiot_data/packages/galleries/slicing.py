"""The steps of a page that a section needs: a backward slice over names, so that the section runs without the rest.

Source: program slicing (M. Weiser, 1984, doi:10.1109/TSE.1984.5010248) on module level, by names instead of a flow graph: an
object counts as changed by the assignments to its parts and by calls of its methods that are not known to show it only, also where
another name or an object that holds it is used for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpiot_data.packages.galleries.changes import EVERYTHING, changed_names, page_facts
from gpiot_data.packages.galleries.links import Links, all_linked, links_by_step
from gpiot_data.packages.galleries.steps import Step


@dataclass(frozen=True, slots=True)
class PageFlow:
    """The steps of a page in their order, with the names that each changes, and those that are linked before it runs."""

    steps: tuple[Step, ...]
    changed: tuple[frozenset[str], ...]
    links: tuple[Links, ...]


def read_page_flow(steps: Sequence[Step]) -> PageFlow:
    """Read what each step of a page changes."""
    facts = page_facts(steps)
    return PageFlow(tuple(steps), tuple(changed_names(step, facts) for step in steps), tuple(links_by_step(steps)))


def slice_steps(page: PageFlow, wanted: Sequence[int]) -> tuple[list[int], frozenset[str]]:
    """Return the places of the wanted steps and of all earlier ones they need, and the names that no step binds.

    Args:
        page: its steps.
        wanted: places of the steps that are kept whatever they do.
    """
    steps = page.steps
    first_wanted, last = frozenset(wanted), max(wanted)
    bodies = {name: step.names.later for step in steps[: last + 1] if step.names.later for name in step.names.binds}
    needed: frozenset[str] = frozenset()
    kept: list[int] = []
    for place in range(last, -1, -1):
        step = steps[place]
        if place not in first_wanted and not (step.names.binds & needed):
            changed = page.changed[place]
            if EVERYTHING not in changed and not (changed and changed & all_linked(needed, page.links[place])):
                continue
        kept.append(place)
        # What a definition needs, it needs where it is called; what is wanted or given away at once may be called any time.
        waits = step.names.binds and place not in first_wanted
        needed = (needed - step.rebinds) | _with_bodies(step.names.reads if waits else step.names.needs, bodies)
    bound = frozenset(name for place in kept for name in steps[place].names.binds)
    return kept[::-1], needed - bound


def _with_bodies(names: frozenset[str], bodies: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return names with those that the functions among them need when they are called."""
    known: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        known.add(name)
        waiting |= bodies.get(name, frozenset()) - known
    return frozenset(known)
