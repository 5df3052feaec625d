"""The weak level: limits and a scrubbed environment, nothing else. Code has the rights of the user who runs it.

It guards against accidents (endless loops, memory, output), not against intent, and is used only where somebody typed its name.
"""

from __future__ import annotations

from pathlib import Path

from gpiot_data.sandbox.hosted import HostedSandbox
from gpiot_data.sandbox.model import Level


class WeakSandbox(HostedSandbox):
    """Runs each job as this user, with limits."""

    level = Level.WEAK

    def confinement(self, scratch: str, readonly: tuple[Path, ...]) -> dict[str, object]:
        """Return nothing: files and network stay open."""
        return {}
