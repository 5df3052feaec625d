"""Verdicts on the programs of rows: each runs in the sandbox and is compared with its documentation; what fails is dropped.

A verdict that is in the store already is taken from there, so a rebuild runs nothing, and needs neither the
environment nor a sandbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from gpiot_data.errors import SandboxUnavailable
from gpiot_data.quality.dedup import place_of
from gpiot_data.schema import Expected, Kept, Rejected, Verdict
from gpiot_data.verify.judge import Finding
from gpiot_data.verify.ledger import verdict_key
from gpiot_data.verify.locks import EnvironmentLock, EnvironmentSet
from gpiot_data.verify.run import Example, Run, limits_for
from gpiot_data.verify.statements import split_program

JsonRow = dict[str, Any]


class Known(Protocol):
    """Where findings are looked up."""

    def get(self, key: str) -> Finding | None:
        """Return the finding under `key`, or None."""
        ...


class Verdicts(Known, Protocol):
    """Where findings are kept; `gpiot_data.verify.ledger.VerdictStore` in production."""

    def put(self, key: str, finding: Finding) -> None:
        """Keep a finding."""
        ...


#: Runs examples of one source in one environment.
Runner = Callable[[EnvironmentLock, str, Sequence[Example]], Iterator[Run]]


@dataclass(frozen=True, slots=True)
class Order:
    """The program of a row, and the environment it runs in; None where its package will not install."""

    row: JsonRow
    example: Example | None
    lock: EnvironmentLock | None
    unreadable: str = ""


def make_orders(rows: Sequence[JsonRow], environments: EnvironmentSet, modules: dict[str, tuple[str, ...]], cpu_s: float) -> list[Order]:
    """Return what to run for each row that has a program.

    Args:
        rows: any rows.
        environments: of the sources of the rows.
        modules: the modules under test, by source.
        cpu_s: seconds of CPU for each program.
    """
    orders = []
    for row in rows:
        if not row.get("code"):
            continue
        source = row["source"]["source"]
        lock = environments.of(source)
        try:
            statements = split_program(row["code"], [Expected(**item) for item in row.get("expected") or ()])
        except (ValueError, TypeError) as error:
            orders.append(Order(row, None, lock, str(error)))
            continue
        if lock is None:
            orders.append(Order(row, None, None))
            continue
        own = tuple(sorted({module.partition(".")[0] for module in modules.get(source, ())}))
        orders.append(Order(row, Example(verdict_key(statements, lock.sha256, limits_for(cpu_s)), statements, own), lock))
    return orders


def waiting(orders: Sequence[Order], verdicts: Verdicts) -> list[Order]:
    """Return the orders that no stored verdict answers, one for each key."""
    first: dict[str, Order] = {}
    for order in orders:
        if order.example is not None and verdicts.get(order.example.key) is None:
            first.setdefault(order.example.key, order)
    return list(first.values())


def run_orders(orders: Sequence[Order], verdicts: Verdicts, run: Runner) -> None:
    """Run what has no verdict yet and store each finding as it comes, source by source.

    What could not be run twice is left without a verdict, so that a later build tries again.

    Raises:
        SandboxUnavailable: if that is more than every second program, as then it is hardly the programs' fault.
    """
    lost = total = 0
    groups: dict[tuple[str, str], list[Order]] = {}
    for order in waiting(orders, verdicts):
        if order.lock is not None:
            groups.setdefault((order.lock.name, order.row["source"]["source"]), []).append(order)
    for (_, source), group in sorted(groups.items()):
        lock = group[0].lock
        if lock is None:
            continue
        for done in run(lock, source, [order.example for order in group if order.example is not None]):
            total += 1
            if done.finding.status == "not_run":
                lost += 1
            else:
                verdicts.put(done.example.key, done.finding)
    if lost > total / 2:
        raise SandboxUnavailable(f"{lost} of {total} programs lost their sandbox twice; see gpiot-data env, and run the same command again")


def verify_rows(
    rows: Sequence[JsonRow], orders: Sequence[Order], environments: EnvironmentSet, verdicts: Known
) -> Iterator[Kept[JsonRow] | Rejected]:
    """Give each row its verdict, in the order of `rows`; programs that fail are dropped with what went wrong."""
    by_row = {order.row["id"]: order for order in orders}
    for row in rows:
        order = by_row.get(row["id"])
        if order is None:
            yield Kept(row)
            continue
        verdict = verdict_of(order, environments, verdicts)
        if verdict.status == "failed":
            yield Rejected("failed", row["source"]["source"], place_of(row), f"{row['kind']} of {row.get('symbol')}: {verdict.reason}")
        else:
            yield Kept({**row, "verdict": asdict(verdict)})


def verdict_of(order: Order, environments: EnvironmentSet, verdicts: Known) -> Verdict:
    """Return the verdict on a row's program, by the store or by why it could not run."""
    if order.unreadable:
        return Verdict(status="failed", reason=order.unreadable)
    if order.lock is None or order.example is None:
        source = order.row["source"]["source"]
        return Verdict(status="not_installed", reason=environments.missing.get(source, "no environment has the package"))
    finding = verdicts.get(order.example.key)
    if finding is None:
        return Verdict(status="not_run", reason="its sandbox ended without telling how", environment=order.lock.name)
    return Verdict(
        status=finding.status,  # type: ignore[arg-type]  # checked where it enters the store
        reason=finding.reason,
        isolation=finding.isolation,
        environment=order.lock.name,
    )
