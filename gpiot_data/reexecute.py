"""`gpiot-data verify`: all checks of a dataset folder, and on request its programs run again and compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gpiot_data.errors import BadDataset, QualityGateFailed
from gpiot_data.quality.verify import Order, Runner, make_orders, run_orders, verdict_of
from gpiot_data.recheck import Dataset, check_rows, check_spans, open_dataset, source_of
from gpiot_data.verify.judge import Finding
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
    """What running again showed: `same` verdicts, and a sentence for each that differs."""

    same: int
    different: tuple[str, ...]


def recorded_environments(dataset: Dataset) -> EnvironmentSet:
    """Return the environments in which the programs of a dataset ran.

    Raises:
        BadDataset: if nothing of it was run.
        BadManifest: if the record cannot be read.
    """
    recorded = dataset.lock.get("environments")
    if recorded is None:
        raise BadDataset(f"{dataset.folder}: no program of this dataset was run; add 'verify: {{}}' to its manifest and build it again")
    return read_environments(recorded, str(dataset.folder / "lock.json"))


def modules_of(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    """Return the modules under test, by source, as the lock records them."""
    return {source.id: source.modules for source in map(source_of, dataset.lock["sources"])}


def cpu_limit(dataset: Dataset) -> float:
    """Return the CPU seconds that a program had.

    Raises:
        BadDataset: if the lock does not say.
    """
    try:
        return float(dataset.lock["manifest"]["verify"]["cpu_s"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadDataset(f"{dataset.folder / 'lock.json'}: does not say under which limit programs ran; build the dataset again") from error


def execute_again(dataset: Dataset, run: Runner) -> Comparison:
    """Run every program whose verdict says that it was run, and compare.

    Raises:
        BadDataset: if nothing of it was run.
        SandboxUnavailable, InputError, RemoteError: if running is not possible here.
    """
    environments = recorded_environments(dataset)
    rows = [row for row in dataset.rows if row.get("code") and row["verdict"]["status"] != "not_run"]
    ordered = make_orders(rows, environments, modules_of(dataset), cpu_limit(dataset))
    # A package that did not install then is not tried again: its programs have no environment to run in.
    orders = [order for order in ordered if order.lock is not None]
    fresh = _Fresh()
    run_orders(orders, fresh, run)
    different = list(_differences(orders, environments, fresh))
    return Comparison(len(orders) - len(different), tuple(different))


def _differences(orders: Sequence[Order], environments: EnvironmentSet, fresh: _Fresh) -> list[str]:
    sentences = []
    for order in orders:
        recorded = order.row["verdict"]["status"]
        found = verdict_of(order, environments, fresh)
        if found.status != recorded:
            why = f" ({found.reason})" if found.reason else ""
            sentences.append(f"row {order.row['id']} ({order.row['symbol']}): recorded as {recorded}, now {found.status}{why}")
    return sentences


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
    wrong += check_rows(dataset)
    wrong += check_spans(dataset, manifest_path, say)
    executed = None
    if execute:
        comparison = execute_again(dataset, SandboxRunner(sandbox, jobs, cpu_limit(dataset), modules_of(dataset), say))
        wrong += comparison.different
        executed = comparison.same + len(comparison.different)
        say(f"  {comparison.same} of {executed} programs run again have the verdict that their row says")
    return Answer(len(dataset.rows), tuple(wrong), executed)
