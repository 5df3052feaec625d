"""What is wrong with tasks on paper: things that need no program to be run."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from gpiot_data.schema import SubTask
from gpiot_infer.iotbench.schema import CodeTask, DecompositionTask, Method, Suite, SuiteManifest

MIN_WRONG = 2
_DOI = re.compile(r"doi:10\.\d{4,9}/\S+")


def suite_faults(suite: Suite) -> Iterator[str]:
    """Yield what is wrong with a suite as a whole, and with each of its tasks."""
    wanted = suite.manifest
    if (counts := (len(suite.code), len(suite.decomposition))) != (wanted.code, wanted.decomposition):
        yield f"has {counts[0]} code tasks and {counts[1]} decompositions, should have {wanted.code} and {wanted.decomposition}"
    tasks: list[CodeTask | DecompositionTask] = [*suite.code, *suite.decomposition]
    for name, count in Counter(task.id for task in tasks).items():
        if count > 1:
            yield f"{name}: {count} tasks have this id"
    for domain in sorted({*wanted.domains} - {task.domain for task in tasks}):
        yield f"no task of the domain '{domain}'"
    known: dict[str, str] = {}
    for code in suite.code:
        if (other := known.setdefault(skeleton(code.reference), code.id)) != code.id:
            yield f"{code.id}: its reference is that of {other} but for names and literals"
        yield from (f"{code.id}: {fault}" for fault in code_faults(code, wanted))
    for decomposition in suite.decomposition:
        yield from (f"{decomposition.id}: {fault}" for fault in decomposition_faults(decomposition, wanted))


def skeleton(program: str) -> str:
    """Return the syntax tree of a program as text, without docstrings and annotations, all names and literals masked.

    Raises:
        SyntaxError: if it is no Python.
    """
    tree = ast.parse(program)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [entry for entry in body if not (isinstance(entry, ast.Expr) and isinstance(entry.value, ast.Constant))]
            node.body = kept or [ast.Pass()]  # type: ignore[attr-defined]
        for name in ("annotation", "returns", "type_comment"):
            if hasattr(node, name) and not isinstance(node, ast.AnnAssign):
                setattr(node, name, None)
        for name in ("id", "arg", "attr", "name", "asname", "module", "value" if isinstance(node, ast.Constant) else "id"):
            if hasattr(node, name):
                setattr(node, name, "_")
    return ast.dump(tree)


def code_faults(task: CodeTask, wanted: SuiteManifest) -> Iterator[str]:
    """Yield what is wrong with a code task."""
    yield from _sheet_faults(task.domain, task.method, task.license, wanted)
    if len(task.wrong) < MIN_WRONG:
        yield f"has {len(task.wrong)} wrong solutions, needs {MIN_WRONG}"
    named = [variable.name for variable in task.specification.inputs]
    for file, program in [("reference.py", task.reference), *((wrong.file, wrong.program) for wrong in task.wrong)]:
        parameters = parameters_of(program, task.function)
        if parameters is None:
            yield f"{file}: does not define {task.function}"
        elif parameters != named:
            yield f"{file}: {task.function} takes {', '.join(parameters)}, the specification names {', '.join(named)}"
    if not re.search(rf"`{re.escape(task.function)}\({', '.join(map(re.escape, named))}\)`", task.specification.target):
        yield f"the target does not name `{task.function}({', '.join(named)})`"
    if not task.specification.outputs:
        yield "the specification has no outputs"


def parameters_of(program: str, function: str) -> list[str] | None:
    """Return the names of a top-level function's positional parameters; None where it is not defined."""
    for node in ast.parse(program).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    return None


def decomposition_faults(task: DecompositionTask, wanted: SuiteManifest) -> Iterator[str]:
    """Yield what is wrong with a decomposition task."""
    yield from _sheet_faults(task.domain, task.method, task.license, wanted)
    n_words = len(task.problem.split())
    if not 40 <= n_words <= 120:
        yield f"the problem has {n_words} words, should have 40 to 120"
    yield from _tasks_faults(task.tasks)
    if not 5 <= len(task.checklist) <= 8:
        yield f"the checklist has {len(task.checklist)} parts, should have 5 to 8"
    names = [part.part for part in task.checklist]
    if len(set(names)) < len(names):
        yield "two parts of the checklist have one name"
    for part in task.checklist:
        if len(part.needs) < 2 or not all(part.needs):
            yield f"part '{part.part}': needs two groups or more, each with a pattern"


def _sheet_faults(domain: str, method: Method, license_: str, wanted: SuiteManifest) -> Iterator[str]:
    if domain not in wanted.domains:
        yield f"domain '{domain}': expected one of {', '.join(wanted.domains)}"
    if license_ not in wanted.licenses:
        yield f"licence {license_}: expected {' or '.join(wanted.licenses)}"
    if method.source.lower().startswith("doi") and not _DOI.fullmatch(method.source):
        yield f"method source {method.source!r}: a DOI is written doi:10.NNNN/..."


def _tasks_faults(tasks: Sequence[SubTask]) -> Iterator[str]:
    if not 4 <= len(tasks) <= 7:
        yield f"has {len(tasks)} sub-tasks, should have 4 to 7"
    for task in tasks:
        if not 2 <= len(task.steps) <= 5:
            yield f"sub-task '{task.name}' has {len(task.steps)} steps, should have 2 to 5"
