"""The stage that adds variants of decompositions to a build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gpiot_data.augment.decompositions.rows import augment_rows
from gpiot_data.augment.decompositions.stage import augment_sources, run_variants_stage
from gpiot_data.errors import BadManifest
from gpiot_data.plan import load_plan
from gpiot_data.schema import Kept, Rejected
from gpiot_data.stages import StageResult, stage_place
from gpiot_data.variants_rule import VariantsRule

Rows = list[dict[str, Any]]
RULE = VariantsRule(per_aspect=1)


def kept(rows: Rows, rule: VariantsRule = RULE) -> Rows:
    return [item.row for item in augment_sources(rows, rule, 0) if isinstance(item, Kept)]


def before(rows: Rows) -> StageResult:
    return StageResult(rows, [], {"name": "pairs", "in": None, "out": len(rows), "rejected": {}, "digest": "0"}, reused=False)


def test_each_variant_stands_behind_the_row_that_it_was_made_from(raw_rows: Rows) -> None:
    origin = ""
    for row in kept(raw_rows):
        if row["parents"]:
            assert row["parents"][0]["id"] == origin
        else:
            origin = row["id"]


def test_a_variant_goes_with_its_source_and_rests_on_no_passage(raw_rows: Rows) -> None:
    origins = {row["id"]: row for row in raw_rows}
    variants = [row for row in kept(raw_rows) if row["parents"]]
    assert len(variants) > 30
    for row in variants:
        assert row["source"] == origins[row["parents"][0]["id"]]["source"]
        assert (row["passages"], row["overlap"], row["confidence"]) == ([], None, None)


def test_the_variants_of_a_paper_do_not_depend_on_the_others(raw_rows: Rows) -> None:
    alone = [row for row in raw_rows if row["source"]["source"] == "csi"]
    assert len(alone) == 2
    assert kept(alone) == [row for row in kept(raw_rows) if row["source"]["source"] == "csi"]


def test_the_record_tells_the_rule_and_what_was_not_understood(raw_rows: Rows, tmp_path: Path) -> None:
    made = run_variants_stage(RULE, 3, tmp_path, before(raw_rows))
    assert (made.record["in"], made.record["out"]) == (len(raw_rows), len(made.rows))
    assert made.record["params"]["per_aspect"] == 1
    assert made.record["params"]["seed"] == 3
    assert made.record["rejected"] == {"not_understood": 1}
    assert [item["place"] for item in made.rejected] == ["page 1"]
    assert (stage_place(tmp_path, "augment") / "rows.jsonl").is_file()


def test_a_stage_is_made_once_for_one_rule_and_seed(raw_rows: Rows, tmp_path: Path) -> None:
    for seed, reused in ((0, False), (0, True), (1, False)):
        assert run_variants_stage(RULE, seed, tmp_path, before(raw_rows)).reused is reused


def test_a_variant_that_reads_like_an_earlier_one_names_it(raw_rows: Rows) -> None:
    made = list(augment_rows([raw_rows[0], raw_rows[0]], RULE))
    variants = [item.row["id"] for item in made if isinstance(item, Kept) and item.row["parents"]]
    again = [item for item in made if isinstance(item, Rejected)]
    assert len(variants) == 7
    assert [item.of for item in again] == variants
    assert {item.reason for item in again} == {"same_as_other"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind: cgd\nvariants: {}", "variants: rows of kind cgd are no decompositions"),
        ("kind: tdd\naugment: {}", "augment: rows of kind tdd have no programs"),
        ("kind: tdd\nvariants: {per_aspects: 3}", "did you mean 'per_aspect'"),
        ("kind: tdd\nvariants: {aspects: [colour]}", "variants.aspects: 'colour' is none"),
    ],
)
def test_a_key_for_the_other_kind_or_a_wrong_one_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(f"schema: gpiot.manifest/1\nname: m\nversion: 0.1.0\ncorpora: [c.yaml]\n{text}\n")
    with pytest.raises(BadManifest, match=told):
        load_plan(path)
