"""Runs examples: one forked job each in warm sandboxes, several at a time, and what did not end in time once more, alone.

Workers are sandboxes that already imported what most examples import, so a job costs little more than its own
statements. Findings come in the order in which they are made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from gpiot_data.sandbox import Job, Limits, Sandbox, map_in_sandboxes
from gpiot_data.verify.judge import MAX_REASON_CHARS, Finding, judge, varying
from gpiot_data.verify.statements import Statement

#: The wall limit is there for what sleeps or waits; on a busy machine CPU seconds take this much longer.
WALL_OVER_CPU = 4.0
#: From this share of its CPU seconds on, an example that did not end has met that limit, and would again.
_SPENT = 0.95
#: scipy, scikit-learn and their libraries map this much without using it.
ADDRESS_SPACE_MIB = 4096


@dataclass(frozen=True, slots=True)
class Example:
    """Statements to run together under a key; `own` are the top-level modules of the package under test."""

    key: str
    statements: tuple[Statement, ...]
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """What was found for an example, with the wall time of its last attempt.

    `waited` tells that a quiet machine may find more: the limit that it met was of wall time, or it lost its sandbox.
    """

    example: Example
    finding: Finding
    seconds: float = 0.0
    attempts: int = field(default=1)
    waited: bool = False


@cache
def source_of(name: str) -> str:
    """Return the source of what runs inside: `inside.py`, or the `watch.py` that it is given."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def make_job(example: Example, limits: Limits, seed: int = 0) -> Job:
    """Return the job that runs an example; wanted outputs are no part of it."""
    order = {
        "seed": seed,
        "statements": [[statement.source, bool(statement.raises)] for statement in example.statements],
        "legacy": print_era(example.statements),
        "watch": source_of("watch.py"),
    }
    return Job(program=source_of("inside.py"), argument=json.dumps(order).encode(), limits=limits)


def limits_for(cpu_s: float) -> Limits:
    """Return the limits of an example that may use `cpu_s` seconds of CPU."""
    return Limits(cpu_s=cpu_s, wall_s=cpu_s * WALL_OVER_CPU, address_space_mib=ADDRESS_SPACE_MIB)


def print_era(statements: Sequence[Statement]) -> str | None:
    """Return the numpy whose print options a documentation was written with: before 2.0 scalars showed without their type."""
    wants = " ".join(statement.want for statement in statements)
    return "1.25" if re.search(r"\d", wants) and not re.search(r"\bnp\.\w+\(", wants) else None


def run_examples(examples: Sequence[Example], open_worker: Callable[[], Sandbox], workers: int, limits: Limits) -> Iterator[Run]:
    """Run every example and yield what was found, in the order of completion.

    Args:
        examples: what to run.
        open_worker: gives a sandbox; called once for each worker, in its thread.
        workers: how many sandboxes run at a time.
        limits: of one example.

    Raises:
        SandboxUnavailable: if a worker cannot be opened.
    """
    slow: list[Example] = []

    def work(example: Example, sandbox: Sandbox) -> Run:
        return run_one(example, sandbox, limits)

    for run in map_in_sandboxes(examples, work, open_worker, workers):
        if run.waited:
            slow.append(run.example)
        else:
            yield run
    # What waited for a busy machine gets the machine to itself, and what lost its sandbox gets a new one.
    for run in map_in_sandboxes(slow, work, open_worker, 1):
        yield Run(run.example, run.finding, run.seconds, attempts=2)


def run_one(example: Example, sandbox: Sandbox, limits: Limits) -> Run:
    """Run one example; where a value is not the documented one, run it with other random numbers to see whether it depends on them."""
    outcome = sandbox.run(make_job(example, limits))
    finding = judge(example.statements, outcome, example.own)
    seconds = outcome.seconds
    if finding.status == "failed" and any(statement.want for statement in example.statements):
        again = sandbox.run(make_job(example, limits, seed=1))
        seconds += again.seconds
        changing = varying(example.statements, outcome, again)
        if changing:
            statements = [replace(item, want="") if item.line in changing else item for item in example.statements]
            finding = judge(statements, outcome, example.own)
            # Never passed: a value of it differs, whatever its other values say.
            if finding.status in ("passed", "ran"):
                lines = ", ".join(map(str, sorted(changing)))
                reason = f"line {lines}: the value depends on random numbers that nothing seeds"
                finding = replace(finding, status="ran", reason=reason[:MAX_REASON_CHARS], compared=0)
    spent = outcome.cpu_seconds >= _SPENT * limits.cpu_s
    return Run(example, finding, seconds, waited=finding.status == "not_run" or (finding.status == "timeout" and not spent))
