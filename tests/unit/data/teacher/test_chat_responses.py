"""The response store: on disk at once, one answer a key, and the same lines wherever it was filled."""

from __future__ import annotations

import json
import threading

import pytest

from gpiot_data.errors import BadDataset
from gpiot_data.store import cache_dir, write_jsonl
from gpiot_data.teacher.responses import Response, open_responses, read_shipped, responses_root

KEY, OTHER = "a" * 64, "b" * 64
ANSWER = Response("text \u00b5", "stop", 12, 3)


def test_an_answer_is_there_after_it_was_put_with_its_raw_words_beside_it():
    with open_responses("toy", None) as store:
        assert store.get(KEY) is None
        store.put(KEY, ANSWER, '{"id": "x"}')
        assert store.get(KEY) == ANSWER
    with open_responses("toy", None) as store:
        assert store.get(KEY) == ANSWER
    (file,) = cache_dir().glob(f"responses/*/{KEY}.json")
    assert json.loads(file.read_text())["raw"] == '{"id": "x"}'


def test_other_weights_have_other_answers():
    with open_responses("toy", None) as store:
        store.put(KEY, ANSWER, "")
    with open_responses("toy", "r2") as store:
        assert store.get(KEY) is None
    with open_responses("toy2", None) as store:
        assert store.get(KEY) is None


def test_what_ships_is_sorted_whole_and_without_raw_words(tmp_path):
    with open_responses("toy", None) as store:
        for key in (OTHER, KEY):
            store.put(key, ANSWER, "raw")
        entries = store.entries([OTHER, KEY, "c" * 64, KEY])
    value = {"text": "text \u00b5", "finish": "stop", "prompt_tokens": 12, "answer_tokens": 3}
    assert entries == [{"key": KEY, "value": value}, {"key": OTHER, "value": value}]
    write_jsonl(tmp_path / "responses.jsonl", entries)
    assert read_shipped(tmp_path / "responses.jsonl") == {KEY: ANSWER, OTHER: ANSWER}
    assert responses_root(entries) != responses_root(entries[:1])


def test_what_came_with_a_dataset_answers_first_and_ships_again(tmp_path):
    write_jsonl(tmp_path / "responses.jsonl", [{"key": KEY, "value": {"text": "theirs", "finish": "stop"}}])
    with open_responses("toy", None) as store:
        store.put(KEY, ANSWER, "")
        store.take_in(tmp_path / "responses.jsonl")
        assert store.get(KEY) == Response("theirs", "stop")
        assert store.entries([KEY])[0]["value"]["text"] == "theirs"
        store.take_in(tmp_path / "absent.jsonl")


def test_a_refusal_that_may_be_mended_is_kept_for_this_run_only():
    with open_responses("toy", None) as store:
        store.note(KEY, Response("too long", "refused"))
        assert store.entries([KEY])[0]["value"]["finish"] == "refused"
    with open_responses("toy", None) as store:
        assert store.get(KEY) is None


@pytest.mark.parametrize(
    "entry",
    [
        {},
        [],
        {"key": KEY},
        {"key": "../../etc/passwd", "value": {"text": "a", "finish": "stop"}},
        {"key": KEY, "value": {"text": 3, "finish": "stop"}},
        {"key": KEY, "value": {"text": "a", "finish": None}},
        {"key": KEY, "value": {"text": "a", "finish": "stop", "prompt_tokens": -1}},
        {"key": KEY, "value": {"text": "a", "finish": "stop", "answer_tokens": True}},
        {"key": KEY, "value": {"text": "a", "finish": "stop", "more": 1}},
        {"key": KEY, "value": {"text": "a" * 500_000, "finish": "stop"}},
    ],
)
def test_a_line_that_is_no_response_is_refused_by_number(tmp_path, entry):
    path = tmp_path / "responses.jsonl"
    write_jsonl(path, [{"key": OTHER, "value": {"text": "a", "finish": "stop"}}, entry])
    with pytest.raises(BadDataset, match=r"responses.jsonl:2: is no response of a teacher"):
        read_shipped(path)


def test_a_damaged_file_of_the_cache_counts_as_no_answer():
    with open_responses("toy", None) as store:
        store.put(KEY, ANSWER, "")
        (file,) = cache_dir().glob(f"responses/*/{KEY}.json")
        for damage in (b"", b"{}", b'{"response": 3}', b"\xff", file.read_bytes()[:20]):
            file.write_bytes(damage)
            assert store.get(KEY) is None


def test_who_comes_second_waits_for_the_first():
    got = []

    def second():
        with open_responses("toy", None) as store:
            got.append(store.get(KEY))

    with open_responses("toy", None) as store:
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.2)
        assert got == []
        store.put(KEY, ANSWER, "")
    thread.join(5)
    assert got == [ANSWER]
