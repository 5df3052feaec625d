"""Where answers run: strong isolation unless something else was typed, and never where the references could be read."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from gpiot_data.errors import SandboxUnavailable
from gpiot_data.sandbox import Environment, Job, Level, MediumSandbox, Probe, StrongSandbox, WeakSandbox, open_sandbox
from gpiot_infer.iotbench.schema import SUITES

Answering = StrongSandbox | MediumSandbox | WeakSandbox
#: Runs inside: says whether the folder of the suites can be listed there.
_LOOK = """
import os
import gpiot_job
try:
    gpiot_job.result(b"seen" if os.listdir(gpiot_job.argument.decode()) else b"hidden")
except OSError:
    gpiot_job.result(b"hidden")
"""


def open_for_answers(
    choice: str = "auto", *, found: Probe | None = None, say: Callable[[str], object] | None = None, suites: Path = SUITES
) -> Answering:
    """Return a sandbox with this Python and its packages for programs that a language model wrote.

    Args:
        choice: `auto` takes bubblewrap or nothing; other levels have to be typed.
        found: what the machine can do; tried out by default.
        say: prints a line for people.
        suites: the folder that must not be seen inside.

    Raises:
        SandboxUnavailable: if there is no such sandbox here, or the references could be read in it.
        UsageError: if the choice is none.
    """
    # Whoever typed the weak level was told that programs there have all of the user's rights: nothing can be hidden from them.
    hidden = () if choice.startswith("weak") else (suites,)
    environment = Environment(Path(sys.executable), name="iotbench", hidden=hidden)
    sandbox = open_sandbox(choice, environment, strong_only=True, found=found, say=say)
    if sandbox.level == Level.WEAK:
        return sandbox
    outcome = sandbox.run(Job(program=_LOOK, argument=str(suites).encode()))
    if outcome.status != "ok" or outcome.result != b"hidden":
        what = (
            f"{suites} can be read inside" if outcome.result == b"seen" else f"its first job ended with {outcome.detail or outcome.status}"
        )
        sandbox.close()
        raise SandboxUnavailable(f"answers could look up the references: {what}; use the strong level, which hides them")
    return sandbox
