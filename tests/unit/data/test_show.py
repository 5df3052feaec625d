"""Rows of a dataset folder for readers: by id, or a sample that anybody draws again."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from gpiot_data.cli import cli
from gpiot_data.errors import BadDataset, InputError, UsageError
from gpiot_data.show import choose_rows, default_seed, render_row
from gpiot_data.store import sha256_file, write_json, write_jsonl

DIGEST = "0000002a" + "0" * 56


def row(name: str, kind: str) -> dict:
    source = {"source": "toy", "version": "1.0", "sha256": "0" * 64, "span": [0, 1], "span_sha256": "0" * 64, "page": None}
    return {
        "id": name, "kind": kind, "symbol": "toy.f", "package": "toy", "documentation": "Text.", "code": None, "expected": [],
        "messages": [{"role": "user", "content": f"Ask {name}"}, {"role": "assistant", "content": "Answer"}], "license": "MIT", "split": "train",
        "source": {**source, "path": "toy.py", "lines": [1, 2]}, "teacher": {"name": "rules"},
        "verdict": {"status": "not_run", "reason": None, "isolation": None, "environment": None},
    }  # fmt: skip


ROWS = [row(f"{number:016x}", "description" if number % 3 else "example") for number in range(30)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "train.jsonl"
    write_jsonl(path, ROWS)
    outputs = [{"path": "data/train.jsonl", "bytes": path.stat().st_size, "sha256": sha256_file(path), "rows": len(ROWS)}]
    lock = {"kind": "cgd", "dataset_sha256": DIGEST, "build_key": "k", "outputs": outputs, "derived": []}
    write_json(tmp_path / "lock.json", {**lock, "sources": [], "stages": [], "engine": {}, "manifest": {}})
    return tmp_path


def ids(rows: list[dict]) -> list[str]:
    return [row["id"] for row in rows]


def test_a_sample_without_a_seed_is_drawn_by_the_hash_of_the_dataset(folder: Path) -> None:
    expected = random.Random(42).sample([row["id"] for row in ROWS], 5)
    assert expected == ids(choose_rows(folder, None, 5, None))
    assert expected == ids(choose_rows(folder, None, 5, 42))
    assert expected != ids(choose_rows(folder, None, 5, 43))


def test_a_sample_of_one_kind_has_no_other(folder: Path) -> None:
    examples = [row["id"] for row in ROWS if row["kind"] == "example"]
    assert random.Random(7).sample(examples, 4) == ids(choose_rows(folder, None, 4, 7, "example"))
    assert sorted(examples) == sorted(ids(choose_rows(folder, None, 99, None, "example")))


def test_what_cannot_be_shown_is_said(folder: Path) -> None:
    with pytest.raises(InputError, match="no row is of kind 'implementation'; there are description, example"):
        choose_rows(folder, None, 4, None, "implementation")
    for seed, kind in ((1, None), (None, "example")):
        with pytest.raises(UsageError, match="--seed and --kind go with --sample N"):
            choose_rows(folder, "000", None, seed, kind)
    with pytest.raises(InputError, match="30 rows have an id that starts with '000'"):
        choose_rows(folder, "000", None, None)


def test_a_hash_that_is_none_is_no_seed() -> None:
    with pytest.raises(BadDataset, match="dataset_sha256 should be 64 hex digits, got 'nothing'"):
        default_seed({"dataset_sha256": "nothing"})


def test_the_command_draws_by_kind_and_by_the_hash_of_the_dataset(folder: Path) -> None:
    result = CliRunner().invoke(cli, ["show", str(folder), "--sample", "3", "--kind", "description", "--json"])
    shown = [json.loads(line) for line in result.stdout.splitlines()]
    assert ids(choose_rows(folder, None, 3, 42, "description")) == ids(shown)
    assert {row["kind"] for row in shown} == {"description"}


def test_a_variant_tells_what_it_was_made_from_and_how() -> None:
    parent = {"id": "ab12", "aspect": "resource", "operation": "rewrite", "params": {"platform": "esp32", "budget_kib": 64}}
    text = render_row({**row("1" * 16, "decomposition"), "parents": [parent], "passages": [], "overlap": None, "confidence": None})
    assert "made from ab12: resource, rewrite (budget_kib 64, platform esp32)" in text
    assert "rest on" not in text


def test_a_pair_of_a_paper_tells_what_its_steps_rest_on() -> None:
    made = {"parents": [], "passages": [[[10, 42], [50, 80]], [[90, 99]]], "overlap": 0.125, "confidence": 0.8}
    text = render_row({**row("1" * 16, "decomposition"), **made})
    assert "steps rest on the characters 10-42 50-80; 90-99" in text
    assert "12.5% stand in the span" in text
    assert "confidence of the teacher 0.8" in text
