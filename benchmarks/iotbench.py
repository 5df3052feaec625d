"""Whether the tasks of IoTBench are worth scoring models with.

    python benchmarks/iotbench.py [--json] [--quick]                    all tasks
    python benchmarks/iotbench.py --task ID [--task ID ...]             one code task, with every surviving mutant
    python benchmarks/iotbench.py --decomposition ID [...]              one decomposition task
    python benchmarks/iotbench.py --write-lock                          after tasks were changed

References must pass and wrong solutions fail twice in a row, each in a strong sandbox of its own; mutants of the references must be
caught, in warm strong sandboxes; reference decompositions must meet their checklists, and keyword dumps, echoes and decompositions of
other domains must not. Then ten fixed answers for each code task are scored as those of a model are, for the time that takes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from gpiot_data.errors import GpiotError
from gpiot_data.sandbox import CHOICES, Zygote
from gpiot_data.schema import SubTask
from gpiot_infer.iotbench.checklist import Step, faults_of_steps
from gpiot_infer.iotbench.execute import Item, execute_answers, limits_for
from gpiot_infer.iotbench.faults import code_faults, decomposition_faults, suite_faults
from gpiot_infer.iotbench.isolation import Answering, open_for_answers
from gpiot_infer.iotbench.lock import write_lock
from gpiot_infer.iotbench.mutants import make_mutants
from gpiot_infer.iotbench.schema import (
    SUITES,
    CodeTask,
    DecompositionTask,
    Suite,
    decomposition_files,
    load_code_task,
    load_decomposition_task,
    load_suite,
    load_suite_manifest,
)
from gpiot_infer.iotbench.trials import CodeTrial, lazy_programs, modules_of, try_code_task, try_decomposition, try_programs

WORKERS = 2
VERSION = "v1"
ANSWERS_PER_TASK = 10
QUICK_EVERY = 12


def warm(host: Answering, task: CodeTask) -> Callable[[], Zygote]:
    """Return what opens a warm sandbox for programs of our own that import what a reference imports."""
    return partial(Zygote, host, modules_of(task.reference), limits=limits_for())


def show_task(name: str, choice: str) -> bool:
    """Try one code task and print what was found."""
    started = time.perf_counter()
    task = load_code_task(SUITES / VERSION / "code" / name)
    trial = try_code_task(task, warm(open_for_answers(choice), task), WORKERS)
    print(f"{name}: {len(trial.cases)} cases; reference {trial.reference.status}, {trial.reference.cpu_seconds:.2f} s CPU")
    for case, fault in zip(trial.cases, trial.reference.faults, strict=True):
        print(f"    {case.name}: {fault or 'passed'}")
    for solution, found in zip(task.wrong, trial.wrong, strict=True):
        print(f"  {solution.file}: {found.status}, passes {found.cases_passed} of {len(trial.cases)} cases; {found.reason}")
    show_survivors(trial)
    return show_faults([*code_faults(task, load_suite_manifest(VERSION)), *trial.faults], started)


def show_survivors(trial: CodeTrial) -> None:
    """Print the mutants that no case notices, and how many were caught."""
    for mutant in trial.survivors:
        print(f"    {trial.task.id} survives: line {mutant.line}, {mutant.operator}: {mutant.change}")
    caught = trial.n_mutants - len(trial.survivors)
    print(f"  {trial.task.id}: mutants: {caught}/{trial.n_mutants} caught ({100 * caught / max(1, trial.n_mutants):.1f} %)")


def show_decomposition(name: str) -> bool:
    """Try one decomposition task and print what was found."""
    started = time.perf_counter()
    task = load_decomposition_task(SUITES / VERSION / "decomposition" / f"{name}.yaml")
    # What others are writing at the same time may be half done.
    others = [other for path in decomposition_files(VERSION) if path.stem != name and (other := load_or_say(path)) is not None]
    trial = try_decomposition(task, others)
    print(f"{name}: {len(task.checklist)} parts")
    for title, share, missing in (trial.reference, *trial.alternatives, *sorted(trial.pretenders, key=lambda row: -row[1])[:8]):
        print(f"  {share:.2f}  {title}" + (f"; not met: {', '.join(missing)}" if share >= 0.5 and missing else ""))
    kinds: list[tuple[str, Sequence[SubTask]]] = [("reference", task.tasks)]
    for kind, tasks in [*kinds, *((f"alternative '{one.says}'", one.tasks) for one in task.alternatives)]:
        steps = [Step(sub.name, text) for sub in tasks for text in sub.steps]
        for step, fault in zip(steps, faults_of_steps(steps, task), strict=True):
            if fault:
                print(f"    {kind}: a step does not count ({fault}): {step.text[:90]}")
    return show_faults([*decomposition_faults(task, load_suite_manifest(VERSION)), *trial.faults], started)


def load_or_say(path: Path) -> Any:
    """Return a decomposition task, or None after saying why it cannot be read."""
    try:
        return load_decomposition_task(path)
    except GpiotError as error:
        print(f"  left out: {error}")
        return None


def show_faults(faults: list[str], started: float) -> bool:
    """Print faults and whether there are none."""
    for fault in faults:
        print(f"  FAULT: {fault}")
    print(f"  {'NOT OK' if faults else 'OK'}; {time.perf_counter() - started:.1f} s")
    return not faults


def run_programs(suite: Suite, host: Answering) -> dict[str, Any]:
    """Score references and wrong solutions twice in a row."""
    rounds = [list(try_programs(suite.code, lambda: host, WORKERS)) for _ in range(2)]
    references = {task.id for task, reference, _ in rounds[0] if reference.status != "passed"}
    references |= {task.id for task, reference, _ in rounds[1] if reference.status != "passed"}
    n_wrong, caught = 0, 0
    for (task, _, once), (_, _, again) in zip(*rounds, strict=True):
        for solution, one, other in zip(task.wrong, once, again, strict=True):
            n_wrong += 1
            right = all(found.status == "failed" and found.ran for found in (one, other))
            caught += right
            if not right:
                print(f"  {task.id}: {solution.file}: {one.status}, {other.status}; {one.reason}")
    for name in sorted(references):
        print(f"  {name}: the reference does not pass")
    return {
        "references": len(suite.code),
        "references_passed": len(suite.code) - len(references),
        "wrong": n_wrong,
        "wrong_caught": caught,
        "twice_the_same": rounds[0] == rounds[1],
        "isolation": sorted({str(reference.isolation) for _, reference, _ in rounds[0]}),
        "cases": sum(len(reference.faults) for _, reference, _ in rounds[0]),
    }


def run_mutants(suite: Suite, host: Answering) -> dict[str, Any]:
    """Run the mutants of every reference."""
    trials = [try_code_task(task, warm(host, task), WORKERS) for task in suite.code]
    for trial in trials:
        show_survivors(trial)
    total = sum(trial.n_mutants for trial in trials)
    caught = total - sum(len(trial.survivors) for trial in trials)
    shares = {trial.task.id: 1 - len(trial.survivors) / trial.n_mutants for trial in trials}
    return {
        "mutants": total,
        "mutants_caught": caught,
        "mutants_caught_share": round(caught / total, 4),
        "mutants_lowest_share": round(min(shares.values()), 4),
    }


def run_decompositions(suite: Suite, others: Sequence[DecompositionTask]) -> dict[str, Any]:
    """Score reference decompositions, alternatives and pretenders."""
    trials = [try_decomposition(task, others) for task in suite.decomposition]
    for trial in trials:
        for fault in trial.faults:
            print(f"  {trial.task.id}: {fault}")
    return {
        "decompositions": len(trials),
        "decompositions_sound": sum(not list(trial.faults) for trial in trials),
        "reference_lowest": min((trial.reference[1] for trial in trials), default=None),
        "alternative_lowest": min((share for trial in trials for _, share, _ in trial.alternatives), default=None),
        "pretender_highest": max((share for trial in trials for _, share, _ in trial.pretenders), default=None),
    }


def run_lazy(suite: Suite, host: Answering) -> dict[str, Any]:
    """Score programs that do nothing of what any task asks for."""
    named = [(task, name, program) for task in suite.code for name, program in lazy_programs(task.function).items()]
    cases = {task.id: task.cases() for task in suite.code}
    scores = execute_answers([Item(program, task.function, cases[task.id]) for task, _, program in named], lambda: host, WORKERS)
    passed = [f"{task.id}: {name}" for (task, name, _), found in zip(named, scores, strict=True) if found.status == "passed"]
    for line in passed:
        print(f"  {line}, and passes")
    return {"lazy": len(named), "lazy_passed": len(passed)}


def run_answers(suite: Suite, host: Answering) -> dict[str, Any]:
    """Score ten fixed answers a task, which import what the reference imports: the reference, wrong solutions, and mutants."""
    items: list[Item] = []
    for task in suite.code:
        mutants = sorted(make_mutants(task.reference), key=lambda mutant: mutant.id)
        programs = [task.reference, *(solution.program for solution in task.wrong), *(mutant.program for mutant in mutants)]
        cases = task.cases()
        items += [Item(program, task.function, cases) for program in programs[:ANSWERS_PER_TASK]]
    started = time.perf_counter()
    scores = list(execute_answers(items, lambda: host, WORKERS))
    return {
        "answers": len(scores),
        "answers_passed": sum(found.status == "passed" for found in scores),
        "answers_seconds": round(time.perf_counter() - started, 1),
    }


def run_suite(quick: bool, choice: str) -> dict[str, Any]:
    """Run everything and return the figures."""
    started = time.perf_counter()
    suite = load_suite(VERSION)
    faults = list(suite_faults(suite))
    decompositions = suite.decomposition
    if quick:
        suite = replace(suite, code=suite.code[::QUICK_EVERY], decomposition=decompositions[::QUICK_EVERY])
    host = open_for_answers(choice)
    figures: dict[str, Any] = {"quick": quick, "suite": suite.sha256, "faults": faults}
    for part in (run_programs, run_mutants, run_lazy, run_answers):
        figures |= part(suite, host)
        print(f"{part.__name__}: {time.perf_counter() - started:.0f} s so far", file=sys.stderr)
    figures |= run_decompositions(suite, decompositions)
    return {**figures, "seconds": round(time.perf_counter() - started, 1)}


def is_good(figures: dict[str, Any]) -> bool:
    """Tell whether the suite shows what it must."""
    equal = [("references_passed", "references"), ("wrong_caught", "wrong"), ("decompositions_sound", "decompositions")]
    return (
        all(figures[one] == figures[other] for one, other in equal)
        and figures["mutants_lowest_share"] >= 0.9
        and figures["twice_the_same"]
        and figures["lazy_passed"] == 0
        and not figures["faults"]
    )


def lock() -> bool:
    """Write the lock of a suite that has no faults on paper."""
    faults = list(suite_faults(load_suite(VERSION, locked=False)))
    for fault in faults:
        print(f"  FAULT: {fault}")
    if not faults:
        print(f"suite {write_lock(SUITES / VERSION)}")
    return not faults


def main() -> None:
    """Check what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", action="append", default=[], metavar="ID", help="a code task to try")
    parser.add_argument("--decomposition", action="append", default=[], metavar="ID", help="a decomposition task to try")
    parser.add_argument("--write-lock", action="store_true", help="write the lock of the suite")
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument("--quick", action="store_true", help="every twelfth task")
    parser.add_argument("--sandbox", choices=CHOICES, default="auto", help="auto: bubblewrap, or nothing is run")
    options = parser.parse_args()
    try:
        if options.write_lock:
            good = lock()
        elif options.task or options.decomposition:
            found = [show_task(name, options.sandbox) for name in options.task]
            good = all(found + [show_decomposition(name) for name in options.decomposition])
        else:
            figures = run_suite(options.quick, options.sandbox)
            good = is_good(figures)
            for name, value in figures.items():
                print(f"{name:<24}{value}")
            if options.json:
                print(json.dumps(figures, sort_keys=True))
    except GpiotError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
