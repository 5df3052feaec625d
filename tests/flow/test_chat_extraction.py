"""Papers through the chat teacher: a scripted server on loopback, runs that are killed, and a real server."""

from __future__ import annotations

import functools
import json
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from chat_stub import Stub, completion, drip_body, exercise, half_body, hang, huge_body, reset, slowly
from model_server import model_server
from short_papers import NAMES, typeset, write_corpus

from gpiot_data.chat_rule import BudgetRule, ChatRule, PriceRule
from gpiot_data.errors import InputError, RemoteError
from gpiot_data.schema import Kept
from gpiot_data.sources.papers import PaperCorpus, verify_paper
from gpiot_data.store import cache_dir, canonical_json, sha256_json
from gpiot_data.teacher import chat_build, delivery
from gpiot_data.teacher.budget import BudgetSpent
from gpiot_data.teacher.chat_build import describe_estimate, estimate_papers, extract_by_chat, open_chat
from gpiot_data.teacher.responses import read_shipped

KEY = "sk-canary-0123456789abcdef"
#: A run of the three sample papers, as a build makes it; it says what it made as JSON lines.
RUN = """
import sys
from pathlib import Path
from gpiot_data.chat_rule import BudgetRule, ChatRule
from gpiot_data.schema import Kept
from gpiot_data.sources.papers import PaperCorpus, verify_paper
from gpiot_data.store import canonical_json
from gpiot_data.teacher.chat_build import extract_by_chat, open_chat

corpus, out, url, parallel = sys.argv[1:]
sources = PaperCorpus.load(Path(corpus)).sources
rule = ChatRule(base_url=url, model="toy", budget=BudgetRule(calls=500), parallel=int(parallel))
Path(out).mkdir(exist_ok=True)
with open_chat(rule, 0, Path(out)) as chat:
    for item in extract_by_chat(sources, [verify_paper(source) for source in sources], chat, lambda _line: None):
        print(canonical_json(item.row.to_json() if isinstance(item, Kept) else item.to_json()))
    chat.write_responses(Path(out) / "responses.jsonl")
"""


@pytest.fixture
def stub():
    found = Stub()
    yield found
    found.close()


@pytest.fixture(scope="module")
def read_once():
    """Reads every paper as always, but once for all tests of this file."""
    return functools.cache(chat_build.read_paper)


@pytest.fixture
def papers(world, read_once, monkeypatch):
    monkeypatch.setattr(chat_build, "read_paper", read_once)
    return PaperCorpus.load(world.folder / "papers.yaml").sources


@pytest.fixture
def rule(stub):
    return ChatRule(base_url=stub.url, model="toy", budget=BudgetRule(calls=500), timeout_s=20.0)


def build(rule, papers, folder, *, shipped=None, replay_only=False, seed=0):
    """Return (lines of rows and rejections, the record, what is said) of one run."""
    folder.mkdir(exist_ok=True)
    said = []
    with open_chat(rule, seed, folder, shipped=shipped, replay_only=replay_only) as chat:
        found = list(extract_by_chat(papers, [verify_paper(source) for source in papers], chat, said.append))
        chat.write_responses(folder / "responses.jsonl")
        lines = [canonical_json(item.row.to_json() if isinstance(item, Kept) else item.to_json()) for item in found]
        return lines, chat.record(), said, chat.cost()


def rows_of(lines):
    return [row for row in map(json.loads, lines) if "messages" in row]


def test_three_papers_go_through_and_the_same_comes_out_however_many_requests_are_under_way(stub, rule, papers, tmp_path, monkeypatch):
    rng = random.Random(5)
    stub.script = lambda _n, body: slowly(rng.random() * 0.03, (200, completion(exercise(body))))
    lines, record, said, cost = build(replace(rule, parallel=1), papers, tmp_path / "one")
    assert stub.most_under_way == 1
    rows = rows_of(lines)
    assert {row["source"]["source"] for row in rows} == {"ecg-rpeaks", "imu-fall", "mmwave-vitals"}
    assert all(row["teacher"]["name"] == "chat" and row["teacher"]["model"] == "toy" for row in rows)
    answers = read_shipped(tmp_path / "one" / "responses.jsonl")
    assert {row["teacher"]["response_sha256"] for row in rows} <= {answer.sha256 for answer in answers.values()}
    assert (record["responses"], record["prompt_tokens"]) == (len(stub.requests), 100 * len(stub.requests))
    assert cost == {
        "answer_tokens": 10 * len(stub.requests),
        "calls": len(stub.requests),
        "calls_of_this_run": len(stub.requests),
        "money": None,
        "prompt_tokens": 100 * len(stub.requests),
    }
    assert said[-1].startswith(f"    chat teacher: {len(stub.requests)} calls in this run;")
    calls = len(stub.requests)

    monkeypatch.setenv("GPIOT_CACHE", str(tmp_path / "other-cache"))
    again, record_again, _, _ = build(replace(rule, parallel=3), papers, tmp_path / "three")
    assert (again, record_again) == (lines, record)
    assert stub.most_under_way > 1
    assert len(stub.requests) == 2 * calls
    assert (tmp_path / "three" / "responses.jsonl").read_bytes() == (tmp_path / "one" / "responses.jsonl").read_bytes()


