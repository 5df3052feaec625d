"""Many small jobs in one sandbox: modules are imported once, and each job is a fork of the process that has them.

Imports run a stranger's code as well: they are watched as a job is, and where they end the process that does them, jobs
run without them and find out themselves.

One job at a time. Jobs share namespaces, so one that is hostile could disturb those that follow; that is why the sandbox is
thrown away after anything unusual, and why programs that a language model wrote get a sandbox each.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from gpiot_data.errors import SandboxUnavailable
from gpiot_data.sandbox.contained import Contained, Exit, exit_of
from gpiot_data.sandbox.meter import LOOK_S, Meter
from gpiot_data.sandbox.model import Job, Level, Limits, Outcome
from gpiot_data.sandbox.policy import IMPORT_S, kernel_limits, order_of
from gpiot_data.sandbox.run import Host, Place, order_file, outcome_of, take_down
from gpiot_data.sandbox.shim import CLEAN, EXIT, EXITED, GO, HELLO, JOB, READY, TYPE_AND_LENGTH
from gpiot_data.sandbox.supervise import Ends, Streams, Watch, read_back, receive_with_descriptors

#: Seconds for how a job ended, which is being sent when it is read, and for deleting what it left.
_EXIT_S, _CLEAN_S = 1.0, 5.0
_LONGEST_ANSWER = 1 << 16
#: Of the sandbox itself: those of bubblewrap, or the warden, and the zygote.
_OWN_PROCESSES = 4
#: Tasks of the user that may begin elsewhere while a zygote runs, without its jobs getting fewer.
_SPARE_TASKS = 256
_NO_LIMIT = -1


class _StartFailed(Exception):
    """A zygote did not come to its jobs; `confined` tells that the sandbox itself had started."""

    def __init__(self, reason: str, *, confined: bool) -> None:
        super().__init__(reason)
        self.confined = confined


class Zygote:
    """A sandbox that has imported `modules` and runs one job after another.

    Use it from one thread that lives as long as it: the kernel ends a sandbox together with the thread that started it.
    """

    def __init__(self, host: Host, modules: Sequence[str], *, limits: Limits | None = None, jobs: int = 200) -> None:
        """Prepare; the sandbox starts with the first job.

        Args:
            host: a `StrongSandbox`, `MediumSandbox` or `WeakSandbox`.
            modules: imported before the first job; `import_failures` tells of those that could not be, and jobs find out themselves.
            limits: the highest that jobs get, the sizes of the folders they share, and what the imports together may
                use, except for time; a job's own limits can only be lower.
            jobs: after so many the sandbox is replaced.
        """
        self._host, self._modules, self._limits, self._jobs = host, tuple(modules), limits or Limits(), jobs
        self._running: _Running | None = None
        self._left_out: tuple[str, ...] = ()
        #: How often a sandbox was started.
        self.starts = 0
        #: "module: error" of what the last start could not import.
        self.import_failures: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """How well jobs are isolated."""
        return self._host.level

    def run(self, job: Job) -> Outcome:
        """Run one job in a fork.

        Raises:
            SandboxUnavailable: if the sandbox does not start.
            ValueError: if the job asks for `readonly`, which cannot be granted to a sandbox that runs already.
        """
        if job.readonly:
            raise ValueError("a zygote cannot show further files to a job; give it a sandbox of its own")
        outcome = self._run(job)
        # Where the zygote had died while nobody looked, the job has not begun, and a new one gets it.
        return self._run(job) if outcome.status == "sandbox_error" else outcome

    def _run(self, job: Job) -> Outcome:
        usable = False
        running = self._ready()
        try:
            outcome, usable = running.run(self._host, job)
        finally:
            if not usable or running.done >= self._jobs:
                self.close()
        return outcome

    def warm(self) -> None:
        """Start now what would start with the first job.

        Raises:
            SandboxUnavailable: if the sandbox does not start.
        """
        self._ready()

    def close(self) -> None:
        """End the sandbox; a further job starts a new one."""
        if self._running is not None:
            self._running.close()
            self._running = None

    def _ready(self) -> _Running:
        if self._running is not None and not self._running.alive():
            self.close()
        if self._running is None:
            self.starts += 1
            self._running = self._start()
        return self._running

    def _start(self) -> _Running:
        try:
            running = _Running(self._host, self._modules, self._limits)
        except _StartFailed as error:
            if not error.confined:
                raise SandboxUnavailable(f"the sandbox for imports did not start ({error}); run: gpiot-data env") from error
            if not self._modules:
                raise SandboxUnavailable(f"{self._host.layout.python}: it ends before any program begins ({error})") from error
            # From now on jobs import for themselves, and each gets a verdict of its own.
            self._left_out = tuple(f"{module}: not imported beforehand: {error}" for module in self._modules)
            self._modules = ()
            return self._start()
        self.import_failures = (*self._left_out, *running.import_failures)
        return running

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the sandbox."""
        self.close()


