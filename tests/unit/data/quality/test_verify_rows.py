"""Rows and their verdicts: what runs, what is known, what is dropped, and what a broken sandbox leaves behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from gpiot_data.errors import SandboxUnavailable
from gpiot_data.quality.verify import make_orders, run_orders, verify_rows
from gpiot_data.schema import Kept, Rejected
from gpiot_data.verify.judge import Finding
from gpiot_data.verify.locks import EnvironmentLock, EnvironmentSet
from gpiot_data.verify.run import Example, Run

LOCK = EnvironmentLock(python="3.11", requested=("toy==1.0",), packages=("toy==1.0",), sources=("toy",))
ENVIRONMENTS = EnvironmentSet(locks=(LOCK,), missing={"gone": "has no wheel"})


def row(name: str, code: str | None = "x = 1\n", source: str = "toy", expected: Sequence[dict] = ()) -> dict:
    place = {"source": source, "page": None, "path": "toy.py", "lines": [1, 2]}
    return {"id": name, "kind": "implementation", "symbol": name, "code": code, "expected": list(expected), "source": place, "verdict": {}}


class Verdicts(dict):
    put = dict.__setitem__


class Runner:
    """Finds for each program what its first line asks for."""

    def __init__(self, **by_source: str) -> None:
        self.by_source, self.ran = by_source, []

    def __call__(self, lock: EnvironmentLock, source: str, examples: Sequence[Example]) -> Iterator[Run]:
        for example in examples:
            self.ran.append((lock.name, source, example.statements[0].source))
            yield Run(example, Finding(example.statements[0].source.partition("# ")[2] or "ran", "why", 0, "strong"))


def verified(rows: list[dict], runner: Runner, verdicts: Verdicts) -> list[Kept | Rejected]:
    orders = make_orders(rows, ENVIRONMENTS, {"toy": ("toy.core",)}, 5.0)
    run_orders(orders, verdicts, runner)
    return list(verify_rows(rows, orders, ENVIRONMENTS, verdicts))


def test_each_row_gets_its_verdict_in_order_and_failures_are_dropped() -> None:
    rows = [row("a", "x = 1  # passed"), row("b", None), row("c", "y = 1  # failed"), row("d", source="gone"), row("e", "x = (")]
    found = verified(rows, Runner(), Verdicts())
    assert [item.row["id"] if isinstance(item, Kept) else (item.reason, item.text) for item in found] == [
        "a",
        "b",
        ("failed", "implementation of c: why"),
        "d",
        ("failed", "implementation of e: is not Python: SyntaxError"),
    ]
    assert found[0].row["verdict"] == {"status": "passed", "reason": "why", "isolation": "strong", "environment": LOCK.name}
    assert found[1].row == rows[1]
    assert found[3].row["verdict"] == {"status": "not_installed", "reason": "has no wheel", "isolation": None, "environment": None}


def test_the_same_program_runs_once_and_a_known_one_not_at_all() -> None:
    rows, runner, verdicts = [row("a"), row("b"), row("c", "z = 1\n")], Runner(), Verdicts()
    verified(rows, runner, verdicts)
    assert [source for _, _, source in runner.ran] == ["x = 1", "z = 1"]
    again = Runner()
    verified(rows, again, verdicts)
    assert again.ran == []


def test_a_wanted_output_that_belongs_to_no_statement_fails() -> None:
    (found,) = verified([row("a", expected=[{"line": 7, "output": "1"}])], Runner(), Verdicts())
    assert isinstance(found, Rejected)


def test_a_lost_sandbox_is_no_verdict_and_many_are_an_error() -> None:
    rows, verdicts = [row("a", "x = 1  # not_run"), row("b"), row("c", "z = 1")], Verdicts()
    found = verified(rows, Runner(), verdicts)
    assert [item.row["verdict"]["status"] for item in found] == ["not_run", "ran", "ran"]
    assert len(verdicts) == 2
    with pytest.raises(SandboxUnavailable, match="1 of 1 programs lost their sandbox"):
        verified(rows[:1], Runner(), Verdicts())
