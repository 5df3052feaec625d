"""Choosing the level of isolation: the best there is, never less than was asked for, and never the weak one by itself."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Literal, get_args

from gpiot_data.errors import SandboxUnavailable, UsageError
from gpiot_data.sandbox.medium import MediumSandbox
from gpiot_data.sandbox.model import Environment
from gpiot_data.sandbox.policy import is_root
from gpiot_data.sandbox.probe import Probe, probe
from gpiot_data.sandbox.strong import StrongSandbox, find_bwrap
from gpiot_data.sandbox.weak import WeakSandbox

Choice = Literal["auto", "strong", "medium", "weak", "weak-as-root"]
CHOICES: tuple[Choice, ...] = get_args(Choice)

_MEDIUM_TYPED = "pass --sandbox=medium to use Landlock and seccomp without namespaces"
_WEAK_TYPED = "--sandbox=weak runs untrusted code with your rights"


def open_sandbox(
    choice: str,
    environment: Environment,
    *,
    strong_only: bool = False,
    found: Probe | None = None,
    say: Callable[[str], object] | None = None,
) -> StrongSandbox | MediumSandbox | WeakSandbox:
    """Return a sandbox of the level that was chosen.

    Args:
        choice: `auto` takes strong, else medium with a line on stderr; the others take that level or nothing.
        environment: where jobs run.
        strong_only: the code was written by a language model, so `auto` does not take medium.
        found: what the machine can do; tried out by default.
        say: prints a line for people; on stderr by default.

    Raises:
        SandboxUnavailable: if there is no such sandbox here; the message says what would help.
        UsageError: if the choice is none.
    """
    if choice not in CHOICES:
        raise UsageError(f"--sandbox={choice}: expected one of {', '.join(CHOICES)}")
    if choice == "weak" and is_root():
        raise SandboxUnavailable(
            "--sandbox=weak as root gives untrusted code the whole machine; run as another user, or pass --sandbox=weak-as-root"
        )
    if choice in ("weak", "weak-as-root"):
        return WeakSandbox(environment)
    machine = found or probe()
    if choice != "medium":
        program = find_bwrap()
        if not machine.strong and program is not None:
            return StrongSandbox(environment, program)
        if choice == "strong" or strong_only:
            what = "code written by a model runs in bubblewrap only" if choice == "auto" else "no strong sandbox"
            raise SandboxUnavailable(f"{what}: {machine.strong}{f'; or {_MEDIUM_TYPED}' if not machine.medium else ''}")
    if machine.medium:
        reasons = machine.reasons if choice == "auto" else (machine.medium,)
        raise SandboxUnavailable(f"no sandbox here: {'; '.join(reasons)}; {_WEAK_TYPED}")
    if choice == "auto":
        (say or _to_stderr)(f"sandbox: medium (Landlock and seccomp) instead of strong: {machine.strong}")
    return MediumSandbox(environment)


def _to_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")
