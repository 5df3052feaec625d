"""The augment stage of a build: programs are run, specifications completed by what was seen, and variants added that compute the same.

What ran before is answered by the verdict store, so a build that was interrupted goes on where it stopped, and a rebuild
runs nothing. Rows get no verdict here: that is left to the stage that verifies what is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gpiot_data.augment.candidates import OriginRow, draft_variants, judge_variants, read_origins, variant_programs
from gpiot_data.augment.origins import Drafted
from gpiot_data.plan import AugmentRule, Source, VerifyRule
from gpiot_data.quality.execution import choose_environments, modules_of, order_programs, package_sources, programs_of
from gpiot_data.quality.verify import Order, Runner, run_orders, waiting
from gpiot_data.sandbox import Level
from gpiot_data.schema import Kept, Rejected
from gpiot_data.stages import StageResult, run_stage, stage_place
from gpiot_data.store import write_json, write_jsonl
from gpiot_data.verify.ledger import FILE as VERDICTS
from gpiot_data.verify.ledger import VerdictStore, open_store
from gpiot_data.verify.locks import EnvironmentSet

#: How often which operation did not apply, and why.
REFUSALS = "refusals.json"

JsonRow = dict[str, Any]
Say = Callable[[str], None]


def run_augment_stage(
    rule: AugmentRule,
    verify: VerifyRule,
    sources: Sequence[Source],
    manifest_path: Path,
    folder: Path,
    before: StageResult,
    run: Runner,
    levels: Sequence[Level],
    say: Say,
    *,
    jobs: int = 1,
    known: Path | None = None,
) -> StageResult:
    """Return the rows of `before`, each followed by its variants; programs that fail, and variants that differ, are dropped.

    Args:
        rule: how many variants there may be.
        verify: how programs are run.
        sources: what the rows come from.
        manifest_path: the manifest, beside which environments may be recorded.
        folder: the dataset folder.
        before: the stage before.
        run: runs what no stored verdict answers.
        levels: the isolation levels whose verdicts count, best first.
        say: told what goes on, for people.
        jobs: processes that write variants.
        known: the folder of the verdicts found before, by default that of this machine.

    Raises:
        BadDataset: if the folder has verdicts that are none.
        SandboxUnavailable: if something has to run and no sandbox can be had.
        InputError, RemoteError: if an environment cannot be made, or an artefact cannot be had any more.
    """
    place = stage_place(folder, "augment")
    with open_store(known, levels) as verdicts:
        verdicts.take_in(folder / VERDICTS)
        work = _Work(rule, verify, tuple(sources), before.rows, verdicts, modules_of(sources), jobs)
        environments = choose_environments(verify, sources, manifest_path, folder, work.must_run, say)

        def compute() -> Iterator[Kept[JsonRow] | Rejected]:
            orders = work.orders(before.rows, environments)
            _run(orders, verdicts, run, say, "programs")
            origins, drafted = work.drafts(orders, environments)
            variants = work.orders(variant_programs(origins, drafted), environments)
            _run(variants, verdicts, run, say, "variants")
            yield from judge_variants(origins, drafted, variants, environments, verdicts)
            write_json(place / REFUSALS, _tell_refusals(drafted.values(), len(variants), say))
            write_jsonl(place / VERDICTS, verdicts.entries(programs_of([*orders, *variants])))

        return run_stage(
            place,
            "augment",
            params={**asdict(rule), "verify": asdict(verify)},
            inputs=[before.record["digest"], environments.to_json(), list(levels)],
            rows_in=len(before.rows),
            compute=compute,
            beside=(REFUSALS, VERDICTS),
        )


@dataclass(frozen=True, slots=True)
class _Work:
    """What both questions of the stage need: which programs have to run, and what comes of them."""

    rule: AugmentRule
    verify: VerifyRule
    sources: tuple[Source, ...]
    rows: Sequence[JsonRow]
    verdicts: VerdictStore
    modules: dict[str, tuple[str, ...]]
    jobs: int

    def orders(self, rows: Sequence[JsonRow], environments: EnvironmentSet) -> list[Order]:
        return order_programs(self.verify, rows, environments, self.modules, self.verdicts)

    def drafts(self, orders: Iterable[Order], environments: EnvironmentSet) -> tuple[list[OriginRow | Rejected], dict[str, Drafted]]:
        origins = read_origins(self.rows, orders, environments, self.verdicts)
        return origins, draft_variants(origins, package_sources(self.sources), self.rule.per_origin, self.jobs)

    def must_run(self, environments: EnvironmentSet) -> bool:
        orders = self.orders(self.rows, environments)
        if waiting(orders, self.verdicts):
            return True
        return bool(waiting(self.orders(variant_programs(*self.drafts(orders, environments)), environments), self.verdicts))


def _run(orders: Sequence[Order], verdicts: VerdictStore, run: Runner, say: Say, what: str) -> None:
    if todo := len(waiting(orders, verdicts)):
        say(f"  augment  running {todo} {what} that did not run before")
    run_orders(orders, verdicts, run)


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
