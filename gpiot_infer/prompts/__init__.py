"""The few-shot prompts that ask the base model for specifications, as packaged text files."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Mapping
from functools import cache
from typing import Literal

from gpiot_data.store import sha256_text
from gpiot_infer.backends.protocol import Message, Prompt

#: One file for each step of the specification's chain of thought.
NAMES = ("target", "inputs", "outputs", "facts")

_TURN = re.compile(r"^### (user|assistant)\n", re.MULTILINE)
_BLANK = re.compile(r"\{(\w+)\}")


def _text(name: str) -> str:
    return (importlib.resources.files("gpiot_infer.prompts") / f"{name}.txt").read_text(encoding="utf-8")


@cache
def turns(name: str) -> tuple[Message, ...]:
    """Return the turns of a packaged prompt; only the last one has blanks."""
    pieces = _TURN.split(_text(name))[1:]
    roles: list[Literal["user", "assistant"]] = pieces[0::2]  # type: ignore[assignment]
    return tuple(Message(role, content.strip("\n")) for role, content in zip(roles, pieces[1::2], strict=True))


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values into the blanks of a template, once: a value that looks like a blank stays as it is."""
    return _BLANK.sub(lambda match: values.get(match[1], match[0]), template)


def few_shot(name: str, **values: str) -> Prompt:
    """Return a packaged prompt with its blanks filled; the examples before the last turn are shared by all questions."""
    *examples, last = turns(name)
    return Prompt((*examples, Message("user", fill(last.content, values))), shared=len(examples))


def examples(name: str) -> frozenset[str]:
    """Return the answers of a packaged prompt's examples, which must not come back as results."""
    return frozenset(turn.content for turn in turns(name) if turn.role == "assistant")


def sha256() -> dict[str, str]:
    """Return the hash of each packaged prompt."""
    return {name: sha256_text(_text(name)) for name in NAMES}
