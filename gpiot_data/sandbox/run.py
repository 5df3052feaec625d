"""One job in one sandbox of its own, whatever the level: start, watch, kill, tell what was seen."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Protocol

from gpiot_data.sandbox.contained import Contained, Exit
from gpiot_data.sandbox.interpreter import Layout
from gpiot_data.sandbox.meter import Meter
from gpiot_data.sandbox.model import Job, Level, Limits, Outcome, Status
from gpiot_data.sandbox.policy import order_of
from gpiot_data.sandbox.shim import FINISHED, OUT_OF_MEMORY
from gpiot_data.sandbox.supervise import Ends, Streams, Watch, read_back


class Place(Protocol):
    """One sandbox about to be started: its scratch folder, and what the shim has to do in it."""

    @property
    def scratch(self) -> str:
        """The scratch folder as the job sees it."""

    @property
    def folder(self) -> int | None:
        """The scratch folder opened on the host; None where it will exist only inside."""

    @property
    def writable(self) -> tuple[str, ...]:
        """The folders that a job can write to, as it sees them."""

    @property
    def confinement(self) -> dict[str, object]:
        """Entries of the shim's order."""

    def start(self, mode: str, order: bytes, ends: Ends) -> Contained:
        """Start it with the shim in `mode`."""

    def close(self) -> None:
        """Remove what is left of it on the host."""


class Host(Protocol):
    """A level of isolation for one environment, which makes places."""

    @property
    def level(self) -> Level:
        """How well it isolates."""

    @property
    def layout(self) -> Layout:
        """What it shows of the environment."""

    def place(self, limits: Limits, readonly: tuple[Path, ...] = ()) -> Place:
        """Prepare one sandbox."""

    def tasks_of_others(self) -> int:
        """Return how many tasks the kernel counts towards a job's limit that are not its own."""


def order_file(order: bytes) -> int:
    """Put an order into an anonymous file and return its descriptor."""
    handle = os.memfd_create("gpiot-order")
    view = memoryview(order)
    while view:
        view = view[os.write(handle, view) :]
    os.lseek(handle, 0, os.SEEK_SET)
    return handle


def run_once(host: Host, job: Job) -> Outcome:
    """Start a sandbox for one job and take it down again."""
    place = host.place(job.limits, job.readonly)
    try:
        order = order_of(job, host.layout, place.scratch, host.tasks_of_others(), **place.confinement)
        started = time.monotonic()
        streams = Streams()
        try:
            try:
                contained = place.start("once", order, streams.theirs)
            finally:
                streams.theirs.close()
            watch = Watch(streams, job.limits, started + job.limits.wall_s, Meter(contained, job.limits), contained.note_inside)
            try:
                ended = watch.until(contained.ended, [] if place.folder is None else [os.dup(place.folder)])
            finally:
                exit_ = take_down(contained)
            watch.drain()
            folder = place.folder if place.folder is not None else next(iter(watch.folders), None)
            files = {} if folder is None else read_back(folder, job.collect, job.limits.file_size_mib << 20)
            watch.close()
        finally:
            streams.close()
        return outcome_of(watch, exit_ if ended else None, job.limits, host.level, time.monotonic() - started, files)
    finally:
        place.close()


def take_down(contained: Contained) -> Exit | None:
    """Kill what is left of a sandbox and wait for it."""
    contained.kill()
    return contained.finish()


def outcome_of(watch: Watch, exit_: Exit | None, limits: Limits, level: Level, seconds: float, files: dict[str, bytes]) -> Outcome:
    """Put together what was seen; `exit_` is None where the job was stopped from outside."""
    word, cpu, rss = watch.done or (b"", 0.0, 0.0)
    cpu = max(cpu, watch.meter.cpu_seconds, exit_.cpu_seconds if exit_ else 0.0)
    status, detail = watch.stopped or _how_it_ended(watch.hello, word, exit_, cpu, limits)
    return Outcome(
        status=status,
        stdout=bytes(watch.stdout),
        stderr=bytes(watch.stderr),
        result=bytes(watch.result),
        files=files,
        seconds=seconds,
        cpu_seconds=cpu,
        max_rss_mib=max(rss, watch.meter.max_rss_mib, exit_.max_rss_mib if exit_ else 0.0),
        isolation=level,
        detail=detail,
    )


def _how_it_ended(hello: bool, word: bytes, exit_: Exit | None, cpu: float, limits: Limits) -> tuple[Status, str]:
    if not hello:
        return "sandbox_error", "the sandbox ended before the program began"
    if exit_ is None:
        return "killed", "its sandbox was ended from inside"
    if exit_.signal in (signal.SIGXCPU, signal.SIGKILL) and (exit_.signal == signal.SIGXCPU or cpu >= limits.cpu_s):
        return "timeout", f"used more than {limits.cpu_s:g} s of CPU time"
    if exit_.signal:
        return "killed", f"ended by {_signal_name(exit_.signal)}"
    if word == OUT_OF_MEMORY:
        return "oom", f"asked for more than {limits.address_space_mib} MiB"
    if exit_.code == 0 and word == FINISHED:
        return "ok", ""
    # Ending well before the last statement (os._exit) is no end of the program.
    return "error", f"exit status {exit_.code}" if exit_.code else "ended before its last statement"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
