"""The chain with a scripted model: what ends up in the folder, and that every field is a span of an answer."""

from __future__ import annotations

import json

import pytest

from gpiot_data.errors import InputError
from gpiot_data.store import exclusive
from gpiot_infer.backends.protocol import Answer


def spans(value):
    """Yield every span in a record."""
    if isinstance(value, dict):
        if set(value) == {"text", "answer", "span"}:
            yield value
        else:
            for item in value.values():
                yield from spans(item)
    elif isinstance(value, list):
        for item in value:
            yield from spans(item)


def test_every_field_is_a_span_of_a_recorded_answer(run, scripted):
    record = run(scripted())
    answers = {answer["id"]: answer["text"] for answer in record["answers"]}
    found = list(spans(record["tasks"]))
    # Two sub-tasks: 2 names, 3 steps, and for each target, code, documentation, and 2 variables of name, description, type, shape, rate.
    assert len(found) == 2 + 3 + 2 * (3 + 2 * 5)
    assert [entry["text"] for entry in found] == [answers[entry["answer"]][slice(*entry["span"])] for entry in found]


def test_a_finished_chain_holds_tasks_specifications_code_and_documentation(run, scripted, tmp_path):
    record = run(scripted())
    task = record["tasks"][0]
    assert (record["status"], record["failure"]) == ("ok", None)
    assert [entry["name"]["text"] for entry in record["tasks"]] == ["Band-pass filtering", "Peak search"]
    assert task["specification"]["inputs"][0]["rate_hz"]["text"] == "360"
    assert task["specification"]["inputs"][0]["unit"] is None
    assert task["file"] == "01_band_pass_filtering.py"
    assert (tmp_path / "out" / task["file"]).read_text() == "def band_pass(ecg):\n    return ecg - ecg.mean()\n"
    readme = (tmp_path / "out" / "README.md").read_text()
    assert "This function takes the mean off the ECG." in readme
    assert "- `ecg` (type: ndarray; shape: (n,); rate_hz: 360.0): raw ECG samples" in readme


def test_each_role_takes_its_path(run, scripted):
    backend = scripted()
    run(backend)
    assert {("decompose", "td"), ("target", "base"), ("inputs", "base"), ("outputs", "base"), ("facts", "base"), ("code", "cg")} == set(
        backend.paths
    )


def test_without_adapters_every_role_takes_the_base(run, scripted):
    backend = scripted()
    run(backend, paths="none")
    assert {"base"} == {path for _role, path in backend.paths}


def test_a_malformed_answer_is_asked_again_and_stays_on_record(run, scripted):
    record = run(scripted(decompose=["I cannot help with that.", "1. Only one\n- step", scripted.good["decompose"]]))
    decompositions = [answer for answer in record["answers"] if answer["role"] == "decompose"]
    verdicts = ["0 distinct sub-tasks, expected at least 2", "1 distinct sub-tasks, expected at least 2", "kept"]
    assert verdicts == [answer["verdict"] for answer in decompositions]
    assert len({answer["sampling"]["seed"] for answer in decompositions}) == 3


def test_a_question_without_a_well_formed_answer_ends_the_chain_and_keeps_what_came_before(run, scripted, tmp_path):
    backend = scripted(code="```python\nx = (\n```")
    record = run(backend, samples=5)
    assert backend.calls["code"] == 5
    assert (record["status"], record["failure"]["role"], record["failure"]["reason"]) == ("failed", "code", "the code is no Python")
    assert record["failure"]["answer_text"] == "```python\nx = (\n```"
    assert record["tasks"][0]["specification"] is not None
    assert record["tasks"][0]["code"] is None
    assert not list((tmp_path / "out").glob("*.py"))


def test_no_question_gets_more_samples_than_allowed(run, scripted):
    # Doubtful but well-formed answers end the asking early; malformed ones count towards the same limit.
    backend = scripted(target=["", "Mow the lawn now.", "", scripted.good["target"]])
    record = run(backend, samples=3)
    assert record["status"] == "ok"
    assert sum(answer["role"] == "target" and answer["place"] == "1" for answer in record["answers"]) == 3
    assert record["tasks"][0]["specification"]["target"]["text"] == "Mow the lawn now."


