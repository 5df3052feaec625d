"""Watching a running job from outside: its output, its frames, the clock, and what it holds of the machine."""

from __future__ import annotations

import contextlib
import math
import os
import selectors
import socket
import stat
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gpiot_data.sandbox.meter import LOOK_S, Meter
from gpiot_data.sandbox.model import Limits, Status
from gpiot_data.sandbox.policy import check_inside
from gpiot_data.sandbox.shim import DONE, GO, HELLO, RESULT, TYPE_AND_LENGTH

_PIECE = 1 << 16
_MAX_DESCRIPTORS = 4


@dataclass(frozen=True, slots=True)
class Ends:
    """What a started process gets: descriptors of stdout and stderr, and a socket."""

    stdout: int
    stderr: int
    socket: socket.socket

    def close(self) -> None:
        """Close them on this side, so that the end of the process is seen."""
        os.close(self.stdout)
        os.close(self.stderr)
        self.socket.close()


class Streams:
    """This side's ends of a job's stdout, stderr and result socket; `theirs` are the job's."""

    def __init__(self) -> None:
        self.stdout, child_stdout = os.pipe()
        self.stderr, child_stderr = os.pipe()
        self.socket, child_socket = socket.socketpair()
        self.theirs = Ends(child_stdout, child_stderr, child_socket)

    def close(self) -> None:
        """Close this side."""
        os.close(self.stdout)
        os.close(self.stderr)
        self.socket.close()


class Watch:
    """What has been seen of one job so far. Nothing read here is trusted: every length is capped, every frame may be forged."""

    def __init__(self, streams: Streams, limits: Limits, deadline: float, meter: Meter, at_hello: Callable[[], None]) -> None:
        """Begin to watch.

        Args:
            streams: of the job; all that is read comes from them.
            limits: the caps.
            deadline: on the monotonic clock.
            meter: of the sandbox that the job runs in.
            at_hello: called when the inside is confined, before the program can do anything.
        """
        self.stdout, self.stderr, self.result = bytearray(), bytearray(), bytearray()
        self.hello = False
        self.folders: list[int] = []
        self.done: tuple[bytes, float, float] | None = None
        self.stopped: tuple[Status, str] | None = None
        self.meter = meter
        self._streams, self._limits, self._deadline, self._at_hello = streams, limits, deadline, at_hello
        self._frames = bytearray()
        self._garbled = False
        self._open = {streams.stdout, streams.stderr, streams.socket.fileno()}
        self._selector = selectors.DefaultSelector()
        for descriptor in self._open:
            os.set_blocking(descriptor, False)
            self._selector.register(descriptor, selectors.EVENT_READ)

    def until(self, ended: int, folders: Iterable[int] = ()) -> bool:
        """Watch until `ended` is readable or a limit is reached, which `stopped` then names; return whether it ended by itself."""
        self._selector.register(ended, selectors.EVENT_READ)
        self.folders += folders
        look = time.monotonic() + LOOK_S
        try:
            while self.stopped is None:
                now = time.monotonic()
                if now >= self._deadline:
                    self.stopped = ("timeout", f"ran longer than {self._limits.wall_s:g} s")
                    break
                if now >= look:
                    self.stopped = self.meter.look(self.folders)
                    look = time.monotonic() + LOOK_S
                ready = [key.fd for key, _ in self._selector.select(max(0.0, min(self._deadline, look) - now))]
                for descriptor in ready:
                    if descriptor != ended:
                        self._read(descriptor)
                if ended in ready:
                    return True
            return False
        finally:
            self._selector.unregister(ended)

    def drain(self) -> None:
        """Read what is still in the pipes; called when no process of the job is left that could add to it."""
        end = time.monotonic() + 0.5
        while self._open and time.monotonic() < end:
            ready = self._selector.select(0.05)
            for key, _ in ready:
                self._read(key.fd)
            if not ready:
                break
        self._selector.close()

    def close(self) -> None:
        """Let go of the folders that the job wrote to."""
        for folder in self.folders:
            os.close(folder)
        self.folders.clear()

    def _read(self, descriptor: int) -> None:
        try:
            data = self._read_socket() if descriptor == self._streams.socket.fileno() else os.read(descriptor, _PIECE)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data:
            self._selector.unregister(descriptor)
            self._open.discard(descriptor)
        elif descriptor == self._streams.socket.fileno():
            self._take_frames(data)
        else:
            into = self.stdout if descriptor == self._streams.stdout else self.stderr
            room = self._limits.output_kib * 1024 - len(self.stdout) - len(self.stderr)
            into += data[: max(0, room)]
            if len(data) > room:
                self.stopped = self.stopped or ("output_limit", f"wrote more than {self._limits.output_kib} KiB")

    def _read_socket(self) -> bytes:
        if self.hello:
            return self._streams.socket.recv(_PIECE)
        # The shim's first message, sent before the program runs, brings the folders. Later descriptors are not received.
        data, folders = receive_with_descriptors(self._streams.socket, TYPE_AND_LENGTH.size)
        self.hello = data == TYPE_AND_LENGTH.pack(HELLO, 0)
        if self.hello:
            self._at_hello()
            self._streams.socket.send(GO)
        self.folders += folders
        return data

    def _take_frames(self, data: bytes) -> None:
        if self._garbled:
            return
        self._frames += data
        if len(self._frames) + len(self.result) > self._limits.result_kib * 1024:
            self.stopped = self.stopped or ("output_limit", f"returned more than {self._limits.result_kib} KiB")
            self._garbled = True
            return
        while len(self._frames) >= TYPE_AND_LENGTH.size:
            letter, length = TYPE_AND_LENGTH.unpack_from(self._frames)
            end = TYPE_AND_LENGTH.size + length
            if len(self._frames) < end:
                return
            payload = bytes(self._frames[TYPE_AND_LENGTH.size : end])
            del self._frames[:end]
            if letter == RESULT:
                self.result += payload
            elif letter == DONE:
                self.done = _parse_done(payload)
            elif letter != HELLO:
                self._garbled = True
                return


