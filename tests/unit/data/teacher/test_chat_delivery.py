"""Requests are sent until they are answered, within the budget, in a form that the server takes."""

from __future__ import annotations

import threading

import pytest

from gpiot_data.chat_rule import BudgetRule
from gpiot_data.errors import InputError, RemoteError
from gpiot_data.store import Ledger
from gpiot_data.teacher.budget import BudgetSpent, Spending
from gpiot_data.teacher.client import Refused, Reply, Transient
from gpiot_data.teacher.delivery import FIRST_WAIT_S, LONGEST_WAIT_S, Delivery, Request
from gpiot_data.teacher.responses import Response

REQUEST = Request(({"role": "user", "content": "Say {}."},), "toy_1", {"type": "object"}, 50, 0.0, 3)
REPLY = Reply(Response("{}", "stop", 20, 4), "raw")
KEY = "k" * 64


class Client:
    """Meets the n-th request with the n-th of `acts`, and later ones with the last; exceptions are raised."""

    def __init__(self, *acts):
        self.acts, self.bodies = acts, []

    def send(self, body):
        self.bodies.append(body)
        act = self.acts[min(len(self.bodies), len(self.acts)) - 1]
        if isinstance(act, Exception):
            raise act
        return act


@pytest.fixture
def deliver(tmp_path):
    ledgers = []

    def make(client, retries=3, calls=99):
        ledgers.append(Ledger(tmp_path / f"{len(ledgers)}.jsonl"))
        waits, kept = [], []
        delivery = Delivery(client, Spending(BudgetRule(calls=calls), None, ledgers[-1]), retries, waits.append)
        return delivery, waits, kept

    yield make
    for ledger in ledgers:
        ledger.close()


def test_an_answer_is_kept_before_its_cost_is_known(deliver):
    delivery, waits, _ = deliver(Client(REPLY))
    seen = []
    response = delivery.deliver(REQUEST, KEY, lambda reply: seen.append((reply, delivery._spending.cost.answer_tokens)))
    assert (response, waits) == (REPLY.response, [])
    assert seen == [(REPLY, 50)]
    assert delivery._spending.cost.answer_tokens == 4


def test_a_busy_server_is_asked_again_after_longer_and_longer_waits_that_are_the_same_every_time(deliver):
    def run(key):
        delivery, waits, kept = deliver(Client(Transient("busy"), Transient("busy"), Transient("busy"), REPLY))
        delivery.deliver(REQUEST, key, kept.append)
        return waits

    waits = run(KEY)
    assert waits == run(KEY)
    assert waits != run("other")
    assert all(0.0 <= wait <= min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**attempt) for attempt, wait in enumerate(waits))


def test_a_wait_that_the_server_asks_for_is_kept_to(deliver):
    delivery, waits, kept = deliver(Client(Transient("busy", after_s=7.0, billed=False), REPLY))
    delivery.deliver(REQUEST, KEY, kept.append)
    assert len(waits) == 1
    assert 7.0 <= waits[0] <= 7.0 + FIRST_WAIT_S


def test_a_wait_of_an_hour_ends_the_build_instead(deliver):
    delivery, waits, kept = deliver(Client(Transient("busy", after_s=3600.0, billed=False)))
    with pytest.raises(RemoteError, match="asks to wait 3600 s"):
        delivery.deliver(REQUEST, KEY, kept.append)
    assert waits == []


def test_after_all_retries_the_build_ends_and_nothing_more_is_sent(deliver):
    client = Client(Transient("status 500, out of order", billed=False))
    delivery, waits, kept = deliver(client)
    with pytest.raises(RemoteError, match="did not answer after 4 tries: status 500, out of order; what was answered is kept") as first:
        delivery.deliver(REQUEST, KEY, kept.append)
    assert (len(client.bodies), len(waits), first.value.exit_code) == (4, 3, 4)
    with pytest.raises(RemoteError) as second:
        delivery.deliver(REQUEST, "other", kept.append)
    assert second.value is first.value
    assert len(client.bodies) == 4


