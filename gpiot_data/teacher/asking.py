"""A question to a model: from the store where it was answered before, else from the server, and again where the answer is none."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from gpiot_data.chat_rule import ChatRule
from gpiot_data.store import sha256_json
from gpiot_data.teacher.answers import BadAnswer
from gpiot_data.teacher.budget import Cost, likely_tokens
from gpiot_data.teacher.client import Reply
from gpiot_data.teacher.delivery import Request
from gpiot_data.teacher.prompting import Prompt, Turns
from gpiot_data.teacher.responses import Response, ResponseStore
from gpiot_data.teacher.untrusted import disarm

#: Why a question has no answer where nothing may be asked.
NOT_IN_STORE = "not_in_store"
AnswerT = TypeVar("AnswerT")
#: Of an answer that is none, this much is shown to the model again.
_MAX_SHOWN_CHARS = 6000


class Deliverer(Protocol):
    """Gets a request answered; see `Delivery.deliver`."""

    def deliver(self, request: Request, key: str, keep: Callable[[Reply], None]) -> Response:
        """Return the server's answer, after `keep` stored it."""
        ...


@dataclass(frozen=True, slots=True)
class Question(Generic[AnswerT]):
    """What is asked, and `read`, which makes an answer of a text or raises `BadAnswer`."""

    prompt: Prompt
    turns: Turns
    read: Callable[[str], AnswerT]


@dataclass(frozen=True, slots=True)
class Answered(Generic[AnswerT]):
    """An answer, and the hash of the text that it was read from."""

    value: AnswerT
    response_sha256: str


class Asker:
    """Asks questions; used by any number of threads. The same question is under way only once at a time."""

    def __init__(self, rule: ChatRule, seed: int, store: ResponseStore, delivery: Deliverer | None) -> None:
        """Ask as `rule` says.

        Args:
            rule: the model, and how it is asked.
            seed: of the build.
            store: where answers are kept.
            delivery: what gets an answer; None to answer from the store alone.
        """
        self._rule, self._seed, self._store, self._delivery = rule, seed, store, delivery
        self._used: set[str] = set()
        self._turn: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._guard = threading.Lock()

    @property
    def used(self) -> list[str]:
        """The keys of the answers that were used, sorted: what ships with a dataset."""
        with self._guard:
            return sorted(self._used)

    def ask(self, question: Question[AnswerT]) -> Answered[AnswerT] | str:
        """Return the answer to a question, or the stable word that says why there is none.

        Raises:
            RemoteError, InputError: see `Delivery.deliver`.
        """
        turns, reason = question.turns, "malformed_answer"
        for _ in range(self._rule.reasks + 1):
            response = self._respond(question.prompt, turns)
            if response is None:
                return NOT_IN_STORE
            try:
                return Answered(self._read(question, response), response.sha256)
            except BadAnswer as error:
                reason = error.reason
                if reason in ("not_a_module", "unsafe_answer", "teacher_refused"):
                    return reason
                turns = _asked_again(question.turns, response, str(error))
        return reason

    def estimate(self, question: Question[AnswerT]) -> tuple[bool, Cost]:
        """Return whether a question was answered before, and what asking it once costs: likely tokens read, most tokens written."""
        request = self._request(question.prompt, question.turns)
        cost = Cost(1, likely_tokens(request.n_bytes), request.max_tokens)
        return self._store.get(self._key(question.prompt, request)) is not None, cost

    def _read(self, question: Question[AnswerT], response: Response) -> AnswerT:
        if response.finish in ("refused", "declined", "content_filter"):
            raise BadAnswer("teacher_refused", "The model declined.")
        if response.finish == "length":
            raise BadAnswer("answer_cut", "The answer was cut off; write fewer tasks and shorter steps.")
        return question.read(response.text)

    def _respond(self, prompt: Prompt, turns: Turns) -> Response | None:
        request = self._request(prompt, turns)
        key = self._key(prompt, request)
        with self._guard:
            turn = self._turn[key]
        with turn:
            found = self._store.get(key)
            if found is None:
                if self._delivery is None:
                    return None
                found = self._delivery.deliver(request, key, lambda reply: self._store.put(key, reply.response, reply.raw))
                if found.finish == "refused":
                    self._store.note(key, found)
        with self._guard:
            self._used.add(key)
        return found

    def _request(self, prompt: Prompt, turns: Turns) -> Request:
        seed = int(sha256_json({"seed": self._seed, "prompt": prompt.sha256, "turns": list(turns)})[:8], 16) & 0x7FFFFFFF
        name = "".join(char if char.isalnum() else "_" for char in prompt.id)
        return Request(turns, name, prompt.schema, self._rule.max_tokens, self._rule.temperature, seed)

    def _key(self, prompt: Prompt, request: Request) -> str:
        """Return the key of a request: all that decides on the answer, and nothing of the server's address or ways."""
        asked: dict[str, Any] = request.body("max_tokens")
        return sha256_json({"model": self._rule.model, "revision": self._rule.revision, "prompt": prompt.sha256, **asked})


def _asked_again(turns: Turns, response: Response, fault: str) -> Turns:
    """Return the turns that show a model its answer and what is wrong with it."""
    shown = disarm(response.text[:_MAX_SHOWN_CHARS]) or "(nothing)"
    wanted = f"That answer cannot be used. {disarm(fault)} Write the whole JSON object again, with this mended and nothing else."
    return (*turns, {"role": "assistant", "content": shown}, {"role": "user", "content": wanted})
