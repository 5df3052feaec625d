"""Why a program is not transformed."""

from __future__ import annotations


class Refused(ValueError):
    """A transformation that does not apply to a program; `reason` is a stable word that is counted."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
