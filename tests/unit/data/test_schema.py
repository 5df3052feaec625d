"""Rows, and how tasks, specifications and answers read as text."""

from __future__ import annotations

import dataclasses
import io
import json

import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpiot_data.errors import BadDataset
from gpiot_data.publish.parquet import parquet_bytes
from gpiot_data.rendering import render_messages
from gpiot_data.row_form import check_row
from gpiot_data.schema import (
    CgdRow,
    SourceRef,
    Specification,
    SubTask,
    TddRow,
    Teacher,
    Variable,
    dataset_sha256,
    parse_answer,
    parse_specification,
    parse_tasks,
    render_answer,
    render_specification,
    render_tasks,
)

WORDS = st.from_regex(r"[A-Za-z][a-z0-9]{0,8}( [a-z][a-z0-9]{0,8}){0,4}", fullmatch=True)
TASKS = st.lists(st.builds(SubTask, WORDS, st.lists(WORDS.map(lambda text: text + "."), max_size=4).map(tuple)), min_size=1, max_size=5)
NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,9}", fullmatch=True)
OPTIONAL = st.none() | WORDS
VARIABLES = st.lists(
    st.builds(
        Variable,
        NAMES,
        OPTIONAL,
        st.none() | st.sampled_from(["(N,)", "(n, 3)"]),
        OPTIONAL,
        st.none() | st.sampled_from([50.0, 360.0]),
        OPTIONAL,
    ),
    max_size=3,
).map(tuple)
SOURCE = SourceRef("corpus", "paper", "1", "ab" * 32, (10, 20), "cd" * 32, page=3, bbox=(1, 2, 3, 4))


@given(TASKS)
def test_rendered_tasks_parse_back(tasks) -> None:
    assert parse_tasks(render_tasks(tasks)) == tuple(tasks)


@given(st.builds(Specification, WORDS, VARIABLES, VARIABLES))
def test_rendered_specification_parses_back(specification) -> None:
    assert parse_specification(render_specification(specification)) == specification


def test_a_specification_reads_as_markdown() -> None:
    specification = Specification(
        "Detect R-peaks.",
        (Variable("ecg", "ndarray", "(N,)", "mV", 360.0, "one lead"),),
        (Variable("peaks"),),
    )
    assert render_specification(specification) == (
        "## Target\nDetect R-peaks.\n\n## Input\n- `ecg` (type: ndarray; shape: (N,); unit: mV; rate_hz: 360.0): one lead\n\n## Output\n- `peaks`"
    )


def test_a_specification_without_its_sections_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the sections"):
        parse_specification("## Target\nDetect R-peaks.")


def test_sub_tasks_are_parted_by_a_blank_line() -> None:
    tasks = (SubTask("Filter", ("Remove drift.",)), SubTask("Detect", ("Find peaks.", "Drop doubles.")))
    assert render_tasks(tasks) == "1. Filter\n- Remove drift.\n\n2. Detect\n- Find peaks.\n- Drop doubles."


def test_a_block_without_a_number_is_no_sub_task() -> None:
    text = "Here is the plan:\n\n**1. Filter the signal**\n* Remove drift.\n\nThat is all."
    assert parse_tasks(text) == (SubTask("Filter the signal", ("Remove drift.",)),)


@given(st.text(), st.text())
def test_an_answer_gives_back_code_and_documentation_as_spans(code, documentation) -> None:
    text = render_answer("x = 1\n" + code.replace("```", ""), "Doc. " + documentation.replace("```", ""))
    parsed = parse_answer(text)
    assert parsed is not None
    assert parsed[0] in text
    assert parsed[1] in text


@given(st.text(st.sampled_from("ab \n\r\t`~#'")), st.text(st.sampled_from("ab \n`~")))
def test_what_is_parsed_is_what_was_rendered_unless_a_line_is_a_fence(code, documentation) -> None:
    parsed = parse_answer(render_answer(code, documentation))
    assert parsed is not None
    if not any(line.startswith("```") for line in code.split("\n")):
        assert parsed == (code.rstrip(), documentation.strip())


def test_the_code_of_an_answer_is_its_first_python_block() -> None:
    text = "Run:\n```bash\npip install x\n```\n\n```python\nx = 1\n```\n\nSets x."
    assert parse_answer(text) == ("x = 1", "Sets x.")
    assert parse_answer(text.replace("\n\nSets x.", "")) == ("x = 1", "Run:\n```bash\npip install x\n```")


def test_an_answer_without_a_closed_fence_has_no_code() -> None:
    assert parse_answer("```python\nx = 1\n") is None


def _tdd_row(**changes) -> TddRow:
    values = {"problem": "Build it.", "tasks": (SubTask("Filter", ("Remove drift.",)),), "source": SOURCE, "license": "CC-BY-4.0"}
    return TddRow(**{**values, "teacher": Teacher("rules", "tdd-rules/1"), **changes})


