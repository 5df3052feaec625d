"""Processes of a running job, seen from outside through /proc: what they use, and what they hold open."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass

_TICK = os.sysconf("SC_CLK_TCK")
#: Bytes of one process's list of mappings that are read; some twenty times what scipy, matplotlib and scikit-learn need.
_LONGEST_MAPS = 1 << 22
_DELETED = b" (deleted)"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a tree of processes holds at one moment.

    `memory_mib` is what the kernel cannot take back by itself: pages of files, which many processes map, do not count.
    """

    processes: int
    memory_mib: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Held:
    """What processes hold that no folder shows: sockets, and files that were deleted but stay while they are open or mapped.

    `unsized` are deleted files whose size nothing tells, since they are only mapped; `unclear` says that there was more than is read.
    """

    sockets: int
    deleted_files: int
    deleted_bytes: int
    unsized: int
    unclear: bool


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


def held(pids: Iterable[int], folder: str) -> Held:
    """Count what processes hold open, and the deleted files below `folder` that they only map.

    Nothing of a process is counted that the kernel does not show to this user.
    """
    sockets: set[int] = set()
    opened: dict[int, int] = {}
    mapped: set[int] = set()
    unclear = False
    for pid in pids:
        # What is closed or ends meanwhile is no longer held.
        with contextlib.suppress(OSError):
            for name in os.listdir(f"/proc/{pid}/fd"):
                with contextlib.suppress(OSError):
                    found = os.stat(f"/proc/{pid}/fd/{name}")
                    if stat.S_ISSOCK(found.st_mode):
                        sockets.add(found.st_ino)
                    elif stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
                        opened[found.st_ino] = found.st_blocks * 512
        with contextlib.suppress(OSError), open(f"/proc/{pid}/maps", "rb") as stream:
            maps = stream.read(_LONGEST_MAPS)
            unclear |= len(maps) == _LONGEST_MAPS
            mapped |= {int(line.split(None, 5)[4]) for line in maps.splitlines() if line.endswith(_DELETED) and folder.encode() in line}
    unsized = len(mapped - opened.keys())
    return Held(len(sockets), len(opened) + unsized, sum(opened.values()), unsized, unclear)


def unix_sockets(pid: int) -> tuple[int, int]:
    """Count the connected kind and the datagram kind of sockets in the network namespace of a process.

    Those that wait to be accepted, or are on their way in a message, are among them although no process has them open.
    """
    with contextlib.suppress(OSError), open(f"/proc/{pid}/net/unix", "rb") as stream:
        # Num: RefCount Protocol Flags Type St Inode Path; the first line is a heading.
        kinds = [fields[4] for line in stream.read().splitlines()[1:] if len(fields := line.split(None, 6)) > 5]
        return len(kinds) - kinds.count(b"0002"), kinds.count(b"0002")
    return 0, 0


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
