"""How a chat teacher is reached and what it may cost, as a build manifest says it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from gpiot_data.errors import BadManifest

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRule:
    """What a million tokens cost, in whatever currency the budget is given in."""

    prompt: float
    answer: float

    def __post_init__(self) -> None:
        """Check the prices.

        Raises:
            BadManifest: if one is no amount of money.
        """
        for name, value in (("prompt", self.prompt), ("answer", self.answer)):
            if not (math.isfinite(value) and value >= 0.0):
                raise BadManifest(f"price.{name}: expected the price of a million tokens, got {value}")

    def of(self, prompt_tokens: int, answer_tokens: int) -> float:
        """Return what tokens cost; from sums of whole tokens, so that the order of calls is of no account."""
        return round((prompt_tokens * self.prompt + answer_tokens * self.answer) / _MILLION, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRule:
    """What the calls for one dataset folder may come to in all, over every run; None where nothing limits it."""

    calls: int | None = None
    tokens: int | None = None
    money: float | None = None

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            BadManifest: if there is none, or one is negative.
        """
        limits = {"calls": self.calls, "tokens": self.tokens, "money": self.money}
        if all(value is None for value in limits.values()):
            raise BadManifest("budget: expected at least one of calls, tokens and money, so that a build cannot cost more than is meant")
        for name, value in limits.items():
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise BadManifest(f"budget.{name}: expected a number from 0 on, got {value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRule:
    """A model behind an OpenAI-compatible server, and how it is asked.

    `key_env` names the environment variable that holds the server's key, if it wants one. `revision` names the weights where the
    model's name does not; answers are kept under both. `context_tokens` is what the model reads and writes at most, and
    `temperature` may be null for models that take none.
    """

    base_url: str
    model: str
    budget: BudgetRule
    revision: str | None = None
    key_env: str | None = None
    price: PriceRule | None = None
    parallel: int = 4
    timeout_s: float = 120.0
    context_tokens: int = 8192
    max_tokens: int = 1500
    temperature: float | None = 0.0
    reasks: int = 2  #: how often an answer that is none is asked for again, with what was wrong
    retries: int = 6  #: how often a request is sent again that a server did not answer

    def __post_init__(self) -> None:
        """Check what the types cannot.

        Raises:
            BadManifest: naming the key and the value.
        """
        if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", self.base_url):
            # Not shown: what is wrong with it may be the key in it.
            raise BadManifest("base_url: expected http(s)://host[:port]/path without user, key or query")
        if self.key_env is not None and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", self.key_env):
            raise BadManifest("key_env: expected the name of an environment variable, not a key")
        if self.budget.money is not None and self.price is None:
            raise BadManifest("budget.money: needs the key 'price', such as price: {prompt: 0.15, answer: 0.6} for a million tokens")
        if not 0.0 < self.timeout_s <= 3600.0:
            raise BadManifest(f"timeout_s: expected seconds up to 3600, got {self.timeout_s}")
        if self.temperature is not None and not 0.0 <= self.temperature <= 2.0:
            raise BadManifest(f"temperature: expected a number from 0 to 2, or null, got {self.temperature}")
        for name, value, low, high in (
            ("parallel", self.parallel, 1, 256),
            ("max_tokens", self.max_tokens, 16, 65536),
            ("context_tokens", self.context_tokens, 512, 4_000_000),
            ("reasks", self.reasks, 0, 4),
            ("retries", self.retries, 0, 20),
        ):
            if not low <= value <= high:
                raise BadManifest(f"{name}: expected a number from {low} to {high}, got {value}")
