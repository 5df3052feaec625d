"""What a teacher is: it turns what extraction found into the text of a pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gpiot_data.papers.modules import TechnicalModule
from gpiot_data.schema import SubTask, Teacher


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A problem statement and its sub-tasks in order.

    `evidence` holds, for each step of each sub-task, the words of the module that it rests on, as printed; empty where a teacher
    cannot tell. `confidence` is from 0 to 1 and ranks the pairs of one teacher; None where a teacher has no measure. `doubt` is the
    stable word for what lowers it most, if anything does.
    """

    problem: str
    tasks: tuple[SubTask, ...]
    evidence: tuple[tuple[str, ...], ...] = ()
    confidence: float | None = None
    doubt: str | None = None


class TaskTeacher(Protocol):
    """Writes the pair of a technical module."""

    @property
    def name(self) -> Teacher:
        """How the teacher is named in a row."""
        ...

    def decompose(self, paper_title: str, module: TechnicalModule) -> Decomposition | str:
        """Return the pair of a module, or the stable word that says why it makes none."""
        ...
