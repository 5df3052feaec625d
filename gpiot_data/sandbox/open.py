"""Choosing a level."""

from __future__ import annotations

from gpiot_data.errors import SandboxUnavailable
from gpiot_data.sandbox.model import Environment
from gpiot_data.sandbox.strong import StrongSandbox, find_bwrap


def open_sandbox(choice: str, environment: Environment, *, strong_only: bool = False) -> StrongSandbox:
    """Open."""
    program = find_bwrap()
    if program is None:
        raise SandboxUnavailable("bubblewrap not found: apt install bubblewrap")
    return StrongSandbox(environment, program)
