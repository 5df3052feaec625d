"""Train and test rows, split by source: nothing of a held-out source is ever trained on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from gpiot_data.plan import SplitRule
from gpiot_data.schema import Kept
from gpiot_data.store import sha256_text


def split_rows(rows: Iterable[dict[str, Any]], rule: SplitRule, seed: int) -> Iterator[Kept[dict[str, Any]]]:
    """Yield all rows, each with its split, by source and place in it; all rows of a source get the same split."""
    for row in sorted(rows, key=split_place):
        yield Kept({**row, "split": split_of(row["source"]["source"], rule, seed)})


def split_place(row: dict[str, Any]) -> tuple[Any, ...]:
    """Return what rows are ordered by: their source and their place in it."""
    source = row["source"]
    return source["source"], source["path"] or "", source["span"], row["kind"], row["id"]


def split_of(source: str, rule: SplitRule, seed: int) -> str:
    """Return `test` or `train` for a source id, by name or by a hash of seed and id."""
    if rule.test_sources:
        return "test" if source in rule.test_sources else "train"
    return "test" if int(sha256_text(f"{seed}\x00split\x00{source}")[:12], 16) < rule.test_share * 16**12 else "train"
