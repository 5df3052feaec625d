"""What the chain asks of a model, whichever library runs it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal, Protocol

#: Which adapter a question passes through; `base` is the model as it is.
AdapterPath = Literal["base", "td", "cg"]
BackendName = Literal["llama.cpp", "transformers"]
#: `end`: the model closed its turn; `stop`: a stop string came; `length`: no tokens left; `loop`: it repeated itself.
Finish = Literal["end", "stop", "length", "loop"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """The turns before an answer, and how the answer begins.

    The first `shared` messages are the same for many questions, so a backend may keep what it
    computed for them. `begun` is put after the template's opening of the assistant turn and is no part of the answer.
    """

    messages: tuple[Message, ...]
    shared: int = 0
    begun: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return what the model is shown; `shared` is only about speed."""
        return {"messages": [dataclasses.asdict(message) for message in self.messages], "begun": self.begun}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How tokens are drawn. `seed` is below 2**31; `stop` strings end an answer and are cut off."""

    seed: int
    temperature: float
    max_tokens: int
    top_p: float = 0.95
    min_p: float = 0.05
    stop: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the mapping recorded with an answer."""
        return {**dataclasses.asdict(self), "stop": list(self.stop)}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model wrote, why it ended, and how many tokens were drawn; None where nobody counted."""

    text: str
    finish: Finish
    tokens: int | None = None


class Backend(Protocol):
    """One base model in memory with the paths' adapters beside it."""

    def prompt_ids(self, prompt: Prompt) -> list[int]:
        """Return the token ids of a prompt: the model's chat template up to the assistant turn, then `begun`."""

    def answer(self, prompt: Prompt, path: AdapterPath, sampling: Sampling) -> Answer:
        """Write an answer; it depends on nothing but the arguments.

        Raises:
            InputError: if the prompt and the answer do not fit the model's context.
        """

    def loss(self, prompt: Prompt, path: AdapterPath, text: str) -> float:
        """Return the negative log-likelihood of `text` as the answer to a prompt, in nats; the end of the turn is no part of it.

        Raises:
            InputError: if prompt and text do not fit the model's context.
        """

    def close(self) -> None:
        """Free the model."""
