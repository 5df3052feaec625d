"""Warm sandboxes for the examples of one source in one environment, with a progress bar on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from gpiot_data.sandbox import Environment, Probe, Sandbox, WeakSandbox, Zygote, open_sandbox, probe
from gpiot_data.verify.environments import make_environment
from gpiot_data.verify.locks import EnvironmentLock
from gpiot_data.verify.run import Example, Run, limits_for, run_examples

Say = Callable[[str], None]

#: What most examples import, and what takes longest to import, where an environment has it: packages such as aeon and sktime import it
#: with each of their parts, and none of their own parts with the package.
PRELOADED = {
    "numpy": "numpy",
    "matplotlib": "matplotlib.pyplot",
    "pandas": "pandas",
    "scipy": "scipy.signal",
    "scikit-learn": "sklearn.pipeline",
    "numba": "numba",
}


class SandboxRunner:
    """Runs examples in sandboxes of one level; makes the environment first."""

    def __init__(self, choice: str, workers: int, cpu_s: float, modules: dict[str, tuple[str, ...]], say: Say) -> None:
        """Run `workers` at a time; `modules` are those under test, by source."""
        self.choice = choice
        self.workers = workers
        self.limits = limits_for(cpu_s)
        self.modules = modules
        self.say = say
        self._found: Probe | None = None
        self._told: set[str] = set()

    def __call__(self, lock: EnvironmentLock, source: str, examples: Sequence[Example]) -> Iterator[Run]:
        """Yield what was found for each example, as it is found.

        Raises:
            SandboxUnavailable: if no sandbox of the wanted level can be had.
            InputError, RemoteError: if the environment cannot be made.
        """
        from tqdm import tqdm

        if self._found is None:
            self._found = probe()
            # Whether there is a sandbox at all is known before anything is installed for it.
            self._open(Environment(python=Path(sys.executable)))
        environment = Environment(python=make_environment(lock, self.say), name=lock.name)
        preload = preloaded(lock, self.modules.get(source, ()))

        # None: tqdm shows the bar only where stderr is a terminal.
        hidden = True if os.environ.get("HF_HUB_DISABLE_PROGRESS_BARS") == "1" else None
        with tqdm(total=len(examples), unit="program", desc=f"  {source}", disable=hidden) as bar:
            for run in run_examples(examples, lambda: self._open(environment, preload), self.workers, self.limits):
                bar.update()
                yield run

    def _open(self, environment: Environment, modules: Sequence[str] = ()) -> Sandbox:
        """Return a sandbox that imports `modules` once for all jobs; on the weak level each job imports its own."""
        sandbox = open_sandbox(self.choice, environment, found=self._found, say=self._say_once)
        return sandbox if isinstance(sandbox, WeakSandbox) else Zygote(sandbox, modules, limits=self.limits)

    def _say_once(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            self.say(line)


def preloaded(lock: EnvironmentLock, modules: Sequence[str]) -> tuple[str, ...]:
    """Return the modules to import before the first example."""
    names = {package.partition("==")[0].lower() for package in lock.packages}
    return (*(module for package, module in PRELOADED.items() if package in names), *modules)
