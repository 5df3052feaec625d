"""A system under test behind an OpenAI-compatible server.

Its key is read from the environment and goes nowhere but into the request's header. Which weights answer is the server's word: an
answer is kept under the address and the model's name.
"""

from __future__ import annotations

import os
from typing import Any, Literal

from gpiot_data.errors import InputError, RemoteError
from gpiot_infer.backends.protocol import Sampling
from gpiot_infer.iotbench.comparison import Endpoint
from gpiot_infer.iotbench.systems import PROMPTS, Loss, Question, Reply, fill_prompt

#: A server that starts or is busy gets about half a minute in all.
RETRIES = 5
_FINISH: dict[str, Literal["end", "length", "content_filter"]] = {"stop": "end", "length": "length", "content_filter": "content_filter"}
#: What a server says of one request, such as one that is too long for its model; another request may well be answered.
_REFUSED = (400, 413, 422)
#: What it says of every request alike.
_SHUT = {401: "wants another key", 403: "does not let this key in", 404: "does not know this address or model"}


class _Refused(Exception):
    """One request that a server does not answer; others it may."""


class EndpointSystem:
    """A chat model that a server offers."""

    def __init__(self, name: str, endpoint: Endpoint) -> None:
        """Name the system and read its key.

        Raises:
            InputError: if the environment variable of the key is not set.
        """
        import openai

        key = os.environ.get(endpoint.key_env) if endpoint.key_env else "none"
        if not key:
            raise InputError(f"system '{name}': the environment variable {endpoint.key_env} is not set; put the server's key there")
        self.name = name
        self.parallel = endpoint.parallel
        self._endpoint = endpoint
        self._client = openai.OpenAI(base_url=endpoint.base_url, api_key=key, max_retries=RETRIES, timeout=endpoint.timeout_s)

    def identity(self, question: Question) -> dict[str, Any]:
        """Return address, model and prompt; see `System.identity`."""
        return {**self._model(), "prompt": fill_prompt(PROMPTS, question)}

    def _model(self) -> dict[str, Any]:
        return {"base_url": self._endpoint.base_url.rstrip("/"), "model": self._endpoint.model}

    def answer(self, question: Question, sampling: Sampling) -> Reply:
        """Write an answer; see `System.answer`."""
        options = {"seed": sampling.seed, "temperature": sampling.temperature, "top_p": sampling.top_p, "max_tokens": sampling.max_tokens}
        try:
            reply = self._ask([_user(question)], **options)
        except _Refused as error:
            return Reply("", "refused", None, str(error))
        try:
            choice = reply.choices[0]
            # Half a character, which JSON can spell, is no text.
            text = (choice.message.content or "").encode("utf-8", "replace").decode("utf-8")
        except (AttributeError, IndexError, TypeError) as error:
            raise RemoteError(f"{self._endpoint.base_url}: an answer of '{self._endpoint.model}' has no message; check it") from error
        tokens = getattr(reply.usage, "completion_tokens", None)
        return Reply(text, _FINISH.get(choice.finish_reason, "end"), tokens if isinstance(tokens, int) else None)

    def loss(self, question: Question) -> Loss:
        """Return the loss of the reference where the server gives log-probabilities of the prompt's tokens, as vLLM does.

        The turn of the user alone is scored first, then with the reference as an unfinished answer; what was added is the reference.
        """
        asked: dict[str, Any] = {"temperature": 0.0, "max_tokens": 1}
        try:
            head = _prompt_logprobs(self._ask([_user(question)], **asked, extra_body={"prompt_logprobs": 0}))
            turns = [_user(question), {"role": "assistant", "content": question.reference}]
            extra = {"prompt_logprobs": 0, "add_generation_prompt": False, "continue_final_message": True}
            whole = None if head is None else _prompt_logprobs(self._ask(turns, **asked, extra_body=extra))
        except _Refused as error:
            return Loss(None, f"the server refuses to score a prompt ({error})"[:200])
        if head is None or whole is None or len(whole) <= len(head):
            return Loss(None, "the server gives no log-probabilities of a prompt")
        return Loss(round(-sum(whole[len(head) :]), 4))

    def _ask(self, turns: list[Any], **options: Any) -> Any:
        """Send one request.

        Raises:
            InputError: if the server does not let us in or does not know the model.
            RemoteError: if it does not answer.
            _Refused: if it does not take this one request.
        """
        import openai

        url, model = self._endpoint.base_url, self._endpoint.model
        try:
            return self._client.chat.completions.create(model=model, messages=turns, **options)
        except openai.APIStatusError as error:
            said = f"status {error.status_code}, {_first_line(error)}"
            if error.status_code in _REFUSED:
                raise _Refused(said) from error
            if error.status_code in _SHUT:
                raise InputError(f"{url}: '{model}': {_SHUT[error.status_code]} ({said}); mend the endpoint of '{self.name}'") from error
            raise RemoteError(f"{url}: '{model}': {said}; run the same command again to go on from here") from error
        except openai.OpenAIError as error:
            raise RemoteError(f"{url}: does not answer ({_first_line(error)}); run the same command again to go on from here") from error

    def describe(self) -> dict[str, Any]:
        """Return address and model; see `System.describe`."""
        return {"name": self.name, **self._model()}

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _user(question: Question) -> dict[str, str]:
    return {"role": "user", "content": fill_prompt(PROMPTS, question)}


def _prompt_logprobs(reply: Any) -> list[float] | None:
    """Return the log-probability of each token of a prompt; the first has none and counts 0. None where the server gives none."""
    found = (reply.model_extra or {}).get("prompt_logprobs")
    if not isinstance(found, list) or not found:
        return None
    try:
        # One entry a token, by token id; with more than one the prompt's own comes first.
        return [0.0 if entry is None else float(next(iter(entry.values()))["logprob"]) for entry in found]
    except (AttributeError, KeyError, TypeError, ValueError, StopIteration):
        return None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:160]
