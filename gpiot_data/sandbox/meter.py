"""What a running sandbox holds of the machine, looked at from outside, and which limit that is over."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Protocol

from gpiot_data.sandbox import process_tree
from gpiot_data.sandbox.model import Limits, Status

#: Seconds between looks. Two cores fill some 0.5 GiB in that time, which is how far a job may overshoot.
LOOK_S = 0.1
_MIB = 1 << 20
#: A tmpfs up to this size was made for the job.
_LARGEST_OWN = 1 << 30
#: A sender may put half of its buffer on top of a buffer that is all but full.
_FULLEST = 1.5
#: A socket for datagrams keeps so many, each as large as the buffer of a sender that may be gone
#: (net.unix.max_dgram_qlen of a new network namespace, and one).
_DATAGRAMS = 11


class Tree(Protocol):
    """Processes that descend from one."""

    @property
    def pid(self) -> int:
        """The process on the host that all others descend from."""

    @property
    def namespaced(self) -> bool:
        """Whether the descendants have a network namespace of their own."""


class Meter:
    """Looks at the processes and folders of one sandbox; the highest figures stay.

    Memory in sockets belongs to no process, so each socket counts as full where `memory_mib` is compared. Not counted are pipes, of
    which one user's share what /proc/sys/fs/pipe-user-pages-soft allows (64 MiB), and what else the kernel keeps for a process: its
    list of mappings, locks, timers.
    """

    def __init__(self, tree: Tree, limits: Limits, most_processes: int | None = None) -> None:
        """Begin to measure; CPU time that was used before does not count.

        Args:
            tree: the sandbox.
            limits: those on memory and files.
            most_processes: end it where there are more, for a sandbox whose kernel limit is wider.
        """
        self.cpu_seconds = self.max_rss_mib = 0.0
        self._tree, self._limits, self._most_processes = tree, limits, most_processes
        self._cpu_before = process_tree.usage(tree.pid).cpu_seconds

    def look(self, folders: Iterable[int]) -> tuple[Status, str] | None:
        """Return which limit the sandbox is over; `folders` are those that it writes to, opened here."""
        family = process_tree.descendants(self._tree.pid)
        usage = process_tree.usage(self._tree.pid)
        self.cpu_seconds = max(self.cpu_seconds, usage.cpu_seconds - self._cpu_before)
        self.max_rss_mib = max(self.max_rss_mib, usage.memory_mib)
        own = [folder for folder in folders if not _has_quota(folder)]
        held = None if self._tree.namespaced else process_tree.held(family, "/" if not own else os.readlink(f"/proc/self/fd/{own[0]}"))
        if usage.memory_mib + self._in_sockets(family, held) > self._limits.memory_mib:
            return "oom", f"its processes held more than {self._limits.memory_mib} MiB"
        if self._most_processes is not None and usage.processes > self._most_processes:
            return "killed", f"made more than {self._most_processes} processes"
        for folder in folders:
            if over := self._over(folder, held if folder in own else None):
                return over
        return None

    def _in_sockets(self, family: list[int], held: process_tree.Held | None) -> float:
        """Return how many MiB sockets can hold."""
        if held is not None:
            return held.sockets * _socket_mib()
        connected, datagrams = process_tree.unix_sockets(family[0]) if family else (0, 0)
        return (connected + datagrams * _DATAGRAMS) * _socket_mib()

    def _over(self, folder: int, held: process_tree.Held | None) -> tuple[Status, str] | None:
        files, size, closed = folder_use(folder, self._limits.scratch_files)
        if held is not None:
            files += held.deleted_files
            size += held.deleted_bytes + held.unsized * self._limits.file_size_mib * _MIB
        if closed or (held is not None and held.unclear):
            return "output_limit", "made folders or mappings that cannot be counted"
        if files > self._limits.scratch_files:
            return "output_limit", f"made more than {self._limits.scratch_files} files"
        if size > self._limits.scratch_mib * _MIB:
            return "output_limit", f"filled more than {self._limits.scratch_mib} MiB"
        return None


@cache
def _socket_mib() -> float:
    """Return what is waiting at most in one socket, whose buffer has the default size: the filter refuses to change it."""
    size = 212_992
    with contextlib.suppress(OSError, ValueError):
        size = int(Path("/proc/sys/net/core/wmem_default").read_text(encoding="ascii"))
    return size * _FULLEST / _MIB


def _has_quota(folder: int) -> bool:
    space = os.fstatvfs(folder)
    return 0 < space.f_blocks * space.f_frsize <= _LARGEST_OWN


def folder_use(folder: int, most_files: int) -> tuple[int, int, bool]:
    """Return how many files an open folder holds, their bytes, and whether a folder in it could not be looked into.

    A small tmpfs is the sandbox's own and knows its use. Elsewhere the folder is walked, which stops after `most_files`, and
    misses files that were unlinked while open.
    """
    if _has_quota(folder):
        space = os.fstatvfs(folder)
        return space.f_files - space.f_ffree, (space.f_blocks - space.f_bfree) * space.f_frsize, False
    files = size = 0
    waiting = [f"/proc/self/fd/{folder}"]
    while waiting and files <= most_files:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    files += 1
                    # Whatever vanishes while a job is at work has no size.
                    with contextlib.suppress(FileNotFoundError):
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                    if files > most_files:
                        break
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:  # no right to read it, or too deep for a path
            return files, size, True
    return files, size, False
