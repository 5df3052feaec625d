"""The augment stage of decompositions: each row, and behind it its variants for other sensors, representations and devices.

Each source is worked on by itself, so the variants of a paper do not depend on which others are in the dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from gpiot_data.augment.decompositions.rows import RULES, augment_rows
from gpiot_data.executor import map_ordered
from gpiot_data.schema import Kept, Rejected
from gpiot_data.stages import StageResult, run_stage, stage_place
from gpiot_data.variants_rule import VariantsRule

JsonRow = dict[str, Any]


def run_variants_stage(rule: VariantsRule, seed: int, folder: Path, before: StageResult, *, jobs: int = 1) -> StageResult:
    """Return the rows of `before`, each followed by its variants; those that contradict themselves are dropped.

    Args:
        rule: how many variants there may be.
        seed: another one chooses other variants.
        folder: the dataset's.
        before: the stage before.
        jobs: processes that write variants.
    """
    return run_stage(
        stage_place(folder, "augment"),
        "augment",
        params={**asdict(rule), "seed": seed, "rules": RULES.prompt},
        inputs=before.record["digest"],
        rows_in=len(before.rows),
        compute=lambda: augment_sources(before.rows, rule, seed, jobs),
    )


def augment_sources(rows: Sequence[JsonRow], rule: VariantsRule, seed: int, jobs: int = 1) -> Iterator[Kept[JsonRow] | Rejected]:
    """Yield rows and variants by source, in the order in which sources come first in `rows`, whatever the number of workers."""
    by_source: dict[str, list[JsonRow]] = {}
    for row in rows:
        by_source.setdefault(row["source"]["source"], []).append(row)
    for made in map_ordered(partial(_augment_source, rule, seed), list(by_source.values()), jobs):
        yield from made


def _augment_source(rule: VariantsRule, seed: int, rows: Sequence[JsonRow]) -> list[Kept[JsonRow] | Rejected]:
    return list(augment_rows(rows, rule, seed))
