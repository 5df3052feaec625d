"""Shared fixtures, and the rule that nothing is skipped in silence."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples on every run, and no limit of wall time, which a busy machine would not keep.
settings.register_profile("project", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")
# A shell starts what it puts into the background without interrupts, and so would the programs be that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parent.parent
#: The only marks whose tests may be skipped where `GPIOT_FORBID_SKIPS` is set.
MAY_SKIP = {"gpu", "net", "shared"}

_forbidden: list[str] = []


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Keep tests off the user's cache, and off every model hub; tests of real models share one cache, since conversion takes a while."""
    if "real_model" not in request.fixturenames:
        monkeypatch.setenv("GPIOT_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture
def shared() -> Path:
    """The folder of real papers and data; the test is skipped where there is none."""
    folder = Path(os.environ.get("GPIOT_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    return folder


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Note every skipped test that may not be skipped."""
    report = (yield).get_result()
    if report.skipped and not hasattr(report, "wasxfail") and not any(item.get_closest_marker(name) for name in MAY_SKIP):
        _forbidden.append(item.nodeid)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail the run for skips that are not allowed."""
    if _forbidden and os.environ.get("GPIOT_FORBID_SKIPS") == "1":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the skips that are not allowed."""
    for name in _forbidden if os.environ.get("GPIOT_FORBID_SKIPS") == "1" else ():
        terminalreporter.write_line(f"SKIPPED, which is not allowed here: {name}")
