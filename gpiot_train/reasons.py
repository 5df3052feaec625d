"""What other libraries' exceptions say, as part of one sentence."""

from __future__ import annotations

from gpiot_data.errors import BadManifest

#: What transformers, TRL and torch raise for a value they cannot use; which of them, they do not promise.
REFUSALS = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, ImportError)


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or its type where it has none."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def refused(recipe_name: str, error: BaseException) -> BadManifest:
    """Return the error for `sft` values that a library did not take."""
    return BadManifest(f"recipe '{recipe_name}': sft: TRL refuses these values ({first_line(error)})")
