"""Rows to token ids and labels: the loss is on the answer, and rows that are too long are counted, not cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gpiot_data.errors import BadManifest
from gpiot_data.schema import Task
from gpiot_train.data import TextPair

IGNORE = -100  #: the label that torch's cross entropy leaves out


@dataclass(frozen=True, slots=True)
class Sample:
    """One tokenised row; `labels` has the answer's ids and IGNORE before them, both lists of one length."""

    id: str
    task: Task
    input_ids: tuple[int, ...]
    labels: tuple[int, ...]

    @property
    def answer_tokens(self) -> int:
        """Return the number of tokens that count in the loss."""
        return sum(label != IGNORE for label in self.labels[1:])


@dataclass(frozen=True, slots=True)
class Encoded:
    """What became of a task's rows: the samples that fit, and how many were longer than `max_length`."""

    samples: tuple[Sample, ...]
    too_long: int


def encode(pairs: Iterable[TextPair], task: Task, tokenizer: Any, max_length: int, limit: int | None) -> Encoded:
    """Tokenise pairs in order until `limit` samples fit in `max_length` tokens.

    Raises:
        BadManifest: if the tokenizer's chat template does not render a prompt as the start of the whole chat.
    """
    samples: list[Sample] = []
    too_long = 0
    for pair in pairs:
        if limit is not None and len(samples) == limit:
            break
        sample = _encode_pair(pair, task, tokenizer)
        if len(sample.input_ids) > max_length:
            too_long += 1
        else:
            samples.append(sample)
    return Encoded(tuple(samples), too_long)


def _encode_pair(pair: TextPair, task: Task, tokenizer: Any) -> Sample:
    user = {"role": "user", "content": pair.prompt}
    prompt = _ids(tokenizer, [user], add_generation_prompt=True)
    whole = _ids(tokenizer, [user, {"role": "assistant", "content": pair.answer}], add_generation_prompt=False)
    if whole[: len(prompt)] != prompt:
        raise BadManifest(f"base: its chat template does not start a chat with the prompt alone (row {pair.id}); name another base")
    return Sample(pair.id, task, tuple(whole), tuple([IGNORE] * len(prompt) + whole[len(prompt) :]))


def _ids(tokenizer: Any, messages: Sequence[dict[str, str]], *, add_generation_prompt: bool) -> list[int]:
    ids = tokenizer.apply_chat_template(list(messages), add_generation_prompt=add_generation_prompt, tokenize=True, return_dict=False)
    return [int(value) for value in ids]
