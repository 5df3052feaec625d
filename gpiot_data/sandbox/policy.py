"""What every level shares: the scrubbed environment, limits as kernel limits, and the order that the shim carries out."""

from __future__ import annotations

import marshal
import math
import os
from pathlib import Path, PurePosixPath
from typing import Any

from gpiot_data.sandbox.interpreter import Layout
from gpiot_data.sandbox.model import Job, Limits

SHIM = Path(__file__).with_name("shim.py")
#: The user that jobs run as where the caller is root, and that they see themselves as in a user namespace: nobody.
NOBODY = 65534
#: Seconds of wall time that importing a zygote's modules may take.
IMPORT_S = 180.0

_MIB = 1 << 20
_THREADS = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "BLIS", "VECLIB_MAXIMUM")


def environment_variables(temporary: str) -> dict[str, str]:
    """Return all that a job sees as its environment; nothing of the caller's own is in it.

    Args:
        temporary: a folder that jobs can write to.
    """
    return {
        "PATH": "/usr/bin:/bin",
        # What keeps something at home gets as far as it would elsewhere; the folder is made by who writes to it first.
        "HOME": f"{temporary}/home",
        "TMPDIR": temporary,
        "XDG_CACHE_HOME": f"{temporary}/.cache",
        "MPLCONFIGDIR": f"{temporary}/.matplotlib",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        # Two runs of one job see the same order of sets.
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "Agg",
        # Compiled functions cannot be kept between jobs, and examples are small: compiling takes longer than interpreting them.
        "NUMBA_DISABLE_JIT": "1",
        **{f"{name}_NUM_THREADS": "1" for name in _THREADS},
    }


def command(layout: Layout, shim: str, mode: str, *numbers: int) -> list[str]:
    """Return the command that starts the shim.

    `-S`: packages of the environment get their chance to run (`.pth` files) after rights were dropped, not before.
    `-I` would do that as well, but it ignores PYTHONHASHSEED.
    """
    return [str(layout.python), "-s", "-P", "-S", "-B", shim, mode, *map(str, numbers)]


def kernel_limits(limits: Limits, tasks_of_others: int = 0) -> dict[str, tuple[int, int]]:
    """Return limits by the names of the `resource` module, as (soft, hard).

    Args:
        limits: of the job.
        tasks_of_others: how many tasks the kernel counts towards this user before the job has begun.
    """
    cpu = max(1, math.ceil(limits.cpu_s))
    space = limits.address_space_mib * _MIB
    tasks = limits.processes + tasks_of_others
    return {
        # The soft limit says why by its signal; who ignores that is killed a second later.
        "RLIMIT_CPU": (cpu, cpu + 1),
        "RLIMIT_AS": (space, space),
        "RLIMIT_DATA": (space, space),
        "RLIMIT_FSIZE": (limits.file_size_mib * _MIB, limits.file_size_mib * _MIB),
        "RLIMIT_NOFILE": (limits.open_files, limits.open_files),
        "RLIMIT_NPROC": (tasks, tasks),
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_MEMLOCK": (0, 0),
        "RLIMIT_MSGQUEUE": (0, 0),
    }


def order_of(job: Job, layout: Layout, scratch: str, tasks_of_others: int, **more: Any) -> bytes:
    """Return what the shim needs to know for one job, in marshal's oldest stable format, which every Python reads.

    Raises:
        ValueError: if a file of the job has a name that leads out of its folder.
    """
    for name, _ in job.files:
        check_inside(name)
    order = {
        "program": job.program,
        "argument": job.argument,
        "files": tuple(job.files),
        "limits": kernel_limits(job.limits, tasks_of_others),
        "path": tuple(str(folder) for folder in layout.site),
        "scratch": scratch,
        **more,
    }
    return marshal.dumps(order, 2)


def check_inside(name: str) -> None:
    """Check that a file name stays inside the scratch folder.

    Raises:
        ValueError: if it does not, or names no file.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
        raise ValueError(f"{name!r}: a job's files need names inside its folder")


def is_root() -> bool:
    """Tell whether this process may become another user."""
    return os.geteuid() == 0
