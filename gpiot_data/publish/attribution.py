"""The attribution file of a dataset: every source with its licence, and the notices that licences want to be kept with what is copied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gpiot_data.console import printable
from gpiot_data.sources.facts import read_facts
from gpiot_data.sources.licences import is_licence_text, licence_names

JsonRow = dict[str, Any]
#: Returns the verified artefact of a package by its id.
Obtain = Callable[[str], Path]

FILE = "ATTRIBUTION.md"


def render_attribution(name: str, version: str, sources: Sequence[JsonRow], rows: Sequence[JsonRow], obtain: Obtain) -> str:
    """Return the text of `ATTRIBUTION.md`, the same for the same rows and sources whatever their order.

    Sources without rows are left out, as nothing of theirs is passed on. The notices are the licence texts of an artefact, copyright
    lines included, as its files have them; a text that several artefacts share is printed once.

    Args:
        name: of the dataset.
        version: of the dataset.
        sources: as a lock describes them.
        rows: all of the dataset's.
        obtain: gives the artefact of a package by its id.

    Raises:
        BadSource: if the artefact of a package with rows cannot be had, is not the pinned one, or is damaged.
        RemoteError: if it has to be fetched and no index answers.
    """
    counts = Counter(row["source"]["source"] for row in rows)
    used = sorted((source for source in sources if counts[source["id"]]), key=lambda source: str(source["id"]))
    lines = [
        f"# Sources of {name} {version}",
        "",
        "The rows of this dataset are taken from the works below and were changed: cut out, put into other words, completed, and put",
        "together with programs. Nobody who wrote these works endorses it. Each row names its source, its place there and its licence.",
        "",
    ]
    for source in used:
        lines += [*_describe(source, counts[source["id"]]), ""]
    notices: dict[str, list[str]] = {}
    for source in used:
        for text in _notices(source, obtain):
            notices.setdefault(text, []).append(f"{source['id']} {source['version']}")
    if notices:
        lines += ["# Notices", ""]
    for text, holders in notices.items():
        lines += [f"## {', '.join(holders)}", "", *_fenced(text), ""]
    return "\n".join(lines)


def _describe(source: JsonRow, rows: int) -> list[str]:
    licence, evidence = source["license"], source.get("evidence")
    origin = f"https://pypi.org/project/{source['id']}/{source['version']}/" if _is_package(source) else source.get("origin")
    return [
        f"## {source['id']} {source['version']}",
        "",
        *([f"- title: {source['title']}"] if source.get("title") else []),
        f"- licence: {licence}" + (f" ({evidence})" if evidence else ""),
        *(f"- its text: https://spdx.org/licenses/{name}.html" for name in licence_names(licence) if not name.startswith("LicenseRef-")),
        *([f"- from: {origin}"] if origin else []),
        f"- file: {source['file']}, sha256 {source['sha256']}",
        f"- rows: {rows}",
    ]


def _is_package(source: JsonRow) -> bool:
    return "modules" in source


def _notices(source: JsonRow, obtain: Obtain) -> list[str]:
    if not _is_package(source):
        return []
    _, found = read_facts(obtain(source["id"]))
    texts = [data.decode("utf-8", "replace") for inner, data in sorted(found.items()) if is_licence_text(inner)]
    return list(dict.fromkeys(_tidy(text) for text in texts if text.strip()))


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in printable(text.replace("\r\n", "\n").replace("\f", "\n")).strip("\n").split("\n"))


def _fenced(text: str) -> list[str]:
    """Return a text as a Markdown block that nothing in it can close."""
    fence = "```"
    while fence in text:
        fence += "`"
    return [f"{fence}text", text, fence]
