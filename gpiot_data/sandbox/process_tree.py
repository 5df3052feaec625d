"""Processes of a running job, seen from outside through /proc."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a tree of processes holds at one moment.

    `memory_mib` is what the kernel cannot take back by itself: pages of files, which many processes map, do not count.
    """

    processes: int
    memory_mib: float
    cpu_seconds: float


def children(pid: int) -> list[int]:
    """Return the children of one process; empty when it is gone."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{task}/children", "rb") as stream:
                found += map(int, stream.read().split())
    return found


def lists_children() -> bool:
    """Tell whether the kernel lists the children of processes, without which nobody could find all of a job's."""
    return os.path.exists(f"/proc/self/task/{os.getpid()}/children")


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
    """Add up what `pid` and its descendants use; memory that a fork shares with its parent counts for both."""
    kib = ticks = 0
    family = [pid, *descendants(pid)]
    for member in family:
        with contextlib.suppress(OSError, IndexError, ValueError):
            # The name in parentheses may hold anything, so count from its end: utime and stime are fields 14 and 15.
            fields = _read(member, "stat").rpartition(b")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
            status = _read(member, "status")
            kib += _number(status, b"RssAnon") + _number(status, b"RssShmem")
    return Usage(len(family), kib / 1024, ticks / _TICK)


def tasks_of(uid: int) -> int:
    """Count the tasks (threads, too) that run as `uid` on this machine."""
    total = 0
    for name in os.listdir("/proc"):
        if name.isdigit():
            # The owner of the folder would be root for a process that changed its user, so the status is read.
            with contextlib.suppress(OSError):
                status = _read(int(name), "status")
                if _number(status, b"Uid") == uid:
                    total += _number(status, b"Threads")
    return total


def _read(pid: int, name: str) -> bytes:
    handle = os.open(f"/proc/{pid}/{name}", os.O_RDONLY)
    try:
        return os.read(handle, 1 << 14)
    finally:
        os.close(handle)


def _number(status: bytes, field: bytes) -> int:
    """Return the first number of a field of /proc/PID/status; 0 where there is none (kernel threads have no memory)."""
    start = status.find(b"\n" + field + b":")
    return int(status[start + len(field) + 2 :].split(None, 1)[0]) if start >= 0 else 0