def test_a_rebuild_asks_nothing_from_the_cache_or_from_what_shipped(stub, rule, papers, tmp_path, monkeypatch):
    lines, record, _, _ = build(rule, papers, tmp_path / "first")
    calls = len(stub.requests)
    assert build(rule, papers, tmp_path / "second")[:2] == (lines, record)
    monkeypatch.setenv("GPIOT_CACHE", str(tmp_path / "empty-cache"))
    shipped = tmp_path / "first" / "responses.jsonl"
    assert build(rule, papers, tmp_path / "third", shipped=shipped)[:2] == (lines, record)
    monkeypatch.setenv("GPIOT_CACHE", str(tmp_path / "another-cache"))
    replayed = build(
        replace(rule, base_url="http://127.0.0.1:9/v1", key_env="NO_SUCH_KEY"),
        papers,
        tmp_path / "fourth",
        shipped=shipped,
        replay_only=True,
    )
    assert replayed[:2] == (lines, record)
    assert len(stub.requests) == calls


def test_replay_only_never_calls(stub, rule, papers, tmp_path):
    lines, _, said, _ = build(rule, papers, tmp_path / "out", replay_only=True)
    assert {json.loads(line)["reason"] for line in lines} == {"not_in_store"}
    assert (stub.requests, said[-1]) == ([], "    chat teacher: nothing was asked")


@pytest.mark.parametrize(
    "trouble",
    [
        (429, {"error": {"message": "slow down"}}, {"Retry-After": "0.05"}),
        (500, {"error": {"message": "out of order"}}),
        (200, b'{"choices": ['),
        hang,
        drip_body,
        half_body,
        huge_body,
        reset,
    ],
    ids=["429", "500", "half-json", "hang", "drip", "cut-body", "huge-body", "reset"],
)
def test_trouble_that_passes_changes_nothing_but_the_calls(stub, rule, papers, tmp_path, monkeypatch, trouble):
    monkeypatch.setattr(delivery, "FIRST_WAIT_S", 0.01)
    paper = papers[:1]
    lines, record, _, _ = build(rule, paper, tmp_path / "calm")
    calls = len(stub.requests)
    monkeypatch.setenv("GPIOT_CACHE", str(tmp_path / "other-cache"))
    stub.script = lambda n, body: trouble if n - calls in (0, 2) else (200, completion(exercise(body)))
    found = build(replace(rule, timeout_s=1.0, parallel=1), paper, tmp_path / "rough")
    assert found[:2] == (lines, record)
    assert len(stub.requests) == 2 * calls + 2
    assert found[3]["calls"] == calls + 2


def test_a_wait_that_a_server_asks_for_is_waited(stub, rule, papers, tmp_path, monkeypatch):
    monkeypatch.setattr(delivery, "FIRST_WAIT_S", 0.01)
    stub.script = lambda n, body: (429, {}, {"Retry-After": "1"}) if n == 0 else (200, completion(exercise(body)))
    started = time.monotonic()
    build(rule, papers[:1], tmp_path / "out")
    assert 1.0 <= time.monotonic() - started < 15


@pytest.mark.parametrize(
    ("answer", "reason", "calls_each"),
    [
        (lambda body: exercise(body)[:60], "malformed_answer", 3),
        (lambda _body: '{"answer": 42}', "malformed_answer", 2),
        (lambda _body: json.dumps({"type": "object", "properties": {"problem": {"type": "string"}}}), "malformed_answer", 2),
    ],
    ids=["half-json", "wrong-schema", "the-schema-itself"],
)
def test_answers_that_stay_none_are_rejections_with_a_bounded_number_of_calls(stub, rule, papers, tmp_path, answer, reason, calls_each):
    stub.script = lambda _n, body: (200, completion(answer(body)))
    lines, record, _, _ = build(rule, papers[:1], tmp_path / "out")
    reasons = [json.loads(line)["reason"] for line in lines]
    assert set(reasons) == {reason}
    assert len(stub.requests) <= calls_each * len(lines)
    calls = len(stub.requests)
    assert build(rule, papers[:1], tmp_path / "again")[:2] == (lines, record)
    assert len(stub.requests) == calls


