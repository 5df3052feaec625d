"""How many threads to compute with on a machine that others use too."""

from __future__ import annotations

import os
import time
from pathlib import Path

from gpiot_data.console import say

_SAMPLE_S = 0.3


def use_free_cores(most: int | None = None) -> int:
    """Give torch as many threads as there are free cores, at least one; `OMP_NUM_THREADS` overrules.

    Threads of one matrix product wait for each other, so two threads on a machine with one free
    core are 5 to 10 times slower than one.

    Args:
        most: what an earlier call returned, so that a machine that is free again is used in full.

    Returns: the number of threads on a free machine.
    """
    import torch

    now = torch.get_num_threads()
    most = now if most is None else most
    if "OMP_NUM_THREADS" in os.environ:
        return most
    free = max(1, min(most, round(most - busy_cores(_SAMPLE_S))))
    if free != now:
        torch.set_num_threads(free)
        why = "other programs keep the machine busy" if free < most else "the machine is free again"
        say(f"{why}: computing with {free} of {most} threads (OMP_NUM_THREADS overrules)")
    return most


def busy_cores(sample_s: float) -> float:
    """Return how many cores worth of work others do while this process sleeps for `sample_s`; 0.0 where that is unknown."""
    before = _cpu_times()
    time.sleep(sample_s)
    after = _cpu_times()
    if before is None or after is None or after[1] <= before[1]:
        return 0.0
    return (after[0] - before[0]) / (after[1] - before[1]) * (os.cpu_count() or 1)


def _cpu_times() -> tuple[int, int] | None:
    try:
        line = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    except (OSError, IndexError):
        return None
    # user nice system idle iowait irq softirq steal; the guest times after them are part of user already.
    times = [int(value) for value in line.split()[1:9]]
    return sum(times) - times[3] - times[4], sum(times)
