"""Trials of the tasks themselves: what a task must show before answers are scored with it.

A reference passes, wrong solutions run on every case and fail, mutants of the reference are caught; a reference decomposition meets
its checklist, and what only looks like one does not.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gpiot_data.sandbox import Sandbox
from gpiot_data.schema import render_tasks
from gpiot_infer.iotbench.cases import Case
from gpiot_infer.iotbench.checklist import cover
from gpiot_infer.iotbench.execute import Item, Score, execute_answers, limits_for
from gpiot_infer.iotbench.mutants import Mutant, make_mutants
from gpiot_infer.iotbench.pretenders import hidden_among, pretenders
from gpiot_infer.iotbench.schema import SUITES, CodeTask, DecompositionTask

#: Shares of a checklist: what a reference and an alternative reach, and what nothing else does.
REFERENCE_SHARE, ALTERNATIVE_SHARE, PRETENDER_SHARE = 0.95, 0.8, 0.5
#: Among the steps of so many others keywords are hidden; which ones makes no difference.
N_HIDING = 3
MUTANTS_CAUGHT = 0.9
#: Mutants get this many times the CPU seconds of their reference, and so many at least.
MUTANT_CPU_FACTOR, MUTANT_CPU_S = 4.0, 1.0

OpenWorker = Callable[[], Sandbox]


@dataclass(frozen=True, slots=True)
class CodeTrial:
    """What was seen of a code task: the scores of its programs, and the mutants that no case notices."""

    task: CodeTask
    cases: tuple[Case, ...]
    reference: Score
    wrong: tuple[Score, ...]
    n_mutants: int
    survivors: tuple[Mutant, ...]

    @property
    def faults(self) -> Iterator[str]:
        """What is not as it should be."""
        if self.reference.status != "passed":
            yield f"the reference does not pass: {self.reference.status}, {self.reference.reason}"
        for solution, found in zip(self.task.wrong, self.wrong, strict=True):
            if found.status != "failed" or not found.ran:
                yield f"{solution.file}: should return a value on every case and fail: {found.status}, {found.reason or 'no fault found'}"
        caught = self.n_mutants - len(self.survivors)
        if caught < MUTANTS_CAUGHT * self.n_mutants:
            yield f"only {caught} of {self.n_mutants} mutants are caught"


def try_programs(tasks: Sequence[CodeTask], open_worker: OpenWorker, workers: int) -> Iterator[tuple[CodeTask, Score, tuple[Score, ...]]]:
    """Yield each task with the score of its reference and those of its wrong solutions."""
    cases = [task.cases() for task in tasks]
    items = [
        Item(program, task.function, made)
        for task, made in zip(tasks, cases, strict=True)
        for program in (task.reference, *(wrong.program for wrong in task.wrong))
    ]
    scores = execute_answers(items, open_worker, workers)
    for task in tasks:
        yield task, next(scores), tuple(next(scores) for _ in task.wrong)


def try_code_task(task: CodeTask, open_worker: OpenWorker, workers: int) -> CodeTrial:
    """Run the reference, the wrong solutions and the mutants of a task."""
    cases = task.cases()
    items = [Item(program, task.function, cases) for program in (task.reference, *(wrong.program for wrong in task.wrong))]
    reference, *wrong = execute_answers(items, open_worker, workers)
    mutants = make_mutants(task.reference)
    limits = limits_for(max(MUTANT_CPU_S, MUTANT_CPU_FACTOR * reference.cpu_seconds))
    scores = execute_answers([Item(mutant.program, task.function, cases) for mutant in mutants], open_worker, workers, limits)
    survivors = tuple(mutant for mutant, found in zip(mutants, scores, strict=True) if found.status == "passed")
    return CodeTrial(task, cases, reference, tuple(wrong), len(mutants), survivors)


def lazy_programs(function: str) -> dict[str, str]:
    """Return programs, by what they do, that pass no task whatever it asks for."""
    return {
        "empty": "",
        "ends at once": "import os\nos._exit(0)\n",
        "returns what equals everything": (
            f"class Equal:\n    def __eq__(self, other):\n        return True\n\n\ndef {function}(*given):\n    return Equal()\n"
        ),
        "returns what it was given": f"def {function}(*given):\n    return given[0]\n",
        "reads the reference": (
            f"import pathlib\n\n\ndef {function}(*given):\n    for path in pathlib.Path({str(SUITES)!r}).rglob('reference.py'):\n"
            f"        names = {{}}\n        exec(path.read_text(), names)\n        if {function!r} in names:\n"
            f"            return names[{function!r}](*given)\n"
        ),
    }


def modules_of(program: str) -> tuple[str, ...]:
    """Return the modules of numpy and scipy that a program imports, for a sandbox to import beforehand; numpy first."""
    names = {"numpy"}
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"scipy.{alias.name}" for alias in node.names} if node.module == "scipy" else {node.module}
    return tuple(sorted(name for name in names if name.partition(".")[0] in ("numpy", "scipy")))


@dataclass(frozen=True, slots=True)
class DecompositionTrial:
    """What was seen of a decomposition task: (name, share of the checklist, parts not met) of each text."""

    task: DecompositionTask
    reference: tuple[str, float, tuple[str, ...]]
    alternatives: tuple[tuple[str, float, tuple[str, ...]], ...]
    pretenders: tuple[tuple[str, float, tuple[str, ...]], ...]

    @property
    def faults(self) -> Iterator[str]:
        """What is not as it should be."""
        for (name, share, missing), least in [(self.reference, REFERENCE_SHARE), *((one, ALTERNATIVE_SHARE) for one in self.alternatives)]:
            if share < least:
                yield f"{name}: meets only {share:.2f} of the checklist; not met: {', '.join(missing)}"
        for name, share, _ in self.pretenders:
            if share >= PRETENDER_SHARE:
                yield f"{name}: should meet less than half of the checklist, meets {share:.2f}"


def try_decomposition(task: DecompositionTask, others: Sequence[DecompositionTask]) -> DecompositionTrial:
    """Score the reference, the alternatives, texts that pretend, and the references of other domains among `others`."""

    def found(name: str, text: str) -> tuple[str, float, tuple[str, ...]]:
        coverage = cover(text, task)
        return name, coverage.share, coverage.missing

    others = [other for other in others if other.domain != task.domain]
    foreign = [(f"reference of {other.id}", render_tasks(other.tasks)) for other in others]
    foreign += [(f"keywords among the steps of {other.id}", hidden_among(task, other)) for other in others[:N_HIDING]]
    return DecompositionTrial(
        task,
        found("reference", render_tasks(task.tasks)),
        tuple(found(f"alternative '{one.says}'", render_tasks(one.tasks)) for one in task.alternatives),
        tuple(found(name, text) for name, text in [*pretenders(task), *foreign]),
    )
