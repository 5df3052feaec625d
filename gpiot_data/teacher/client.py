"""One request to an OpenAI-compatible server, with an end to how long and how large its answer may be.

The key is read from the environment and goes nowhere but into the request's header; a server that says it back is not repeated.
"""

from __future__ import annotations

import asyncio
import email.utils
import json
import os
import re
import threading
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from gpiot_data.chat_rule import ChatRule
from gpiot_data.errors import InputError, RemoteError
from gpiot_data.teacher.responses import MAX_TEXT_CHARS, Response

if TYPE_CHECKING:
    import httpx2

#: Several times what the longest answer takes as JSON.
MAX_BODY_BYTES = 4 << 20
#: A key that is shorter is a word, which answers may well hold.
MIN_KEY_CHARS = 8
#: What a server says of one request, such as one that is too long for its model; another request may well be answered.
_REFUSED = (400, 413, 422)
#: What it says of every request alike.
_SHUT = {
    401: "wants another key",
    402: "wants to be paid first",
    403: "does not let this key in",
    404: "does not know this address or model",
}
#: llama-cpp-python 0.3 answers a `response_format` that it does not know with 500 and '1 validation error'.
_UNKNOWN_FIELD = re.compile(r"validation error|response_format", re.IGNORECASE)
_PASSING = (408, 409, 425, 429)
ResultT = TypeVar("ResultT")


