"""What a dataset card says besides its counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from gpiot_data.imprint import Imprint
from gpiot_data.plan import Plan
from gpiot_data.publish.card import render_card
from gpiot_data.publish.facts import Facts, Writer, find_writers
from gpiot_data.publish.statistics import measure_build
from gpiot_data.quality.diversity import Diversity
from gpiot_data.schema import CG_PROMPT, TD_PROMPT
from gpiot_data.stages import StageResult

PLAN = Plan(schema="gpiot.manifest/1", name="toy", version="2.1.0", kind="cgd", corpora=("c.yaml",))
NOTHING = measure_build([], [StageResult([], [], {"name": "pairs", "in": None, "out": 0, "rejected": {}}, reused=False)])
STATISTICS = {
    **NOTHING,
    "rows": 1200,
    "splits": {"test": {"example": 200}, "train": {"example": 1000}},
    "sources": {"a": {"example": 900}, "b": {"example": 300}},
}
NEAR = {"name": "dedup", "in": 3, "out": 2, "rejected": {}, "params": {"method": "near", "match": "both", "jaccard": 0.7, "cosine": 0.9, "against": [{"dataset_sha256": "c" * 64}], "encoder": {"name": "static:minilm:256"}}}  # fmt: skip
DECONTAMINATE = {"name": "decontaminate", "in": 2, "out": 2, "rejected": {}, "params": {"indexes": ["d" * 64]}}


def source(name: str, licence: str) -> dict:
    return {"id": name, "version": "1.0", "license": licence, "sha256": "e" * 64}


FACTS = Facts(
    sources=[source("a", "MIT"), source("b", "MIT")], stages=[NEAR, DECONTAMINATE], files=(), statistics=STATISTICS, digest="f" * 64,
    writers=(Writer("chat", "some-model", "cgd/3", 200), Writer("rules", None, "cgd-rules/4", 1000)),
)  # fmt: skip


def card(facts: Facts = FACTS, plan: Plan = PLAN) -> str:
    return render_card(plan, facts, Diversity(0, None, {}))


def header(facts: Facts) -> dict:
    return yaml.safe_load(card(facts).split("---\n")[1])


def test_the_header_tells_the_hub_what_it_asks_for() -> None:
    assert header(FACTS) == {
        "pretty_name": "toy 2.1.0",
        "license": "mit",
        "language": ["en"],
        "multilinguality": ["monolingual"],
        "task_categories": ["text-generation"],
        "size_categories": ["1K<n<10K"],
        "annotations_creators": ["machine-generated"],
        "language_creators": ["found", "machine-generated"],
        "source_datasets": ["original"],
        "tags": ["iot", "gpiot", "synthetic", "code"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": split, "path": f"parquet/{split}-00000-of-00001.parquet"} for split in ("test", "train")],
            }
        ],
    }


@pytest.mark.parametrize("licences", [("MIT", "BSD-3-Clause"), ("MIT AND BSD-3-Clause",), ("LicenseRef-Own",)])
def test_a_licence_that_the_hub_has_no_single_name_for_is_other(licences: tuple[str, ...]) -> None:
    found = header(replace(FACTS, sources=[source(f"s{number}", licence) for number, licence in enumerate(licences)]))
    assert (found["license"], found["license_name"]) == ("other", "by-source")


def test_the_header_passes_the_check_of_the_hubs_own_client() -> None:
    from huggingface_hub import DatasetCardData

    assert DatasetCardData(**header(FACTS)).to_dict()["size_categories"] == ["1K<n<10K"]


@pytest.mark.parametrize(("rows", "size"), [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (30_000, "10K<n<100K"), (2_000_000, "n>1M")])
def test_the_size_is_the_hubs_word_for_the_number_of_rows(rows: int, size: str) -> None:
    assert header(replace(FACTS, statistics={**STATISTICS, "rows": rows}))["size_categories"] == [size]


def test_the_card_names_teachers_prompts_and_what_rows_were_compared_with() -> None:
    found = card()
    for line in (
        "| chat | some-model | cgd/3 | 200 |",
        "| rules | none | cgd-rules/4 | 1000 |",
        "0.7 on, or a cosine of 0.9 of the vectors of static:minilm:256.",
        f"The same for rows near to those of the dataset `{'c' * 16}`.",
        "- 75.0% of the rows come from one source, a.",
        'print(rows["train"][0]["messages"])',
    ):
        assert line in found.splitlines()
    assert CG_PROMPT in found
    assert f"index `{'d' * 16}`" in found
    assert 'revision="v2.1.0"' in found
    assert "the question and the answer one was kept" in found


def test_what_was_not_done_is_said_too() -> None:
    exact = {**NEAR, "params": {"method": "exact"}}
    found = card(replace(FACTS, stages=[exact]))
    assert "near-duplicates were not looked for" in found
    assert "Rows were not compared with any benchmark." in found
    assert "Published on" not in found


def test_the_card_of_papers_has_their_prompt_and_limits() -> None:
    found = card(plan=replace(PLAN, kind="tdd"))
    assert TD_PROMPT in found
    assert "Nothing was executed" in found
    assert "  - code" not in found


def test_variants_are_spoken_of_where_there_are_any() -> None:
    augment = {"name": "augment", "in": 1, "out": 2, "rejected": {}, "params": {}}
    assert "Variants of programs that ran" not in card()
    assert "Variants of programs that ran" in card(replace(FACTS, stages=[augment, *FACTS.stages]))


def test_an_imprint_is_named() -> None:
    imprint = Imprint(date="2026-11-22", url="https://example.org/toy", creators=("A", "B"))
    assert "Published on 2026-11-22 by A, B: https://example.org/toy" in card(replace(FACTS, imprint=imprint)).splitlines()


def test_writers_are_counted_and_sorted() -> None:
    teachers = [("rules", None, "b"), ("chat", "m", "p"), ("rules", None, "a"), ("rules", None, "b")]
    rows = [{"teacher": {"name": name, "model": model, "prompt": prompt}} for name, model, prompt in teachers]
    assert find_writers(rows) == (Writer("chat", "m", "p", 1), Writer("rules", None, "a", 1), Writer("rules", None, "b", 2))
