"""The medium level: Landlock, a system call filter and limits, where bubblewrap cannot make namespaces.

Differs from the strong level: there is no quota on the scratch folder (its size is looked at ten times a second, with the deleted
files that are still open), a job sees which paths exist though not what is in them, /proc, /tmp and /dev/shm are closed
(TMPDIR is open), no socket can be made but a connected pair, which passes no descriptors, folders cannot be watched or hidden,
programs in the scratch folder cannot be executed (libraries there can be loaded), and changes of file modes and times
have no effect.

What is left open: what is written between two looks; where the caller is root without CAP_SYS_PTRACE, the kernel does not show what jobs
hold open, so sockets (0.3 MiB each) and deleted files are limited by `processes` x `open_files` only; a job can lock files that it
may read, as on the strong level.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from functools import lru_cache
from pathlib import Path

from gpiot_data.errors import SandboxUnavailable
from gpiot_data.sandbox.hosted import HostedSandbox
from gpiot_data.sandbox.model import Environment, Level
from gpiot_data.sandbox.policy import NOBODY, is_root
from gpiot_data.sandbox.seccomp import seccomp_program

#: The first version of Landlock that is enough; it is the first to control TCP (Linux 6.7).
OLDEST_ABI = 4
#: The first version that keeps signals and abstract sockets in; before it, the filter refuses signals.
SCOPED_ABI = 6

_CREATE_RULESET, _ASK_VERSION = 444, 1
# Rights of Landlock, bit by bit; each version of the interface added some.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_SOCK, _MAKE_BLOCK, _IOCTL_DEVICE = 1 << 6, 1 << 9, 1 << 11, 1 << 15
_BITS_OF_ABI = {4: 15, 5: 16}
_ALL_TCP, _ALL_SCOPES = 0b11, 0b11

_READ_PLACES = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin")
_READ_FILES = ("/etc/ld.so.cache", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


@lru_cache(maxsize=1)
def landlock_abi() -> int:
    """Return the version of the kernel's Landlock interface; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    answer = int(ctypes.CDLL(None, use_errno=True).syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION))
    return max(0, answer)


class MediumSandbox(HostedSandbox):
    """Runs each job confined by Landlock and a system call filter."""

    level = Level.MEDIUM

    def __init__(self, environment: Environment, abi: int | None = None) -> None:
        """Look at the environment and the kernel.

        Args:
            environment: where jobs run.
            abi: use Landlock as if the kernel had this version; its own by default.

        Raises:
            SandboxUnavailable: if the kernel's Landlock is too old, or the interpreter does not start.
        """
        super().__init__(environment)
        self._abi = landlock_abi() if abi is None else abi
        if self._abi < OLDEST_ABI:
            raise SandboxUnavailable(f"Landlock version {self._abi} is too old for a sandbox; Linux 6.7 or newer has version {OLDEST_ABI}")

    @property
    def user(self) -> int | None:
        """Root becomes nobody."""
        return NOBODY if is_root() else None

    def shows(self, place: Path) -> bool:
        """Tell whether jobs could read something in a folder, where Landlock is what decides."""
        shown = [shown.resolve() for shown in (*map(Path, _READ_PLACES), *self.layout.folders)]
        return any(place.is_relative_to(folder) or folder.is_relative_to(place) for folder in shown)

    def confinement(self, scratch: str, readonly: tuple[Path, ...]) -> dict[str, object]:
        """Return the rules of Landlock and the filter."""
        shown = [*self.layout.folders, *readonly]
        return {
            "user": self.user,
            # An interpreter in root's home: Landlock still says what is readable at all.
            "keep_reading": is_root() and not all(_open_to_others(place) for place in shown),
            "landlock": _ruleset(self._abi),
            "rules": _rules(self._abi, scratch, shown),
            "seccomp": seccomp_program(shared_host=True, own_signals_only=self._abi < SCOPED_ABI),
        }


def _all_rights(abi: int) -> int:
    return (1 << _BITS_OF_ABI.get(abi, _BITS_OF_ABI[5])) - 1


def _ruleset(abi: int) -> bytes:
    handled = struct.pack("QQ", _all_rights(abi), _ALL_TCP)
    return handled + struct.pack("Q", _ALL_SCOPES) if abi >= SCOPED_ABI else handled


def _rules(abi: int, scratch: str, shown: list[Path]) -> tuple[tuple[str, int], ...]:
    # A program that may be executed but not read would be one whose open files nobody can count.
    writing = _all_rights(abi) & ~(_EXECUTE | _MAKE_CHAR | _MAKE_BLOCK | _MAKE_SOCK | _IOCTL_DEVICE)
    rules = [(scratch, writing), ("/dev/null", _READ_FILE | _WRITE_FILE)]
    for place in (*map(Path, (*_READ_PLACES, *_READ_FILES)), *shown):
        if place.exists():
            # The kernel refuses a rule for a file that carries rights of folders.
            rules.append((str(place), _READ_FILE | _EXECUTE | (_READ_DIR if place.is_dir() else 0)))
    return tuple(rules)


def _open_to_others(place: Path) -> bool:
    passable = all(os.stat(parent).st_mode & stat.S_IXOTH for parent in place.parents)
    return passable and bool(os.stat(place).st_mode & stat.S_IROTH)
