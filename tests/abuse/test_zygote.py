"""A job in a zygote that attacks the zygote: the job after it sees nothing of that."""

from __future__ import annotations

import json

import pytest
from players import Player, everywhere

#: Runs a hostile and an honest job in one zygote, and prints their results and how often the sandbox was started.
RUN = """
import json, sys
from pathlib import Path
from gpiot_data.sandbox import Environment, Job, Limits, MediumSandbox, StrongSandbox, Zygote
from gpiot_data.sandbox.strong import find_bwrap
level, hostile, honest = sys.argv[1:]
environment = Environment(Path(sys.executable))
sandbox = StrongSandbox(environment, find_bwrap()) if level == "strong" else MediumSandbox(environment)
with Zygote(sandbox, ("math", "json")) as zygote:
    outcomes = [zygote.run(Job(program=program, limits=Limits(wall_s=10))) for program in (honest, hostile, honest)]
    starts = zygote.starts
print(json.dumps([[outcome.status, outcome.result.decode(), outcome.stderr.decode()] for outcome in outcomes] + [starts]))
"""
HONEST = """
import json, math, os, resource, gpiot_job
limits = [resource.getrlimit(kind) for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_CPU)]
priority, processors = os.getpriority(os.PRIO_PROCESS, 0), sorted(os.sched_getaffinity(0))
gpiot_job.result(json.dumps([math.pi, limits, priority, processors, os.sched_getscheduler(0)]).encode())
"""
#: Each does what it can to the zygote and sends what worked.
ATTACKS = {
    "its memory": """
import math, os, struct, gpiot_job
done = []
for pid in (os.getppid(), 1):
    try:
        memory = os.open(f"/proc/{pid}/mem", os.O_RDWR); done.append(f"opened {pid}")
        os.pwrite(memory, struct.pack("d", 3.0), id(math.pi) + 16); done.append("wrote")
    except OSError: pass
gpiot_job.result(" ".join(done).encode())
""",
    "its limits": """
import os, resource, gpiot_job
done, zygote = [], os.getppid()
for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_CPU):
    try: resource.prlimit(zygote, kind, (20, 20)); done.append("limit")
    except OSError: pass
gpiot_job.result(" ".join(done).encode())
""",
    "its priority": """
import ctypes, os, platform, gpiot_job
done, zygote = [], os.getppid()
ioprio_set = {"x86_64": 251, "aarch64": 30}[platform.machine()]
def ioprio(which, who):
    if ctypes.CDLL(None).syscall(ioprio_set, which, who, 3 << 13) < 0: raise OSError
for name, action in {
    "process": lambda: os.setpriority(os.PRIO_PROCESS, zygote, 5), "group": lambda: os.setpriority(os.PRIO_PGRP, os.getpgid(zygote), 5),
    "user": lambda: os.setpriority(os.PRIO_USER, 0, 5), "processors": lambda: os.sched_setaffinity(zygote, {min(os.sched_getaffinity(0))}),
    "batch": lambda: os.sched_setscheduler(zygote, os.SCHED_BATCH, os.sched_param(0)),
    "disk of process": lambda: ioprio(1, zygote), "disk of user": lambda: ioprio(3, 0),
}.items():
    try: action(); done.append(name)
    except OSError: pass
gpiot_job.result(" ".join(done).encode())
""",
    "nothing, but its own priority": """
import os, resource, gpiot_job
os.nice(3); os.sched_setaffinity(0, os.sched_getaffinity(0)); resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
""",
}


@everywhere
@pytest.mark.parametrize("what", ATTACKS)
def test_a_job_cannot_change_the_zygote_and_the_next_job_is_as_the_first(
    players: dict[str, Player], user: str, level: str, what: str
) -> None:
    first, hostile, last, starts = json.loads(players[user].run(RUN, level, ATTACKS[what], HONEST))
    assert hostile == ["ok", "", ""]
    assert first[0] == "ok"
    assert last == first
    assert starts == 1