def test_of_doubtful_results_the_one_with_the_fewest_doubts_is_taken(run, scripted):
    bad, good = "a_a_a_aaa_aaa: moon\nmoon: sun", "ecg_ecg: raw ECG samples"
    record = run(scripted(inputs=[bad, good, bad, bad, scripted.good["inputs"]]))
    assert record["tasks"][0]["specification"]["inputs"][0]["name"]["text"] == "ecg_ecg"
    kept = [answer["sample"] for answer in record["answers"] if answer["place"] == "1" and answer["verdict"].startswith("kept, though")]
    assert kept == [1]


def test_documentation_that_is_missing_is_asked_for_as_a_continuation(run, scripted):
    backend = scripted(code="```python\nx = 1\n```")
    record = run(backend)
    asked = next(prompt for prompt in backend.prompts if prompt.begun)
    assert asked.begun == "```python\nx = 1\n```\n\n"
    entry = record["tasks"][0]["documentation"]
    assert (entry["text"], entry["span"]) == ("The function removes the mean of its argument.", [0, 46])


def test_an_answer_cut_off_in_its_documentation_gives_only_whole_sentences(run, scripted):
    code = "```python\nx = 1\n```\n\nThis program sets x to one. It also"
    record = run(scripted(code=Answer(code, "length")))
    assert record["tasks"][0]["documentation"]["text"] == "This program sets x to one."


def test_the_same_run_again_asks_no_model(run, scripted, tmp_path):
    run(scripted())
    before = (tmp_path / "out" / "chain.json").read_bytes()
    backend = scripted()
    run(backend)
    assert (0, before) == (backend.opened, (tmp_path / "out" / "chain.json").read_bytes())


def test_the_ledger_replays_all_answers(run, scripted, tmp_path):
    run(scripted())
    before = (tmp_path / "out" / "chain.json").read_bytes()
    (tmp_path / "out" / "chain.json").unlink()
    backend = scripted()
    run(backend)
    assert (0, before) == (backend.opened, (tmp_path / "out" / "chain.json").read_bytes())


@pytest.mark.parametrize("stop", [1, 5, 11])
def test_an_interrupted_chain_goes_on_where_it_stopped(run, scripted, tmp_path, stop):
    whole = scripted()
    run(whole, out=tmp_path / "whole")
    broken = scripted()
    broken.fails_at = stop
    with pytest.raises(KeyboardInterrupt):
        run(broken)
    # A kill while a line was written leaves it torn.
    with (tmp_path / "out" / "answers.jsonl").open("a") as stream:
        stream.write('{"key": "torn')
    rest = scripted()
    run(rest)
    assert sum(whole.calls.values()) - stop == sum(rest.calls.values())
    assert (tmp_path / "whole" / "chain.json").read_bytes() == (tmp_path / "out" / "chain.json").read_bytes()


def test_another_seed_asks_anew(run, scripted):
    first, second = run(scripted()), run(scripted(), seed=1)
    assert first["inputs_sha256"] != second["inputs_sha256"]
    assert not {answer["id"] for answer in first["answers"]} & {answer["id"] for answer in second["answers"]}


def test_a_folder_used_again_keeps_no_program_of_the_earlier_chain(run, scripted, tmp_path):
    run(scripted())
    (tmp_path / "out" / "99_mine.txt").write_text("a note")
    run(scripted(decompose="1. Sample the belt\n- read it\n\n2. Count breaths\n- count them"), seed=1)
    assert sorted(path.name for path in (tmp_path / "out").glob("[0-9]*")) == [
        "01_sample_the_belt.py",
        "02_count_breaths.py",
        "99_mine.txt",
    ]


def test_a_deleted_program_comes_back_without_a_model(run, scripted, tmp_path):
    run(scripted())
    (tmp_path / "out" / "02_peak_search.py").unlink()
    backend = scripted()
    run(backend)
    assert (backend.opened, (tmp_path / "out" / "02_peak_search.py").is_file()) == (0, True)


def test_a_half_written_record_is_made_again(run, scripted, tmp_path):
    run(scripted())
    whole = (tmp_path / "out" / "chain.json").read_text()
    (tmp_path / "out" / "chain.json").write_text(whole[:500])
    run(scripted())
    assert whole == (tmp_path / "out" / "chain.json").read_text()


def _change_code(record):
    record["tasks"][0]["code"]["text"] = "import os"


def _change_file(record):
    record["tasks"][0]["file"] = "../escaped.py"


