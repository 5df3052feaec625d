"""Asking systems: every answer is drawn with its own seed and kept as it comes, so that none is asked for twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from gpiot_data.store import Ledger, sha256_json
from gpiot_infer.backends.protocol import Sampling
from gpiot_infer.iotbench.comparison import Comparison
from gpiot_infer.iotbench.progress import Progress
from gpiot_infer.iotbench.systems import MIN_P, Question, System


@dataclass(frozen=True, slots=True)
class Given:
    """An answer of a system, or the `reason` why there is none. `seconds` it took are outside every claim."""

    id: str
    question: Question
    sample: int
    text: str
    finish: str
    tokens: int | None
    seconds: float
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the line of the file of answers."""
        asked = {"id": self.id, "task": self.question.task, "kind": self.question.kind, "sample": self.sample}
        said = {"text": self.text, "finish": self.finish, "tokens": self.tokens}
        return {**asked, **said} if self.reason is None else {**asked, **said, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class GivenLoss:
    """How likely a reference is to a system, in nats; None with a reason where it cannot tell."""

    question: Question
    nats: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Call:
    key: str
    question: Question
    sample: int | None  #: None asks for the loss of the reference
    work: Callable[[], dict[str, Any]]


def derive_seed(seed: int, system: str, task: str, sample: int) -> int:
    """Return the seed of one answer, below 2**31."""
    return int(sha256_json([seed, "iotbench", system, task, sample])[:8], 16) & 0x7FFFFFFF


def ask_system(
    system: System, questions: Sequence[Question], comparison: Comparison, ledger: Ledger, progress: Progress
) -> tuple[list[Given], list[GivenLoss]]:
    """Return all answers of a system in the order of questions and samples, and its losses; asks for what `ledger` lacks.

    Raises:
        RemoteError: if the system is on another machine that does not answer.
        InputError: if a prompt does not fit a model on this machine, or a server does not let us in.
    """
    calls = [call for question in questions for call in _calls(system, question, comparison)]
    waiting = [call for call in calls if not _known(ledger.get(call.key), call)]
    progress.start(f"{system.name}: asking", len(calls), len(calls) - len(waiting))
    for call, found in _run(waiting, system.parallel):
        ledger.put(call.key, found)
        progress.step()
    progress.end()
    given, losses = [], []
    for call in calls:
        value: Any = ledger.get(call.key)
        if call.sample is None:
            losses.append(GivenLoss(call.question, value["nats"], value["reason"]))
        else:
            said = {name: value[name] for name in ("text", "finish", "tokens", "seconds")}
            given.append(Given(call.key[:16], call.question, call.sample, **said, reason=value.get("reason")))
    return given, losses


def _calls(system: System, question: Question, comparison: Comparison) -> Iterator[_Call]:
    identity = system.identity(question)
    for sample in range(comparison.n):
        sampling = Sampling(
            seed=derive_seed(comparison.seed, system.name, question.task, sample),
            temperature=comparison.temperature,
            max_tokens=getattr(comparison.max_tokens, question.kind),
            top_p=comparison.top_p,
            min_p=MIN_P,
        )
        key = sha256_json({**identity, "sampling": sampling.to_json()})
        yield _Call(key, question, sample, lambda sampling=sampling: _answer(system, question, sampling))  # type: ignore[misc]
    if comparison.loss:
        yield _Call(sha256_json({**identity, "loss_of": question.reference}), question, None, lambda: _loss(system, question))


def _answer(system: System, question: Question, sampling: Sampling) -> dict[str, Any]:
    started = time.monotonic()
    answer = system.answer(question, sampling)
    seconds = round(time.monotonic() - started, 3)
    said = {"text": answer.text, "finish": answer.finish, "tokens": answer.tokens, "seconds": seconds}
    return said if answer.reason is None else {**said, "reason": answer.reason}


def _loss(system: System, question: Question) -> dict[str, Any]:
    loss = system.loss(question)
    return {"nats": loss.nats, "reason": loss.reason}


def _known(value: Any, call: _Call) -> bool:
    """Tell whether a ledger's value is what a call stores; another is asked again."""
    wanted = {"nats", "reason"} if call.sample is None else {"text", "finish", "tokens", "seconds"}
    return isinstance(value, dict) and wanted <= value.keys() <= wanted | {"reason"}


def _run(calls: Sequence[_Call], parallel: int) -> Iterator[tuple[_Call, dict[str, Any]]]:
    """Yield calls with their results, in order; `parallel` at a time."""
    if parallel == 1:
        yield from ((call, call.work()) for call in calls)
        return
    with ThreadPoolExecutor(parallel) as pool:
        try:
            futures = [pool.submit(call.work) for call in calls]
            for call, future in zip(calls, futures, strict=True):
                yield call, future.result()
        finally:
            # After an error or an interruption nothing more is sent.
            pool.shutdown(wait=False, cancel_futures=True)
