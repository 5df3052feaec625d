"""What documentation pages take as imported, package by package, and what their star imports mean."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any


@cache
def _table() -> dict[str, Any]:
    import yaml

    table: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("preambles.yaml").read_text(encoding="utf-8"))
    return table


def conventions(package: str) -> dict[str, str]:
    """Return the statement for each name that pages of a package, by its import name, take for granted."""
    return {**_table()["common"], **_table()["packages"].get(package, {})}


def star_sources(module: str) -> dict[str, str]:
    """Return the module that offers each name meant by `from module import *`; empty where nothing is known of the module."""
    return {name: home for home, names in _table()["stars"].get(module, {}).items() for name in names}
