"""Runs a function over sources: in this process, or in a pool of worker processes; results in the order of the sources."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from gpiot_data.errors import GpiotError

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
_PR_SET_PDEATHSIG = 1


def map_ordered(function: Callable[[ItemT], ResultT], items: Sequence[ItemT], jobs: int) -> Iterator[ResultT]:
    """Yield `function(item)` for each item, in order; `function` must be picklable when `jobs` > 1.

    Raises:
        GpiotError: if a worker was killed, for example because memory ran out.
    """
    workers = min(jobs, len(items))
    if workers <= 1:
        yield from map(function, items)
        return
    # Workers start from a clean interpreter: a fork would copy locks that threads of this process may hold.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_die_with_parent, initargs=(os.getpid(),))
    try:
        yield from pool.map(function, items)
    except BrokenProcessPool as error:
        raise GpiotError("a worker process was killed, perhaps for lack of memory; run again with --jobs 1") from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _die_with_parent(parent: int) -> None:
    """Make this worker end with the command that started it, however that ends; an interrupt is the parent's to report."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