def receive_with_descriptors(channel: socket.socket, size: int) -> tuple[bytes, list[int]]:
    """Read up to `size` bytes and the descriptors sent along with them, of which none is inherited by children."""
    space = socket.CMSG_SPACE(_MAX_DESCRIPTORS * 4)
    data, extra, _flags, _address = channel.recvmsg(size, space, socket.MSG_CMSG_CLOEXEC)
    found: list[int] = []
    for level, kind, raw in extra:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            found += struct.unpack(f"{len(raw) // 4}i", raw[: len(raw) // 4 * 4])
    return data, found


def read_back(folder: int, names: Iterable[str], cap: int) -> dict[str, bytes]:
    """Read regular files below an open folder, at most `cap` bytes of each; what is missing or no regular file is left out.

    No symlink is followed, in any part of a name, and nothing that blocks is waited for.
    """
    found = {}
    for name in names:
        check_inside(name)
        *parents, last = name.split("/")
        opened: list[int] = []
        with contextlib.suppress(OSError):
            try:
                for parent in parents:
                    opened.append(os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=opened[-1] if opened else folder))
                place = opened[-1] if opened else folder
                handle = os.open(last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY, dir_fd=place)
                with open(handle, "rb") as stream:
                    if stat.S_ISREG(os.fstat(handle).st_mode):
                        found[name] = stream.read(cap)
            finally:
                for descriptor in opened:
                    os.close(descriptor)
    return found


def _parse_done(payload: bytes) -> tuple[bytes, float, float] | None:
    try:
        word, cpu, rss = payload.split(b" ")
        figures = float(cpu), float(rss)
    except ValueError:
        return None
    return (word, *figures) if all(math.isfinite(figure) and figure >= 0 for figure in figures) else None
