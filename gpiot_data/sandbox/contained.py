"""Started sandboxes as processes of this one: how they are watched, killed and waited for."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
from dataclasses import dataclass
from typing import Protocol

from gpiot_data.sandbox import process_tree
from gpiot_data.sandbox.shim import EXIT, STOP

#: How long a killed sandbox may take to be gone before it is reported as stuck.
_GONE_S = 5.0


@dataclass(frozen=True, slots=True)
class Exit:
    """How the first process of a job ended; `signal` is 0 where it ended by itself."""

    code: int
    signal: int = 0
    cpu_seconds: float = 0.0
    max_rss_mib: float = 0.0


class Contained(Protocol):
    """A sandbox that was started."""

    @property
    def pid(self) -> int:
        """The process on the host that everything inside descends from."""

    @property
    def namespaced(self) -> bool:
        """Whether it has namespaces of its own."""

    @property
    def ended(self) -> int:
        """A descriptor that is readable once the sandbox has ended."""

    def note_inside(self) -> None:
        """Remember what is needed for killing; called once the inside has reported."""

    def kill(self) -> None:
        """End everything inside now."""

    def finish(self) -> Exit | None:
        """Wait until nothing of it is left; None where it was killed before it could tell its status."""


def _handle_of(process: subprocess.Popen[bytes]) -> int:
    """Open a handle on a process that was just started; where the kernel has none, the process ends again."""
    try:
        return os.pidfd_open(process.pid)
    except OSError:
        process.kill()
        process.wait()
        raise


class Namespaced:
    """A bubblewrap process: the end of its first inner process is the end of everything in its process namespace."""

    namespaced = True

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._inner: dict[int, int] = {}
        self.ended = _handle_of(process)

    @property
    def pid(self) -> int:
        """The outer bubblewrap process."""
        return self._process.pid

    def note_inside(self) -> None:
        """Open a handle on the first process of the namespace."""
        for pid in process_tree.children(self.pid):
            if pid not in self._inner:
                with contextlib.suppress(ProcessLookupError):
                    self._inner[pid] = os.pidfd_open(pid)

    def kill(self) -> None:
        """Kill the first process of the namespace; the kernel then kills the rest before it reports the end."""
        self.note_inside()
        for handle in self._inner.values():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        if not self._inner or not _readable(self.ended, 0.5):
            self._process.kill()

    def finish(self) -> Exit | None:
        """Wait for the outer process and for the namespace."""
        try:
            code = self._process.wait(_GONE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        for handle in self._inner.values():
            # The outer process may end a moment before the namespace is empty.
            if not _readable(handle, 0.2):
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
                _readable(handle, _GONE_S)
            os.close(handle)
        os.close(self.ended)
        # bubblewrap tells a signal as a shell does. A program can end with such a code as well; that only changes the wording.
        return Exit(code=code, signal=code - 128 if code > 128 else max(0, -code))


class Guarded:
    """A warden process (see shim.py), which kills what is left of its child when that ends or when `life` is closed."""

    namespaced = False

    def __init__(self, process: subprocess.Popen[bytes], life: socket.socket) -> None:
        self._process = process
        self._life = life
        try:
            self.ended = _handle_of(process)
        except OSError:
            life.close()
            raise

    @property
    def pid(self) -> int:
        """The warden."""
        return self._process.pid

    def note_inside(self) -> None:
        """Nothing to remember: the warden knows its descendants."""

    def kill(self) -> None:
        """Let the warden kill its descendants."""
        with contextlib.suppress(OSError):
            self._life.send(STOP)

    def finish(self) -> Exit | None:
        """Wait for the warden; where it was hindered, kill what is known of its descendants."""
        if not _readable(self.ended, _GONE_S):
            family = process_tree.descendants(self.pid)
            self._process.kill()
            for pid in family:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._process.wait()
        os.close(self.ended)
        with self._life:
            self._life.setblocking(False)
            try:
                data = self._life.recv(EXIT.size)
            except OSError:
                return None
        return exit_of(data) if len(data) == EXIT.size else None


def exit_of(data: bytes) -> Exit:
    """Read the EXITED message of the shim."""
    status, cpu, rss, _left = EXIT.unpack(data)
    if os.WIFSIGNALED(status):
        return Exit(code=-1, signal=os.WTERMSIG(status), cpu_seconds=cpu, max_rss_mib=rss)
    return Exit(code=os.WEXITSTATUS(status), cpu_seconds=cpu, max_rss_mib=rss)


def _readable(descriptor: int, timeout_s: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(timeout_s * 1000))