def test_the_id_depends_on_content_and_source_but_not_on_the_split() -> None:
    row = _tdd_row().to_json()
    assert _tdd_row(split="test").to_json()["id"] == row["id"]
    assert _tdd_row(problem="Build another.").to_json()["id"] != row["id"]


def test_how_a_pair_was_made_is_no_part_of_its_id() -> None:
    row = _tdd_row(passages=(((3, 9),),), overlap=0.25, confidence=0.8).to_json()
    assert row["id"] == _tdd_row().to_json()["id"]
    assert (row["passages"], row["overlap"], row["confidence"]) == ([[[3, 9]]], 0.25, 0.8)
    check_row(row, "tdd", "row")


def test_how_a_pair_was_made_comes_through_parquet_unchanged() -> None:
    rows = [_tdd_row(passages=(((3, 9),),), overlap=0.25, confidence=0.8).to_json(), _tdd_row(aspect="resource").to_json()]
    names = ("passages", "overlap", "confidence")
    found = pyarrow.parquet.read_table(io.BytesIO(parquet_bytes(rows, "tdd"))).to_pylist()
    assert [{name: row[name] for name in names} for row in found] == [{name: row[name] for name in names} for row in rows]


def test_rows_carry_chat_messages() -> None:
    row = _tdd_row().to_json()
    assert [message["role"] for message in row["messages"]] == ["user", "assistant"]
    assert row["messages"][0]["content"].endswith("Problem: Build it.")
    assert row["messages"][1]["content"] == "1. Filter\n- Remove drift."


def test_a_description_row_asks_for_the_symbol() -> None:
    row = CgdRow(
        kind="description", symbol="scipy.signal.butter", package="scipy", documentation="Butterworth filter design.", source=SOURCE,
        license="BSD-3-Clause", teacher=Teacher("rules", "cgd-rules/1"),
    ).to_json()  # fmt: skip
    assert row["messages"][0]["content"] == "Describe `scipy.signal.butter` of the package scipy."
    assert row["specification"] is None
    assert row["verdict"]["status"] == "not_run"


def test_the_dataset_hash_does_not_depend_on_the_order_of_rows() -> None:
    rows = [_tdd_row(problem=f"Build {number}.").to_json() for number in range(5)]
    assert dataset_sha256(rows[::-1]) == dataset_sha256(rows)
    assert dataset_sha256(rows[1:]) != dataset_sha256(rows)


def test_a_row_without_its_task_is_named() -> None:
    row = _tdd_row().to_json()
    del row["tasks"]
    with pytest.raises(BadDataset, match=r"train\.jsonl:7: field 'tasks' should be list, got NoneType"):
        check_row(row, "tdd", "train.jsonl:7")


def test_messages_render_again_from_a_stored_row() -> None:
    specification = Specification("Detect R-peaks.", (Variable("ecg", "ndarray", "(N,)", "mV", 360.0),), ())
    code = CgdRow(
        kind="example", symbol="a.b", package="a", documentation="Doc.", specification=specification, code="x = 1", source=SOURCE,
        license="MIT", teacher=Teacher("rules", "cgd-rules/1"),
    )  # fmt: skip
    for row, kind in ((_tdd_row(), "tdd"), (code, "cgd"), (dataclasses.replace(code, specification=None, code=None), "cgd")):
        stored = json.loads(json.dumps(row.to_json()))
        check_row(stored, kind, "row")
        assert render_messages(stored, kind) == stored["messages"]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("verdict", None, "verdict: expected an object, got NoneType"),
        ("verdict", {"status": 5}, "verdict: field 'status' should be str, got int"),
        ("verdict", {"status": "ran", "reason": 5}, "of the verdict should be text or null"),
        ("source", {**SOURCE.to_json(), "source": [1]}, "source: field 'source' should be str, got list"),
        ("source", {**SOURCE.to_json(), "span": [True, 2]}, "should be two whole numbers"),
        ("source", {**SOURCE.to_json(), "span": [5, 2]}, "should be two whole numbers"),
        ("passages", None, "field 'passages' should be a list for each sub-task"),
        ("passages", [[[5, 2]]], "field 'passages' should be a list for each sub-task"),
        ("passages", [[[2, 5], [2, 5]]], "as many places as there are steps"),
        ("overlap", 1.5, "field 'overlap' should be a number from 0 to 1 or null"),
        ("confidence", True, "field 'confidence' should be a number from 0 to 1 or null"),
    ],
)
def test_a_row_with_a_field_of_the_wrong_type_is_named(name, value, sentence) -> None:
    with pytest.raises(BadDataset, match=sentence):
        check_row({**_tdd_row().to_json(), name: value}, "tdd", "train.jsonl:7")
