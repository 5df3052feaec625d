"""The order of training rows: batches of one task each, both tasks spread evenly over an epoch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gpiot_data.console import say
from gpiot_data.schema import Task
from gpiot_data.store import sha256_text


def capped_batch_size(rows: Mapping[Task, int], wanted: int) -> int:
    """Return `wanted`, or the rows of the smallest task if those are fewer, so that no batch holds a row twice."""
    task = min(sorted(rows), key=lambda name: rows[name])
    if rows[task] >= wanted:
        return wanted
    say(f"batch size {rows[task]} instead of {wanted}: {task.upper()} has no more rows than that")
    return rows[task]


class SingleTaskSampler:
    """Yields row indices in runs of `batch_size`, each run of one task; the order depends on seed and epoch only.

    A task whose rows do not fill its last batch is filled up from the start of its own shuffled
    order, so that no row is left out and no batch mixes tasks. Batches of the rarer task stand at
    even distances, which keeps its share in every accumulation window.
    """

    def __init__(self, tasks: Sequence[str], batch_size: int, seed: int) -> None:
        self._batch_size = batch_size
        self._seed = seed
        self._epoch = 0
        self._rows: dict[str, list[int]] = {}
        for index, task in enumerate(tasks):
            self._rows.setdefault(task, []).append(index)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order comes next; accelerate calls this."""
        self._epoch = epoch

    def __len__(self) -> int:
        """Return the number of indices in an epoch, fill-ups included."""
        return sum(-(-len(rows) // self._batch_size) * self._batch_size for rows in self._rows.values())

    def __iter__(self) -> Iterator[int]:
        """Yield the indices of one epoch."""
        placed: list[tuple[float, str, list[int]]] = []
        for task, rows in sorted(self._rows.items()):
            batches = self._batches(task, rows)
            placed += [((number + 0.5) / len(batches), task, batch) for number, batch in enumerate(batches)]
        for _, _, batch in sorted(placed, key=lambda item: item[:2]):
            yield from batch

    def _batches(self, task: str, rows: Sequence[int]) -> list[list[int]]:
        order = list(rows)
        order.sort(key=lambda index: sha256_text(f"{self._seed} {self._epoch} {task} {index}"))
        count = -(-len(order) // self._batch_size)
        filled = (order * (self._batch_size + 1))[: count * self._batch_size]
        return [filled[start : start + self._batch_size] for start in range(0, len(filled), self._batch_size)]