class _Running:
    """One started sandbox with a zygote in it."""

    def __init__(self, host: Host, modules: tuple[str, ...], limits: Limits) -> None:
        self.done = 0
        self._place: Place = host.place(limits)
        self._scratch = f"{self._place.scratch}/now"
        self._folders: list[int] = []
        self._control, theirs = socket.socketpair()
        # Whatever imports print; limited by the size of a file.
        self._notes = os.memfd_create("gpiot-notes")
        confinement = {**self._place.confinement, "modules": modules, "writable": self._place.writable}
        tasks = host.tasks_of_others() + _SPARE_TASKS
        confinement["limits"] = {**kernel_limits(limits, tasks), "RLIMIT_CPU": (_NO_LIMIT, _NO_LIMIT)}
        order = order_of(Job(program="", limits=limits), host.layout, self._scratch, 0, **confinement)
        self._contained: Contained | None = None
        try:
            with theirs:
                self._contained = self._place.start("zygote", order, Ends(self._notes, self._notes, theirs))
            self.import_failures = self._welcome(self._contained, limits)
        except BaseException:
            self.close()
            raise

    def _welcome(self, contained: Contained, limits: Limits) -> tuple[str, ...]:
        """Wait for the imports, and end them where they use more than `limits`."""
        deadline = time.monotonic() + IMPORT_S
        self._control.settimeout(IMPORT_S)
        data = b""
        with contextlib.suppress(OSError):
            data, self._folders = receive_with_descriptors(self._control, TYPE_AND_LENGTH.size)
            contained.note_inside()
            self._control.sendall(GO)
        if data != TYPE_AND_LENGTH.pack(HELLO, 0):
            raise _StartFailed(self._last_words(), confined=False)
        if self._place.folder is not None:
            self._folders.append(os.dup(self._place.folder))
        meter = Meter(contained, limits, most_processes=limits.processes + _OWN_PROCESSES)
        answer = self._answer(deadline, meter)
        if answer is None or answer[0] != READY:
            late = time.monotonic() >= deadline
            raise _StartFailed(f"the imports took longer than {IMPORT_S:g} s" if late else self._last_words(), confined=True)
        return tuple(answer[1].decode("utf-8", "replace").splitlines())

    def _last_words(self) -> str:
        self._end()
        notes = os.pread(self._notes, 2000, 0).decode("utf-8", "replace").strip().splitlines()
        # Written by a stranger, and about to be shown on a terminal.
        return "".join(char if char.isprintable() else "\ufffd" for char in notes[-1]) if notes else "it ended without a word"

    def alive(self) -> bool:
        """Tell whether the zygote still waits for jobs: it says nothing on its own, only its end can be read."""
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        return not poll.poll(0)

    def run(self, host: Host, job: Job) -> tuple[Outcome, bool]:
        """Run one job; also tell whether this sandbox is as good as before."""
        assert self._contained is not None
        self.done += 1
        order = order_of(job, host.layout, self._scratch, host.tasks_of_others())
        started = time.monotonic()
        streams = Streams()
        try:
            meter = Meter(self._contained, job.limits)
            watch = Watch(streams, job.limits, started + job.limits.wall_s, meter, self._contained.note_inside)
            try:
                self._send(order, streams.theirs)
            finally:
                streams.theirs.close()
            ended = watch.until(self._control.fileno(), [os.dup(folder) for folder in self._folders])
            exit_, clean = self._exit() if ended else (None, False)
            if not clean:
                self._end()
            watch.drain()
            collected = read_back(self._folders[0], [f"now/{name}" for name in job.collect], job.limits.file_size_mib << 20)
            watch.close()
            files = {name.removeprefix("now/"): data for name, data in collected.items()}
            outcome = outcome_of(watch, exit_, job.limits, host.level, time.monotonic() - started, files)
        finally:
            streams.close()
        return outcome, clean and self._cleaned()

    def _send(self, order: bytes, ends: Ends) -> None:
        orders = order_file(order)
        try:
            descriptors = struct.pack("4i", orders, ends.stdout, ends.stderr, ends.socket.fileno())
            with contextlib.suppress(ConnectionError):  # its end is seen by the watch
                self._control.sendmsg([JOB], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
        finally:
            os.close(orders)

    def _exit(self) -> tuple[Exit | None, bool]:
        answer = self._answer(time.monotonic() + _EXIT_S)
        if answer is None or answer[0] != EXITED or len(answer[1]) != EXIT.size:
            return None, False
        exit_ = exit_of(answer[1])
        _status, _cpu, _rss, left = EXIT.unpack(answer[1])
        return exit_, not left and exit_.signal == 0

    def _cleaned(self) -> bool:
        try:
            self._control.sendall(CLEAN)
        except OSError:
            return False
        return self._answer(time.monotonic() + _CLEAN_S) == (CLEAN, b"")

    def _answer(self, deadline: float, meter: Meter | None = None) -> tuple[bytes, bytes] | None:
        """Read one frame; None for anything that is none or is not complete at `deadline`.

        Raises:
            _StartFailed: if `meter` is over a limit meanwhile.
        """
        try:
            letter, length = TYPE_AND_LENGTH.unpack(self._exactly(TYPE_AND_LENGTH.size, deadline, meter))
            if length > _LONGEST_ANSWER:
                return None
            # What has begun is being sent already.
            return letter, self._exactly(length, min(deadline, time.monotonic() + _EXIT_S), meter)
        except (OSError, struct.error):
            return None

    def _exactly(self, size: int, deadline: float, meter: Meter | None) -> bytes:
        data = b""
        look = time.monotonic() + LOOK_S
        while len(data) < size:
            now = time.monotonic()
            if now >= deadline:
                raise TimeoutError
            if meter and now >= look:
                if over := meter.look(self._folders):
                    raise _StartFailed(f"the imports {over[1]}" if over[0] != "oom" else over[1], confined=True)
                look = now + LOOK_S
            self._control.settimeout(min(deadline - now, LOOK_S))
            with contextlib.suppress(TimeoutError):
                if not (piece := self._control.recv(size - len(data))):
                    raise ConnectionError
                data += piece
        return data

    def _end(self) -> None:
        """Kill it, once: its descriptors and its process number may be somebody else's afterwards."""
        contained, self._contained = self._contained, None
        if contained is not None:
            take_down(contained)

    def close(self) -> None:
        """End it."""
        self._end()
        self._control.close()
        for folder in self._folders:
            os.close(folder)
        self._folders = []
        os.close(self._notes)
        self._place.close()
