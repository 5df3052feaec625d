"""Exact duplicates and the split by source."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from gpiot_data.plan import SplitRule
from gpiot_data.quality.dedup import dedup_exact
from gpiot_data.quality.split import split_of, split_rows
from gpiot_data.schema import Kept, Rejected


def _row(number: int, text: str, source: str = "s") -> dict:
    return {
        "id": f"{number:04d}",
        "messages": [{"role": "user", "content": text}, {"role": "assistant", "content": "answer"}],
        "source": {"source": source, "page": 1, "path": None, "span": [number, number + 1]},
        "kind": "decomposition",
    }


def test_white_space_and_case_make_no_difference() -> None:
    found = list(dedup_exact([_row(2, "Detect  peaks\n"), _row(1, "detect peaks"), _row(3, "other")]))
    assert [item.row["id"] for item in found if isinstance(item, Kept)] == ["0001", "0003"]
    assert [(item.reason, item.of) for item in found if isinstance(item, Rejected)] == [("exact_duplicate", "0001")]


@given(st.lists(st.sampled_from("abcd"), max_size=12), st.randoms())
def test_the_same_rows_are_kept_in_any_order_and_a_second_pass_keeps_all(texts: list[str], rng: random.Random) -> None:
    rows = [_row(number, text) for number, text in enumerate(texts)]
    shuffled = rng.sample(rows, len(rows))
    kept = [item.row for item in dedup_exact(rows) if isinstance(item, Kept)]
    assert [item.row for item in dedup_exact(shuffled) if isinstance(item, Kept)] == kept
    assert [item.row for item in dedup_exact(kept) if isinstance(item, Kept)] == kept
    assert len(kept) == len(set(texts))


def test_the_same_row_twice_is_kept_once() -> None:
    found = list(dedup_exact([_row(1, "detect peaks"), _row(1, "detect peaks")]))
    assert [type(item) for item in found] == [Kept, Rejected]


def test_all_rows_of_a_source_go_to_one_split() -> None:
    rows = [_row(number, str(number), source=f"s{number % 7}") for number in range(70)]
    found = [item.row for item in split_rows(rows, SplitRule(test_share=0.4), seed=3)]
    by_source = {row["source"]["source"]: {other["split"] for other in found if other["source"] == row["source"]} for row in found}
    assert all(len(splits) == 1 for splits in by_source.values())
    assert {split for splits in by_source.values() for split in splits} == {"train", "test"}


def test_named_sources_are_held_out_and_no_others() -> None:
    rule = SplitRule(test_sources=("b",))
    assert [split_of(name, rule, 0) for name in "abc"] == ["train", "test", "train"]


def test_the_share_is_met_on_average_and_the_seed_matters() -> None:
    rule = SplitRule(test_share=0.25)
    chosen = [split_of(f"source-{number}", rule, 0) for number in range(2000)]
    assert 430 < chosen.count("test") < 570
    assert chosen != [split_of(f"source-{number}", rule, 1) for number in range(2000)]
