"""Variants of decompositions."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest

from gpiot_data.augment.decompositions.rows import augment_rows
from gpiot_data.augment.ontology.model import Ontology
from gpiot_data.errors import BadManifest
from gpiot_data.quality.skeletons import text_skeleton
from gpiot_data.schema import Kept, Rejected, parse_tasks, row_id
from gpiot_data.variants_rule import ASPECTS, VariantsRule

Rows = list[dict[str, Any]]


def params(row: dict[str, Any]) -> dict[str, Any]:
    return row["parents"][0]["params"]


def steps(row: dict[str, Any]) -> list[str]:
    return [step for task in row["tasks"] for step in task["steps"]]


def test_every_raw_row_is_kept_and_those_that_are_not_understood_are_counted(raw_rows: Rows) -> None:
    made = list(augment_rows(raw_rows, VariantsRule(per_aspect=1)))
    raw = [item.row["id"] for item in made if isinstance(item, Kept) and item.row["aspect"] == "raw"]
    assert [row["id"] for row in raw_rows] == raw
    assert [item.reason for item in made if isinstance(item, Rejected)] == ["not_understood"]


def test_the_same_rows_give_the_same_variants_in_any_order(raw_rows: Rows) -> None:
    def made(rows: Rows) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for item in augment_rows(rows, VariantsRule(per_aspect=2)):
            if isinstance(item, Kept) and item.row["aspect"] != "raw":
                found.setdefault(item.row["parents"][0]["id"], []).append(json.dumps(item.row, sort_keys=True))
        return found

    assert made(raw_rows) == made(raw_rows[::-1])


def test_another_seed_chooses_other_variants(raw_rows: Rows) -> None:
    first, second = (
        {item.row["problem"] for item in augment_rows(raw_rows, VariantsRule(per_aspect=2), seed) if isinstance(item, Kept)}
        for seed in (0, 1)
    )
    assert len(first & second) < len(first) / 2


def test_an_aspect_changes_what_it_names_and_nothing_else(variants: Rows) -> None:
    for row in variants:
        found, changed = params(row), row["aspect"].split("+")
        assert ("modality" in changed) == (found["modality"] != found["from_modality"])
        assert ("resource" in changed) == ("platform" in found)
        if "representation" in changed:
            assert found["representation"] != found["from_representation"]
    assert set(ASPECTS) == {row["aspect"] for row in variants}


def test_only_sensors_that_sense_the_phenomenon_are_proposed(variants: Rows, ontology: Ontology) -> None:
    for row in variants:
        needs = ontology.applications[params(row)["application"]].needs
        assert set(needs) <= set(ontology.modalities[params(row)["modality"]].senses)


def test_no_step_of_the_raw_row_is_taken_over(variants: Rows, raw_rows: Rows) -> None:
    raw = {step for row in raw_rows for step in steps(row)}
    assert not raw & {step for row in variants for step in steps(row)}


def test_rows_parse_back_and_carry_their_lineage(variants: Rows, raw_rows: Rows) -> None:
    ids = {row["id"] for row in raw_rows}
    for row in variants:
        stored = json.loads(json.dumps(row))
        answer = parse_tasks(stored["messages"][1]["content"])
        assert stored["tasks"] == [{"name": task.name, "steps": list(task.steps)} for task in answer]
        assert stored["parents"][0]["id"] in ids
        assert row_id(stored) == stored["id"]


def test_texts_have_no_open_choice_blank_or_doubled_word(variants: Rows) -> None:
    for row in variants:
        for text in (row["problem"], *steps(row), *(task["name"] for task in row["tasks"])):
            assert re.search(r"[<>{}|]|\b(\w+) \1\b|\s{2}|\.\.", text) is None, text


def test_every_step_starts_with_a_capital_and_ends_with_a_full_stop(variants: Rows) -> None:
    wrong = [step for row in variants for step in steps(row) if not re.fullmatch(r"[A-Z].*[A-Za-z%0-9`.)π]\.", step)]
    assert wrong[:5] == []


def test_a_platform_alone_changes_steps(variants: Rows) -> None:
    for row in variants:
        if row["aspect"] == "resource":
            assert any("budget" in step or "memory limit" in step for step in steps(row))


def test_a_smaller_budget_never_gets_a_larger_sum(variants: Rows) -> None:
    checked = 0
    for row in variants:
        for total in re.findall(r"= ([\d,]+) bytes(?: and|,) (?:verify|check)", " ".join(steps(row))):
            checked += 1
            assert int(total.replace(",", "")) <= params(row)["budget_kib"] * 1024
    assert checked > 50


def test_no_skeleton_is_on_more_than_one_in_a_hundred_rows(variants: Rows) -> None:
    counts = Counter(text_skeleton(row["messages"][1]["content"]) for row in variants)
    assert max(counts.values()) <= max(1, len(variants) // 100)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"per_aspect": 0}, "per_aspect"),
        ({"confidence": 1.5}, "confidence"),
        ({"aspects": ("colour",)}, "'colour' is none"),
        ({"aspects": ()}, "at least one"),
        ({"aspects": ("resource",) * 2}, "twice"),
    ],
)
def test_a_wrong_rule_is_told(rule: dict[str, Any], told: str) -> None:
    with pytest.raises(BadManifest, match=told):
        VariantsRule(**rule)
