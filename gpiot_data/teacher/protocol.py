"""What a teacher is: it turns what extraction found into the text of a pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gpiot_data.papers.modules import TechnicalModule
from gpiot_data.schema import SubTask, Teacher


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A problem statement and its sub-tasks in order."""

    problem: str
    tasks: tuple[SubTask, ...]


class TaskTeacher(Protocol):
    """Writes the pair of a technical module."""

    @property
    def name(self) -> Teacher:
        """How the teacher is named in a row."""
        ...

    def decompose(self, paper_title: str, module: TechnicalModule) -> Decomposition | str:
        """Return the pair of a module, or the stable word that says why it makes none."""
        ...
