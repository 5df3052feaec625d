"""The augment stage of a build: programs are run, specifications completed by what was seen, and variants added that compute the same.

What ran before is answered by the verdict store, so a build that was interrupted goes on where it stopped, and a rebuild
runs nothing. Rows get no verdict here: that is left to the stage that verifies what is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gpiot_data.augment.candidates import OriginRow, draft_variants, judge_variants, read_origins, variant_programs
from gpiot_data.augment.origins import Drafted
from gpiot_data.plan import AugmentRule
from gpiot_data.quality.execution import Execution, choose_environments, modules_of, order_programs, package_sources, programs_of
from gpiot_data.quality.verify import Order, run_orders, waiting
from gpiot_data.schema import Kept, Rejected
from gpiot_data.stages import StageResult, run_stage, stage_place
from gpiot_data.store import write_json, write_jsonl
from gpiot_data.verify.ledger import FILE as VERDICTS
from gpiot_data.verify.ledger import VerdictStore
from gpiot_data.verify.locks import EnvironmentSet

#: How often which operation did not apply, and why.
REFUSALS = "refusals.json"

JsonRow = dict[str, Any]
Say = Callable[[str], None]


def run_augment_stage(rule: AugmentRule, execution: Execution, before: StageResult, *, jobs: int = 1) -> StageResult:
    """Return the rows of `before`, each followed by its variants; programs that fail, and variants that differ, are dropped.

    Args:
        rule: how many variants there may be.
        execution: how programs are run.
        before: the stage before.
        jobs: processes that write variants.

    Raises:
        BadDataset: if the folder has verdicts that are none.
        SandboxUnavailable: if something has to run and no sandbox can be had.
        InputError, RemoteError: if an environment cannot be made, or an artefact cannot be had any more.
    """
    place = stage_place(execution.folder, "augment")
    with execution.verdicts() as verdicts:
        work = _Work(rule, execution, before.rows, verdicts, modules_of(execution.sources), jobs)
        environments = choose_environments(execution, work.must_run)

        def compute() -> Iterator[Kept[JsonRow] | Rejected]:
            orders = work.orders(before.rows, environments)
            work.run(orders, "programs")
            origins, drafted = work.drafts(orders, environments)
            variants = work.orders(variant_programs(origins, drafted), environments)
            work.run(variants, "variants")
            yield from judge_variants(origins, drafted, variants, environments, verdicts)
            write_json(place / REFUSALS, _tell_refusals(drafted.values(), len(variants), execution.say))
            write_jsonl(place / VERDICTS, verdicts.entries(programs_of([*orders, *variants])))

        return run_stage(
            place,
            "augment",
            params={**asdict(rule), "verify": asdict(execution.rule)},
            inputs=[before.record["digest"], environments.to_json(), list(execution.levels)],
            rows_in=len(before.rows),
            compute=compute,
            beside=(REFUSALS, VERDICTS),
        )


@dataclass(frozen=True, slots=True)
class _Work:
    """What both questions of the stage need: which programs have to run, and what comes of them."""

    rule: AugmentRule
    execution: Execution
    rows: Sequence[JsonRow]
    verdicts: VerdictStore
    modules: dict[str, tuple[str, ...]]
    jobs: int

    def orders(self, rows: Sequence[JsonRow], environments: EnvironmentSet) -> list[Order]:
        return order_programs(self.execution.rule, rows, environments, self.modules, self.verdicts)

    def run(self, orders: Sequence[Order], what: str) -> None:
        if todo := len(waiting(orders, self.verdicts)):
            self.execution.say(f"  augment  running {todo} {what} that did not run before")
        run_orders(orders, self.verdicts, self.execution.run)

    def drafts(self, orders: Iterable[Order], environments: EnvironmentSet) -> tuple[list[OriginRow | Rejected], dict[str, Drafted]]:
        origins = read_origins(self.rows, orders, environments, self.verdicts)
        return origins, draft_variants(origins, package_sources(self.execution.sources), self.rule.per_origin, self.jobs)

    def must_run(self, environments: EnvironmentSet) -> bool:
        orders = self.orders(self.rows, environments)
        if waiting(orders, self.verdicts):
            return True
        return bool(waiting(self.orders(variant_programs(*self.drafts(orders, environments)), environments), self.verdicts))


def _tell_refusals(drafted: Iterable[Drafted], n_variants: int, say: Say) -> dict[str, dict[str, int]]:
    """Return how often which operation did not apply, by reason, and say what was made."""
    made = list(drafted)
    counts = Counter(refusal for item in made for refusal in item.refused)
    found: dict[str, dict[str, int]] = {}
    for (operation, reason), count in sorted(counts.items()):
        found.setdefault(operation, {})[reason] = count
    common = ", ".join(f"{operation} {reason} {count}" for (operation, reason), count in sorted(counts.items(), key=_by_count)[:4])
    say(f"  augment  {n_variants} variants of {len(made)} programs" + (f"; most often not made: {common}" if common else ""))
    return found


def _by_count(item: tuple[tuple[str, str], int]) -> tuple[int, tuple[str, str]]:
    return -item[1], item[0]
