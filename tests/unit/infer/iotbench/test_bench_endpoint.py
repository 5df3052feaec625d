"""A system behind an OpenAI-compatible server: what is sent, what is read, and what goes wrong."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gpiot_data.errors import InputError, RemoteError
from gpiot_data.schema import TD_PROMPT
from gpiot_infer.backends.protocol import Sampling
from gpiot_infer.iotbench import endpoint as module
from gpiot_infer.iotbench.comparison import Endpoint
from gpiot_infer.iotbench.endpoint import EndpointSystem
from gpiot_infer.iotbench.systems import Loss, Question, Reply

QUESTION = Question("a-task", "gait", "decomposition", "Count the steps of a walker.", "1. Count\n- count steps")
SAMPLING = Sampling(seed=5, temperature=0.7, max_tokens=40, top_p=0.9, min_p=0.0)


class Server:
    """A server on loopback that answers with what `reply(request)` returns: (status, body)."""

    def __init__(self):
        self.requests, self.keys = [], []
        self.reply = lambda request: (200, completion("text"))
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append(body)
                outer.keys.append(self.headers["Authorization"])
                status, content = outer.reply(body)
                data = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def completion(text, finish="stop", **more):
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
    return {"id": "x", "object": "chat.completion", "created": 0, "model": "toy", "choices": [choice], "usage": usage, **more}


@pytest.fixture
def server():
    found = Server()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def open_one(server, monkeypatch):
    """Open a system on the server; few retries, since some tests wait for the last."""
    monkeypatch.setattr(module, "RETRIES", 1)
    opened = []

    def make(**options):
        opened.append(EndpointSystem("remote", Endpoint(**{"base_url": server.url, "model": "toy", **options})))
        return opened[-1]

    yield make
    for system in opened:
        system.close()


def test_a_question_is_sent_with_its_sampling_and_the_answer_is_read(server, open_one):
    assert open_one().answer(QUESTION, SAMPLING) == Reply("text", "end", 3)
    (sent,) = server.requests
    assert sent == {
        "model": "toy",
        "messages": [{"role": "user", "content": TD_PROMPT.format(problem=QUESTION.content)}],
        "seed": 5,
        "temperature": 0.7,
        "top_p": 0.9,
        "max_tokens": 40,
    }


def test_an_answer_that_was_cut_off_says_so(server, open_one):
    server.reply = lambda _request: (200, completion(None, "length"))
    assert open_one().answer(QUESTION, SAMPLING) == Reply("", "length", 3)


def test_half_a_character_becomes_a_question_mark(server, open_one):
    server.reply = lambda _request: (200, completion("a\ud83d"))
    assert open_one().answer(QUESTION, SAMPLING).text == "a?"


def test_the_key_comes_from_the_environment_and_is_told_to_nobody_else(server, open_one, monkeypatch):
    monkeypatch.setenv("TOY_KEY", "very-secret")
    system = open_one(key_env="TOY_KEY")
    system.answer(QUESTION, SAMPLING)
    assert server.keys == ["Bearer very-secret"]
    assert "very-secret" not in json.dumps([system.describe(), system.identity(QUESTION), server.requests])


def test_a_key_that_is_not_set_is_named(open_one, monkeypatch):
    monkeypatch.delenv("TOY_KEY", raising=False)
    with pytest.raises(InputError, match="system 'remote': the environment variable TOY_KEY is not set"):
        open_one(key_env="TOY_KEY")


def test_a_busy_server_is_asked_again(server, open_one):
    replies = iter([(503, {"error": {"message": "busy"}}), (200, completion("late"))])
    server.reply = lambda _request: next(replies)
    assert open_one().answer(QUESTION, SAMPLING).text == "late"


def test_a_server_that_stays_broken_is_a_remote_error(server, open_one):
    server.reply = lambda _request: (500, {"error": {"message": "out of order"}})
    with pytest.raises(RemoteError, match=r"'toy': status 500, .*out of order"):
        open_one().answer(QUESTION, SAMPLING)
    assert len(server.requests) == 2


def test_a_server_that_is_not_there_is_a_remote_error(open_one):
    with pytest.raises(RemoteError, match=r"http://127.0.0.1:9/v1: does not answer"):
        open_one(base_url="http://127.0.0.1:9/v1").answer(QUESTION, SAMPLING)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_server_that_lets_nobody_in_ends_the_run_with_its_address(server, open_one, status):
    server.reply = lambda _request: (status, {"error": {"message": "no model toy"}})
    with pytest.raises(InputError, match=rf"{server.url}: 'toy': .*status {status}, .*no model toy.*; mend the endpoint of 'remote'"):
        open_one().answer(QUESTION, SAMPLING)
    with pytest.raises(InputError):
        open_one().loss(QUESTION)
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_request_that_is_refused_is_an_answer_without_text(server, open_one, status):
    server.reply = lambda _request: (status, {"error": {"message": "the context is too long"}})
    reply = open_one().answer(QUESTION, SAMPLING)
    assert (reply.text, reply.finish, reply.tokens) == ("", "refused", None)
    assert f"status {status}" in reply.reason
    assert "the context is too long" in reply.reason
    assert len(server.requests) == 1


def test_an_answer_that_a_filter_held_back_says_so(server, open_one):
    server.reply = lambda _request: (200, completion("I", "content_filter"))
    assert open_one().answer(QUESTION, SAMPLING) == Reply("I", "content_filter", 3)


@pytest.mark.parametrize("body", [{}, {"choices": []}, {"choices": [{"index": 0}]}])
def test_an_answer_without_message_is_a_remote_error(server, open_one, body):
    server.reply = lambda _request: (200, body)
    with pytest.raises(RemoteError, match="has no message"):
        open_one().answer(QUESTION, SAMPLING)


def test_the_loss_is_what_the_reference_adds_to_the_prompt(server, open_one):
    head = [None, {"5": {"logprob": -1.0}}, {"6": {"logprob": -2.0}}]
    answer = [{"7": {"logprob": -0.5}}, {"8": {"logprob": -0.25}}]
    server.reply = lambda request: (200, completion("", prompt_logprobs=head + answer * (len(request["messages"]) - 1)))
    assert open_one().loss(QUESTION) == Loss(0.75)
    first, second = server.requests
    assert (first["prompt_logprobs"], first["max_tokens"], len(first["messages"])) == (0, 1, 1)
    assert second["messages"][1] == {"role": "assistant", "content": QUESTION.reference}
    assert (second["continue_final_message"], second["add_generation_prompt"]) == (True, False)


def test_a_server_without_log_probabilities_has_no_loss_and_says_why(server, open_one):
    assert open_one().loss(QUESTION) == Loss(None, "the server gives no log-probabilities of a prompt")
    server.reply = lambda _request: (400, {"error": {"message": "unknown parameter"}})
    found = open_one().loss(QUESTION)
    assert found.nats is None
    assert "refuses to score a prompt" in found.reason


@pytest.mark.parametrize("given", ["text", [], [None], [{"5": {}}], [{"5": 1}], [{}]])
def test_log_probabilities_of_another_form_are_none(server, open_one, given):
    server.reply = lambda _request: (200, completion("", prompt_logprobs=given))
    assert open_one().loss(QUESTION) == Loss(None, "the server gives no log-probabilities of a prompt")
