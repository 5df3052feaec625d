"""Words that decide how text is read, one a line in files."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def word_set(name: str) -> frozenset[str]:
    """Return the words of a file of this folder: `hyphened`, `solid` or `stop`."""
    return frozenset(resources.files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8").split())
