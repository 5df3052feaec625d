"""The statistics of a dataset: what its rows are, what running them showed, and where candidates were lost; its card shows the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from gpiot_data.plan import Source
from gpiot_data.quality.subjects import GENERAL, Packages, packages_of, tags_of
from gpiot_data.stages import StageResult

JsonRow = dict[str, Any]

FILE = "statistics.json"
SCHEMA = "gpiot.statistics/1"
#: A program with such a verdict was run to its end.
EXECUTED = ("passed", "ran")
#: A program with such a verdict could not be run here, whatever it is like.
UNRUNNABLE = ("needs_network", "not_installed")
DIGITS = 6


def measure_build(sources: Sequence[Source], stages: Sequence[StageResult]) -> JsonRow:
    """Return the statistics of a build, as `statistics.json` holds them.

    `candidates` counts by source and kind what the first stage gave, `refused` by source and reason what it dropped; what later stages
    dropped is in `funnel`.

    Args:
        sources: all of the manifest, those that gave nothing too.
        stages: in order; the rows of the last are the dataset's.
    """
    first = stages[0]
    candidates = _count_each((row["source"]["source"], row["kind"]) for row in first.rows)
    refused = _count_each((item["source"], item["reason"]) for item in first.rejected)
    funnel = [{name: stage.record[name] for name in ("name", "in", "out", "rejected")} for stage in stages]
    return {
        "schema": SCHEMA,
        **measure_rows(stages[-1].rows, packages_of(sources)),
        "candidates": {source.id: candidates.get(source.id, {}) for source in sources},
        "refused": {source.id: refused.get(source.id, {}) for source in sources},
        "funnel": funnel,
    }


def measure_rows(rows: Sequence[JsonRow], packages: Packages) -> JsonRow:
    """Return the part of the statistics that the rows of a dataset tell.

    `specialised` counts rows that have tags, but not the tag `general`. `origin_programs` are the different programs of rows that are
    no variants, run to their end. `unrunnable_share` is the share of programs that need a network or a package that will not install,
    `executed_share` the share of all others that ran to their end; None without such programs. `aspects` tells what was changed in
    decompositions, and is there for them only.

    Args:
        rows: of the dataset.
        packages: by what rows call them, with the tags of their modules.
    """
    programs = [row for row in rows if row.get("code")]
    statuses = Counter(str(row["verdict"]["status"]) for row in programs)
    executed, unrunnable = (sum(statuses[status] for status in group) for group in (EXECUTED, UNRUNNABLE))
    tags = [tags_of(row, packages) for row in rows]
    return {
        "rows": len(rows),
        "kinds": _count(row["kind"] for row in rows),
        **({"aspects": aspects} if (aspects := _count(row["aspect"] for row in rows if "aspect" in row)) else {}),
        "splits": _count_each((row["split"], row["kind"]) for row in rows),
        "sources": _count_each((row["source"]["source"], row["kind"]) for row in rows),
        "tags": _count(tag for found in tags for tag in found),
        "specialised": sum(bool(found) and GENERAL not in found for found in tags) if packages else None,
        "verdicts": _count_each((row["kind"], row["verdict"]["status"]) for row in programs),
        "executions": _executions(programs),
        "origin_programs": len({row["code"] for row in programs if not row["parents"] and row["verdict"]["status"] in EXECUTED}),
        "executed_share": _share(executed, len(programs) - unrunnable),
        "unrunnable_share": _share(unrunnable, len(programs)),
    }


def _executions(programs: Iterable[JsonRow]) -> list[JsonRow]:
    names = ("status", "isolation", "environment")
    counts = Counter(tuple(str(row["verdict"][name] or "") for name in names) for row in programs)
    return [{**dict(zip(names, key, strict=True)), "programs": count} for key, count in sorted(counts.items())]


def _count(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _count_each(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """Return how often each second value comes with each first one."""
    found: dict[str, dict[str, int]] = {}
    for (first, second), count in sorted(Counter(pairs).items()):
        found.setdefault(first, {})[second] = count
    return found


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, DIGITS) if whole else None
