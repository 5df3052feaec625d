"""Whether a variant computes what its origin does, told from what both runs saw."""

from __future__ import annotations

from collections.abc import Sequence

from gpiot_data.augment.drafts import Draft
from gpiot_data.verify.judge import Finding
from gpiot_data.verify.observed import Observation, last_seen, same_value

#: Findings of programs that ran to their end.
COMPLETE = frozenset({"passed", "ran"})


def disagreement(draft: Draft, origin: Finding, variant: Finding) -> tuple[str, str] | None:
    """Return why a variant may not be kept, as a stable word and what it is about; None where it gives what its origin gives.

    Every pair of values has to be the same where both can be told, and of the same type where neither can. The values compared
    have to tell of the computation and not only of what goes into it, unless the variant passed, and so gave what is documented.

    Returns:
        `variant_failed` (or another status that a program without an end has), `variant_differs`, `variant_not_compared`, or None.
    """
    if variant.status not in COMPLETE:
        return f"variant_{variant.status}", variant.reason or ""
    mine, theirs = last_seen(origin.observed), last_seen(variant.observed)
    told = []
    for old, new in draft.compare:
        if old not in mine or new not in theirs:
            if old in mine or new in theirs:
                return "variant_not_compared", f"{old}: seen in one of two runs"
            continue
        if _untold(mine[old], theirs[new]):
            continue
        if not same_value(mine[old], theirs[new]):
            return "variant_differs", f"{old}: {_shown(mine[old])}, in the variant {_shown(theirs[new])}"
        told.append(new)
    if variant.status != "passed" and not _computed(told, draft):
        return "variant_not_compared", "no value that it computes can be told"
    return None


def _untold(one: Observation, other: Observation) -> bool:
    """Tell whether two values look alike as far as anything can be told of them."""
    return one.value is None and other.value is None and (one.type, one.shape, one.dtype) == (other.type, other.shape, other.dtype)


def _computed(told: Sequence[str], draft: Draft) -> bool:
    """Tell whether any of the compared values is a result, or an expression that shows one."""
    return any(name in draft.results or not name.isidentifier() for name in told)


def _shown(seen: Observation) -> str:
    return " ".join(str(part) for part in (seen.type, seen.shape, seen.value) if part is not None)[:100]
