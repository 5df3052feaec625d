"""Processes of a running job, seen from outside through /proc."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a tree of processes holds at one moment."""

    processes: int
    rss_mib: float
    cpu_seconds: float


def children(pid: int) -> list[int]:
    """Return the children of one process; empty when it is gone."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{task}/children", "rb") as stream:
                found += map(int, stream.read().split())
    return found


def descendants(pid: int) -> list[int]:
    """Return children, their children, and so on; `pid` itself is not among them."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        young = children(waiting.pop())
        found += young
        waiting += young
    return found


def usage(pid: int) -> Usage:
    """Add up what `pid` and its descendants use; pages that they share count for each."""
    pages = ticks = 0
    family = [pid, *descendants(pid)]
    for member in family:
        with contextlib.suppress(OSError, IndexError, ValueError), open(f"/proc/{member}/stat", "rb") as stream:
            # The name in parentheses may hold anything, so count from its end: utime and stime are fields 14 and 15, rss is 24.
            fields = stream.read().rpartition(b")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
            pages += int(fields[21])
    return Usage(len(family), pages * _PAGE / (1 << 20), ticks / _TICK)


def tasks_of(uid: int) -> int:
    """Count the tasks (threads, too) that run as `uid` on this machine."""
    total = 0
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        # The owner of the folder would be root for a process that changed its user, so the status is read.
        with contextlib.suppress(OSError), open(f"/proc/{name}/status", "rb") as stream:
            fields = dict(line.split(b":", 1) for line in stream.read().splitlines() if b":" in line)
            if int(fields[b"Uid"].split()[0]) == uid:
                total += int(fields[b"Threads"])
    return total
