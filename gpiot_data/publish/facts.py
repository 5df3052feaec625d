"""What the descriptions of a build are made from: what its lock says, and what was counted of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gpiot_data.imprint import Imprint

JsonRow = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote the text of `rows` rows: `prompt` names the template or rule set, `model` is None for rules."""

    name: str
    model: str | None
    prompt: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Sources and stages as the lock records them, and the statistics of the rows.

    `files` are entries with `path`, `bytes` and `sha256` for the rows as JSON lines and as parquet. Without `imprint` a description
    tells neither day nor page nor makers.
    """

    sources: Sequence[JsonRow]
    stages: Sequence[JsonRow]
    files: Sequence[JsonRow]
    statistics: JsonRow
    digest: str
    writers: Sequence[Writer] = ()
    imprint: Imprint | None = None

    @property
    def by_models(self) -> bool:
        """Whether language models wrote rows."""
        return any(writer.model for writer in self.writers)

    def params_of(self, stage: str) -> JsonRow | None:
        """Return the parameters of a stage, or None if the build had no such stage."""
        return next((dict(record["params"]) for record in self.stages if record["name"] == stage), None)


def find_writers(rows: Iterable[JsonRow]) -> tuple[Writer, ...]:
    """Return who wrote the rows, sorted by name, model and prompt."""
    counts = Counter((row["teacher"]["name"], row["teacher"]["model"] or "", row["teacher"]["prompt"]) for row in rows)
    return tuple(Writer(name, model or None, prompt, count) for (name, model, prompt), count in sorted(counts.items()))
