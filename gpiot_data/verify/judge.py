"""From what a sandboxed example reported to its verdict: nothing the example says of itself is taken for success.

The report is untrusted bytes. `passed` needs at least one documented value that the run printed; a program that
ends early, exits with 0, or reports nothing has not run, whatever its exit code says.

What this cannot see: a package whose author writes the documented value into the code as well, for examples are run
against their own documentation. And a hostile package: its code, on import and by any `.pth` file that it brings into
its environment, runs in the zygote that then runs its examples, so it can report what it likes for itself and for the
other packages of that environment. It can do so for no other environment, and nothing outside of the sandbox.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from gpiot_data.console import printable
from gpiot_data.verify.compare import matches
from gpiot_data.verify.observed import Observation, read_observations
from gpiot_data.verify.statements import Statement

MAX_REASON_CHARS = 240
#: What is read of a report; inside.py sends no more, but what runs there may send anything.
MAX_OUTPUT_CHARS = 60_000
MAX_CHAIN = 10
MAX_ERROR_CHARS = {"type": 200, "text": 500, "module": 200, "raised_in": 200}

#: Where a package asks for another one in words, instead of letting the import fail.
_MISSING = re.compile(
    r"(?:[Mm]issing optional dependency|[Nn]o module named|[Pp]lease install|[Rr]equires(?: the)?)\s+['\"`]?(?P<name>[A-Za-z][\w.-]*)"
)
_NETWORK_TYPES = frozenset(
    [
        *("socket.gaierror", "socket.herror", "urllib.error.URLError", "urllib.error.HTTPError", "http.client.RemoteDisconnected"),
        *(f"builtins.Connection{what}Error" for what in ("", "Refused", "Reset", "Aborted")),
    ]
)
#: What clients call trouble with the network, each in its own words.
_CLIENTS = frozenset({"requests", "urllib3", "httpx", "httpx2", "httpcore", "aiohttp"})
_CLIENT_ERRORS = ("Timeout", "ProxyError", "MaxRetryError")
_NETWORK_TEXT = re.compile(
    r"\[Errno (?:-?[235]|97|101|111|113)\] (?:Name or|Temporary failure|Network|Connection refused|No route|Address family)"
)
#: Where a refused permission is about a socket and not about a file.
_NETWORK_MODULES = frozenset({"socket", "_socket", "ssl", "http", "urllib", "pooch"})
#: Libraries whose only task is to download data.
_DOWNLOADERS = frozenset({"pooch", "gdown", "requests", "urllib3"})


class Report(Protocol):
    """What judging needs of a sandbox outcome."""

    @property
    def status(self) -> str:
        """How the job ended."""
        ...

    @property
    def result(self) -> bytes:
        """What the job sent."""
        ...

    @property
    def isolation(self) -> str:
        """At which level it ran."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one example.

    `compared` counts the documented values that a run was compared with, 0 unless it passed; `observed` is what was seen of the values
    of a run that reached its end, and no part of the verdict.
    """

    status: str
    reason: str | None = None
    compared: int = 0
    isolation: str | None = None
    observed: tuple[Observation, ...] = field(default=(), compare=False)


def judge(statements: Sequence[Statement], outcome: Report, own: Sequence[str] = ()) -> Finding:
    """Compare what a run reported with what its documentation shows.

    Args:
        statements: what ran, with the wanted outputs.
        outcome: what came out of the sandbox.
        own: top-level modules of the package under test, which is installed: a module missing from it is a failure.
    """
    isolation = str(outcome.isolation)
    if outcome.status == "timeout":
        return Finding("timeout", "did not end within its limit", isolation=isolation)
    if outcome.status == "sandbox_error":
        return Finding("not_run", "its sandbox ended without telling how", isolation=isolation)
    reports = read_reports(outcome.result, len(statements))
    if outcome.status != "ok" or reports is None:
        # Whatever it reported: a process that did not end well may have said anything before.
        words = {"oom": "needs more memory than its limit", "output_limit": "prints more than its limit"}
        return Finding("failed", words.get(outcome.status, "ended before its last statement"), isolation=isolation)
    compared = 0
    for statement, report in zip(statements, reports, strict=False):
        error = report.get("error")
        if error is not None and not (statement.raises and _same_error(statement.raises, error)):
            status, reason = explain(error, own)
            return Finding(status, _short(f"line {statement.line}: {reason}"), isolation=isolation)
        if statement.raises:
            if error is None:
                return Finding("failed", _short(f"line {statement.line}: should raise {statement.raises}"), isolation=isolation)
            compared += 1
        elif statement.want:
            compared += 1
            if _differs(statement, report):
                shown, got = " ".join(statement.want.split()), " ".join(_outputs(report)[0].split())
                reason = f"line {statement.line}: shows {shown[:90]!r}, prints {got[:90]!r}"
                return Finding("failed", _short(reason), isolation=isolation)
    if len(reports) < len(statements):
        return Finding("failed", "ended before its last statement", isolation=isolation)
    observed = read_observations(json.loads(outcome.result).get("observed"), len(statements))
    return Finding("passed" if compared else "ran", None, compared, isolation, observed)


def is_possible(finding: Finding, statements: Sequence[Statement]) -> bool:
    """Tell whether judging these statements can have given a finding, where somebody else says that it did.

    All that is documented is compared in what passed, and without any of it nothing passes; what ran although values
    are documented says why none of them counts.
    """
    values = sum(bool(statement.want or statement.raises) for statement in statements)
    if finding.status == "passed":
        return 0 < finding.compared == values
    if finding.status == "ran":
        return finding.compared == 0 and (finding.reason is None) == (values == 0)
    return finding.compared == 0


def varying(statements: Sequence[Statement], one: Report, other: Report) -> frozenset[int]:
    """Return the lines whose output differs from the documented one, and also between two runs."""
    if one.status != "ok" or other.status != "ok":
        return frozenset()
    first, second = read_reports(one.result, len(statements)), read_reports(other.result, len(statements))
    if first is None or second is None:
        return frozenset()
    pairs = zip(statements, first, second, strict=False)
    return frozenset(item.line for item, before, after in pairs if _differs(item, before) and _outputs(before) != _outputs(after))


def _differs(statement: Statement, report: dict[str, Any]) -> bool:
    return bool(statement.want) and not any(matches(statement.want, got) for got in _outputs(report))


def read_reports(result: bytes, count: int) -> list[dict[str, Any]] | None:
    """Return the reports in what a job sent, at most `count`; None where it sent something else."""
    try:
        reports = json.loads(result)["reports"]
        return [_read_report(report) for report in reports] if 0 < len(reports) <= count else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _read_report(report: Any) -> dict[str, Any]:
    """Check one report, and keep no more of its texts than a judge has use for.

    Raises:
        TypeError: if anything in it is of another type.
    """
    known: dict[str, Any] = {name: _text(report[name])[:MAX_OUTPUT_CHARS] for name in ("out", "printed") if name in report}
    if "error" in report:
        links = report["error"]["chain"][:MAX_CHAIN]
        chain = [{name: _text(link.get(name) or "")[:most] for name, most in MAX_ERROR_CHARS.items()} for link in links]
        known["error"] = {"chain": chain}
        if not chain or not all(link["type"] for link in chain):
            raise TypeError("an error without a type")
    return known


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a report holds something that is no text")
    return value


def _outputs(report: dict[str, Any]) -> list[str]:
    """Return the texts a documented output may be equal to: what a prompt shows, and the repr of what was printed."""
    return [str(report.get("out", "")), *([report["printed"]] if "printed" in report else [])]


def _same_error(wanted: str, error: dict[str, Any]) -> bool:
    """Compare exceptions by type, as documentation words their text in many ways."""
    kind = str(error["chain"][0]["type"])
    return wanted.partition(":")[0].strip().rpartition(".")[2] == kind.rpartition(".")[2]


def explain(error: dict[str, Any], own: Sequence[str]) -> tuple[str, str]:
    """Return the status and the reason that an exception stands for: by itself, or by the causes that it names with `raise ... from`."""
    for link in error["chain"]:
        missing = _missing_module(link)
        if missing in _DOWNLOADERS:
            return "needs_network", f"downloads data with {missing}"
        if missing and missing.partition(".")[0] not in own:
            return "not_installed", f"{missing.partition('.')[0]} is not installed"
    for link in error["chain"]:
        refused = link["type"] == "builtins.PermissionError" and link["raised_in"].partition(".")[0] in _NETWORK_MODULES
        if refused or _is_network_type(link["type"]) or _NETWORK_TEXT.search(link["text"]):
            return "needs_network", f"{link['type'].removeprefix('builtins.')}: {link['text']}"
    first = error["chain"][0]
    return "failed", f"{first['type'].removeprefix('builtins.')}: {first['text']}"


def _is_network_type(kind: str) -> bool:
    name = kind.rpartition(".")[2]
    client = kind.partition(".")[0] in _CLIENTS and ("Connect" in name or name.endswith(_CLIENT_ERRORS))
    return client or kind in _NETWORK_TYPES


def _missing_module(link: dict[str, str]) -> str:
    if link["type"] == "builtins.ModuleNotFoundError" and link["module"]:
        return link["module"]
    if link["type"] in ("builtins.ImportError", "builtins.ModuleNotFoundError") and (match := _MISSING.search(link["text"])):
        return match["name"]
    return ""


def _short(text: str) -> str:
    """Return text that is safe to print and the same on every run: no control characters, no memory addresses."""
    return re.sub(r"0x[0-9a-fA-F]{6,}", "0x", printable(" ".join(text.split())))[:MAX_REASON_CHARS]
