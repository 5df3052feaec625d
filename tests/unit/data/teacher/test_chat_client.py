"""One request to a chat server: what is sent, what is read, and what each kind of trouble is."""

from __future__ import annotations

import gzip
import json
import time

import pytest
from chat_stub import Stub, completion, drip_body, drip_head, half_body, hang, huge_body, in_turn, reset

from gpiot_data.chat_rule import BudgetRule, ChatRule
from gpiot_data.errors import InputError, RemoteError
from gpiot_data.teacher.client import ChatClient, Refused, Transient
from gpiot_data.teacher.responses import Response

KEY = "sk-canary-0123456789abcdef"
BODY = {"messages": [{"role": "user", "content": "Say {}."}], "max_tokens": 5, "seed": 3}


@pytest.fixture
def stub():
    found = Stub()
    yield found
    found.close()


@pytest.fixture
def open_client(stub):
    opened = []

    def make(**options):
        rule = ChatRule(**{"base_url": stub.url, "model": "toy", "budget": BudgetRule(calls=9), "timeout_s": 10.0, **options})
        opened.append(ChatClient(rule))
        return opened[-1]

    yield make
    for client in opened:
        client.close()


def test_a_request_goes_out_as_it_is_and_the_answer_comes_back_with_its_raw_words(stub, open_client):
    stub.script = in_turn((200, completion("fine")))
    reply = open_client().send(BODY)
    assert stub.requests == [{**BODY, "model": "toy"}]
    assert reply.response == Response("fine", "stop", 100, 10)
    assert json.loads(reply.raw) == completion("fine")


def test_the_key_comes_from_the_environment_and_goes_into_the_header_alone(stub, open_client, monkeypatch):
    monkeypatch.setenv("TOY_KEY", KEY)
    stub.script = in_turn((200, completion("fine")))
    open_client(key_env="TOY_KEY").send(BODY)
    assert stub.keys == [f"Bearer {KEY}"]
    assert KEY not in json.dumps(stub.requests)


def test_without_its_key_a_client_is_not_opened(open_client, monkeypatch):
    monkeypatch.delenv("TOY_KEY", raising=False)
    with pytest.raises(InputError, match="the environment variable TOY_KEY is not set"):
        open_client(key_env="TOY_KEY")


def test_a_server_that_says_the_key_back_is_not_repeated(stub, open_client, monkeypatch):
    monkeypatch.setenv("TOY_KEY", KEY)
    client = open_client(key_env="TOY_KEY")
    stub.script = in_turn((200, completion(f"you sent {KEY}")), (401, {"error": {"message": f"wrong key {KEY}"}}))
    reply = client.send(BODY)
    assert (reply.response.text, KEY in reply.raw) == ("you sent [key]", False)
    with pytest.raises(InputError) as caught:
        client.send(BODY)
    assert "[key]" in str(caught.value)
    assert KEY not in str(caught.value)


def test_a_key_that_is_said_back_in_another_spelling_is_not_repeated_either(stub, open_client, monkeypatch):
    monkeypatch.setenv("TOY_KEY", KEY)
    spelt = json.dumps(completion(f"you sent {KEY}")).replace("sk-", "\\u0073k-")
    assert KEY not in spelt
    stub.script = in_turn((200, spelt.encode()))
    reply = open_client(key_env="TOY_KEY").send(BODY)
    assert (reply.response.text, reply.raw) == ("you sent [key]", "(not kept: it spells the key in another way)")


@pytest.mark.parametrize("act", [hang, drip_body, drip_head])
def test_a_server_without_end_is_left_in_time(stub, open_client, act):
    stub.script = in_turn(act)
    started = time.monotonic()
    with pytest.raises(Transient, match=r"no whole answer within 0\.6 s") as caught:
        open_client(timeout_s=0.6).send(BODY)
    assert time.monotonic() - started < 5
    assert caught.value.billed


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (half_body, "cannot be reached"),
        (reset, "cannot be reached"),
        (huge_body, "more than 4 MiB"),
        ((200, b"<html>welcome</html>"), "no answer"),
        ((200, b'{"choices": ['), "no answer"),
        ((200, {"choices": []}), "no answer"),
        ((200, {"choices": [{"message": None}]}), "no answer"),
        ((200, {"choices": [{"message": {"content": {"a": 1}}}]}), "no answer"),
        ((200, b"[" * 100_000), "no answer"),
        ((200, gzip.compress(b" " * 50_000_000), {"Content-Encoding": "gzip"}), "packed"),
    ],
)
def test_what_is_no_whole_answer_may_be_billed_and_may_be_tried_again(stub, open_client, act, message):
    stub.script = in_turn(act)
    with pytest.raises(Transient, match=message) as caught:
        open_client().send(BODY)
    assert caught.value.billed


