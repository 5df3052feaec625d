"""How what a job sent becomes a score, without and with a sandbox."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gpiot_data.errors import SandboxUnavailable
from gpiot_data.sandbox import Job, Level, Outcome, Probe
from gpiot_infer.iotbench.cases import Case, close, equal
from gpiot_infer.iotbench.execute import Item, execute_answers, limits_for, score
from gpiot_infer.iotbench.extract import MAX_ANSWER_CHARS
from gpiot_infer.iotbench.isolation import open_for_answers
from gpiot_infer.iotbench.values import encode

CASES = (Case("three", ([1, 2],), equal(3)), Case("half", ([0.25, 0.25],), close(0.5)))
GOOD = "def total(numbers):\n    return sum(numbers)\n"


def outcome(lines: list[object], status: str = "ok", detail: str = "", cpu: float = 0.1) -> Outcome:
    sent = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    return Outcome(
        status=status,
        stdout=b"",
        stderr=b"",
        result=sent,
        files={},
        seconds=1.0,
        cpu_seconds=cpu,
        max_rss_mib=20.0,
        isolation=Level.STRONG,
        detail=detail,
    )


HEAD = {"loaded": True, "callable": True}
RIGHT = [{"value": encode(3)}, {"value": encode(0.5)}]
ITEM = Item(GOOD, "total", CASES)
VERDICTS = [
    ([HEAD, *RIGHT], "ok", "passed", None, (True, True, 2)),
    ([HEAD, RIGHT[0], {"value": encode(0.6)}], "ok", "failed", "half: result is 0.6, expected 0.5", (True, True, 1)),
    ([HEAD, RIGHT[0], {"error": "ValueError: no"}], "ok", "error", "half: raised ValueError: no", (True, False, 1)),
    ([HEAD, {"value": encode(4)}, {"error": "E: at 0x7f0123456789"}], "ok", "error", "half: raised E: at 0x", (True, False, 0)),
    ([HEAD, RIGHT[0], {"value": 3}], "ok", "error", "half: raised something", (True, False, 1)),
    ([HEAD, RIGHT[0], {"value": "{}"}], "ok", "error", "half: not an encoded value", (True, False, 1)),
    ([HEAD, RIGHT[0]], "ok", "error", "ended before its last case", (True, False, 1)),
    ([HEAD, RIGHT[0]], "timeout", "timeout", "used it up", (True, False, 1)),
    ([HEAD, *RIGHT], "error", "error", "ended before its last case (used it up)", (True, False, 0)),
    ([HEAD, *RIGHT], "oom", "error", "needs more memory than its limit", (True, False, 0)),
    ([HEAD, *RIGHT], "timeout", "timeout", "used it up", (True, False, 0)),
    ([HEAD, *RIGHT, RIGHT[0]], "ok", "error", "sent something else than its results", (False, False, 0)),
    ([HEAD, [1], RIGHT[1]], "ok", "error", "sent something else than its results", (False, False, 0)),
    ([{"loaded": False, "error": "NameError: x"}], "ok", "import_error", "NameError: x", (False, False, 0)),
    ([{"loaded": "yes", "callable": True}, *RIGHT], "ok", "error", "sent something else than its results", (False, False, 0)),
    ([{"loaded": False, "error": 3}, *RIGHT], "ok", "error", "sent something else than its results", (False, False, 0)),
    ([{"passed": True}, *RIGHT], "ok", "error", "sent something else than its results", (False, False, 0)),
    ([{"loaded": True, "callable": False}], "ok", "no_function", "the function is not defined", (True, False, 0)),
    ([], "ok", "error", "sent something else than its results", (False, False, 0)),
]


@pytest.mark.parametrize(("lines", "ended", "status", "reason", "seen"), VERDICTS)
def test_a_score_says_how_far_an_answer_came(lines, ended: str, status: str, reason: str | None, seen) -> None:
    found = score(ITEM, outcome(lines, ended, "" if ended == "ok" else "used it up"))
    assert (found.status, found.reason) == (status, reason)
    assert (found.imported, found.ran, found.cases_passed) == seen
    assert len(found.faults) == len(CASES)
    assert found.parsed


def test_bytes_that_are_no_lines_are_an_error() -> None:
    forged = outcome([])
    for data in (b"\xff\xfe", b"{", b"[" * 100_000, b"passed\n", b"1\n2\n3\n"):
        found = score(ITEM, Outcome(**{name: getattr(forged, name) for name in forged.__slots__} | {"result": data}))
        assert (found.status, found.cases_passed, found.imported) == ("error", 0, False)


@pytest.mark.parametrize(
    "program",
    ["def (", "\0", "(" * 5000, "x" * (MAX_ANSWER_CHARS + 1), "", " \n# only a word\n"],
    ids=["syntax", "nul", "nested", "long", "empty", "comment"],
)
def test_what_is_no_python_is_not_run(program: str) -> None:
    def refuse() -> object:
        raise AssertionError("nothing to run")

    (found,) = execute_answers([Item(program, "total", CASES)], refuse, 2)
    assert (found.status, found.parsed, found.imported, found.ran, found.cases_passed) == ("unparsable", False, False, False, 0)


class Fake:
    """A sandbox that tells outcomes by the program of the job."""

    level = Level.STRONG

    def __init__(self, tell: Callable[[str], Outcome]) -> None:
        self.tell, self.closed = tell, False

    def run(self, job: Job) -> Outcome:
        return self.tell(json.loads(job.argument)["answer"])

    def close(self) -> None:
        self.closed = True


def test_scores_come_in_the_order_of_the_answers() -> None:
    turn = threading.Event()

    def tell(program: str) -> Outcome:
        # The first answer ends last.
        if program == "0":
            turn.wait(10)
        elif program == "3":
            turn.set()
        return outcome([{"loaded": False, "error": program}])

    sandboxes = []

    def open_worker() -> Fake:
        sandboxes.append(Fake(tell))
        return sandboxes[-1]

    found = list(execute_answers([Item(str(number), "f", CASES) for number in range(4)], open_worker, 2))
    assert [one.reason for one in found] == ["0", "1", "2", "3"]
    assert [sandbox.closed for sandbox in sandboxes] == [True, True]


@pytest.mark.parametrize(
    ("ended", "cpu", "attempts"), [("timeout", 0.2, 2), ("timeout", 8.1, 1), ("sandbox_error", 0.0, 2), ("error", 0.2, 1)]
)
def test_where_the_machine_may_be_at_fault_an_answer_runs_once_more(ended: str, cpu: float, attempts: int) -> None:
    seen: list[str] = []

    def tell(program: str) -> Outcome:
        seen.append(program)
        return outcome([HEAD, *RIGHT]) if len(seen) > 1 else outcome([], ended, "why", cpu)

    (found,) = execute_answers([ITEM], lambda: Fake(tell), 1, limits_for(8.0))
    assert len(seen) == attempts
    assert (found.status == "passed") == (attempts == 2)


def test_a_sandbox_that_fails_twice_is_not_the_answers_fault() -> None:
    def tell(program: str) -> Outcome:
        return outcome([HEAD, *RIGHT]) if program == "good = 1" else outcome([], "sandbox_error", "it ended early")

    scores = execute_answers([Item("good = 1", "f", CASES), Item("x = 1", "f", CASES)], lambda: Fake(tell), 2)
    with pytest.raises(SandboxUnavailable, match=r"failed twice for one program \(it ended early\); run the same command again"):
        next(scores)


def test_trouble_of_a_worker_reaches_the_caller() -> None:
    def open_worker() -> Fake:
        raise SandboxUnavailable("no sandbox here")

    with pytest.raises(SandboxUnavailable, match="no sandbox here"):
        list(execute_answers([ITEM] * 3, open_worker, 2))


def test_expected_values_do_not_enter_the_sandbox() -> None:
    sent: list[bytes] = []

    class Listening(Fake):
        def run(self, job: Job) -> Outcome:
            sent.append(job.argument + job.program.encode() + b"".join(data for _, data in job.files))
            return outcome([HEAD, {"value": encode(987654321)}])

    case = Case("sum", ([1, 987654320],), equal(987654321))
    (found,) = execute_answers([Item(GOOD, "total", (case,))], lambda: Listening(lambda _: outcome([])), 1)
    assert found.status == "passed"
    assert hex(987654320)[2:].encode() in sent[0]
    assert hex(987654321)[2:].encode() not in sent[0]
    assert b"987654321" not in sent[0]


def test_without_a_strong_sandbox_nothing_is_run() -> None:
    machine = Probe(Level.MEDIUM, "bubblewrap is not installed", "", "6.1", None, 4, 1000)
    with pytest.raises(SandboxUnavailable, match="bubblewrap is not installed") as caught:
        open_for_answers(found=machine)
    assert caught.value.exit_code == 5


def test_the_references_are_hidden_where_that_can_be_done_and_else_refused(tmp_path: Path) -> None:
    import numpy

    installed = Path(numpy.__file__).parent
    with pytest.raises(SandboxUnavailable, match="could look up the references"):
        open_for_answers("medium", suites=installed)
    open_for_answers(suites=installed).close()
    (tmp_path / "file").write_text("here")
    open_for_answers(suites=tmp_path).close()


def test_an_answer_runs_in_a_strong_sandbox_and_its_values_are_compared() -> None:
    host = open_for_answers()
    programs = [GOOD, GOOD.replace("sum(", "len("), "def total(numbers):\n    numbers.append(1)\n    return sum(numbers)\n"]
    found = list(execute_answers([Item(program, "total", CASES) for program in programs], lambda: host, 2))
    assert [one.status for one in found] == ["passed", "failed", "failed"]
    assert {one.isolation for one in found} == {"strong"}
    assert found[0].cpu_seconds > 0
    assert found[0].max_rss_mib > 1
