"""Getting a request answered: within the budget, again where a server was busy, in a form that it takes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from gpiot_data.errors import GpiotError, RemoteError
from gpiot_data.store import canonical_json, sha256_text
from gpiot_data.teacher.budget import Spending, most_tokens
from gpiot_data.teacher.client import Refused, Reply, Transient
from gpiot_data.teacher.forms import Manners, with_form
from gpiot_data.teacher.responses import Response

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
#: Who asks for a longer wait than this is better asked again by another run.
LONGEST_ASKED_WAIT_S = 300.0


class Client(Protocol):
    """Sends one request, once; see `ChatClient.send`."""

    def send(self, body: dict[str, Any]) -> Reply:
        """Return what the server answers."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, whatever the server: turns, the form of the answer with a name, and how to write it."""

    turns: tuple[dict[str, str], ...]
    schema_name: str
    schema: dict[str, Any]
    max_tokens: int
    temperature: float | None
    seed: int

    def body(self, limit_name: str) -> dict[str, Any]:
        """Return the request without the form of the answer."""
        body = {"messages": list(self.turns), limit_name: self.max_tokens, "seed": self.seed}
        return body if self.temperature is None else {**body, "temperature": self.temperature}

    @property
    def n_bytes(self) -> int:
        """How many bytes a model may have to read: the turns, and the schema, which some servers put before them."""
        return len(canonical_json([list(self.turns), self.schema]).encode("utf-8"))


class Delivery:
    """Sends requests until they are answered; used by any number of threads.

    The first error that ends a build ends it for all: no thread sends anything after it.
    """

    def __init__(self, client: Client, spending: Spending, retries: int, wait: Callable[[float], object] | None = None) -> None:
        """Send by `client` at the cost of `spending`.

        Args:
            client: what sends a request once.
            spending: what is asked before each call.
            retries: how often one request is sent again.
            wait: sleeps for seconds; by default until then or until another thread gave up.
        """
        self._client, self._spending, self._retries = client, spending, retries
        self._manners = Manners()
        self._ended = threading.Event()
        self._cause: GpiotError | None = None
        self._wait = wait or self._ended.wait

    def deliver(self, request: Request, key: str, keep: Callable[[Reply], None]) -> Response:
        """Return the answer to a request; that of a server that does not take it in any form has the finish `refused`.

        Args:
            request: what is asked.
            key: what the answer is stored under; waits are spread by it.
            keep: stores an answer. It is called before anything else is done with one: from then on it is paid for and must not be lost.

        Raises:
            BudgetSpent: before the call that might cost more than is left.
            RemoteError: if the server does not answer after all retries, asks for too long a wait, or has no quota left.
            InputError: if it does not let us in.
        """
        try:
            return self._in_some_form(request, key, keep)
        except GpiotError as error:
            self._cause = self._cause or error
            self._ended.set()
            raise

    def end(self) -> None:
        """Send nothing more; a thread that is about to, or waits to, gives up."""
        self._cause = self._cause or GpiotError("the build was ended; run again to go on")
        self._ended.set()

    def _in_some_form(self, request: Request, key: str, keep: Callable[[Reply], None]) -> Response:
        refusal = ""
        for form in self._manners.forms():
            try:
                reply = self._with_retries(request, form, key, keep)
            except Refused as error:
                refusal = f"status {error.status}"
                if error.too_long:
                    break
            else:
                self._manners.took(form)
                return reply.response
        return Response(refusal, "refused")

    def _with_retries(self, request: Request, form: str, key: str, keep: Callable[[Reply], None]) -> Reply:
        attempt = 0
        while True:
            if self._cause is not None:
                raise self._cause
            limit_name = self._manners.limit_name
            try:
                return self._once(request, with_form(request.body(limit_name), form, request.schema_name, request.schema), keep)
            except Refused as error:
                if limit_name == self._manners.limit_name and not self._manners.wants_other_limit(str(error)):
                    raise
            except Transient as error:
                if attempt == self._retries:
                    raise RemoteError(
                        f"the chat teacher did not answer after {attempt + 1} tries: {error}; what was answered is kept, run again to go on"
                    ) from error
                self._wait(_pause(attempt, key, error))
                attempt += 1

    def _once(self, request: Request, body: dict[str, Any], keep: Callable[[Reply], None]) -> Reply:
        number = self._spending.reserve(most_tokens(request.n_bytes), request.max_tokens)
        try:
            # Another thread may have given up while this one waited for its share of the budget.
            if self._cause is not None:
                raise self._cause
            reply = self._client.send(body)
        except (Refused, GpiotError):
            self._spending.settle(number, "refused", 0, 0)
            raise
        except Transient as error:
            tokens = None if error.billed else 0
            self._spending.settle(number, "not_answered", tokens, tokens)
            raise
        except BaseException:
            self._spending.settle(number, "unknown", None, None)
            raise
        try:
            keep(reply)
        finally:
            self._spending.settle(number, "answered", reply.response.prompt_tokens, reply.response.answer_tokens)
        return reply


def _pause(attempt: int, key: str, error: Transient) -> float:
    """Return how long to wait before the next try: what the server asks for, else longer each time, spread so that requests part.

    The spread follows from the request instead of from chance. Source: "full jitter",
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.

    Raises:
        RemoteError: if the server asks for a longer wait than a build should make.
    """
    spread = int(sha256_text(f"{key} {attempt}")[:8], 16) / 0xFFFFFFFF
    if error.after_s is None:
        return float(spread * min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**attempt))
    if error.after_s > LONGEST_ASKED_WAIT_S:
        raise RemoteError(f"the chat teacher asks to wait {error.after_s:g} s ({error}); what was answered is kept, run again then")
    return error.after_s + spread * FIRST_WAIT_S