def test_a_client_goes_on_after_any_of_it(stub, open_client):
    stub.script = in_turn(reset, half_body, huge_body, (200, completion("fine")))
    client = open_client()
    for _ in range(3):
        with pytest.raises(Transient):
            client.send(BODY)
    assert client.send(BODY).response.text == "fine"


@pytest.mark.parametrize(
    ("status", "headers", "after_s"),
    [
        (429, {"Retry-After": "7"}, 7.0),
        (429, {"Retry-After": "Wed, 21 Oct 2026 07:28:09 GMT", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 9.0),
        (429, {"Retry-After": "soon"}, None),
        (500, {}, None),
        (503, {"Retry-After": "0.5"}, 0.5),
        (408, {}, None),
        (529, {}, None),
    ],
)
def test_a_busy_server_is_not_billed_and_its_wish_to_wait_is_heard(stub, open_client, status, headers, after_s):
    if date := headers.get("Date"):
        # A server of the standard library writes its own date first.
        stub.server.RequestHandlerClass.date_time_string = lambda _self: date
    sent = {name: value for name, value in headers.items() if name != "Date"}
    stub.script = in_turn((status, {"error": {"message": "busy"}}, sent))
    with pytest.raises(Transient, match=f"status {status}") as caught:
        open_client().send(BODY)
    assert (caught.value.after_s, caught.value.billed) == (after_s, False)
    assert len(stub.requests) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_request_that_is_not_taken_is_refused(stub, open_client, status):
    stub.script = in_turn(
        (status, {"error": {"message": "an odd field"}}), (status, {"error": {"message": "x", "code": "context_length_exceeded"}})
    )
    client = open_client()
    for too_long in (False, True):
        with pytest.raises(Refused, match=f"status {status}") as caught:
            client.send(BODY)
        assert (caught.value.status, caught.value.too_long) == (status, too_long)


def test_a_field_that_a_server_does_not_know_is_a_refusal_even_where_it_calls_it_an_error_of_its_own(stub, open_client):
    said = "1 validation error:\n  {'type': 'literal_error', 'loc': ('body', 'response_format', 'type')}"
    stub.script = in_turn((500, {"error": {"message": said}}))
    with pytest.raises(Refused, match="status 500"):
        open_client().send(BODY)


@pytest.mark.parametrize(
    ("status", "code", "kind", "message"),
    [
        (401, None, InputError, "wants another key"),
        (403, None, InputError, "does not let this key in"),
        (404, None, InputError, "does not know this address or model"),
        (429, "insufficient_quota", RemoteError, "no quota left"),
        (405, None, RemoteError, "status 405"),
    ],
)
def test_what_waiting_does_not_mend_is_said_at_once(stub, open_client, status, code, kind, message):
    stub.script = in_turn((status, {"error": {"message": "no", "code": code}}))
    with pytest.raises(kind, match=message):
        open_client().send(BODY)


def test_a_server_that_is_not_there_is_not_billed(stub, open_client):
    client = open_client(base_url="http://127.0.0.1:9/v1")
    with pytest.raises(Transient, match="cannot be reached") as caught:
        client.send(BODY)
    assert not caught.value.billed


def test_a_refusal_of_the_model_half_characters_and_missing_counts_are_read(stub, open_client):
    stub.script = in_turn(
        (200, completion(None, refusal="I would rather not.")),
        (200, b'{"choices": [{"message": {"content": "a\\ud800b"}, "finish_reason": null}], "usage": {"prompt_tokens": -1}}'),
        (200, completion("cut", finish="length", usage=False)),
    )
    client = open_client()
    assert client.send(BODY).response == Response("I would rather not.", "declined", 100, 10)
    assert client.send(BODY).response == Response("a?b", "stop", None, None)
    assert client.send(BODY).response == Response("cut", "length", None, None)
