"""Rows -> those whose program ran, completed by what was seen -> drafts of their variants -> what to run for these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gpiot_data.augment.agreement import COMPLETE, disagreement
from gpiot_data.augment.contradictions import contradiction
from gpiot_data.augment.displays import without_displays, without_unconfirmed
from gpiot_data.augment.drafts import Draft
from gpiot_data.augment.finish import finish_row
from gpiot_data.augment.origins import Batch, Drafted, Ran, draft_batch
from gpiot_data.augment.specified import complete_row, facts_of
from gpiot_data.executor import map_ordered
from gpiot_data.extract import obtain
from gpiot_data.quality.dedup import place_of
from gpiot_data.quality.verify import Known, Order, make_orders, verdict_of
from gpiot_data.schema import Expected, Kept, Rejected
from gpiot_data.sources.facts import modules_of
from gpiot_data.sources.packages import PackageSource
from gpiot_data.verify.judge import Finding
from gpiot_data.verify.locks import EnvironmentSet

JsonRow = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OriginRow:
    """A row that is kept; `finding` is there where its program ran to its end."""

    row: JsonRow
    finding: Finding | None = None


def read_origins(
    rows: Sequence[JsonRow], orders: Iterable[Order], environments: EnvironmentSet, known: Known
) -> list[OriginRow | Rejected]:
    """Return each row with what its run found, completed and corrected by it; `failed` ones and false ones are rejected.

    A row of kind `example` gets types and shapes; one of kind `implementation` loses the outputs in its comments that its run did not
    print, all of them where it did not run, and is rejected as `contradicted_output` where a value is not of the documented type.
    """
    by_row = {order.row["id"]: order for order in orders}
    return [_read_origin(row, by_row.get(row["id"]), environments, known) for row in rows]


def _read_origin(row: JsonRow, order: Order | None, environments: EnvironmentSet, known: Known) -> OriginRow | Rejected:
    plain = without_displays(row) if row["kind"] == "implementation" else row
    if order is None:
        return OriginRow(plain)
    verdict = verdict_of(order, environments, known)
    if verdict.status == "failed":
        return rejected("failed", row, f"{row['kind']} of {row['symbol']}: {verdict.reason}")
    finding = known.get(order.example.key) if order.example is not None and order.lock is not None else None
    if finding is None or finding.status not in COMPLETE:
        return OriginRow(plain)
    if row["kind"] == "example":
        return OriginRow(complete_row(row, finding.observed), finding)
    if (said := contradiction(row, finding.observed)) is not None:
        return rejected("contradicted_output", row, f"{row['kind']} of {row['symbol']}: {said}")
    return OriginRow(without_unconfirmed(row, finding), finding)


def draft_variants(
    origins: Iterable[OriginRow | Rejected], sources: Iterable[PackageSource], at_most: int, jobs: int
) -> dict[str, Drafted]:
    """Return what can be made of each program that ran, by the id of its row.

    Raises:
        BadSource: if an artefact is not the pinned one.
        RemoteError: if one has to be fetched and no index answers.
    """
    programs: dict[str, list[Ran]] = {}
    for origin in origins:
        if isinstance(origin, OriginRow) and origin.finding is not None:
            programs.setdefault(origin.row["source"]["source"], []).append(_ran(origin.row, origin.finding))
    batches = [Batch(source, obtain(source), tuple(programs[source.id]), at_most) for source in sources if source.id in programs]
    return {drafted.id: drafted for made in map_ordered(draft_batch, batches, jobs) for drafted in made}


def _ran(row: JsonRow, finding: Finding) -> Ran:
    return Ran(
        id=row["id"],
        kind=row["kind"],
        symbol=row["symbol"],
        target=row["specification"]["target"],
        code=row["code"],
        expected=tuple(Expected(**item) for item in row["expected"]),
        observed=facts_of(finding.observed),
    )


def variant_programs(origins: Iterable[OriginRow | Rejected], drafted: Mapping[str, Drafted]) -> list[JsonRow]:
    """Return the programs of all drafts as rows that can be ordered, in the order of their origins."""
    return [
        {
            "id": _variant_id(origin.row, number),
            "code": draft.code,
            "expected": [asdict(item) for item in draft.expected],
            "source": origin.row["source"],
        }
        for origin, drafts in _with_drafts(origins, drafted)
        for number, draft in enumerate(drafts)
    ]


def judge_variants(
    origins: Iterable[OriginRow | Rejected],
    drafted: Mapping[str, Drafted],
    orders: Iterable[Order],
    environments: EnvironmentSet,
    known: Known,
) -> Iterator[Kept[JsonRow] | Rejected]:
    """Yield each row, and behind it those of its variants that give what it gives; why the others do not is told."""
    by_variant = {order.row["id"]: order for order in orders}
    for origin in origins:
        if isinstance(origin, Rejected):
            yield origin
            continue
        yield Kept(origin.row)
        for _, drafts in _with_drafts([origin], drafted):
            for number, draft in enumerate(drafts):
                yield _judge(origin, draft, by_variant[_variant_id(origin.row, number)], environments, known)


def _judge(origin: OriginRow, draft: Draft, order: Order, environments: EnvironmentSet, known: Known) -> Kept[JsonRow] | Rejected:
    finding = known.get(order.example.key) if order.example is not None else None
    if origin.finding is None or finding is None:
        verdict = verdict_of(order, environments, known)
        return rejected(f"variant_{verdict.status}", origin.row, f"{draft.operation} of {origin.row['symbol']}: {verdict.reason}")
    if (fault := disagreement(draft, origin.finding, finding)) is not None:
        return rejected(fault[0], origin.row, f"{draft.operation} of {origin.row['symbol']}: {fault[1]}")
    row = finish_row(draft, origin.row, finding)
    return rejected(row, origin.row, f"{draft.operation} of {origin.row['symbol']}") if isinstance(row, str) else Kept(row)


def replay(
    rows: Sequence[JsonRow], source: PackageSource, environments: EnvironmentSet, known: Known, cpu_s: float, at_most: int
) -> list[JsonRow]:
    """Return the rows of one source, completed and with their variants, as stored findings tell; nothing is run.

    Raises:
        BadSource: if the artefact is not the pinned one.
        RemoteError: if it has to be fetched and no index answers.
    """
    modules = {source.id: modules_of(source)}
    origins = read_origins(rows, make_orders(rows, environments, modules, cpu_s), environments, known)
    drafted = draft_variants(origins, [source], at_most, jobs=1)
    orders = make_orders(variant_programs(origins, drafted), environments, modules, cpu_s)
    return [item.row for item in judge_variants(origins, drafted, orders, environments, known) if isinstance(item, Kept)]


def _with_drafts(origins: Iterable[OriginRow | Rejected], drafted: Mapping[str, Drafted]) -> Iterator[tuple[OriginRow, tuple[Draft, ...]]]:
    for origin in origins:
        if isinstance(origin, OriginRow) and (made := drafted.get(origin.row["id"])) is not None and origin.finding is not None:
            yield origin, made.drafts


def _variant_id(origin: JsonRow, number: int) -> str:
    return f"{origin['id']}.{number}"


def rejected(reason: str, row: JsonRow, text: str) -> Rejected:
    """Return a candidate that is dropped, by the place of the row that it is or was made from."""
    return Rejected(reason, row["source"]["source"], place_of(row), text)
