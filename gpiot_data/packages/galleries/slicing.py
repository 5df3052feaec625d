"""The steps of a page that a section needs: a backward slice over names, so that the section runs without the rest.

Source: program slicing (M. Weiser, 1984, doi:10.1109/TSE.1984.5010248) on module level, by names instead of a flow graph: an
object counts as changed by the assignments to its parts and by calls of its methods that are not known to show it only.
"""

from __future__ import annotations

from collections.abc import Sequence

from gpiot_data.packages.galleries.steps import Step


def slice_steps(steps: Sequence[Step], wanted: Sequence[int]) -> tuple[list[int], frozenset[str]]:
    """Return the places of the wanted steps and of all earlier ones they need, and the names that no step binds.

    Args:
        steps: all steps of a page, in their order.
        wanted: places of the steps that are kept whatever they do.
    """
    first_wanted, last = frozenset(wanted), max(wanted)
    modules = frozenset(name for step in steps if step.is_import for name in step.names.binds)
    functions = frozenset(name for step in steps if step.defines for name in step.names.binds)
    bodies = {name: step.names.later for step in steps[: last + 1] if step.names.later for name in step.names.binds}
    needed: frozenset[str] = frozenset()
    kept: list[int] = []
    for place in range(last, -1, -1):
        step = steps[place]
        if place not in first_wanted and not (step.names.binds & needed) and not step.changes(needed, modules, functions):
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
