"""`gpiot-data verify`: all checks of a dataset folder, and on request its programs run again and compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, get_args, get_type_hints

from gpiot_data import manifest
from gpiot_data.console import printable
from gpiot_data.errors import BadDataset, BadManifest, InputError, QualityGateFailed
from gpiot_data.plan import VerifyRule, source_of
from gpiot_data.quality.verify import Order, Runner, make_orders, run_orders, verdict_of
from gpiot_data.recheck import Dataset, check_rows, check_teacher, made_by_this_engine, open_dataset, reread_sources
from gpiot_data.replay import check_complete
from gpiot_data.sandbox import Level
from gpiot_data.schema import Verdict
from gpiot_data.sources import facts
from gpiot_data.tallies import check_counts, check_statistics
from gpiot_data.verify.environments import resolve_environments
from gpiot_data.verify.judge import MAX_REASON_CHARS, Finding, is_possible
from gpiot_data.verify.ledger import FILE as VERDICTS
from gpiot_data.verify.ledger import ShippedVerdicts
from gpiot_data.verify.locks import EnvironmentSet, read_environments
from gpiot_data.verify.workers import SandboxRunner

JsonRow = dict[str, Any]


@dataclass(slots=True)
class _Fresh:
    """Verdicts of this run only: what a dataset says of itself is what is being checked."""

    found: dict[str, Finding] = field(default_factory=dict)

    def get(self, key: str) -> Finding | None:
        return self.found.get(key)

    def put(self, key: str, finding: Finding) -> None:
        self.found[key] = finding


@dataclass(frozen=True, slots=True)
class Comparison:
    """What running again showed: how many programs ran, and a sentence for each verdict or environment that differs."""

    executed: int
    same: int
    different: tuple[str, ...]


def recorded_environments(dataset: Dataset) -> EnvironmentSet:
    """Return the environments in which the programs of a dataset ran.

    Raises:
        BadDataset: if nothing of it was run, or the record cannot be read.
    """
    recorded = dataset.lock.get("environments")
    if recorded is None:
        raise BadDataset(f"{dataset.folder}: no program of this dataset was run; add 'verify: {{}}' to its manifest and build it again")
    try:
        return read_environments(recorded, str(dataset.folder / "lock.json"))
    except BadManifest as error:
        raise BadDataset(str(error)) from error


def check_verdicts(dataset: Dataset) -> list[str]:
    """Return the rows whose verdict nothing can have given: no program, no run, or values that no run has.

    Raises:
        BadDataset: if the recorded environments cannot be read.
    """
    environments = recorded_environments(dataset) if dataset.lock.get("environments") is not None else None
    wrong = []
    for row in dataset.rows:
        if dataset.lock["kind"] == "cgd" and bool(row.get("code")) != (row["kind"] in ("implementation", "example")):
            wrong.append(f"row {row['id']}: is of kind {row['kind']!r}, but has {'a' if row.get('code') else 'no'} program")
        if fault := _verdict_fault(row, environments):
            wrong.append(f"row {row['id']}: its verdict {fault}")
    return wrong + (_not_as_shipped(dataset, environments) if environments is not None and made_by_this_engine(dataset) else [])


def _not_as_shipped(dataset: Dataset, environments: EnvironmentSet) -> list[str]:
    """Return the rows that do not say what the verdicts beside them say, or whose verdict there cannot be true."""
    try:
        shipped = ShippedVerdicts(dataset.folder / VERDICTS)
    except (BadDataset, InputError) as error:
        return [str(error)]
    orders = make_orders(dataset.rows, environments, modules_of(dataset), cpu_limit(dataset))
    different = [order for order in orders if asdict(verdict_of(order, environments, shipped)) != order.row["verdict"]]
    untrue = [order for order in orders if _is_untrue(order, shipped)]
    return [
        *(f"row {order.row['id']}: its verdict is not the one in {VERDICTS}" for order in different),
        *(f"row {order.row['id']}: its verdict in {VERDICTS} cannot come from comparing the values that it shows" for order in untrue),
    ]


def _is_untrue(order: Order, shipped: ShippedVerdicts) -> bool:
    finding = shipped.get(order.example.key) if order.example is not None else None
    return finding is not None and order.example is not None and not is_possible(finding, order.example.statements)


def _verdict_fault(row: JsonRow, environments: EnvironmentSet | None) -> str | None:
    verdict = row["verdict"]
    status, reason, isolation = verdict["status"], verdict.get("reason"), verdict.get("isolation")
    lock = environments.of(row["source"]["source"]) if environments is not None and row.get("code") else None
    if reason is not None and (printable(reason) != reason or (lock is not None and len(reason) > MAX_REASON_CHARS)):
        return "gives a reason that is no short, printable text"
    if status not in get_args(get_type_hints(Verdict)["status"]) or status == "failed":
        return f"is {status!r}, which no row of a dataset has"
    if not row.get("code") or environments is None:
        ran = status != "not_run" or isolation is not None or verdict.get("environment") is not None
        return "says that something was run, but nothing was" if ran else None
    if verdict.get("environment") != (lock.name if lock is not None else None):
        return f"names the environment {verdict.get('environment')!r}, which is not the recorded one"
    if status == "passed" and not any(item["output"] for item in row.get("expected") or ()):
        return "says that the program passed, but the row shows no value that a run can be compared with"
    if status == "passed" and reason is not None:
        return "has a reason though the program passed"
    if lock is None or status == "not_run":
        return "has an isolation, but nothing was run" if isolation is not None else None
    return None if isolation in list(Level) else f"names the isolation {isolation!r}, which is none"


def modules_of(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    """Return the modules under test, by source, as the lock records them or else as the artefacts offer them."""
    return {source.id: facts.modules_of(source) for source in map(source_of, dataset.lock["sources"])}


def cpu_limit(dataset: Dataset) -> float:
    """Return the CPU seconds that a program had.

    Raises:
        BadDataset: if the lock does not say.
    """
    return _rule(dataset).cpu_s


def _rule(dataset: Dataset) -> VerifyRule:
    where = f"{dataset.folder / 'lock.json'}: manifest.verify"
    try:
        return manifest.build(VerifyRule, dataset.lock["manifest"].get("verify"), where)
    except BadManifest as error:
        raise BadDataset(f"{error}: does not say under which limit programs ran; build the dataset again") from error


def execute_again(dataset: Dataset, run: Runner, say: Callable[[str], None]) -> Comparison:
    """Run every program that has an environment, and compare; the others must have none because none can be made.

    Raises:
        BadDataset: if nothing of it was run.
        SandboxUnavailable, InputError, RemoteError: if running is not possible here.
    """
    environments = recorded_environments(dataset)
    orders = make_orders(dataset.rows, environments, modules_of(dataset), cpu_limit(dataset))
    fresh = _Fresh()
    run_orders(orders, fresh, run)
    different = {order.row["id"]: text for order in orders if (text := _difference(order, environments, fresh))}
    ran = [order for order in orders if order.lock is not None]
    same = sum(order.row["id"] not in different for order in ran)
    return Comparison(len(ran), same, (*different.values(), *_not_missing(dataset, orders, say)))


def _difference(order: Order, environments: EnvironmentSet, fresh: _Fresh) -> str | None:
    recorded = order.row["verdict"]["status"]
    found = verdict_of(order, environments, fresh)
    # A program that was never run has no verdict to agree with, even where running fails again.
    if found.status == recorded != "not_run":
        return None
    why = f" ({found.reason})" if found.reason else ""
    return f"row {order.row['id']} ({order.row['symbol']}): recorded as {recorded}, now {found.status}{why}"


def _not_missing(dataset: Dataset, orders: Sequence[Order], say: Callable[[str], None]) -> list[str]:
    """Return the sources whose programs were left out for want of an environment that can be made."""
    stranded = {order.row["source"]["source"] for order in orders if order.lock is None}
    sources = {source.id: source for source in map(source_of, dataset.lock["sources"])}
    also = _rule(dataset).also
    can = [name for name in sorted(stranded & sources.keys()) if resolve_environments([sources[name]], also, say).locks]
    return [f"{name}: is recorded as not to be installed, but its environment can be made" for name in can]


@dataclass(frozen=True, slots=True)
class Answer:
    """What checking a folder found: `wrong` has a sentence for each difference, `executed` counts programs run again."""

    rows: int
    wrong: tuple[str, ...]
    executed: int | None

    def to_json(self, folder: Path) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {"folder": str(folder), "rows": self.rows, "executed": self.executed, "differences": list(self.wrong)}

    def raise_if_wrong(self, folder: Path) -> None:
        """End the command with 1 where something differs.

        Raises:
            QualityGateFailed: if so.
        """
        if self.wrong:
            raise QualityGateFailed(f"{folder}: {len(self.wrong)} differences from what its lock, its sources and its verdicts say")


def verify_folder(
    folder: Path, manifest_path: Path | None, say: Callable[[str], None], *, execute: bool, jobs: int, sandbox: str
) -> Answer:
    """Check a dataset folder and write nothing to it.

    Raises:
        BadDataset: if it is no dataset, or `execute` is asked for and nothing of it was run.
        SandboxUnavailable, InputError, RemoteError: if programs cannot be run here.
    """
    dataset, wrong = open_dataset(folder)
    if execute:
        recorded_environments(dataset)
        cpu_limit(dataset)
    wrong += check_rows(dataset)
    wrong += check_teacher(dataset)
    wrong += check_verdicts(dataset)
    wrong += check_counts(dataset)
    wrong += check_statistics(dataset)
    reread = reread_sources(dataset, manifest_path, say)
    wrong += reread.wrong
    if reread.given is not None:
        wrong += check_complete(dataset, reread.given, manifest_path, say)
    executed = None
    if execute:
        comparison = execute_again(dataset, SandboxRunner(sandbox, jobs, cpu_limit(dataset), modules_of(dataset), say), say)
        wrong += comparison.different
        executed = comparison.executed
        say(f"  {comparison.same} of {executed} programs run again have the verdict that their row says")
    return Answer(len(dataset.rows), tuple(map(printable, wrong)), executed)
