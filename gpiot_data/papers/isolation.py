"""A PDF is read by a process of its own, with limits: one that hangs or explodes is a rejected source and nothing more."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpiot_data.errors import BadPdf, UsageError

MODULE = "gpiot_data.papers.worker"
#: Why a PDF as a whole is refused, by `run_apart` and the reader.
REASONS = frozenset(
    {
        *("missing", "too_large", "not_pdf", "encrypted", "unreadable", "too_many_pages"),
        *("no_text", "gibberish", "not_english", "no_prose"),
        *("too_slow", "too_much_memory", "crashed"),
    }
)
#: What the worker ends with when it may have no more memory.
MEMORY_EXIT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one PDF may cost.

    `cpu_s` are seconds of processor time, which do not depend on what else the machine does; `wall_s` ends a process that waits.
    Readable papers need about 0.02 s a page and 0.2 GiB; the layout engine about 1 s a page and 2 GiB.
    """

    cpu_s: int = 60
    wall_s: float = 300.0
    memory_mib: int = 2048


LIMITS = Limits()
LAYOUT_LIMITS = Limits(cpu_s=1800, wall_s=3600.0, memory_mib=8192)


def run_apart(path: Path, engine: str, limits: Limits) -> dict[str, Any]:
    """Return what the worker prints for a PDF.

    Raises:
        UsageError: for an engine that this machine does not have.
        BadPdf: with the worker's own reason, or `too_slow`, `too_much_memory` or `crashed`.
    """
    if engine == "layout" and limits == LIMITS:
        limits = LAYOUT_LIMITS
    command = [sys.executable, "-m", MODULE, str(path), engine, str(limits.cpu_s), str(limits.memory_mib)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limits.wall_s, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as error:
        raise BadPdf(path, f"was not read within {limits.wall_s:g} s", "too_slow") from error
    found = _parse(done.stdout)
    if found is None:
        raise BadPdf(path, *_death(done.returncode, limits))
    if "usage" in found:
        raise UsageError(str(found["usage"]))
    if "reason" in found:
        raise BadPdf(path, str(found["detail"]), str(found["reason"]))
    return found


def _parse(output: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(output)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _death(code: int, limits: Limits) -> tuple[str, str]:
    """Return (detail, reason) for a worker that said nothing."""
    if code < 0 and signal.Signals(-code).name in ("SIGXCPU", "SIGKILL"):
        return f"needs more than {limits.cpu_s} s of processor time", "too_slow"
    if code == MEMORY_EXIT:
        return f"needs more than {limits.memory_mib} MiB", "too_much_memory"
    return f"crashed the reader ({'signal ' + str(-code) if code < 0 else 'exit code ' + str(code)})", "crashed"
