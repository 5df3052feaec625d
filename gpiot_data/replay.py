"""The stages of a build once more, from what the sources give now: every row that they keep must be in the dataset, and no other.

Nothing is run and nothing is written: programs are answered by the verdicts that ship with the dataset. So a row that was taken out
is missed even where every hash and every count was made to agree. What this cannot see:

- a verdict `failed` forged into `verdicts.jsonl` lets its program go; deleting that file and building again shows it;
- an answer in `responses.jsonl` that no model gave is taken for one: nobody is asked again;
- a source taken out of the lock and of its manifest was never there;
- where what a stage needs is not on this machine (the indexes of benchmarks, another dataset, an encoder), its rejections are taken
  from `rejected.jsonl` as they stand, which is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gpiot_data.errors import BadDataset, GpiotError, InputError
from gpiot_data.fingerprints import read_fingerprints
from gpiot_data.plan import Plan, source_of
from gpiot_data.quality.decontaminate import ENCODER, decontaminate, params_of, texts_of
from gpiot_data.quality.dedup import dedup_exact, dedup_near, place_of
from gpiot_data.quality.dedup_stage import encoder_of, read_against
from gpiot_data.quality.limits import limit_rows
from gpiot_data.quality.split import split_rows
from gpiot_data.quality.subjects import is_general, packages_of
from gpiot_data.quality.verify import make_orders, verify_rows
from gpiot_data.recheck import Dataset, JsonRow, Say, manifest_of, recorded_plan
from gpiot_data.schema import Kept, Rejected
from gpiot_data.sources import facts
from gpiot_data.store import canonical_json, read_jsonl
from gpiot_data.tallies import stage_records
from gpiot_data.vectors import CachedEncoder, open_encoder
from gpiot_data.verify.ledger import FILE as VERDICTS
from gpiot_data.verify.ledger import ShippedVerdicts
from gpiot_data.verify.locks import read_environments

Stage = Callable[[Sequence[JsonRow]], Iterable[Kept[JsonRow] | Rejected]]


def check_complete(dataset: Dataset, given: Sequence[JsonRow], manifest_path: Path | None, say: Say) -> list[str]:
    """Return the rows that the stages keep and that are not there, and those that are there though a stage drops them.

    Args:
        dataset: what to check; made by this engine.
        given: all candidates of all sources, variants included.
        manifest_path: the manifest, beside which other datasets and indexes lie; by default the one in `run.json`.
        say: told which stage could not be replayed.

    Raises:
        BadDataset: if the lock does not say how the dataset was built.
    """
    plan = recorded_plan(dataset)
    base = manifest_path or manifest_of(dataset) or dataset.folder / "manifest.yaml"
    rows, dropped, wrong = list(given), dict[str, str](), list[str]()
    for record in stage_records(dataset):
        name = record["name"]
        if name not in ("pairs", "augment"):
            kept = _replayed(name, rows, dataset, plan, base, record, say)
            dropped |= dict.fromkeys({row["id"] for row in rows} - {row["id"] for row in kept}, name)
            rows = kept
        gives = _count_of_pairs(rows, plan) if name == "pairs" else len(rows)
        if gives is not None and gives != record["out"]:
            wrong.append(f"lock.json: says that the stage {name} gave {record['out']} rows, but it gives {gives}")
    there = {row["id"] for row in dataset.rows}
    for row in rows:
        if row["id"] not in there:
            wrong.append(f"row {row['id']}: is not there, but {row['source']['source']} gives it and no stage drops it ({_title(row)})")
    return wrong + [f"row {name}: is there, but the stage {dropped[name]} drops it" for name in sorted(there & dropped.keys())]


def _count_of_pairs(given: Sequence[JsonRow], plan: Plan) -> int | None:
    """Return how many of the candidates are no variants; None where a stage that made variants may have dropped others."""
    return sum(not row["parents"] for row in given) if plan.augment is None else None


def _replayed(
    name: str, rows: Sequence[JsonRow], dataset: Dataset, plan: Plan, base: Path, record: Mapping[str, Any], say: Say
) -> list[JsonRow]:
    try:
        stage = _stage(name, dataset, plan, base, record)
        return [item.row for item in stage(rows) if isinstance(item, Kept)]
    except GpiotError as error:
        say(f"  {name}: cannot be replayed here, so what it dropped is taken from rejected.jsonl ({error})")
        return _as_recorded(rows, dataset, frozenset(record["rejected"]))


def _stage(name: str, dataset: Dataset, plan: Plan, base: Path, record: Mapping[str, Any]) -> Stage:
    """Return a stage as a function of its rows.

    Raises:
        GpiotError: if what it needs is not here, or not as it was.
    """
    if name == "dedup":
        return _dedup(plan, base, record)
    if name == "decontaminate":
        if canonical_json(params_of(plan.decontaminate, base)) != canonical_json(record["params"]):
            raise InputError("the indexes beside the manifest are other ones")
        indexes = [read_fingerprints(base.parent / folder) for folder in plan.decontaminate]
        return lambda rows: decontaminate(rows, indexes, open_encoder(ENCODER))
    if name == "verify" and plan.verify is not None:
        return _verify(dataset, plan.verify.cpu_s)
    if name == "limits" and plan.limits is not None:
        rule, packages = plan.limits, packages_of(map(source_of, dataset.lock["sources"]))
        return lambda rows: limit_rows(rows, rule, lambda row: is_general(row, packages))
    if name == "split":
        return lambda rows: split_rows(rows, plan.split, plan.seed)
    raise BadDataset(f"{dataset.folder / 'lock.json'}: stages: '{name}' is no stage of its manifest; build the dataset again")


def _dedup(plan: Plan, base: Path, record: Mapping[str, Any]) -> Stage:
    if plan.dedup.method == "exact":
        return dedup_exact
    encoder = CachedEncoder(open_encoder(encoder_of(plan.dedup, base)))
    if record["params"].get("encoder", {}).get("sha256") != encoder.sha256:
        raise InputError("the encoder here is another one")
    against = [row for published in read_against(plan.dedup, base) for row in published.rows]
    return lambda rows: dedup_near(rows, plan.dedup, encoder, against)


def _verify(dataset: Dataset, cpu_s: float) -> Stage:
    environments = read_environments(dataset.lock.get("environments"), str(dataset.folder / "lock.json"))
    known = ShippedVerdicts(dataset.folder / VERDICTS)
    modules = {source.id: facts.modules_of(source) for source in map(source_of, dataset.lock["sources"])}
    return lambda rows: verify_rows(rows, make_orders(rows, environments, modules, cpu_s), environments, known)


def _as_recorded(rows: Sequence[JsonRow], dataset: Dataset, reasons: frozenset[str]) -> list[JsonRow]:
    """Drop what `rejected.jsonl` lists under reasons of a stage: for each line one candidate of its source, place and text."""
    there = {row["id"] for row in dataset.rows}
    waiting: dict[tuple[str, str], list[JsonRow]] = {}
    # Of several candidates that a line can mean, one that is not in the dataset is the one.
    for row in sorted(rows, key=lambda row: row["id"] in there):
        waiting.setdefault((row["source"]["source"], place_of(row)), []).append(row)
    gone: set[str] = set()
    for item in read_jsonl(dataset.folder / "rejected.jsonl"):
        if item["reason"] in reasons:
            group = waiting.get((item["source"], item["place"]), [])
            meant = next((row for row in group if row["id"] not in gone and _is_meant(row, str(item["text"]))), None)
            if meant is not None:
                gone.add(meant["id"])
    return [row for row in rows if row["id"] not in gone]


def _is_meant(row: JsonRow, text: str) -> bool:
    return any(whole.startswith(text) for whole in (row["messages"][0]["content"], *texts_of(row).values()))


def _title(row: JsonRow) -> str:
    return f"{row['kind']} of {row['symbol']}" if "symbol" in row else f"{row['kind']}, {place_of(row)}"