def test_a_server_that_stays_out_of_order_ends_the_build_and_what_was_answered_is_kept(stub, rule, papers, tmp_path, monkeypatch):
    monkeypatch.setattr(delivery, "FIRST_WAIT_S", 0.01)
    stub.script = lambda n, body: (200, completion(exercise(body))) if n < 4 else (500, {})
    rule = replace(rule, retries=2, parallel=1)
    with pytest.raises(RemoteError, match="did not answer after 3 tries: status 500") as caught:
        build(rule, papers, tmp_path / "out")
    assert caught.value.exit_code == 4
    assert len(stub.requests) == 4 + 3
    stub.script = lambda _n, body: (200, completion(exercise(body)))
    lines, _, _, cost = build(rule, papers, tmp_path / "out")
    answered = len(stub.requests) - 3
    assert len({sha256_json(body["messages"]) for body in stub.requests}) == answered
    assert (cost["calls"], cost["calls_of_this_run"]) == (len(stub.requests), answered - 4)
    assert rows_of(lines)


def test_a_wrong_key_ends_the_build_at_once_and_stands_nowhere(stub, rule, papers, tmp_path, monkeypatch):
    monkeypatch.setenv("TOY_KEY", KEY)
    stub.script = lambda _n, _body: (401, {"error": {"message": f"the key {KEY} is wrong"}})
    with pytest.raises(InputError, match="wants another key") as caught:
        build(replace(rule, key_env="TOY_KEY", parallel=1), papers, tmp_path / "out")
    assert (caught.value.exit_code, len(stub.requests), KEY in str(caught.value)) == (3, 1, False)


def test_the_key_is_in_no_file_and_no_log(stub, rule, papers, tmp_path, monkeypatch, caplog):
    caplog.set_level("DEBUG")
    monkeypatch.setenv("TOY_KEY", KEY)
    # A server that says the key back, in an answer that is none at first.
    stub.script = lambda n, body: (200, completion(f"your key is {KEY}" if n % 2 == 0 else exercise(body), system_note=KEY))
    lines, record, said, _ = build(replace(rule, key_env="TOY_KEY", parallel=1), papers[:1], tmp_path / "out")
    assert rows_of(lines)
    assert stub.keys[0] == f"Bearer {KEY}"
    files = [path for place in (tmp_path, cache_dir()) for path in place.rglob("*") if path.is_file()]
    assert any(path.parent.parent.name == "responses" for path in files)
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
    assert KEY not in "".join([*lines, *said, json.dumps(record), caplog.text])
    assert KEY not in json.dumps(stub.requests)


def test_a_budget_ends_the_build_before_it_is_overdrawn_and_a_larger_one_goes_on(stub, rule, papers, tmp_path):
    with pytest.raises(BudgetSpent, match=r"with one more call it could come to 5 of 4 \(calls\)"):
        build(replace(rule, budget=BudgetRule(calls=4), parallel=3), papers, tmp_path / "out")
    assert len(stub.requests) == 4
    # Another run does not begin at nothing.
    with pytest.raises(BudgetSpent):
        build(replace(rule, budget=BudgetRule(calls=4)), papers, tmp_path / "out")
    assert len(stub.requests) == 4
    lines, _, _, _ = build(replace(rule, budget=BudgetRule(calls=50)), papers, tmp_path / "out")
    assert len({sha256_json(body["messages"]) for body in stub.requests}) == len(stub.requests)
    assert rows_of(lines)


