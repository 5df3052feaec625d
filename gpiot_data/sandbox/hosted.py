"""What the medium and weak levels share: jobs in the host's own file tree, guarded by a warden process."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from gpiot_data.errors import SandboxUnavailable
from gpiot_data.sandbox import process_tree
from gpiot_data.sandbox.contained import Guarded
from gpiot_data.sandbox.interpreter import Layout, layout_of
from gpiot_data.sandbox.model import Environment, Job, Level, Limits, Outcome
from gpiot_data.sandbox.policy import SHIM, command, environment_variables
from gpiot_data.sandbox.run import order_file, run_once
from gpiot_data.sandbox.supervise import Ends

#: The warden's child, and the zygote in it, count as tasks of the job's user.
_OWN_TASKS = 3


class HostedSandbox:
    """Runs each job under a warden; what a level adds to that is its `confinement`."""

    level: Level

    def __init__(self, environment: Environment) -> None:
        """Look at the environment.

        Raises:
            SandboxUnavailable: if its interpreter does not start, the processes of jobs could not be found, or jobs
                could read a folder that the environment wants hidden.
        """
        if not process_tree.lists_children():
            raise SandboxUnavailable(
                "this kernel does not list children in /proc (CONFIG_PROC_CHILDREN), so processes could be left behind"
            )
        self.environment = environment
        self.layout = layout_of(environment)
        for folder in environment.hidden:
            if folder.exists() and self.shows(folder.resolve()):
                raise SandboxUnavailable(
                    f"{folder}: the {self.level} level cannot hide it, so jobs could look up the references in it; use the strong level"
                )

    def shows(self, place: Path) -> bool:
        """Tell whether jobs could read something in a folder."""
        return True

    @property
    def user(self) -> int | None:
        """The user to become; None to stay."""
        return None

    def confinement(self, scratch: str, readonly: tuple[Path, ...]) -> dict[str, object]:
        """Return entries of the shim's order."""
        raise NotImplementedError

    def run(self, job: Job) -> Outcome:
        """Run one job."""
        return run_once(self, job)

    def close(self) -> None:
        """Nothing is held between jobs."""

    def tasks_of_others(self) -> int:
        """Return how many tasks the user has already: without namespaces of its own, a job shares that count."""
        return process_tree.tasks_of(os.getuid() if self.user is None else self.user) + _OWN_TASKS

    def place(self, limits: Limits, readonly: tuple[Path, ...] = ()) -> Guardhouse:
        """Make a scratch folder."""
        scratch = tempfile.mkdtemp(prefix="gpiot-job-")
        try:
            if self.user is not None:
                os.chown(scratch, self.user, self.user)
            order = {"folders": (), "death_signal": True, "countable": True, "remove": scratch}
            return Guardhouse(scratch, self.layout, {**order, **self.confinement(scratch, readonly)})
        except BaseException:
            os.rmdir(scratch)
            raise


class Guardhouse:
    """One scratch folder on the host, and the warden that is started for it."""

    def __init__(self, scratch: str, layout: Layout, confinement: dict[str, object]) -> None:
        """Open the folder."""
        self.scratch = scratch
        self.writable = (scratch,)
        self.folder = os.open(scratch, os.O_RDONLY | os.O_DIRECTORY)
        self.confinement = confinement
        self._layout = layout

    def start(self, mode: str, order: bytes, ends: Ends) -> Guarded:
        """Start the warden."""
        orders, (life, theirs) = order_file(order), socket.socketpair()
        inner = ends.socket.fileno()
        try:
            process = subprocess.Popen(
                [*command(self._layout, str(SHIM), "warden"), mode, str(orders), str(inner), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=ends.stdout,
                stderr=ends.stderr,
                env=environment_variables(self.scratch),
                pass_fds=(orders, inner, theirs.fileno()),
                start_new_session=True,
                cwd="/",
            )
        except BaseException:
            life.close()
            raise
        finally:
            os.close(orders)
            theirs.close()
        return Guarded(process, life)

    def close(self) -> None:
        """Delete the scratch folder; no process is left that could interfere."""
        os.close(self.folder)
        remove_tree(Path(self.scratch))


def remove_tree(folder: Path) -> None:
    """Delete a folder that a stranger filled: with folders nobody may enter, or nested deeper than Python can recurse."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        for action in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
            subprocess.run([*action, "--", str(folder)], stdin=subprocess.DEVNULL, capture_output=True, check=False)
