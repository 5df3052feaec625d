"""What goes into a sandbox and what comes out: levels, limits, environments, jobs and outcomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

Status = Literal["ok", "error", "timeout", "killed", "oom", "output_limit", "sandbox_error"]


class Level(StrEnum):
    """How well a sandbox isolates; stamped into every verdict."""

    #: bubblewrap: own namespaces, an empty root, no network, seccomp, limits, size-capped scratch space.
    STRONG = "strong"
    #: Landlock, seccomp and limits on the host's own file tree; no quota on scratch space.
    MEDIUM = "medium"
    #: Limits only: the code has the rights of the user who runs it.
    WEAK = "weak"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one job may use. Going over a limit ends the job; nothing here can be raised from inside."""

    wall_s: float = 10.0
    #: CPU seconds of each process, rounded up to whole seconds by the kernel.
    cpu_s: float = 8.0
    #: Per process. numpy needs 256 MiB, scipy, pandas and scikit-learn 512, torch 1024.
    address_space_mib: int = 1536
    #: Resident memory of all processes of the job together, without pages of files, and what their sockets can hold; watched from outside.
    memory_mib: int = 2048
    processes: int = 32
    open_files: int = 128
    file_size_mib: int = 16
    #: Size of the scratch folder, and again of /tmp; not enforced on the medium and weak levels.
    scratch_mib: int = 64
    #: Files and folders that a job may make, watched from outside; an empty file costs memory as well.
    scratch_files: int = 10_000
    #: stdout and stderr together.
    output_kib: int = 256
    result_kib: int = 4096


@dataclass(frozen=True, slots=True)
class Environment:
    """A Python with the packages that jobs may import.

    `python` may be that of a virtual environment; nothing is run outside a sandbox to look at it.
    """

    python: Path
    #: Folders put on `sys.path` before the environment's own and bound read-only: packages under test.
    site: tuple[Path, ...] = ()
    #: What verdicts call it.
    name: str = ""
    #: Folders within those that jobs may read which show empty to them, such as references that jobs are judged by. Only the
    #: strong level can do that; the others refuse an environment that would need it.
    hidden: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A Python program to run as `__main__` in an empty scratch folder.

    Inside, the module `gpiot_job` has `argument` (the bytes given here) and `result(data)`, which sends bytes
    back; what several calls send is joined in order.
    """

    program: str
    #: (name, content) put into the scratch folder; names are relative and may have folders.
    files: tuple[tuple[str, bytes], ...] = ()
    argument: bytes = b""
    limits: Limits = field(default_factory=Limits)
    #: Host files or folders that the program may read, at their own path.
    readonly: tuple[Path, ...] = ()
    #: Names of files in the scratch folder to read back; symlinks are never followed, each is cut off at `file_size_mib`.
    collect: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was seen of a job. Every byte of it was written by code nobody has read.

    `ok` says that the program claims to have run to its end and its process ended well. A hostile program can claim
    that too, so a verdict needs values: compare `result` with what the program could not know.
    """

    status: Status
    stdout: bytes
    stderr: bytes
    result: bytes
    files: dict[str, bytes]
    seconds: float
    #: What the program's process used. On the strong level the figures come from inside and can be forged.
    cpu_seconds: float
    max_rss_mib: float
    isolation: Level
    #: One phrase for people: which limit, which signal, what the sandbox could not do.
    detail: str = ""


class Sandbox(Protocol):
    """A way to run jobs at one level of isolation, in one environment."""

    @property
    def level(self) -> Level:
        """How well it isolates."""

    def run(self, job: Job) -> Outcome:
        """Run one job to its end or to its limits; nothing of it is left running."""

    def close(self) -> None:
        """Release what the sandbox holds; running it again is an error."""
