"""Verdicts from what a job reported: nothing a report says of itself makes it pass."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import pytest

from gpiot_data.verify.judge import Finding, is_possible, judge, read_reports, varying
from gpiot_data.verify.statements import Statement

TWO = (Statement(1, "x = 1"), Statement(2, "x", "1"))


@dataclass(frozen=True)
class Outcome:
    result: bytes = b""
    status: str = "ok"
    isolation: str = "strong"


def reported(*reports: dict, **more) -> Outcome:
    return Outcome(json.dumps({"reports": reports}).encode(), **more)


def error(*chain: tuple[str, str] | tuple[str, str, str], raised_in: str = "") -> dict:
    links = [{"type": item[0], "text": item[1], "module": item[2] if len(item) > 2 else None, "raised_in": raised_in} for item in chain]
    return {"out": "", "error": {"chain": links}}


def test_a_value_compared_and_equal_passes() -> None:
    assert judge(TWO, reported({"out": ""}, {"out": "1\n"})) == Finding("passed", None, 1, "strong")


def test_nothing_to_compare_is_ran() -> None:
    assert judge(TWO[:1], reported({"out": "anything"})) == Finding("ran", None, 0, "strong")


def test_one_unequal_value_fails_and_says_which() -> None:
    found = judge(TWO, reported({"out": ""}, {"out": "2\x1b[31m\n"}))
    assert found == Finding("failed", "line 2: shows '1', prints '2\\x1b[31m'", 0, "strong")


@pytest.mark.parametrize(
    "result",
    [
        b"",
        b"passed",
        b"\xff",
        b"[]",
        b"{}",
        b'{"reports": []}',
        b'{"reports": 7}',
        b'{"reports": [7, 7]}',
        b'{"reports": [{"out": 1}, {"out": "1"}]}',
        b'{"reports": [{"out": ""}, {"error": {}}]}',
        b'{"reports": [{"out": ""}, {"error": {"chain": []}}]}',
        b'{"reports": [{"out": ""}, {"error": {"chain": "text"}}]}',
        b'{"reports": [{"out": ""}, {"error": {"chain": {"type": "x"}}}]}',
        b'{"reports": [{"out": ""}]}',
        b'{"reports": [{"out": ""}, {"out": "1"}, {"out": "1"}]}',
        b'{"status": "passed", "reports": [{"out": ""}, {"out": "2"}]}',
        b"[" * 100_000,
    ],
)
def test_no_forged_or_broken_report_passes(result: bytes) -> None:
    assert judge(TWO, Outcome(result)).status == "failed"


@pytest.mark.parametrize("status", ["ok", "error", "killed", "oom", "output_limit"])
def test_a_program_that_ends_early_has_failed_whatever_its_status(status: str) -> None:
    assert judge(TWO[:1], Outcome(b"", status)).status == "failed"


@pytest.mark.parametrize("status", ["error", "killed", "oom", "output_limit"])
@pytest.mark.parametrize("count", [1, 2])
def test_a_complete_report_of_a_process_that_ended_badly_is_a_failure(status: str, count: int) -> None:
    complete = reported(*[{"out": ""}, {"out": "1"}][:count], status=status)
    assert judge(TWO[:count], complete).status == "failed"


@pytest.mark.parametrize(("status", "verdict"), [("timeout", "timeout"), ("sandbox_error", "not_run")])
def test_limits_and_trouble_of_the_sandbox(status: str, verdict: str) -> None:
    complete = reported({"out": ""}, {"out": "1"}, status=status)
    assert judge(TWO, complete).status == verdict


@pytest.mark.parametrize(
    ("report", "status"),
    [
        (error(("builtins.ModuleNotFoundError", "No module named 'torch'", "torch")), "not_installed"),
        (error(("builtins.ModuleNotFoundError", "No module named 'toy.gone'", "toy.gone")), "failed"),
        (error(("builtins.ImportError", "Missing optional dependency 'stochastic' required")), "not_installed"),
        (error(("builtins.ImportError", "Missing optional dependency 'pooch' required for scipy.datasets")), "needs_network"),
        (error(("urllib.error.URLError", "<urlopen error [Errno -3] Temporary failure>")), "needs_network"),
        (error(("socket.gaierror", "[Errno -2] Name or service not known")), "needs_network"),
        (error(("builtins.ConnectionRefusedError", "[Errno 111] Connection refused")), "needs_network"),
        (error(("builtins.RuntimeError", "download failed"), ("requests.exceptions.ConnectionError", "x")), "needs_network"),
        (error(("builtins.PermissionError", "[Errno 13] Permission denied"), raised_in="socket"), "needs_network"),
        (error(("builtins.PermissionError", "[Errno 13] Permission denied"), raised_in="urllib.request"), "needs_network"),
        (error(("builtins.PermissionError", "[Errno 13] Permission denied")), "failed"),
        (error(("builtins.PermissionError", "[Errno 13] Permission denied"), raised_in="toy.socket"), "failed"),
        (error(("builtins.PermissionError", "[Errno 13] Permission denied: '/etc/x'")), "failed"),
        (error(("builtins.ValueError", "no")), "failed"),
        (error(("builtins.SystemExit", "0")), "failed"),
    ],
)
def test_exceptions_by_what_they_mean(report: dict, status: str) -> None:
    assert judge((Statement(1, "x"),), reported(report), own=("toy",)).status == status


@pytest.mark.parametrize("name", ["ConnectionError", "ReadTimeout", "exceptions.NewConnectionError", "a.ProxyError", "x.MaxRetryError"])
@pytest.mark.parametrize(("module", "status"), [("requests", "needs_network"), ("aiohttp", "needs_network"), ("toy", "failed")])
def test_what_clients_call_trouble_with_the_network(module: str, name: str, status: str) -> None:
    assert judge((Statement(1, "x"),), reported(error((f"{module}.{name}", "x"))), own=("toy",)).status == status


LONG = "Connect" * 200_000


@pytest.mark.parametrize(
    "report",
    [
        error((f"requests.{LONG}!", "x")),
        error(("requests." + "Connect." * 100_000, "x")),
        error(("builtins.ImportError", "requires the" + " " * 1_000_000 + "!")),
        error(("builtins.ImportError", "please install " * 100_000)),
        error(("builtins.ValueError", "[Errno 111] " * 100_000)),
        error(("builtins.ModuleNotFoundError", "x", "a." * 500_000)),
        error(("builtins.PermissionError", "x"), raised_in="socket." * 200_000),
        error(*[("builtins.ValueError", "x")] * 50_000),
        {"out": "'\\" * 500_000},
        {"out": "", "printed": "0x" * 1_000_000},
    ],
)
def test_long_texts_in_a_report_are_judged_in_time_that_grows_with_them(report: dict) -> None:
    outcome = reported(report)
    started = time.process_time()
    found = judge((Statement(1, "x", "1.0"),), outcome)
    varying((Statement(1, "x", "1.0"),), outcome, outcome)
    assert time.process_time() - started < 5
    assert found.status in ("failed", "needs_network", "not_installed")
    assert found.reason is not None
    assert len(found.reason) <= 240


def test_what_a_job_says_of_an_exception_is_read_up_to_a_limit() -> None:
    (report,) = read_reports(reported(error(*[("t" * 999, "x" * 999, "m" * 999)] * 99, raised_in="r" * 999)).result, 1) or []
    assert [{name: len(text) for name, text in link.items()} for link in report["error"]["chain"]] == [
        {"type": 200, "text": 500, "module": 200, "raised_in": 200}
    ] * 10


def test_an_exception_with_a_name_that_is_no_text_is_no_report() -> None:
    assert read_reports(reported({"out": "", "error": {"chain": [{"type": ["x"], "text": ""}]}}).result, 1) is None


@pytest.mark.parametrize(
    ("finding", "possible"),
    [
        (Finding("passed", None, 1, "strong"), (False, True, False)),
        (Finding("passed", None, 2, "strong"), (False, False, True)),
        (Finding("passed", None, 3, "strong"), (False, False, False)),
        (Finding("ran", None, 0, "strong"), (True, False, False)),
        (Finding("ran", "line 2: depends on random numbers", 0, "strong"), (False, True, True)),
        (Finding("failed", "no", 0, "strong"), (True, True, True)),
        (Finding("timeout", "no", 1, "strong"), (False, False, False)),
    ],
)
def test_findings_that_programs_with_no_one_and_two_values_can_have(finding: Finding, possible: tuple[bool, ...]) -> None:
    programs = (TWO[:1], TWO, (*TWO, Statement(3, "f()", "", "ValueError")))
    assert tuple(is_possible(finding, program) for program in programs) == possible


def test_a_documented_exception_is_compared_by_its_type() -> None:
    statement = (Statement(1, "f()", "", "toy.errors.ToyError: no\n"),)
    assert judge(statement, reported(error(("toy._core.ToyError", "other words")))).status == "passed"
    assert judge(statement, reported(error(("builtins.ValueError", "no")))).status == "failed"
    assert judge(statement, reported({"out": ""})).status == "failed"


def test_reasons_are_short_and_the_same_on_every_run() -> None:
    first = judge(TWO, reported({"out": ""}, {"out": "<x at 0x7f001234abcd>" + "y" * 500}))
    assert first.reason is not None
    assert len(first.reason) <= 240
    assert "7f001234abcd" not in first.reason