def _change_requirement(record):
    record["requirement"] = "Something else."


@pytest.mark.parametrize(
    "change",
    [
        _change_code,
        _change_file,
        _change_requirement,
        lambda record: record.pop("answers"),
        lambda record: record.pop("inputs"),
        lambda record: record.pop("failure"),
        lambda record: record.update(tasks=None),
        lambda record: record.update(tasks=[]),
        lambda record: record["tasks"][1].update(documentation=None),
        lambda record: record["tasks"][1]["name"].pop("span"),
    ],
)
def test_a_record_that_does_not_hold_together_is_made_again_from_the_ledger(run, scripted, tmp_path, change):
    run(scripted())
    path = tmp_path / "out" / "chain.json"
    whole, record = path.read_text(), json.loads(path.read_text())
    change(record)
    path.write_text(json.dumps(record))
    backend = scripted()
    run(backend)
    assert (0, whole) == (backend.opened, path.read_text())
    assert not (tmp_path / "escaped.py").exists()


@pytest.mark.parametrize("value", [None, "text", [], {"text": 1, "finish": "end"}, {"text": "x", "finish": "no"}, {"text": "x"}])
def test_a_ledger_value_of_a_wrong_form_is_asked_again(run, scripted, tmp_path, value):
    run(scripted())
    whole = (tmp_path / "out" / "chain.json").read_bytes()
    (tmp_path / "out" / "chain.json").unlink()
    ledger = tmp_path / "out" / "answers.jsonl"
    first, *rest = ledger.read_text().splitlines()
    ledger.write_text("\n".join([json.dumps({"key": json.loads(first)["key"], "value": value}), *rest]) + "\n")
    backend = scripted()
    run(backend)
    assert (1, whole) == (sum(backend.calls.values()), (tmp_path / "out" / "chain.json").read_bytes())


def test_a_folder_of_something_else_is_refused_and_left_alone(run, scripted, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "README.md").write_text("mine")
    with pytest.raises(InputError, match="is not empty and was not made by gpiot-infer"):
        run(scripted())
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["README.md"]
    assert (tmp_path / "out" / "README.md").read_text() == "mine"


def test_a_program_of_no_record_is_removed(run, scripted, tmp_path):
    run(scripted())
    for name in ("03_stale.py", "03_Mine.py", "notes.py"):
        (tmp_path / "out" / name).write_text("x = 1\n")
    run(scripted())
    assert sorted(path.name for path in (tmp_path / "out").glob("*.py")) == [
        "01_band_pass_filtering.py",
        "02_peak_search.py",
        "03_Mine.py",
        "notes.py",
    ]


def test_a_rule_stands_before_each_sub_task(run, scripted, tmp_path):
    run(scripted(code=scripted.good["code"] + "\n\n# Notes\n\nNothing else."))
    readme = (tmp_path / "out" / "README.md").read_text()
    assert readme.count("\n\n---\n\n# ") == 2
    assert "# Notes\n\nNothing else.\n\n---\n\n# 2. Peak search" in readme


def test_a_requirement_in_another_script_passes(run, scripted):
    tasks = "1. \u6ee4\u6ce2\n- \u6ee4\u9664\u566a\u58f0\n\n2. \u5fc3\u7387\u8ba1\u7b97\n- \u8ba1\u7b97\u5fc3\u7387"
    record = run(scripted(decompose=tasks), requirement="\u68c0\u6d4b\u5fc3\u8df3\u5e76\u62a5\u544a\u5fc3\u7387")
    assert (record["status"], record["tasks"][0]["name"]["text"], record["tasks"][0]["file"]) == ("ok", "\u6ee4\u6ce2", "01_task.py")


def test_a_folder_in_use_is_refused(run, scripted, tmp_path):
    with exclusive(tmp_path / "out"), pytest.raises(InputError, match="another run"):
        run(scripted())


def test_a_requirement_that_looks_like_a_blank_is_not_filled_in(run, scripted):
    backend = scripted()
    run(backend, requirement="Sense {problem} and {specification} and report {target}.")
    assert backend.prompts[0].messages[0].content.endswith("Problem: Sense {problem} and {specification} and report {target}.")


def test_nothing_in_the_record_depends_on_where_it_was_made(run, scripted, tmp_path):
    assert str(tmp_path) not in json.dumps(run(scripted()))