class Refused(Exception):
    """A server does not take this one request; others it may.

    `status` is its code, and `too_long` tells that no other form of the same request would be taken either.
    """

    def __init__(self, message: str, *, status: int = 400, too_long: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.too_long = too_long


class Transient(Exception):
    """A server did not answer this time.

    `after_s` is how long it asks to wait, None where it does not say; `billed` tells that it may count the request all the same.
    """

    def __init__(self, message: str, *, after_s: float | None = None, billed: bool = True) -> None:
        super().__init__(message)
        self.after_s = after_s
        self.billed = billed


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered, and its own words as they came."""

    response: Response
    raw: str


class ChatClient:
    """Sends requests to the server of a rule, from any number of threads."""

    def __init__(self, rule: ChatRule) -> None:
        """Read the key and start the thread that waits for answers.

        Raises:
            InputError: if the environment variable of the key is not set.
        """
        key = os.environ.get(rule.key_env, "").strip() if rule.key_env else "none"
        if not key:
            raise InputError(f"the chat teacher's key: the environment variable {rule.key_env} is not set; put the server's key there")
        self._rule = rule
        self._key = key if rule.key_env and len(key) >= MIN_KEY_CHARS else None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chat-client", daemon=True)
        self._thread.start()
        self._openai = self._run(_connect(rule, key))

    def send(self, body: dict[str, Any]) -> Reply:
        """Send one request, once.

        Args:
            body: of a chat completion, without the model's name.

        Raises:
            Transient: if the server is busy, out of order, too slow, or says what is no answer.
            Refused: if it does not take this request.
            InputError: if it does not let us in, or does not know the model.
            RemoteError: for what waiting does not mend, such as a spent quota.
        """
        return self._run(self._send(body))

    async def _send(self, body: dict[str, Any]) -> Reply:
        import httpx2
        import openai

        try:
            async with asyncio.timeout(self._rule.timeout_s):
                found = await self._openai.chat.completions.with_raw_response.create(model=self._rule.model, **body)
        except TimeoutError as error:
            raise Transient(f"no whole answer within {self._rule.timeout_s:g} s") from error
        except openai.APIStatusError as error:
            self._raise_for(error)
        except _TooLarge as error:
            raise Transient(f"an answer of more than {MAX_BODY_BYTES >> 20} MiB, or a packed one") from error
        except openai.APIConnectionError as error:
            unsent = isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)
            raise Transient(f"cannot be reached ({self._first_line(error.__cause__ or error)})", billed=not unsent) from error
        except openai.OpenAIError as error:
            raise Transient(f"what it says is no answer ({self._first_line(error)})") from error
        return self._read(found.http_response.content)

    def _read(self, content: bytes) -> Reply:
        raw = self._without_key(content.decode("utf-8", "replace"))
        try:
            body = json.loads(raw)
            if self._key and self._key in json.dumps(body, ensure_ascii=False):
                raw = "(not kept: it spells the key in another way)"
            choice = body["choices"][0]
            text, refusal = choice["message"].get("content") or "", choice["message"].get("refusal")
            finish, usage = choice.get("finish_reason") or "stop", body.get("usage") or {}
            if not isinstance(text, str) or len(text) > MAX_TEXT_CHARS:
                raise ValueError("the message should be text")
            if refusal:
                text, finish = str(refusal), "declined"
            counts = [_count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens")]
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
            raise Transient("what it says is no answer (no JSON with a message in it)") from error
        # Half a character, which JSON can spell, is no text.
        return Reply(Response(self._without_key(_whole(text)), self._without_key(_whole(str(finish))), *counts), raw)

    def _raise_for(self, error: Any) -> NoReturn:
        """Turn a status that is none of success into what it means for the request.

        Raises:
            Transient, Refused, InputError, RemoteError: see `send`.
        """
        status, said = error.status_code, f"status {error.status_code}, {self._first_line(error)}"
        where = f"{self._rule.base_url}: '{self._rule.model}'"
        code = getattr(error, "code", None)
        # Some servers tell an error of their own from a field that they do not know only by the words.
        if status in _REFUSED or (status == 500 and _UNKNOWN_FIELD.search(str(error))):
            raise Refused(said, status=status, too_long=code == "context_length_exceeded") from error
        if status in _SHUT:
            raise InputError(f"{where}: {_SHUT[status]} ({said}); mend the endpoint in the manifest, or the key") from error
        if status == 429 and code == "insufficient_quota":
            raise RemoteError(
                f"{where}: the account has no quota left ({said}); what was answered is kept, run again when it has"
            ) from error
        if status in _PASSING or status >= 500:
            raise Transient(said, after_s=_retry_after(error.response.headers), billed=False) from error
        raise RemoteError(f"{where}: {said}; check the address") from error

    def _first_line(self, error: BaseException) -> str:
        line = (str(error).splitlines() or [""])[0] or type(error).__name__
        return "".join(char if char.isprintable() else " " for char in self._without_key(line))[:160]

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "[key]") if self._key else text

    def _run(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """Close the connections and end the thread."""
        self._run(self._openai.close())
        self._run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class _TooLarge(Exception):
    """A body that is larger than any answer, or packed so that nobody can tell."""


async def _connect(rule: ChatRule, key: str) -> Any:
    import httpx2
    import openai

    transport = _bounded(httpx2.AsyncHTTPTransport(proxy=_proxy_for(rule.base_url)))
    # A packed body of a megabyte may hold a gigabyte.
    client = httpx2.AsyncClient(transport=transport, headers={"Accept-Encoding": "identity"}, timeout=rule.timeout_s)
    # Sending again is done in one place, where calls are counted.
    return openai.AsyncOpenAI(base_url=rule.base_url, api_key=key, max_retries=0, timeout=rule.timeout_s, http_client=client)


def _proxy_for(base_url: str) -> str | None:
    """Return the proxy that the environment names for an address; a transport of one's own is not given it by the library."""
    found = urllib.parse.urlsplit(base_url)
    return None if urllib.request.proxy_bypass(found.hostname or "") else urllib.request.getproxies().get(found.scheme)


def _bounded(inner: httpx2.AsyncBaseTransport) -> httpx2.AsyncBaseTransport:
    """Return a transport that reads no more of an answer than an answer can have."""
    import httpx2

    class Body(httpx2.AsyncByteStream):
        def __init__(self, stream: Any) -> None:
            self._stream = stream

        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for piece in self._stream:
                size += len(piece)
                if size > MAX_BODY_BYTES:
                    raise _TooLarge
                yield piece

        async def aclose(self) -> None:
            await self._stream.aclose()

    class Transport(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            response = await inner.handle_async_request(request)
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                await response.aclose()
                raise _TooLarge
            return httpx2.Response(
                response.status_code, headers=response.headers, stream=Body(response.stream), extensions=response.extensions
            )

        async def aclose(self) -> None:
            await inner.aclose()

    return Transport()


def _retry_after(headers: Any) -> float | None:
    """Return the seconds that a server asks to wait: given as such, or as a date beside its own."""
    value = headers.get("Retry-After")
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        then, now = (email.utils.parsedate_to_datetime(headers[name]) for name in ("Retry-After", "Date"))
        return max(0.0, (then - now).total_seconds())
    except (KeyError, ValueError, TypeError):
        return None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
