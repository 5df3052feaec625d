"""What calls to a teacher may cost and have cost: a limit that also holds across killed runs.

A call is written down at the most it can cost before it is sent, and at what it did cost once the server said so. A call of which
nothing came back keeps the first figure: the server may count it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from gpiot_data.chat_rule import BudgetRule, PriceRule
from gpiot_data.errors import RemoteError
from gpiot_data.store import Ledger

FILE = "teacher-calls.jsonl"


class BudgetSpent(RemoteError):
    """The next call might cost more than is left of the budget."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Calls, their tokens, and what they come to; `money` is None without a price."""

    calls: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    money: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the mapping for `run.json`."""
        return {"calls": self.calls, "prompt_tokens": self.prompt_tokens, "answer_tokens": self.answer_tokens, "money": self.money}


class Spending:
    """The calls of one dataset folder, of this run and of earlier ones, against its budget; used by any number of threads."""

    def __init__(self, budget: BudgetRule, price: PriceRule | None, journal: Ledger) -> None:
        """Go on from what `journal` holds: by the number of a call, its tokens.

        Raises:
            InputError: if the journal is damaged.
        """
        self._budget, self._price, self._journal = budget, price, journal
        self._changed = threading.Condition()
        self._calls = self._prompt = self._answer = 0
        self._open: dict[int, tuple[int, int]] = {}
        while (found := journal.get(str(self._calls))) is not None:
            self._calls += 1
            self._prompt += found["prompt_tokens"]
            self._answer += found["answer_tokens"]
        self._before = self._calls

    @property
    def cost(self) -> Cost:
        """What all calls come to; calls that are under way count as much as they can cost."""
        with self._changed:
            return self._cost(self._calls, self._prompt, self._answer)

    @property
    def calls_of_this_run(self) -> int:
        """How many calls were sent since this was made."""
        return self._calls - self._before

    def _cost(self, calls: int, prompt: int, answer: int) -> Cost:
        return Cost(calls, prompt, answer, None if self._price is None else self._price.of(prompt, answer))

    def reserve(self, prompt_tokens: int, answer_tokens: int) -> int:
        """Set aside the most that a call can cost, on disk before it is sent, and return the call's number.

        Where it fits only once calls that are under way turn out cheaper, their end is waited for.

        Raises:
            BudgetSpent: if it does not fit.
        """
        with self._changed:
            while (short := self._lacks(prompt_tokens, answer_tokens)) is not None:
                if not self._open:
                    raise BudgetSpent(
                        f"the budget is spent: {short}; what was answered is kept, raise the budget in the manifest and run again to go on"
                    )
                self._changed.wait()
            number = self._calls
            self._write(number, prompt_tokens, answer_tokens, "sent")
            self._calls += 1
            self._prompt += prompt_tokens
            self._answer += answer_tokens
            self._open[number] = (prompt_tokens, answer_tokens)
            return number

    def settle(self, number: int, outcome: str, prompt_tokens: int | None, answer_tokens: int | None) -> None:
        """Write down what a call did cost; None leaves what was set aside."""
        with self._changed:
            most = self._open.pop(number)
            prompt = most[0] if prompt_tokens is None else prompt_tokens
            answer = most[1] if answer_tokens is None else answer_tokens
            self._prompt += prompt - most[0]
            self._answer += answer - most[1]
            self._write(number, prompt, answer, outcome)
            self._changed.notify_all()

    def _write(self, number: int, prompt: int, answer: int, outcome: str) -> None:
        self._journal.put(str(number), {"prompt_tokens": prompt, "answer_tokens": answer, "outcome": outcome})

    def _lacks(self, prompt_tokens: int, answer_tokens: int) -> str | None:
        """Return what the budget does not leave for one more call, in words."""
        then = self._cost(self._calls + 1, self._prompt + prompt_tokens, self._answer + answer_tokens)
        tokens = then.prompt_tokens + then.answer_tokens
        limits = (
            ("calls", then.calls, self._budget.calls),
            ("tokens", tokens, self._budget.tokens),
            ("money", then.money, self._budget.money),
        )
        for name, value, limit in limits:
            if limit is not None and value is not None and value > limit:
                return f"with one more call it could come to {value:g} of {limit:g} ({name})"
        return None


def most_tokens(texts: int) -> int:
    """Return how many tokens a request of so many bytes can have at most.

    Every token of a byte-level vocabulary stands for at least one byte; templates add a few of their own to each turn.
    """
    return texts + 64


def likely_tokens(n_bytes: int) -> int:
    """Return how many tokens a text of so many bytes is likely to have: English has 4 to 5 bytes a token, figures and symbols fewer."""
    return -(-n_bytes // 4)
