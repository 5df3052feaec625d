"""`gpiot-data diff`: what came, went and changed from one version of a dataset to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpiot_data.console import printable
from gpiot_data.quality.dedup import place_of
from gpiot_data.recheck import Dataset, Say, open_dataset
from gpiot_data.tallies import stage_records

JsonRow = dict[str, Any]

#: How many rows of each kind of change are named to people.
SHOWN = 10
_SOURCE_FIELDS = ("version", "sha256", "license", "file", "modules", "skip", "documents", "tags", "module_tags")
#: What two versions of a row may have apart besides their content and their id.
_ROW_FIELDS = (
    *("problem", "tasks", "aspect", "passages", "overlap", "confidence", "specification", "code", "expected", "documentation"),
    *("imports", "messages", "source", "license", "parents", "teacher", "verdict", "split"),
)


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that is in both versions, under the same or another id, and the fields that differ."""

    old: JsonRow
    new: JsonRow
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """What differs between two datasets; `same` counts the rows that do not."""

    head: dict[str, list[str]]
    sources: dict[str, Any]
    stages: list[dict[str, Any]]
    came: tuple[JsonRow, ...]
    went: tuple[JsonRow, ...]
    changed: tuple[Changed, ...]
    same: int

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints; rows are named by their ids."""
        return {
            "head": self.head,
            "sources": self.sources,
            "stages": self.stages,
            "rows": {
                "same": self.same,
                "came": [row["id"] for row in self.came],
                "went": [row["id"] for row in self.went],
                "changed": [{"old": pair.old["id"], "new": pair.new["id"], "fields": list(pair.fields)} for pair in self.changed],
            },
        }


def compare_folders(old: Path, new: Path, say: Say) -> Diff:
    """Return what differs between two finished datasets of one kind or of two.

    Args:
        old: the folder of the earlier version.
        new: the folder of the later one.
        say: told where a folder is not as its lock says.

    Raises:
        BadDataset: if one of them is no dataset.
    """
    datasets = []
    for folder in (old, new):
        dataset, wrong = open_dataset(folder)
        for sentence in wrong:
            say(printable(f"{folder}: {sentence}"))
        datasets.append(dataset)
    return compare(*datasets)


def compare(old: Dataset, new: Dataset) -> Diff:
    """Return what differs between two datasets.

    A row that has the same id has the same content. Of the others, one of each version are taken for one row that changed if they have
    the same source, kind, symbol or aspect, and way in which they were made, and then, in this order, the same span, the same
    question, or nothing more: rows of packages are then paired in the order of their places.

    Raises:
        BadDataset: if the stages of a lock are not of the right form.
    """
    before, after = ({row["id"]: row for row in dataset.rows} for dataset in (old, new))
    both = sorted(before.keys() & after.keys())
    changed = [pair for name in both if (pair := _changed(before[name], after[name])).fields]
    went = [row for name, row in sorted(before.items()) if name not in after]
    came = [row for name, row in sorted(after.items()) if name not in before]
    same = len(both) - len(changed)
    for likeness in (_by_span, _by_question, _by_symbol):
        pairs, went, came = _pair(went, came, likeness)
        changed += pairs
    names = ("name", "version", "kind", "dataset_sha256", "engine", "manifest", "teacher", "environments")
    head = {name: [_short(old.lock.get(name)), _short(new.lock.get(name))] for name in names if old.lock.get(name) != new.lock.get(name)}
    return Diff(head, _sources(old, new), _stages(old, new), tuple(came), tuple(went), tuple(changed), same)


def _short(value: Any) -> str:
    return "differs" if isinstance(value, dict) else str(value)


def _changed(old: JsonRow, new: JsonRow) -> Changed:
    return Changed(old, new, tuple(name for name in _ROW_FIELDS if old.get(name) != new.get(name)))


def _origin(row: JsonRow) -> tuple[Hashable, ...]:
    made = tuple((parent.get("aspect"), parent.get("operation")) for parent in row["parents"])
    return row["source"]["source"], row["kind"], row.get("symbol") or row.get("aspect"), made


def _by_span(row: JsonRow) -> Hashable:
    return *_origin(row), row["source"]["span_sha256"], str(row["parents"] and row["parents"][-1].get("params"))


def _by_question(row: JsonRow) -> Hashable:
    return *_origin(row), row["messages"][0]["content"]


def _by_symbol(row: JsonRow) -> Hashable | None:
    return _origin(row) if row.get("symbol") else None


def _pair(
    went: Sequence[JsonRow], came: Sequence[JsonRow], likeness: Callable[[JsonRow], Hashable | None]
) -> tuple[list[Changed], list[JsonRow], list[JsonRow]]:
    """Return the pairs of rows that are alike, each row in one of them, and what is left of both."""
    waiting: dict[Hashable, list[JsonRow]] = {}
    for row in sorted(came, key=_place, reverse=True):
        if (key := likeness(row)) is not None:
            waiting.setdefault(key, []).append(row)
    pairs, left = [], []
    for row in sorted(went, key=_place):
        key = likeness(row)
        if key is not None and waiting.get(key):
            pairs.append(_changed(row, waiting[key].pop()))
        else:
            left.append(row)
    paired = {pair.new["id"] for pair in pairs}
    return pairs, left, [row for row in came if row["id"] not in paired]


def _place(row: JsonRow) -> tuple[Any, ...]:
    return row["source"]["source"], row["source"].get("path") or "", row["source"]["span"], row["id"]


def _sources(old: Dataset, new: Dataset) -> dict[str, Any]:
    before, after = ({entry["id"]: entry for entry in dataset.lock["sources"]} for dataset in (old, new))
    changed = {}
    for name in sorted(before.keys() & after.keys()):
        fields = [field for field in _SOURCE_FIELDS if before[name].get(field) != after[name].get(field)]
        if fields:
            changed[name] = {field: [before[name].get(field), after[name].get(field)] for field in fields}
    return {"came": sorted(after.keys() - before.keys()), "went": sorted(before.keys() - after.keys()), "changed": changed}


def _stages(old: Dataset, new: Dataset) -> list[dict[str, Any]]:
    before, after = ({record["name"]: record for record in stage_records(dataset)} for dataset in (old, new))
    stages = []
    for name in dict.fromkeys((*before, *after)):
        counts = [side[name]["out"] if name in side else None for side in (before, after)]
        rejected = [side[name]["rejected"] if name in side else {} for side in (before, after)]
        settings = name not in before or name not in after or before[name]["params"] != after[name]["params"]
        if counts[0] != counts[1] or rejected[0] != rejected[1] or settings:
            stages.append({"name": name, "out": counts, "rejected": rejected, "params_differ": settings})
    return stages


def render(diff: Diff) -> str:
    """Return a diff as text for people."""
    lines = [f"{name}: {old} -> {new}" if old != new else f"{name}: differs" for name, (old, new) in diff.head.items()]
    lines += [f"source {name}: came" for name in diff.sources["came"]]
    lines += [f"source {name}: went" for name in diff.sources["went"]]
    for name, fields in diff.sources["changed"].items():
        lines.append(f"source {name}: {', '.join(f'{field} {_brief(old)} -> {_brief(new)}' for field, (old, new) in fields.items())}")
    for stage in diff.stages:
        old, new = stage["out"]
        lines.append(f"stage {stage['name']}: {old} -> {new} rows" + ("; other settings" if stage["params_differ"] else ""))
        reasons = sorted({*stage["rejected"][0], *stage["rejected"][1]})
        counts = [(reason, *(side.get(reason, 0) for side in stage["rejected"])) for reason in reasons]
        lines += [f"  rejected {reason}: {was} -> {now}" for reason, was, now in counts if was != now]
    lines.append(f"rows: {diff.same} the same, {len(diff.came)} came, {len(diff.went)} went, {len(diff.changed)} changed")
    lines += _rows("came", [_title(row) for row in diff.came], diff.came)
    lines += _rows("went", [_title(row) for row in diff.went], diff.went)
    titles = [f"{pair.new['id']} ({', '.join(pair.fields)}) {_about(pair.new)}" for pair in diff.changed]
    return "\n".join([*lines, *_rows("changed", titles, [pair.new for pair in diff.changed])])


def _rows(what: str, titles: Sequence[str], rows: Iterable[JsonRow]) -> list[str]:
    counts = Counter(row["source"]["source"] for row in rows)
    whence = ", ".join(f"{source} {count}" for source, count in sorted(counts.items()))
    more = [f"  and {len(titles) - SHOWN} more; --json names all"] if len(titles) > SHOWN else []
    return [f"{what} ({whence}):", *(f"  {title}" for title in titles[:SHOWN]), *more] if titles else []


def _title(row: JsonRow) -> str:
    return f"{row['id']} {_about(row)}"


def _about(row: JsonRow) -> str:
    what = f"{row['kind']} of {row['symbol']}" if row.get("symbol") else row["kind"]
    return f"{what}, {row['source']['source']} {place_of(row)}"


def _brief(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 20 else f"{text[:16]}..."
