"""The verify stage of a build: which environments, which verdicts are known already, and running the rest."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gpiot_data.plan import Source, VerifyRule
from gpiot_data.quality.verify import Order, Runner, make_orders, run_orders, verify_rows, waiting
from gpiot_data.sandbox import Level
from gpiot_data.schema import Kept, Rejected
from gpiot_data.sources import facts
from gpiot_data.sources.packages import PackageSource
from gpiot_data.stages import StageResult, run_stage, stage_place
from gpiot_data.store import read_json, read_jsonl, sha256_file, write_json, write_jsonl
from gpiot_data.verify.environments import resolve_environments
from gpiot_data.verify.ledger import FILE as VERDICTS
from gpiot_data.verify.ledger import ShippedVerdicts, VerdictStore, open_store
from gpiot_data.verify.locks import EnvironmentSet, load_environments, running_python
from gpiot_data.verify.statements import Statement

ENVIRONMENTS = "environments.json"

JsonRow = dict[str, Any]
Say = Callable[[str], None]


def environments_path(manifest_path: Path) -> Path:
    """Return where the environments of a manifest are committed, there or not."""
    return manifest_path.with_suffix(".environments.json")


def package_sources(sources: Sequence[Source]) -> list[PackageSource]:
    """Return the packages among the sources."""
    return [source for source in sources if isinstance(source, PackageSource)]


def modules_of(sources: Sequence[Source]) -> dict[str, tuple[str, ...]]:
    """Return the modules under test, by source."""
    return {source.id: facts.modules_of(source) for source in package_sources(sources)}


@dataclass(frozen=True, slots=True)
class Execution:
    """How the programs of a build are run, for every stage that runs some.

    Attributes:
        rule: of the manifest.
        sources: what the rows come from.
        manifest_path: the manifest, beside which environments may be recorded.
        folder: the dataset folder.
        run: runs what no stored verdict answers.
        levels: the isolation levels whose verdicts count, best first.
        say: told what goes on, for people.
        known: the folder of the verdicts found before, by default that of this machine.
    """

    rule: VerifyRule
    sources: Sequence[Source]
    manifest_path: Path
    folder: Path
    run: Runner
    levels: Sequence[Level]
    say: Say
    known: Path | None = None

    @contextlib.contextmanager
    def verdicts(self) -> Iterator[VerdictStore]:
        """Hold the verdicts found before, those in the dataset folder among them.

        Raises:
            BadDataset: if the folder has verdicts that are none.
            InputError: if the store is damaged or cannot be written to.
        """
        with open_store(self.known, self.levels) as store:
            store.take_in(self.folder / VERDICTS)
            yield store


def run_verify_stage(execution: Execution, before: StageResult) -> StageResult:
    """Return the rows of `before` with their verdicts, those that fail dropped.

    Raises:
        BadDataset: if the folder has verdicts that are none.
        SandboxUnavailable: if something has to run and no sandbox can be had.
        InputError, RemoteError: if an environment cannot be made.
    """
    rule, folder, say, modules = execution.rule, execution.folder, execution.say, modules_of(execution.sources)
    place = stage_place(folder, "verify")
    with execution.verdicts() as verdicts:

        def ordered(found: EnvironmentSet) -> list[Order]:
            return order_programs(rule, before.rows, found, modules, verdicts)

        environments = choose_environments(execution, lambda found: bool(waiting(ordered(found), verdicts)))
        programs = programs_of(orders := ordered(environments))

        def compute() -> Iterator[Kept[JsonRow] | Rejected]:
            if (taken := verdicts.count_taken(programs)) or verdicts.refused:
                refused = f"; {verdicts.refused} more there cannot be true and do not count" if verdicts.refused else ""
                say(f"  verify   {taken} verdicts taken from {folder / VERDICTS}, their programs not run here{refused}")
            if todo := len(waiting(orders, verdicts)):
                say(f"  verify   running {todo} programs whose verdict is not known yet")
            run_orders(orders, verdicts, execution.run)
            yield from verify_rows(before.rows, orders, environments, verdicts)
            write_jsonl(place / VERDICTS, verdicts.entries(programs))
            write_json(place / ENVIRONMENTS, environments.to_json())

        return run_stage(
            place,
            "verify",
            params=asdict(rule),
            inputs=[before.record["digest"], environments.to_json(), list(execution.levels)],
            rows_in=len(before.rows),
            compute=compute,
            beside=(VERDICTS, ENVIRONMENTS),
        )


def programs_of(orders: Sequence[Order]) -> dict[str, tuple[Statement, ...]]:
    """Return the statements that orders run, by the key of their verdict."""
    return {order.example.key: order.example.statements for order in orders if order.example is not None}


def order_programs(
    rule: VerifyRule, rows: Sequence[JsonRow], environments: EnvironmentSet, modules: dict[str, tuple[str, ...]], verdicts: VerdictStore
) -> list[Order]:
    """Return what to run for each program, and let no verdict answer that cannot have been found for it."""
    orders = make_orders(rows, environments, modules, rule.cpu_s)
    verdicts.refuse_impossible(programs_of(orders))
    return orders


def choose_environments(execution: Execution, must_run: Callable[[EnvironmentSet], bool]) -> EnvironmentSet:
    """Take the environments recorded beside the manifest, else those of an earlier build, else resolve them now.

    Recorded ones count if they hold every package at its pin, and either can be made here or need not be.

    Args:
        execution: how programs are run.
        must_run: tells whether anything has to run in environments, or all is known.

    Raises:
        InputError, RemoteError: if an environment cannot be resolved.
    """
    rule, say = execution.rule, execution.say
    packages = package_sources(execution.sources)
    for path in (environments_path(execution.manifest_path), execution.folder / ENVIRONMENTS):
        found = load_environments(path)
        if found is None or not holds(found, packages, rule):
            continue
        if all(lock.python == running_python() for lock in found.locks) or not must_run(found):
            return found
        say(f"  verify   {path} is for another Python; resolving anew for {running_python()}")
    return resolve_environments(packages, rule.also, say)


def holds(environments: EnvironmentSet, sources: Sequence[PackageSource], rule: VerifyRule) -> bool:
    """Tell whether environments are what the pins of a corpus ask for."""
    for source in sources:
        lock = environments.of(source.id)
        if lock is None and source.id not in environments.missing:
            return False
        if lock is not None and not {f"{source.name}=={source.version}"} <= set(lock.requested):
            return False
    wanted = {f"{source.name}=={source.version}" for source in sources} | set(rule.also)
    return all(set(lock.requested) <= wanted for lock in environments.locks)


def isolated_by(folder: Path, levels: Sequence[Level]) -> bool:
    """Tell whether every program of a finished folder ran on one of `levels`; true where nothing was run.

    Raises:
        BadDataset: if its verdicts are none.
    """
    path = folder / VERDICTS
    return not path.is_file() or ShippedVerdicts(path).levels <= set(levels)


def ship(folder: Path, stages: Sequence[str]) -> list[dict[str, Any]]:
    """Write the environments and the verdicts of stages beside the rows, and return their entries for the lock.

    Verdicts on what was not kept go with them: a rebuild has to know that it failed.
    """
    write_json(folder / ENVIRONMENTS, read_json(stage_place(folder, "verify") / ENVIRONMENTS))
    found = {entry["key"]: entry for name in stages for entry in read_jsonl(stage_place(folder, name) / VERDICTS)}
    write_jsonl(folder / VERDICTS, [entry for _, entry in sorted(found.items())])
    return [_shipped(folder, ENVIRONMENTS, 0), _shipped(folder, VERDICTS, len(found))]


def _shipped(folder: Path, name: str, lines: int) -> dict[str, Any]:
    path = folder / name
    return {"path": name, "bytes": path.stat().st_size, "sha256": sha256_file(path), "rows": lines}
