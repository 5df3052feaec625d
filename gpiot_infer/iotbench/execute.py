"""Runs answers to code tasks in the sandbox and scores them by the values that come back.

One job for each answer with the inputs of all its cases. Expected values never enter the sandbox: results come back as text, are
decoded into plain values and compared here. Whatever else the job says of itself - exit status, output, figures - decides at
most that the answer fails. What this cannot tell: whether a value was computed by the method that was asked for.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from gpiot_data.console import printable
from gpiot_data.errors import SandboxUnavailable
from gpiot_data.sandbox import Job, Limits, Outcome, Sandbox, map_in_sandboxes
from gpiot_infer.iotbench import values
from gpiot_infer.iotbench.cases import Case, fault_of
from gpiot_infer.iotbench.extract import MAX_ANSWER_CHARS
from gpiot_infer.wellformed import is_program

Status = Literal["passed", "failed", "error", "timeout", "unparsable", "import_error", "no_function"]

MAX_REASON_CHARS = 240
#: The wall limit is there for what sleeps or waits; on a busy machine CPU seconds take this much longer.
WALL_OVER_CPU = 3.0
#: scipy and its libraries map this much without using it.
ADDRESS_SPACE_MIB = 4096
#: References need at most two seconds for all cases of a task, and imports as much again on a slow machine.
CPU_S = 10.0


@dataclass(frozen=True, slots=True)
class Item:
    """An answer to be scored: the program, the function it must define, and the cases."""

    program: str
    function: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """What was found of one answer.

    `parsed`: it is Python. `imported`: its module loaded. `ran`: the function is there and returned a value on every case. `faults`
    has None for each case that was passed, in order, else what was wrong. CPU seconds and memory differ from run to run and are no part
    of what two scores are compared by; on the strong level an answer can forge them.
    """

    status: Status
    reason: str | None
    parsed: bool
    imported: bool
    ran: bool
    faults: tuple[str | None, ...]
    isolation: str | None = None
    cpu_seconds: float = field(default=0.0, compare=False)
    max_rss_mib: float = field(default=0.0, compare=False)

    @property
    def cases_passed(self) -> int:
        """How many cases were passed."""
        return sum(fault is None for fault in self.faults)


def limits_for(cpu_s: float = CPU_S) -> Limits:
    """Return the limits of an answer that may use `cpu_s` seconds of CPU."""
    return Limits(cpu_s=cpu_s, wall_s=cpu_s * WALL_OVER_CPU, address_space_mib=ADDRESS_SPACE_MIB, memory_mib=1024, result_kib=8192)


@cache
def _source(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def encode_cases(cases: Sequence[Case]) -> tuple[str, ...]:
    """Return the arguments of cases as they go into the sandbox; nothing else of a case does."""
    return tuple(values.encode(case.arguments) for case in cases)


def make_job(program: str, function: str, arguments: Sequence[str], limits: Limits) -> Job:
    """Return the job that calls `function` of `program` once for each of the encoded arguments."""
    order = {"values": _source("values.py"), "answer": program, "function": function, "cases": list(arguments)}
    return Job(program=_source("inside.py"), argument=json.dumps(order).encode(), limits=limits)


def score(item: Item, outcome: Outcome) -> Score:
    """Judge one answer by what came out of the sandbox."""
    return _Reading(item.cases, outcome).score()


def unparsable(item: Item) -> Score | None:
    """Return the score of an answer that is no Python, which is not run; None for others."""
    if len(item.program) > MAX_ANSWER_CHARS:
        reason = f"has more than {MAX_ANSWER_CHARS} characters"
    elif not is_program(item.program):
        reason = "is no Python, or nothing but comments"
    else:
        return None
    return Score("unparsable", reason, False, False, False, ("not run",) * len(item.cases))


class _Reading:
    """One pass over what a job sent; every line of it may be forged."""

    def __init__(self, cases: tuple[Case, ...], outcome: Outcome) -> None:
        self.cases, self.outcome = cases, outcome
        lines = _lines(outcome.result)
        self.garbled = lines is None or len(lines) > 1 + len(cases)
        self.head, self.results = (lines[0], lines[1:]) if lines and not self.garbled else ({}, [])
        self.imported = self.head.get("loaded") is True
        self.callable = self.imported and self.head.get("callable") is True

    def score(self) -> Score:
        judged = [_judge(case, line) for case, line in zip(self.cases, self.results, strict=False)]
        missing = len(self.cases) - len(judged)
        faults = tuple(fault for fault, _ in judged) + ("not run",) * missing
        returned = not missing and all(has_value for _, has_value in judged)
        status, reason = self._verdict(faults, returned)
        if status != "passed" and all(fault is None for fault in faults):
            # Right values from a process that did not end well, or said more than it was asked for: no case counts.
            faults = (reason,) * len(self.cases)
        ran = self.callable and returned and self.outcome.status == "ok"
        return Score(
            status,
            None if reason is None else _short(reason),
            True,
            self.imported,
            ran,
            tuple(None if fault is None else _short(fault) for fault in faults),
            str(self.outcome.isolation),
            self.outcome.cpu_seconds,
            self.outcome.max_rss_mib,
        )

    def _verdict(self, faults: tuple[str | None, ...], returned: bool) -> tuple[Status, str | None]:
        outcome = self.outcome
        if outcome.status == "timeout":
            return "timeout", outcome.detail
        if outcome.status != "ok":
            words = {"oom": "needs more memory than its limit", "output_limit": "prints or returns more than its limit"}
            return "error", words.get(outcome.status, f"ended before its last case ({outcome.detail})")
        refused = self.head.get("loaded") is False and isinstance(self.head.get("error"), str)
        if self.garbled or not (self.imported or refused):
            return "error", "sent something else than its results"
        if not self.imported:
            return "import_error", str(self.head["error"])
        if not self.callable:
            return "no_function", "the function is not defined"
        if len(self.results) < len(self.cases):
            return "error", "ended before its last case"
        wrong = [(case.name, fault) for case, fault in zip(self.cases, faults, strict=True) if fault is not None]
        if not wrong:
            return "passed", None
        # What raised is named before what returned a wrong value.
        name, fault = next((pair for pair, line in zip(wrong, self._wrong_lines(faults), strict=True) if "value" not in line), wrong[0])
        return ("failed" if returned else "error"), f"{name}: {fault}"

    def _wrong_lines(self, faults: tuple[str | None, ...]) -> list[dict[str, Any]]:
        return [line for line, fault in zip(self.results, faults, strict=True) if fault is not None]


def _judge(case: Case, line: dict[str, Any]) -> tuple[str | None, bool]:
    """Return what is wrong with what was sent for a case, and whether it is a value at all."""
    text = line.get("value")
    if not isinstance(text, str):
        return f"raised {line.get('error', 'something')}", False
    try:
        result = values.decode(text)
    except values.NotAValue as error:
        return str(error), False
    return fault_of(case, result), True


def _lines(result: bytes) -> list[dict[str, Any]] | None:
    """Return the lines that a job sent, or None where they are no lines of mappings."""
    try:
        lines = [json.loads(line) for line in result.split(b"\n") if line]
    except (ValueError, RecursionError):
        return None
    return lines if all(isinstance(line, dict) for line in lines) else None


def _short(text: str) -> str:
    """Return text that is safe to print and the same on every run: no control characters, no memory addresses."""
    return re.sub(r"0x[0-9a-fA-F]{6,}", "0x", printable(" ".join(text.split())))[:MAX_REASON_CHARS]


def execute_answers(
    items: Sequence[Item], open_worker: Callable[[], Sandbox], workers: int, limits: Limits | None = None
) -> Iterator[Score]:
    """Yield the score of each answer, in the order of `items`, whatever the number of workers.

    Where an answer met the wall limit before its CPU limit, or lost its sandbox, the machine may be at fault: it is run once more,
    alone, before the first score is given out. Where an answer loses its sandbox again, nothing is known of it and no score is given.

    Args:
        items: what to score.
        open_worker: gives a sandbox; called once for each worker, in its thread. For programs that a model wrote, one that gives every
            job a sandbox of its own, as `open_for_answers` does; a zygote is for programs of our own.
        workers: how many sandboxes run at a time.
        limits: of one answer.

    Raises:
        SandboxUnavailable: if a worker cannot be opened, or the sandbox fails twice for one answer.
    """
    bounds = limits or limits_for()
    scores = [unparsable(item) for item in items]
    waiting = [number for number, known in enumerate(scores) if known is None]
    encoded = _EncodedCases()

    def work(number: int, sandbox: Sandbox) -> tuple[int, Outcome]:
        item = items[number]
        return number, sandbox.run(make_job(item.program, item.function, encoded.of(item.cases), bounds))

    for attempt, attempt_workers in enumerate((workers, 1)):
        again = []
        for number, outcome in map_in_sandboxes(waiting, work, open_worker, attempt_workers):
            if attempt and outcome.status == "sandbox_error":
                # Not the answer's fault, and a verdict would be kept as if it were.
                detail = f"failed twice for one program ({outcome.detail})"
                raise SandboxUnavailable(f"the sandbox {detail}; run the same command again to go on from here")
            scores[number] = score(items[number], outcome)
            if _machine_at_fault(outcome, bounds):
                again.append(number)
        waiting = sorted(again)
    yield from (known for known in scores if known is not None)


def _machine_at_fault(outcome: Outcome, limits: Limits) -> bool:
    # What burns CPU meets that limit, give or take how it is counted; what waits may have waited for the machine.
    return outcome.status == "sandbox_error" or (outcome.status == "timeout" and outcome.cpu_seconds < 0.9 * limits.cpu_s)


class _EncodedCases:
    """The encoded arguments of cases, made once for all answers to a task."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[tuple[Case, ...], tuple[str, ...]]] = {}
        self._lock = threading.Lock()

    def of(self, cases: tuple[Case, ...]) -> tuple[str, ...]:
        with self._lock:
            # The cases are kept as well, so that no other object gets their identity.
            if id(cases) not in self._known:
                self._known[id(cases)] = (cases, encode_cases(cases))
            return self._known[id(cases)][1]
