"""How many of scipy's documentation examples run in the sandbox and show what they say.

    python benchmarks/verify_doctests.py [--json] [--quick]

Every public callable of scipy.fft, scipy.signal, scipy.ndimage and scipy.interpolate whose docstring has a prompt
is run whole, in two warm sandboxes, in an environment made for it (cached; its making is not counted). The names
that pages take for granted are imported first. Then the cost of a job itself is measured with an empty program.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from gpiot_data.packages.examples import known_imports, undefined_names
from gpiot_data.sandbox import Environment, Job, Zygote, open_sandbox
from gpiot_data.sources.packages import PackageSource
from gpiot_data.verify.environments import make_environment, resolve_environments
from gpiot_data.verify.locks import EnvironmentLock
from gpiot_data.verify.run import Example, Run, limits_for
from gpiot_data.verify.statements import split_docstring
from gpiot_data.verify.workers import SandboxRunner

MODULES = ("scipy.fft", "scipy.signal", "scipy.ndimage", "scipy.interpolate")
SCIPY = PackageSource("scipy", "1.17.1", "scipy-1.17.1.tar.gz", "0" * 64, "BSD-3-Clause", MODULES)
WORKERS = 2
CPU_S = 20.0
#: Runs inside: the docstrings with prompts, by public name, as some of them are only put together on import.
LIST = """
import importlib, json
import gpiot_job
found = {}
for module in json.loads(gpiot_job.argument):
    loaded = importlib.import_module(module)
    for name in sorted(loaded.__all__):
        thing = getattr(loaded, name)
        if callable(thing) and ">>>" in (thing.__doc__ or ""):
            found[f"{module}.{name}"] = thing.__doc__
gpiot_job.result(json.dumps(found).encode())
"""


def list_docstrings(environment: Environment, modules: Sequence[str]) -> dict[str, str]:
    """Return the docstrings with prompts of what the modules offer."""
    outcome = open_sandbox("auto", environment).run(Job(program=LIST, argument=json.dumps(modules).encode(), limits=limits_for(CPU_S)))
    if outcome.status != "ok":
        sys.exit(f"listing docstrings: {outcome.status} {outcome.detail}\n{outcome.stderr.decode(errors='replace')}")
    return {str(name): str(text) for name, text in json.loads(outcome.result).items()}


def make_example(name: str, docstring: str) -> Example:
    """Return a docstring's statements, behind the imports that its page takes for granted."""
    statements = split_docstring(docstring)
    known = known_imports(name)
    missing = undefined_names("\n".join(statement.source for statement in statements) + "\n")
    preamble = sorted(known[missed] for missed in missing if missed in known)
    return Example(name, split_docstring(docstring, preamble), ("scipy",))


def run_all(lock: EnvironmentLock, docstrings: dict[str, str]) -> tuple[list[Run], float]:
    """Run every docstring; return what was found and the seconds it took, sandboxes started included."""
    runner = SandboxRunner("auto", WORKERS, CPU_S, {"scipy": MODULES}, lambda line: print(line, file=sys.stderr))
    started = time.perf_counter()
    runs = list(runner(lock, "scipy", [make_example(name, text) for name, text in sorted(docstrings.items())]))
    return runs, time.perf_counter() - started


def measure_ms(call: Callable[[], object]) -> float:
    """Return the wall time of a call in milliseconds."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def measure_overhead(environment: Environment, times: int) -> tuple[float, float]:
    """Return what an empty job costs: in a warm sandbox, and in one of its own beyond a bare start of the same Python."""
    sandbox = open_sandbox("auto", environment)
    empty = Job(program="")
    with Zygote(sandbox, ("numpy", "matplotlib.pyplot", *MODULES), limits=limits_for(CPU_S)) as zygote:
        zygote.run(empty)
        warm = statistics.median(measure_ms(lambda: zygote.run(empty)) for _ in range(times))
    bare = [str(environment.python), "-I", "-c", "pass"]
    # In turns, so that a busy moment of the machine meets both.
    pairs = [(measure_ms(lambda: sandbox.run(empty)), measure_ms(lambda: subprocess.run(bare, check=True))) for _ in range(times)]
    return warm, statistics.median(once for once, _ in pairs) - statistics.median(alone for _, alone in pairs)


def main() -> None:
    """Run and measure, print a table and every example that neither passed nor ran with its reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="scipy.fft only")
    options = parser.parse_args()
    modules = MODULES[:1] if options.quick else MODULES
    (lock,) = resolve_environments([SCIPY], ("numpy", "matplotlib"), print).locks
    environment = Environment(Path(make_environment(lock, print)), name=lock.name)
    docstrings = list_docstrings(environment, modules)
    runs, seconds = run_all(lock, docstrings)
    warm, over = measure_overhead(environment, 11 if options.quick else 41)
    table = {module: Counter(run.finding.status for run in runs if run.example.key.rpartition(".")[0] == module) for module in modules}
    print(f"{'module':<20}{'examples':>9}{'passed':>8}{'ran':>6}{'other':>7}")
    for module, counts in table.items():
        other = counts.total() - counts["passed"] - counts["ran"]
        print(f"{module:<20}{counts.total():>9}{counts['passed']:>8}{counts['ran']:>6}{other:>7}")
    reasons = {
        run.example.key: f"{run.finding.status}: {run.finding.reason}" for run in runs if run.finding.status not in ("passed", "ran")
    }
    for name, reason in sorted(reasons.items()):
        print(f"  {name}: {reason}")
    total = sum(table.values(), Counter())
    answer = {
        "quick": options.quick,
        "level": next((run.finding.isolation for run in runs), None),
        "examples": total.total(),
        "with_values": sum(any(statement.want for statement in run.example.statements) for run in runs),
        "passed": total["passed"],
        "ran": total["ran"],
        "values_compared": sum(run.finding.compared for run in runs),
        "seconds": round(seconds, 1),
        "zygote_ms_median": round(warm, 1),
        "oneshot_ms_over_python": round(over, 1),
        "modules": {module: dict(sorted(counts.items())) for module, counts in table.items()},
        "other": reasons,
        "environment": lock.name,
    }
    print(f"{seconds:.1f} s on {WORKERS} workers; an empty job: warm {warm:.1f} ms, alone {over:.1f} ms more than python itself")
    if options.json:
        print(json.dumps(answer, sort_keys=True))


if __name__ == "__main__":
    main()