def test_calls_that_were_not_billed_cost_no_tokens_and_others_the_most_they_can(deliver):
    delivery, _, kept = deliver(Client(Transient("busy", billed=False), Transient("cut"), REPLY))
    delivery.deliver(REQUEST, KEY, kept.append)
    cost = delivery._spending.cost
    assert (cost.calls, cost.answer_tokens) == (3, 50 + 4)
    assert cost.prompt_tokens == REQUEST.n_bytes + 64 + 20


def test_a_server_that_knows_no_schema_is_asked_in_another_form_and_then_only_in_that(deliver):
    client = Client(Refused("response_format"), REPLY)
    delivery, _, kept = deliver(client)
    for _ in range(2):
        delivery.deliver(REQUEST, KEY, kept.append)
    forms = [body.get("response_format", {}).get("type") for body in client.bodies]
    assert forms == ["json_schema", "json_object", "json_object"]
    assert client.bodies[0]["response_format"]["json_schema"] == {"name": "toy_1", "strict": True, "schema": {"type": "object"}}
    assert client.bodies[1]["response_format"] == {"type": "json_object", "schema": {"type": "object"}}


def test_the_last_form_is_the_words_of_the_request_alone(deliver):
    client = Client(Refused("no"), Refused("no"), Refused("no"), REPLY)
    delivery, _, kept = deliver(client)
    assert delivery.deliver(REQUEST, KEY, kept.append) == REPLY.response
    assert client.bodies[-1] == {"messages": [{"role": "user", "content": "Say {}."}], "max_tokens": 50, "seed": 3, "temperature": 0.0}


def test_a_request_that_no_form_mends_is_refused_and_changes_nothing_for_others(deliver):
    client = Client(*[Refused("a field of it is odd")] * 4, REPLY)
    delivery, _, kept = deliver(client)
    assert delivery.deliver(REQUEST, KEY, kept.append) == Response("status 400", "refused")
    assert kept == []
    delivery.deliver(REQUEST, KEY, kept.append)
    assert client.bodies[-1]["response_format"]["type"] == "json_schema"


def test_a_request_that_is_too_long_is_not_tried_in_other_forms(deliver):
    client = Client(Refused("9000 of 8192 tokens", status=413, too_long=True))
    delivery, _, kept = deliver(client)
    assert delivery.deliver(REQUEST, KEY, kept.append) == Response("status 413", "refused")
    assert len(client.bodies) == 1


def test_a_server_that_calls_the_limit_otherwise_is_given_that_name(deliver):
    client = Client(Refused("Unsupported parameter: use 'max_completion_tokens' instead"), REPLY)
    delivery, _, kept = deliver(client)
    delivery.deliver(REQUEST, KEY, kept.append)
    assert "max_tokens" not in client.bodies[1]
    assert (client.bodies[1]["max_completion_tokens"], client.bodies[1]["response_format"]["type"]) == (50, "json_schema")


def test_a_spent_budget_ends_the_build_before_the_call(deliver):
    client = Client(REPLY)
    delivery, _, kept = deliver(client, calls=2)
    for _ in range(2):
        delivery.deliver(REQUEST, KEY, kept.append)
    with pytest.raises(BudgetSpent):
        delivery.deliver(REQUEST, KEY, kept.append)
    assert len(client.bodies) == 2


def test_a_server_that_is_shut_ends_the_build_without_a_retry(deliver):
    client = Client(InputError("wants another key"))
    delivery, waits, kept = deliver(client)
    with pytest.raises(InputError):
        delivery.deliver(REQUEST, KEY, kept.append)
    assert (len(client.bodies), waits, delivery._spending.cost.answer_tokens) == (1, [], 0)


def test_a_thread_that_waits_gives_up_when_another_one_failed(tmp_path):
    ledger = Ledger(tmp_path / "calls.jsonl")
    delivery = Delivery(Client(Transient("busy", after_s=200.0, billed=False)), Spending(BudgetRule(calls=9), None, ledger), 3)
    failed = []

    def work():
        try:
            delivery.deliver(REQUEST, KEY, lambda _reply: None)
        except Exception as error:
            failed.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(0.3)
    assert failed == []
    delivery.end()
    thread.join(5)
    assert failed == ["the build was ended; run again to go on"]
    ledger.close()
