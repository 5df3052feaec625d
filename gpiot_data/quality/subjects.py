"""What rows are about: the tags that a corpus gives to the module of a row's symbol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gpiot_data.plan import Source
from gpiot_data.sources.packages import PackageSource

#: Marks what serves every purpose, and so is no subject of its own.
GENERAL = "general"

Packages = Mapping[str, PackageSource]


def packages_of(sources: Iterable[Source]) -> dict[str, PackageSource]:
    """Return the packages among the sources, by what rows call them."""
    return {source.id: source for source in sources if isinstance(source, PackageSource)}


def tags_of(row: Mapping[str, Any], packages: Packages) -> tuple[str, ...]:
    """Return the tags of the symbol of a row; none for a row of a paper, or of a package without tags."""
    package = packages.get(row["source"]["source"])
    return package.tags_of(row["symbol"]) if package is not None else ()


def is_general(row: Mapping[str, Any], packages: Packages) -> bool:
    """Tell whether a row comes from a part of a package that serves every purpose."""
    return GENERAL in tags_of(row, packages)
