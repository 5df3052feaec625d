"""The dedup stage over rows: what of a row is compared, with which rows, and what is told of each removal."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from word_bags import WordBags

from gpiot_data.errors import BadDataset, BadManifest, QualityGateFailed
from gpiot_data.plan import DedupRule
from gpiot_data.quality import dedup
from gpiot_data.quality.dedup import compared_texts, dedup_near, is_approximate
from gpiot_data.quality.dedup_stage import encoder_of, made_with, read_against, run_dedup_stage
from gpiot_data.schema import (
    CgdRow,
    Kept,
    Rejected,
    SourceRef,
    Specification,
    SubTask,
    TddRow,
    Teacher,
    Variable,
    dataset_sha256,
)
from gpiot_data.stages import StageResult
from gpiot_data.store import canonical_json, sha256_bytes

PAPER = SourceRef("papers", "s1", "1", "0" * 64, (0, 9), "1" * 64, page=1)
PACKAGE = SourceRef("packages", "p1", "1.0", "0" * 64, (0, 9), "1" * 64, path="p/f.py", lines=(3, 9))
RULES = Teacher("rules", "rules/1")
LONG = "detect the peaks of an ecg that was sampled at 250 Hz on a chest strap and count them every ten seconds on the node"
STEPS = ("band-pass between 5 and 15 Hz", "square and integrate over 150 ms", "take maxima above an adaptive threshold")


BAG = WordBags(name="bag")
DEFAULT = DedupRule()


def _task(problem: str, steps: tuple[str, ...] = STEPS, parents: tuple[dict, ...] = ()) -> dict:
    row = TddRow(
        source=PAPER, license="CC-BY-4.0", teacher=RULES, problem=problem, tasks=(SubTask("Find the peaks", steps),), parents=parents
    )
    return row.to_json()


def _describe(symbol: str, documentation: str) -> dict:
    row = CgdRow(source=PACKAGE, license="MIT", teacher=RULES, kind="description", symbol=symbol, package="p", documentation=documentation)
    return row.to_json()


def _program(target: str, code: str) -> dict:
    specification = Specification(target, (Variable("x", type="ndarray", unit="mV"),), ())
    row = CgdRow(
        source=PACKAGE, license="MIT", teacher=RULES, kind="implementation", symbol="p.f", package="p", documentation="Says what the code does.",
        specification=specification, code=code,
    )  # fmt: skip
    return row.to_json()


def _gone(rows: list[dict], rule: DedupRule = DEFAULT, against: list[dict] = ()) -> list[Rejected]:
    return [item for item in dedup_near(rows, rule, BAG, against) if isinstance(item, Rejected)]


def test_the_prompt_is_not_compared() -> None:
    assert compared_texts(_task("Count steps.")) == {"answer": "\n".join(("Find the peaks", *STEPS)), "question": "Count steps."}
    rows = [_task("Count steps.", ("a b",)), _task("Locate a tag.", ("c d",)), _describe("p.f", "# `p.f`\n\nOne thing."), _describe("p.g", "# `p.g`\n\nOther.")]  # fmt: skip
    assert _gone(rows) == []


def test_headings_of_a_description_and_the_documentation_of_a_program_are_not_compared() -> None:
    assert compared_texts(_describe("p.f", "# `p.f`\n\nFilters.\n\n## Parameters\n- `x`"))["answer"].split() == ["Filters.", "-", "`x`"]
    assert compared_texts(_program("Filter x.", "y = f(x)")) == {"answer": "y = f(x)", "question": "Filter x.\nx\nndarray\nmV"}


def test_a_removal_tells_field_metric_score_and_keeper() -> None:
    first, second = _task(LONG, ("one two three four five six",)), _task(LONG + " twice", ("seven eight nine ten eleven twelve",))
    keeper, other = sorted([first, second], key=lambda row: row["id"])
    (gone,) = _gone([first, second])
    assert gone.to_json() == {
        "reason": "near_duplicate_words",
        "source": "s1",
        "place": "page 1",
        "text": other["messages"][0]["content"][:200],
        "of": keeper["id"],
        "field": "question",
        "metric": "jaccard",
        "score": round((len(LONG.split()) - 4) / (len(LONG.split()) - 3), 4),
    }


def test_one_near_field_suffices_unless_both_are_asked_for() -> None:
    rows = [_task("Count steps at night."), _task("Locate a tag by day.")]
    assert [(item.reason, item.field, item.score) for item in _gone(rows)] == [("near_duplicate_words", "answer", 1.0)]
    assert _gone(rows, DedupRule(match="both")) == []
    rows = [_task(LONG), _task(LONG + " twice")]
    assert [(item.reason, item.field) for item in _gone(rows, DedupRule(match="both"))] == [("near_duplicate_words", "answer+question")]


def test_kinds_are_not_compared_with_one_another() -> None:
    assert _gone([_describe("p.f", "y = f(x) and more of the same"), _program("Filter x.", "y = f(x) and more of the same")]) == []


def test_descriptions_with_the_same_text_are_copies_whatever_their_names() -> None:
    (gone,) = _gone([_describe("p.f", "# `p.f`\n\nReturns the mean."), _describe("p.g", "# `p.g`\n\nReturns the mean.")])
    assert (gone.reason, gone.field, gone.metric) == ("exact_duplicate", "answer", "exact")


def test_a_variant_never_displaces_what_it_was_made_from() -> None:
    for number in range(20):
        raw = _task(f"{LONG} {number}")
        variant = _task(f"{LONG} {number} times", parents=({"id": raw["id"], "aspect": "resource", "operation": "x", "params": {}},))
        assert [item.of for item in _gone([variant, raw])] == [raw["id"]]


def test_the_order_of_rows_is_of_no_account() -> None:
    rng = random.Random(0)
    words = LONG.split()
    rows = [_task(" ".join(rng.choices(words, k=12)), tuple(" ".join(rng.choices(words, k=6)) for _ in range(3))) for _ in range(60)]
    found = list(dedup_near(rows, DedupRule(cosine=0.8), BAG))
    assert 5 < sum(isinstance(item, Kept) for item in found) < 55
    rng.shuffle(rows)
    assert list(dedup_near(rows, DedupRule(cosine=0.8), BAG)) == found
    kept = [item.row["id"] for item in found if isinstance(item, Kept)]
    assert kept == sorted(kept)


def test_the_same_row_twice_is_kept_once_and_rows_of_a_published_dataset_are_not_repeated() -> None:
    row, other = _task(LONG), _task("Count steps at night.", ("one two", "three four"))
    assert [item.reason for item in _gone([row, row])] == ["exact_duplicate"]
    found = list(dedup_near([row, other], DedupRule(), BAG, [row]))
    assert [item.row["id"] for item in found if isinstance(item, Kept)] == [other["id"]]
    assert [(item.reason, item.of) for item in found if isinstance(item, Rejected)] == [("exact_duplicate", row["id"])]


def test_no_rows_are_no_trouble() -> None:
    assert list(dedup_near([], DedupRule(), BAG, [_task(LONG)])) == []


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"jaccard": 0.1}, "dedup.jaccard"),
        ({"cosine": 1.5}, "dedup.cosine"),
        ({"cosine": float("nan")}, "dedup.cosine"),
        ({"method": "exact", "against": ("x",)}, "dedup.against"),
        ({"jaccard": 0.70001}, "dedup.jaccard.*four digits"),
        ({"cosine": 0.90005}, "dedup.cosine.*four digits"),
        ({"encoder": ""}, "dedup.encoder"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(keys: dict, said: str) -> None:
    with pytest.raises(BadManifest, match=said):
        DedupRule(**keys)


def _publish(folder: Path, rows: list[dict]) -> None:
    data = "".join(canonical_json(row) + "\n" for row in rows).encode()
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "train.jsonl").write_bytes(data)
    outputs = [{"path": "data/train.jsonl", "bytes": len(data), "sha256": sha256_bytes(data), "rows": len(rows)}]
    (folder / "lock.json").write_text(json.dumps({
        "kind": "tdd", "build_key": "k", "outputs": outputs, "derived": [], "sources": [], "stages": [], "engine": {}, "manifest": {},
        "dataset_sha256": dataset_sha256(rows),
    }))  # fmt: skip


def test_the_record_names_encoder_and_published_datasets(tmp_path: Path) -> None:
    row, other = _task(LONG), _task("Count steps at night.", ("one two", "three four"))
    _publish(tmp_path / "old", [row])
    rule = DedupRule(against=("old",))
    against = read_against(rule, tmp_path / "manifest.yaml")
    before = StageResult([row, other], [], {"digest": "d"}, reused=False)
    stage = run_dedup_stage(rule, against, BAG, tmp_path / "2-dedup", before)
    assert [kept["id"] for kept in stage.rows] == [other["id"]]
    assert stage.record["params"] == {
        "method": "near",
        "jaccard": 0.7,
        "cosine": 0.9,
        "match": "any",
        "against": [{"folder": "old", "dataset_sha256": dataset_sha256([row])}],
        "encoder": {"name": "bag", "sha256": BAG.sha256, "dims": 64},
        "approximate": False,
    }
    assert run_dedup_stage(rule, against, BAG, tmp_path / "2-dedup", before).reused
    assert made_with(DedupRule(method="exact"), (), "static") == {"against": [], "encoder": None}


def test_a_build_without_any_new_row_fails_its_gate(tmp_path: Path) -> None:
    rows = [_task(LONG), _task("Count steps at night.", ("one two", "three four"))]
    _publish(tmp_path / "old", rows)
    rule = DedupRule(against=("old",))
    before = StageResult(rows, [], {"digest": "d"}, reused=False)
    with pytest.raises(QualityGateFailed, match=r"nothing is new: all 2 rows are near rows of old; see .*rejected\.jsonl"):
        run_dedup_stage(rule, read_against(rule, tmp_path / "manifest.yaml"), BAG, tmp_path / "2-dedup", before)


def test_the_record_tells_of_cells_by_the_kind_that_has_most_different_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dedup, "EXACT_ROWS", 2)
    rows = [_task(LONG), _task("Count steps at night.", ("one two", "three four")), _task(LONG.upper())]
    assert not is_approximate(rows)
    assert is_approximate(rows, [_task("Publish the temperature.")])
    assert not is_approximate([])


def test_an_encoder_folder_is_looked_for_beside_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "encoders" / "mine").mkdir(parents=True)
    (tmp_path / "static").mkdir()
    manifest = tmp_path / "manifest.yaml"
    assert encoder_of(DedupRule(encoder="encoders/mine"), manifest) == str(tmp_path / "encoders" / "mine")
    assert encoder_of(DedupRule(encoder=str(tmp_path)), manifest) == str(tmp_path)
    assert encoder_of(DedupRule(), manifest) == "static"
    assert encoder_of(DedupRule(encoder="owner/name"), manifest) == "owner/name"


def test_a_published_dataset_that_is_missing_or_was_changed_is_told(tmp_path: Path) -> None:
    rule = DedupRule(against=("old",))
    with pytest.raises(BadDataset, match="not finished"):
        read_against(rule, tmp_path / "manifest.yaml")
    _publish(tmp_path / "old", [_task(LONG)])
    (tmp_path / "old" / "data" / "train.jsonl").write_bytes(b"{}\n")
    with pytest.raises(BadDataset, match="differs from what"):
        read_against(rule, tmp_path / "manifest.yaml")
