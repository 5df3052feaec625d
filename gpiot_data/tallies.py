"""What a dataset counts of itself - the stages of its lock, its rejections, its statistics - against the rows that are there.

These checks need neither sources nor the engine that made the dataset. They find who changed rows and hashes and forgot a count; who
changed every count as well is found by `gpiot_data.replay`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from gpiot_data.errors import BadDataset, InputError
from gpiot_data.plan import source_of
from gpiot_data.publish.statistics import FILE as STATISTICS
from gpiot_data.publish.statistics import measure_rows
from gpiot_data.quality.split import split_place
from gpiot_data.quality.subjects import packages_of
from gpiot_data.recheck import Dataset, JsonRow
from gpiot_data.row_form import is_whole
from gpiot_data.store import canonical_json, read_json, read_jsonl, sha256_text

#: Stages that only drop rows: what goes in and is not rejected comes out.
_DROPPING = ("dedup", "decontaminate", "verify", "limits", "split")


def stage_records(dataset: Dataset) -> list[dict[str, Any]]:
    """Return the records of the stages, in order.

    Raises:
        BadDataset: if one is not of the form that a build writes.
    """
    for record in dataset.lock["stages"]:
        sound = (
            isinstance(record, dict)
            and isinstance(record.get("name"), str)
            and isinstance(record.get("params"), dict)
            and isinstance(record.get("digest"), str)
            and is_whole(record.get("out"))
            and (record.get("in") is None or is_whole(record["in"]))
            and isinstance(record.get("rejected"), dict)
            and all(map(is_whole, record["rejected"].values()))
        )
        if not sound:
            raise BadDataset(f"{dataset.folder / 'lock.json'}: stages: a record is not of the right form; build the dataset again")
    return list(dataset.lock["stages"])


def check_counts(dataset: Dataset) -> list[str]:
    """Return where the counts of the stages contradict each other, the rejections, or the rows.

    Raises:
        BadDataset: if the lock's stages are not of the form that a build writes.
    """
    records = stage_records(dataset)
    if not records:
        return ["lock.json: tells of no stage"]
    wrong = []
    for before, record in pairwise(records):
        if record["in"] != before["out"]:
            wrong.append(f"lock.json: the stage {record['name']} took {record['in']} rows, but {before['name']} gave {before['out']}")
    for record in records:
        name, dropped = record["name"], sum(record["rejected"].values())
        if name in _DROPPING and record["in"] != record["out"] + dropped:
            wrong.append(f"lock.json: the stage {name} took {record['in']} rows, gave {record['out']} and rejected {dropped}")
        # Variants of decompositions are only added; of programs, those that fail go.
        if name == "augment" and dataset.lock["kind"] == "tdd" and record["out"] < record["in"]:
            wrong.append(f"lock.json: the stage {name} took {record['in']} rows and gave {record['out']}, but it drops none")
    last = records[-1]
    if last["out"] != len(dataset.rows):
        wrong.append(f"lock.json: the stage {last['name']} gave {last['out']} rows, but {len(dataset.rows)} are there")
    if last["name"] == "split" and last["digest"] != _split_digest(dataset.rows):
        wrong.append("lock.json: the rows are not those that the stage split gave")
    return wrong + _check_rejected(dataset, records)


def _split_digest(rows: Sequence[JsonRow]) -> str | None:
    try:
        return sha256_text("".join(canonical_json(row) + "\n" for row in sorted(rows, key=split_place)))
    except (KeyError, TypeError):
        return None


def _check_rejected(dataset: Dataset, records: Sequence[dict[str, Any]]) -> list[str]:
    told: Counter[str] = Counter()
    for record in records:
        told.update(record["rejected"])
    try:
        found = Counter(str(item["reason"]) for item in read_jsonl(dataset.folder / "rejected.jsonl"))
    except (InputError, KeyError, TypeError):
        return ["rejected.jsonl: cannot be read"] if (dataset.folder / "rejected.jsonl").exists() else []
    different = sorted(reason for reason in told.keys() | found.keys() if told[reason] != found[reason])
    return [f"rejected.jsonl: has {found[reason]} of {reason}, the stages tell of {told[reason]}" for reason in different]


def check_statistics(dataset: Dataset) -> list[str]:
    """Return where `statistics.json` is not what the rows and the stages give.

    Raises:
        BadDataset: if the lock does not say enough of a source.
    """
    path = dataset.folder / STATISTICS
    if not path.is_file():
        # That it is missing is told with the files.
        return []
    try:
        told = read_json(path)
        packages = packages_of(map(source_of, dataset.lock["sources"])) if dataset.lock["kind"] == "cgd" else {}
        found = measure_rows(dataset.rows, packages)
        found["funnel"] = [{name: record[name] for name in ("name", "in", "out", "rejected")} for record in stage_records(dataset)]
        different = sorted(name for name, value in found.items() if told.get(name) != value)
        wrong = [f"{STATISTICS}: {name} is not what the rows and stages give" for name in different]
        first = dataset.lock["stages"][0]
        for name, wanted in (("candidates", first["out"]), ("refused", sum(first["rejected"].values()))):
            if (count := sum(sum(counts.values()) for counts in told[name].values())) != wanted:
                wrong.append(f"{STATISTICS}: {name} counts {count}, the stage {first['name']} {wanted}")
    except (InputError, KeyError, TypeError, AttributeError, IndexError) as error:
        if isinstance(error, BadDataset):
            raise
        return [f"{STATISTICS}: does not count these rows"]
    return wrong