def test_a_budget_of_money_holds(stub, rule, papers, tmp_path):
    price = PriceRule(prompt=1000.0, answer=1000.0)
    counted = {"usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}}
    stub.script = lambda _n, body: (200, completion(exercise(body)) | counted)
    with pytest.raises(BudgetSpent, match=r"\(money\)"):
        build(replace(rule, budget=BudgetRule(money=15.0), price=price), papers, tmp_path / "out")
    # At 1.1 an answer, and about 7 set aside for one that is under way.
    assert 2 <= len(stub.requests) <= 13


def test_what_a_build_will_cost_is_said_before_and_holds(stub, rule, papers, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    priced = replace(rule, price=PriceRule(prompt=1.0, answer=2.0))
    with open_chat(priced, 0, folder) as chat:
        before = estimate_papers(papers, [verify_paper(source) for source in papers], chat)
    assert (before.calls, before.new.calls, stub.requests) == (before.calls, before.calls, [])
    assert before.new.money == priced.price.of(before.new.prompt_tokens, before.new.answer_tokens)
    assert describe_estimate(before).startswith(f"    chat teacher: {before.calls} calls ahead (0 answers are here): about ")
    build(priced, papers, folder)
    assert len(stub.requests) == before.calls
    read = sum(len(canonical_json(body["messages"]).encode()) for body in stub.requests) / 4
    assert 0.8 * read <= before.new.prompt_tokens <= 1.6 * read
    with open_chat(priced, 0, folder) as chat:
        assert estimate_papers(papers, [verify_paper(source) for source in papers], chat).new.calls == 0


def _start(world, out, url, parallel):
    argv = [sys.executable, "-c", RUN, str(world.folder / "papers.yaml"), str(out), url, str(parallel)]
    return subprocess.Popen(argv, env=world.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_a_killed_build_loses_no_answer_and_pays_none_twice(stub, world, tmp_path):
    out, running, killed = tmp_path / "out", [], []

    def script(n, body):
        # Killed while the sixth and the eleventh request are under way: whatever was answered before is paid for.
        if n in (5, 10):
            running[-1].kill()
            killed.append(n)
            return slowly(0.2, reset)
        return (200, completion(exercise(body)))

    stub.script = script
    while not running or running[-1].returncode == -signal.SIGKILL:
        running.append(_start(world, out, stub.url, 1))
        lines, errors = running[-1].communicate(timeout=120)
    assert (running[-1].returncode, killed, len(running)) == (0, [5, 10], 3), errors
    asked = [sha256_json(body["messages"]) for n, body in enumerate(stub.requests) if n not in killed]
    assert len(asked) == len(set(asked)) == len(read_shipped(out / "responses.jsonl"))
    assert len(list((Path(world.env["GPIOT_CACHE"]) / "responses").rglob(".gpiot-tmp-*"))) == 0
    calm = tmp_path / "calm"
    world.env["GPIOT_CACHE"] = str(tmp_path / "calm-cache")
    assert _start(world, calm, stub.url, 3).communicate(timeout=120)[0] == lines
    assert (calm / "responses.jsonl").read_bytes() == (out / "responses.jsonl").read_bytes()


@pytest.fixture
def server(tmp_path):
    """llama-cpp-python's own server on the packaged base; its address."""
    with model_server(tmp_path, "--n_threads_batch", "1") as url:
        yield url


@pytest.fixture
def short_papers(tmp_path):
    folder = tmp_path / "short"
    folder.mkdir()
    return PaperCorpus.load(write_corpus(folder, [typeset(folder, name, modules=1) for name in NAMES])).sources


@pytest.mark.slow
def test_three_papers_go_through_a_real_server_and_a_rebuild_asks_it_nothing(server, short_papers, tmp_path):
    """The talk with a server that nobody scripted: forms that it takes, its count of tokens, its raw words, and their replay.

    Nothing is said about decompositions: answers of 16 tokens are cut off, and so small a model has none to give.
    """
    limits = {"timeout_s": 300.0, "context_tokens": 2048, "max_tokens": 16, "reasks": 0}
    rule = ChatRule(base_url=server, model="smol", budget=BudgetRule(calls=50), parallel=1, **limits)
    lines, record, _, cost = build(rule, short_papers, tmp_path / "out")
    answers = read_shipped(tmp_path / "out" / "responses.jsonl")
    assert record["responses"] == len(answers) == len(lines) == 3
    assert {json.loads(line)["source"] for line in lines} == set(NAMES)
    assert all(answer.prompt_tokens > 100 and 1 <= answer.answer_tokens <= 16 for answer in answers.values())
    # This server takes no `json_schema`, but a schema beside `json_object`: every answer begins as an object of that form.
    assert all(re.match(r'\s*\{\s*"(?:problem|tasks)"\s*:', answer.text) for answer in answers.values())
    calls = {entry["key"]: entry["value"] for entry in map(json.loads, (tmp_path / "out" / "teacher-calls.jsonl").read_text().splitlines())}
    assert sum(call["prompt_tokens"] for call in calls.values()) == record["prompt_tokens"]
    assert Counter(call["outcome"] for call in calls.values()) == {"answered": 3, "refused": 1}
    assert cost["calls"] == 4
    assert {json.loads(line)["reason"] for line in lines} <= {"answer_cut", "unsound_answer", "not_a_module", "malformed_answer"}
    gone = replace(rule, base_url="http://127.0.0.1:9/v1")
    shipped = tmp_path / "out" / "responses.jsonl"
    assert build(gone, short_papers, tmp_path / "again", shipped=shipped, replay_only=True)[:2] == (lines, record)
