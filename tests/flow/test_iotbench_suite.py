"""The tasks of IoTBench themselves: every one on paper, a handful by running them, and all of them where tests may be slow."""

from __future__ import annotations

from functools import partial

import pytest

from gpiot_data.sandbox import Zygote
from gpiot_infer.iotbench.execute import Item, encode_cases, execute_answers, limits_for
from gpiot_infer.iotbench.faults import suite_faults
from gpiot_infer.iotbench.isolation import open_for_answers
from gpiot_infer.iotbench.schema import Suite, load_suite
from gpiot_infer.iotbench.trials import lazy_programs, modules_of, try_code_task, try_decomposition, try_programs

WORKERS = 2
HANDFUL = 6
FEWEST_CASES = 5


@pytest.fixture(scope="module")
def suite() -> Suite:
    """The suite as it is locked."""
    return load_suite("v1")


def test_the_suite_has_no_faults_on_paper(suite: Suite) -> None:
    assert list(suite_faults(suite)) == []


def test_every_task_has_cases_whose_arguments_can_be_sent(suite: Suite) -> None:
    for task in suite.code:
        cases = task.cases()
        assert len(cases) >= FEWEST_CASES, task.id
        assert sum(map(len, encode_cases(cases))) < 2_000_000, task.id


def test_a_handful_of_references_pass_and_their_wrong_solutions_fail(suite: Suite) -> None:
    host = open_for_answers()
    handful = suite.code[:: len(suite.code) // HANDFUL][:HANDFUL]
    for task, reference, wrong in try_programs(handful, lambda: host, WORKERS):
        assert (task.id, reference.status, reference.reason) == (task.id, "passed", None)
        assert [(task.id, found.status, found.ran) for found in wrong] == [(task.id, "failed", True)] * len(wrong)


def test_lazy_answers_pass_none_of_a_handful(suite: Suite) -> None:
    host = open_for_answers()
    handful = suite.code[1 :: len(suite.code) // HANDFUL][:HANDFUL]
    items = {
        f"{task.id}: {name}": Item(program, task.function, cases)
        for task, cases in ((task, task.cases()) for task in handful)
        for name, program in lazy_programs(task.function).items()
    }
    scores = execute_answers(list(items.values()), lambda: host, WORKERS)
    assert [name for name, found in zip(items, scores, strict=True) if found.status == "passed"] == []


def test_a_handful_of_decompositions_meet_their_checklists_and_pretenders_do_not(suite: Suite) -> None:
    others = suite.decomposition[::8]
    for task in suite.decomposition[:: len(suite.decomposition) // HANDFUL]:
        assert list(try_decomposition(task, others).faults) == []


@pytest.mark.slow
def test_every_reference_passes_and_every_wrong_solution_fails_in_a_sandbox_of_its_own(suite: Suite) -> None:
    host = open_for_answers()
    found = list(try_programs(suite.code, lambda: host, WORKERS))
    assert {task.id: reference.reason for task, reference, _ in found if reference.status != "passed"} == {}
    missed = [
        (task.id, solution.file, score.status, score.reason)
        for task, _, scores in found
        for solution, score in zip(task.wrong, scores, strict=True)
        if score.status != "failed" or not score.ran
    ]
    assert missed == []


@pytest.mark.slow
def test_mutants_of_a_handful_of_references_are_caught(suite: Suite) -> None:
    host = open_for_answers()
    for task in suite.code[3 :: len(suite.code) // 4]:
        trial = try_code_task(task, partial(Zygote, host, modules_of(task.reference), limits=limits_for()), WORKERS)
        assert list(trial.faults) == []
        assert trial.n_mutants > 0


@pytest.mark.slow
def test_every_decomposition_meets_its_checklist_and_pretenders_do_not(suite: Suite) -> None:
    faults = {task.id: list(try_decomposition(task, suite.decomposition).faults) for task in suite.decomposition}
    assert {name: found for name, found in faults.items() if found} == {}
