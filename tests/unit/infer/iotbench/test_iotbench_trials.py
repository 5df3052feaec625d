"""A trial notices what is wrong with a task: a reference that fails, a wrong solution that passes, mutants that no case sees."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path

import pytest

from gpiot_data.sandbox import Zygote
from gpiot_data.schema import Specification, Variable
from gpiot_infer.iotbench.execute import limits_for
from gpiot_infer.iotbench.isolation import open_for_answers
from gpiot_infer.iotbench.schema import CodeTask, Method, WrongSolution
from gpiot_infer.iotbench.trials import CodeTrial, modules_of, try_code_task

CASES = """
from gpiot_infer.iotbench.cases import Case, close

def cases():
    return [Case("mean", ([1.0, 2.0, 6.0],), close(3.0)), Case("one", ([4.0],), close(4.0)), Case("empty", ([],), close(0.0))]
"""
REFERENCE = "def level(x):\n    if len(x) < 1:\n        return 0.0\n    return sum(x) / len(x)\n"


@pytest.fixture
def task(tmp_path: Path) -> CodeTask:
    """A task without faults."""
    (tmp_path / "cases.py").write_text(CASES)
    return CodeTask(
        id="mean-level",
        domain="filtering",
        difficulty="easy",
        title="Mean level",
        method=Method("mean", "RFC 1"),
        license="Apache-2.0",
        function="level",
        specification=Specification("`level(x)`", (Variable("x"),), (Variable("mean"),)),
        reference=REFERENCE,
        wrong=(WrongSolution("wrong_1.py", "zero", "def level(x):\n    return 0.0\n"),),
        folder=tmp_path,
    )


def try_here(task: CodeTask) -> CodeTrial:
    host = open_for_answers()
    return try_code_task(task, partial(Zygote, host, modules_of(task.reference), limits=limits_for()), 1)


def test_a_sound_task_has_no_faults(task: CodeTask) -> None:
    trial = try_here(task)
    assert list(trial.faults) == []
    assert trial.reference.status == "passed"
    assert [found.status for found in trial.wrong] == ["failed"]
    assert trial.survivors == ()
    assert trial.n_mutants >= 8


def test_what_is_wrong_with_a_task_is_named(task: CodeTask) -> None:
    wrong = (
        WrongSolution("wrong_1.py", "right", REFERENCE),
        WrongSolution("wrong_2.py", "raises", "def level(x):\n    return x[0]\n"),
    )
    # The cases never reach the constants of the last branch.
    blind = REFERENCE.replace("    return sum", "    if len(x) > 5:\n        return 7 * x[0] - 3 * x[1] + 4 * x[2]\n    return sum")
    trial = try_here(dataclasses.replace(task, reference=blind, wrong=wrong))
    faults = list(trial.faults)
    assert [fault.split(":")[0] for fault in faults[:2]] == ["wrong_1.py", "wrong_2.py"]
    assert "passed" in faults[0]
    assert "raised IndexError" in faults[1]
    assert faults[2].startswith("only ")
    assert all(mutant.line in (4, 5) for mutant in trial.survivors)
    failing = try_here(dataclasses.replace(task, reference="def level(x):\n    return 1.0\n"))
    assert next(failing.faults).startswith("the reference does not pass: failed, mean: result is 1.0, expected 3.0")


def test_modules_to_import_beforehand_are_those_of_numpy_and_scipy() -> None:
    program = "import math\nimport numpy as np\nfrom scipy import signal, fft\nfrom scipy.linalg import solve\n"
    assert modules_of(program) == ("numpy", "scipy.fft", "scipy.linalg", "scipy.signal")
    assert modules_of("import struct\n") == ("numpy",)
