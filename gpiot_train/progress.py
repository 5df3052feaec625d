"""The progress of a run for people, and its curve so far on disk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from gpiot_data.console import say
from gpiot_data.store import canonical_json, make_folder


class StepProgress:
    """Takes step records: draws a bar on a terminal, says a line every tenth of the run elsewhere.

    Each record is also appended to a file, for whoever follows a long run; the final metrics file is
    written from the trainer's own log and does not depend on it.
    """

    def __init__(self, path: Path) -> None:
        """Keep the path of the live curve; its folder is made."""
        make_folder(path.parent)
        self._path = path
        self._bar: tqdm[Any] | None = None
        self._said = 0
        self._shown: dict[str, str] = {}

    def __call__(self, record: dict[str, Any], steps: int) -> None:
        """Show one step."""
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(canonical_json(record) + "\n")
        step = int(record["step"])
        # A step whose batches were all of one task says nothing about the other: keep its last figure.
        self._shown |= {name: f"{record[name]:.3f}" for name in ("loss_td", "loss_cg") if name in record}
        if sys.stderr.isatty():
            self._draw(step, steps)
        elif step * 10 // steps > self._said:
            self._said = step * 10 // steps
            say(f"step {step} of {steps}: " + ", ".join(f"{name} {value}" for name, value in self._shown.items()))

    def _draw(self, step: int, steps: int) -> None:
        if self._bar is None:
            self._bar = tqdm(total=steps, initial=step - 1, unit="step", file=sys.stderr)
        self._bar.set_postfix(self._shown, refresh=False)
        self._bar.update(step - self._bar.n)
        if step >= steps:
            self._bar.close()
