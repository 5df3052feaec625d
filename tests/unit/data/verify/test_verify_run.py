"""Examples in real sandboxes: honest ones get the verdict they earn, hostile ones never pass."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from gpiot_data.errors import SandboxUnavailable
from gpiot_data.sandbox import Environment, Job, Level, Limits, Outcome, Zygote, open_sandbox
from gpiot_data.schema import Expected
from gpiot_data.verify.judge import Finding
from gpiot_data.verify.run import Example, limits_for, run_examples
from gpiot_data.verify.statements import Statement, split_docstring, split_program

ENVIRONMENT = Environment(Path(getattr(sys, "_base_executable", sys.executable)), name="base")
LIMITS = limits_for(1.0)

HOSTILE = {
    "leaves": "import os; os._exit(0)",
    "leaves with a status": "import sys; sys.exit(0)",
    "raises SystemExit late": "class A:\n    def __del__(self): raise SystemExit(0)\na = A(); del a",
    "forges a report": "import gpiot_job, json\ngpiot_job.result(json.dumps({'reports': [{'out': ''}, {'out': 'right'}]}).encode())\nimport os; os._exit(0)",
    "forges a report and fails": "import gpiot_job, json\ngpiot_job.result(json.dumps({'reports': [{'out': ''}, {'out': '42'}]}).encode())\nimport os; os._exit(1)",
    "forges a verdict": "import gpiot_job\ngpiot_job.result(b'{\"status\": \"passed\"}')\nimport os; os._exit(0)",
    "patches json": "import json; json.dumps = lambda *a, **k: '{\"reports\": []}'",
    "patches the hook": "import sys; sys.displayhook = print; sys.stdout.write = lambda *a: 0",
    "looks for what is wanted": "import sys\nfor frame in sys._current_frames().values():\n    while frame:\n        assert 'want' not in frame.f_locals\n        frame = frame.f_back",
    "returns what equals everything": "class E:\n    def __eq__(self, other): return True\n    def __repr__(self): return 'E'\nx = E()",
    "prints without end": "while True: print('x' * 1000)",
    "kills": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "kills its neighbours": "import os, signal; os.kill(-1, signal.SIGKILL)",
    "crashes": "import ctypes; ctypes.string_at(0)",
    "recurses": "def r(): r()\nimport sys; sys.setrecursionlimit(10**9); r()",
    "takes memory": "x = [bytearray(1 << 28) for _ in range(100)]",
}  # fmt: skip


@pytest.fixture(scope="module")
def findings() -> dict[str, Finding]:
    """Every hostile example, run in one warm sandbox that is replaced whenever it has to be."""
    examples = [
        Example(name, (Statement(1, source), Statement(2, "6 * 7 if 'x' in globals() else 7", "42"))) for name, source in HOSTILE.items()
    ]
    honest = [Example(f"honest {number}", (Statement(1, f"x = {number}"), Statement(2, "x", str(number)))) for number in range(3)]
    runs = run_examples([*examples, *honest], lambda: Zygote(open_sandbox("auto", ENVIRONMENT), (), limits=LIMITS), 1, LIMITS)
    return {run.example.key: run.finding for run in runs}


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"returns what equals everything"}))
def test_a_hostile_example_does_not_pass(findings: dict[str, Finding], name: str) -> None:
    assert findings[name].status in ("failed", "timeout")


def test_equality_is_not_asked_of_what_ran(findings: dict[str, Finding]) -> None:
    # Its own claim to equal everything is of no account; the value it computes is.
    assert findings["returns what equals everything"] == Finding("passed", None, 1, "strong")


def test_neighbours_of_hostile_examples_get_their_verdicts(findings: dict[str, Finding]) -> None:
    assert [findings[f"honest {number}"].status for number in range(3)] == ["passed"] * 3


def run_one(statements, limits: Limits = LIMITS) -> Finding:
    (run,) = run_examples([Example("key", tuple(statements))], lambda: open_sandbox("auto", ENVIRONMENT), 2, limits)
    return run.finding


def test_a_program_passes_by_what_it_prints() -> None:
    code = "from __future__ import annotations\nimport math\n\n\ndef f(x: undefined) -> float:\n    return math.pi\n\n\nprint(f(1))\n# -> 3.14159\nprint(1, 2)\n"
    assert run_one(split_program(code, [Expected(9, "3.14159"), Expected(11, "(1, 2)")])) == Finding("passed", None, 2, "strong")


def test_a_docstring_shows_values_inside_blocks_and_documented_exceptions() -> None:
    text = ">>> for i in range(2):\n...     i\n0\n1\n>>> None\n>>> [1][5]\nTraceback (most recent call last):\nIndexError: anything\n>>> 'a'\n'a'\n"
    assert run_one(split_docstring(text)) == Finding("passed", None, 3, "strong")


def test_a_value_that_nothing_seeds_is_not_compared() -> None:
    found = run_one([Statement(1, "import random"), Statement(2, "random.random()", "0.5")])
    assert (found.status, found.compared) == ("ran", 0)
    assert found.reason == "line 2: the value depends on random numbers that nothing seeds"


def test_a_row_with_a_varying_value_never_passes_by_its_other_values() -> None:
    found = run_one([Statement(1, "import random"), Statement(2, "random.random()", "0.5"), Statement(3, "6 * 7", "42")])
    assert (found.status, found.compared) == ("ran", 0)
    assert found.reason == "line 2: the value depends on random numbers that nothing seeds"
    found = run_one([Statement(1, "import random"), Statement(2, "random.random()", "0.5"), Statement(3, "6 * 7", "43")])
    assert (found.status, found.reason) == ("failed", "line 3: shows '43', prints '42'")


def test_a_program_cannot_read_its_seed_from_the_job() -> None:
    assert run_one([Statement(1, "import gpiot_job"), Statement(2, "hasattr(gpiot_job, 'argument')", "False")]).status == "passed"


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("try:\n    import nobody_has_this\nexcept ImportError:\n    raise AssertionError('wrong')", "failed"),
        ("try:\n    import nobody_has_this\nexcept ImportError as e:\n    raise RuntimeError('needs it') from e", "not_installed"),
        ("try:\n    import socket; socket.socket()\nexcept OSError:\n    raise ValueError('wrong')", "failed"),
        ("raise PermissionError(13, 'Permission denied')", "failed"),
    ],
)
def test_only_an_exception_itself_or_a_named_cause_excuses_a_failure(source: str, status: str) -> None:
    assert run_one([Statement(1, source)]).status == status


def test_there_is_no_network_and_the_verdict_says_so() -> None:
    assert run_one([Statement(1, "import urllib.request as u; u.urlopen('http://192.0.2.1/')")]).status == "needs_network"
    assert run_one([Statement(1, "import socket; socket.socket()")]).status == "needs_network"


class Slow:
    """A sandbox in which every example is too slow while others run."""

    level = Level.STRONG
    running = 0
    alone: list[bytes] = []  # noqa: RUF012 - shared by all on purpose

    def run(self, job: Job) -> Outcome:
        Slow.running += 1
        time.sleep(0.05)
        busy = Slow.running > 1
        time.sleep(0.05)
        Slow.running -= 1
        if not busy:
            Slow.alone.append(job.argument)
        result = b"" if busy else b'{"reports": [{"out": "1"}]}'
        status = "timeout" if busy else "ok"
        return Outcome(
            status=status, stdout=b"", stderr=b"", result=result, files={}, seconds=0.1, cpu_seconds=0, max_rss_mib=0, isolation=self.level
        )

    def close(self) -> None:
        pass


def test_a_warm_sandbox_stays_warm_for_an_environment_below_tmp() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        subprocess.run([ENVIRONMENT.python, "-m", "venv", "--without-pip", place], check=True)
        zygote = Zygote(open_sandbox("strong", Environment(Path(place, "bin", "python"))), (), limits=LIMITS)
        program = "import os; print(os.listdir('.')); open('/tmp/left', 'w').close(); open('/job/now/left', 'w').close()"
        outcomes = [zygote.run(Job(program=program, limits=LIMITS)) for _ in range(3)]
        assert [(outcome.status, outcome.stdout) for outcome in outcomes] == [("ok", b"[]\n")] * 3, outcomes
        zygote.close()
        assert zygote.starts == 1


def test_what_did_not_end_in_time_is_run_once_more_alone() -> None:
    examples = [Example(str(number), (Statement(1, f"x{number}", "1"),)) for number in range(4)]
    runs = list(run_examples(examples, Slow, 2, LIMITS))
    assert {run.finding.status for run in runs} == {"passed"}
    assert sorted(run.example.key for run in runs) == ["0", "1", "2", "3"]
    assert {run.attempts for run in runs} == {1, 2} or {run.attempts for run in runs} == {2}
    assert Slow.running == 0


class Spent(Slow):
    """A sandbox in which every example uses up its CPU seconds."""

    def run(self, job: Job) -> Outcome:
        return dataclasses.replace(super().run(job), status="timeout", result=b"", cpu_seconds=job.limits.cpu_s)


def test_what_used_up_its_processor_time_is_not_run_again() -> None:
    runs = list(run_examples([Example("a", (Statement(1, "1"),)), Example("b", (Statement(1, "2"),))], Spent, 2, LIMITS))
    assert [(run.finding.status, run.attempts) for run in runs] == [("timeout", 1)] * 2


def test_a_worker_that_cannot_be_opened_ends_the_run_with_its_error() -> None:
    def refuse() -> Slow:
        raise SandboxUnavailable("no sandbox here")

    with pytest.raises(SandboxUnavailable, match="no sandbox here"):
        list(run_examples([Example("a", (Statement(1, "1"),))], refuse, 2, LIMITS))
