"""Several sandboxes at work on one list of items."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from gpiot_data.sandbox.model import Sandbox

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_in_sandboxes(
    items: Sequence[Item], work: Callable[[Item, Sandbox], Result], open_worker: Callable[[], Sandbox], workers: int
) -> Iterator[Result]:
    """Yield what `work` returns for each item, in the order of completion.

    Args:
        items: what to work on.
        work: called in a worker's thread, with the worker's sandbox.
        open_worker: gives a sandbox; called once for each worker, in its thread.
        workers: how many sandboxes are open at a time; no more than there are items.

    Raises:
        SandboxUnavailable: if a worker cannot be opened, and whatever `work` raises.
    """
    waiting: queue.SimpleQueue[Item] = queue.SimpleQueue()
    for item in items:
        waiting.put(item)
    done: queue.SimpleQueue[tuple[Result] | BaseException] = queue.SimpleQueue()
    stop = threading.Event()

    def run() -> None:
        try:
            sandbox = open_worker()
            try:
                while not stop.is_set():
                    done.put((work(waiting.get_nowait(), sandbox),))
            finally:
                sandbox.close()
        except queue.Empty:
            pass
        except BaseException as error:  # handed to the caller's thread, which raises it
            done.put(error)

    threads = [threading.Thread(target=run, name=f"sandbox-{number}") for number in range(min(workers, len(items)))]
    for thread in threads:
        thread.start()
    try:
        for _ in items:
            entry = done.get()
            if isinstance(entry, BaseException):
                raise entry
            yield entry[0]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
