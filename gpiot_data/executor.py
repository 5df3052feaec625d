"""Runs a function over sources: in this process, or in a pool of worker processes; results in the order of the sources."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


def map_ordered(function: Callable[[ItemT], ResultT], items: Sequence[ItemT], jobs: int) -> Iterator[ResultT]:
    """Yield `function(item)` for each item, in order; `function` must be picklable when `jobs` > 1."""
    workers = min(jobs, len(items))
    if workers <= 1:
        yield from map(function, items)
        return
    # Workers start from a clean interpreter: a fork would copy locks that threads of this process may hold.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from pool.map(function, items)
