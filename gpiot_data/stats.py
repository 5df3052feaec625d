"""`gpiot-data stats`: what a dataset has, and where candidates were lost, from the statistics that ship with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gpiot_data.errors import BadDataset
from gpiot_data.lockfile import read_lock
from gpiot_data.publish.statistics import FILE, SCHEMA
from gpiot_data.store import read_json, sha256_file

#: Counts by one name, then counts by two; each becomes a table of its own.
_COUNTS = ("kinds", "aspects", "tags")
_CROSSED = ("splits", "sources", "verdicts")


def read_statistics(folder: Path) -> dict[str, Any]:
    """Return the statistics of a finished dataset, with its name, version and hash.

    Raises:
        BadDataset: if it is no dataset, or its statistics are missing or not those of its lock.
    """
    lock = read_lock(folder / "lock.json")
    recorded = next((entry["sha256"] for entry in lock["outputs"] if entry["path"] == FILE), None)
    path = folder / FILE
    if recorded is None or not path.is_file() or sha256_file(path) != recorded:
        raise BadDataset(f"{path}: is missing or not the one of the lock; build the dataset again")
    found = read_json(path)
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise BadDataset(f"{path}: expected schema '{SCHEMA}'; build the dataset again")
    return {**{name: lock.get(name) for name in ("name", "version", "kind", "dataset_sha256")}, **found}


def render(statistics: Mapping[str, Any]) -> str:
    """Return statistics as text for people.

    Raises:
        BadDataset: if counts are missing.
    """
    try:
        return "\n".join(_lines(statistics))
    except (KeyError, TypeError, AttributeError) as error:
        raise BadDataset(f"{FILE}: {error} is not as a build writes it; build the dataset again") from error


def _lines(statistics: Mapping[str, Any]) -> Iterator[str]:
    yield f"{statistics['name']} {statistics['version']}  {statistics['rows']} rows  {statistics['dataset_sha256'][:16]}"
    yield ""
    yield f"{'stage':<16}{'in':>9}{'kept':>9}  rejected"
    for stage in statistics["funnel"]:
        rejected = ", ".join(f"{reason} {count}" for reason, count in stage["rejected"].items()) or "none"
        yield f"{stage['name']:<16}{'' if stage['in'] is None else stage['in']:>9}{stage['out']:>9}  {rejected}"
    for name in _COUNTS:
        if statistics.get(name):
            yield ""
            yield name
            yield from (f"  {key:<30}{count:>9}" for key, count in statistics[name].items())
    for name in _CROSSED:
        if statistics[name]:
            yield ""
            yield name
            for key, counts in statistics[name].items():
                yield f"  {key:<30}{sum(counts.values()):>9}  {', '.join(f'{what} {count}' for what, count in counts.items())}"
    if statistics["verdicts"]:
        yield ""
        ran, unrunnable = (_percent(statistics[name]) for name in ("executed_share", "unrunnable_share"))
        yield f"programs that ran to their end {ran}, that cannot run {unrunnable}"


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.1%}"
