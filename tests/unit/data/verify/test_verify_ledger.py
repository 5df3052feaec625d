"""The verdict store: keys, what ships with a dataset, and what is not taken for a verdict."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from gpiot_data.errors import BadDataset
from gpiot_data.store import write_jsonl
from gpiot_data.verify.judge import Finding
from gpiot_data.verify.ledger import ShippedVerdicts, levels_for, open_store, verdict_key
from gpiot_data.verify.observed import Observation
from gpiot_data.verify.run import limits_for
from gpiot_data.verify.statements import Statement

STATEMENTS = (Statement(1, "x", "1"),)
PASSED = Finding("passed", None, 1, "strong")


def test_a_key_moves_with_code_wanted_output_environment_and_limit() -> None:
    keys = {
        verdict_key(STATEMENTS, "env", limits_for(5)),
        verdict_key((Statement(1, "y", "1"),), "env", limits_for(5)),
        verdict_key((Statement(1, "x", "2"),), "env", limits_for(5)),
        verdict_key((Statement(1, "x", "", "1"),), "env", limits_for(5)),
        verdict_key(STATEMENTS, "other", limits_for(5)),
        verdict_key(STATEMENTS, "env", limits_for(6)),
        *(verdict_key(STATEMENTS, "env", replace(limits_for(5), **{name: 7})) for name in ("address_space_mib", "processes", "wall_s")),
    }
    assert len(keys) == 9
    assert verdict_key((Statement(9, "x", "1"),), "env", limits_for(5)) in keys


def test_findings_are_kept_across_openings_and_torn_lines(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.put("a", PASSED)
    with (tmp_path / "verdicts.jsonl").open("a") as stream:
        stream.write('{"key": "b", "val')
    with open_store(tmp_path) as store:
        assert store.get("a") == PASSED
        assert store.get("b") is None
        (entry,) = store.entries(["b", "a", "a"])
        assert entry["value"] == {"status": "passed", "reason": None, "compared": 1, "isolation": "strong", "observed": []}


def test_what_a_run_was_seen_to_have_comes_back_and_what_is_no_observation_is_refused(tmp_path: Path) -> None:
    seen = (Observation("x", 3, "ndarray", (2,), "float64", [0.5, 1.0]), Observation("n", 4, "int", value=2))
    with open_store(tmp_path / "a") as store:
        store.put("a", replace(PASSED, observed=seen))
    with open_store(tmp_path / "a") as store:
        found = store.get("a")
        entries = store.entries(["a"])
    assert found is not None
    assert found.observed == seen
    entries[0]["value"]["observed"][0][1] = -3
    path = tmp_path / "shipped.jsonl"
    write_jsonl(path, entries)
    with pytest.raises(BadDataset, match="is no verdict"):
        ShippedVerdicts(path)


def test_a_verdict_answers_only_who_asks_for_its_level_or_less(tmp_path: Path) -> None:
    answers = {}
    for level in ("weak", "medium", "strong"):
        with open_store(tmp_path / level) as store:
            store.put("a", replace(PASSED, isolation=level))
        for choice in ("auto", "strong", "medium", "weak-as-root"):
            with open_store(tmp_path / level, levels_for(choice)) as store:
                answers[level, choice] = store.get("a") is not None
    assert {pair for pair, known in answers.items() if not known} == {
        ("weak", "auto"),
        ("weak", "strong"),
        ("weak", "medium"),
        ("medium", "strong"),
    }


def test_a_shipped_verdict_that_claims_another_level_than_its_key_is_no_answer(tmp_path: Path) -> None:
    with open_store(tmp_path / "one", levels_for("weak")) as store:
        store.put("a", replace(PASSED, isolation="weak"))
        (entry,) = store.entries(["a"])
    entry["value"]["isolation"] = "strong"
    (tmp_path / "verdicts.jsonl").write_text(json.dumps(entry) + "\n")
    with open_store(tmp_path / "two", levels_for("weak")) as store:
        store.take_in(tmp_path / "verdicts.jsonl")
        assert store.get("a") is None


def test_control_characters_in_a_shipped_reason_are_replaced(tmp_path: Path) -> None:
    with open_store(tmp_path / "one") as store:
        store.put("a", Finding("ran", "red \x1b[31m\nline", 0, "strong"))
        (entry,) = store.entries(["a"])
    (tmp_path / "verdicts.jsonl").write_text(json.dumps(entry) + "\n")
    with open_store(tmp_path / "two") as store:
        store.take_in(tmp_path / "verdicts.jsonl")
        assert store.get("a") == Finding("ran", "red \ufffd[31m line", 0, "strong")


def test_what_came_with_a_dataset_answers_but_does_not_enter_the_store_of_the_machine(tmp_path: Path) -> None:
    with open_store(tmp_path / "one") as store:
        store.put("a", PASSED)
        lines = store.entries(["a"])
    (tmp_path / "verdicts.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with open_store(tmp_path / "two") as store:
        store.take_in(tmp_path / "verdicts.jsonl")
        assert store.get("a") == PASSED
    with open_store(tmp_path / "two") as store:
        store.take_in(tmp_path / "missing.jsonl")
        assert store.get("a") is None


@pytest.mark.parametrize(
    "line",
    [
        '{"key": "a", "value": {"status": "splendid"}}',
        '{"key": "a", "value": {"status": "passed", "compared": "many"}}',
        '{"key": 1, "value": {"status": "passed", "compared": 1, "isolation": "strong"}}',
        '{"key": "a", "value": {"status": "passed", "compared": 1, "isolation": "splendid"}}',
        '{"key": "a", "value": {"status": "passed", "compared": 1}}',
        '{"key": "a", "value": {"status": "passed", "compared": 0, "isolation": "strong"}}',
        '{"key": "a", "value": {"status": "passed", "compared": true, "isolation": "strong"}}',
        '{"key": "a", "value": {"status": "ran", "compared": 1, "isolation": "strong"}}',
        '{"key": "a", "value": {"status": "ran", "compared": -1, "isolation": "strong"}}',
        '{"key": "a", "value": {"status": ["ran"], "isolation": "strong"}}',
        '{"key": "a", "value": {"status": "ran", "isolation": "strong", "reason": "' + "x" * 501 + '"}}',
        '{"key": "a", "value": {"status": "passed", "surprise": 1}}',
        '{"key": "a", "value": {"status": "passed", "reason": 7}}',
        "[]",
        "7",
    ],
)
def test_what_is_no_verdict_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "verdicts.jsonl").write_text(line + "\n")
    with open_store(tmp_path / "store") as store, pytest.raises(BadDataset, match=r"verdicts.jsonl:1: is no verdict; delete the file"):
        store.take_in(tmp_path / "verdicts.jsonl")


@pytest.mark.parametrize(
    ("statements", "compared", "refused"),
    [
        ((Statement(1, "x = 1"),), 1, 1),
        (STATEMENTS, 2, 1),
        ((*STATEMENTS, Statement(2, "y", "2")), 1, 1),
        (STATEMENTS, 1, 0),
    ],
)
def test_a_shipped_pass_that_compared_other_than_all_values_is_no_answer_and_does_not_ship_on(
    tmp_path: Path, statements: tuple[Statement, ...], compared: int, refused: int
) -> None:
    path = tmp_path / "verdicts.jsonl"
    with open_store(tmp_path / "one") as store:
        store.put("a", replace(PASSED, compared=compared))
        path.write_text("".join(json.dumps(line) + "\n" for line in store.entries(["a"])))
    with open_store(tmp_path / "two") as store:
        store.take_in(path)
        assert store.count_taken(["a", "b"]) == 1
        store.refuse_impossible({"a": statements, "b": STATEMENTS})
        assert store.refused == refused
        assert store.count_taken(["a", "b"]) == 1 - refused
        assert (store.get("a") is None) == bool(refused)
        assert len(store.entries(["a"])) == 1 - refused


def test_what_was_found_here_is_not_counted_as_taken(tmp_path: Path) -> None:
    with open_store(tmp_path / "one") as store:
        store.put("a", PASSED)
        (tmp_path / "verdicts.jsonl").write_text("".join(json.dumps(line) + "\n" for line in store.entries(["a"])))
        store.take_in(tmp_path / "verdicts.jsonl")
        assert store.count_taken(["a"]) == 0


def test_a_second_user_of_the_store_waits_for_the_first(tmp_path: Path) -> None:
    found = []

    def second() -> None:
        with open_store(tmp_path) as store:
            found.append(store.get("a"))

    with open_store(tmp_path) as store:
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        store.put("a", PASSED)
    thread.join(10)
    assert found == [PASSED]
