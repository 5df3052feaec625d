"""What is taken from answers, how far a run is, and what a local system asks its backend."""

from __future__ import annotations

import time

import pytest

from gpiot_data.schema import CG_PROMPT, TD_PROMPT, parse_tasks
from gpiot_infer.adapters import load_adapters
from gpiot_infer.backends.protocol import Answer, Sampling
from gpiot_infer.iotbench.comparison import SystemEntry
from gpiot_infer.iotbench.extract import is_well_formed_code, is_well_formed_decomposition, program_of
from gpiot_infer.iotbench.progress import Progress
from gpiot_infer.iotbench.schema import load_suite
from gpiot_infer.iotbench.systems import LocalSystem, Loss, open_system, question_of

WORDS = "This adds one to each of the values."


@pytest.mark.parametrize(
    ("answer", "program"),
    [
        ("Here:\n```python\nx = 1\n```\nand\n```python\ny = 2\n```", "x = 1"),
        ("x = 1\ny = 2\n", "x = 1\ny = 2\n"),
        ("```python\nx = 1\ny = (", "x = 1\ny = ("),
        ("Here it is:\n```py\nx = 1", "x = 1"),
        ("I can't do that, sorry.", "I can't do that, sorry."),
    ],
)
def test_the_program_of_an_answer(answer, program):
    assert program_of(answer, "x") == program


ADD = "def add(x):\n    return x + 1"


@pytest.mark.parametrize(
    "answer",
    [
        f"Install:\n```bash\npip install numpy\n```\n\nThen:\n```python\n{ADD}\n```\n{WORDS}",
        f"```text\nthe plan\n```\n```python\n{ADD}\n```",
        f"```Python\n{ADD}\n```",
        f"```python3\n{ADD}\n```",
        f"``` python\n{ADD}\n```",
        f"```python title='add.py'\n{ADD}\n```",
        f"```{{.python}}\n{ADD}\n```",
        f"~~~python\n{ADD}\n~~~\n{WORDS}",
        f"````python\n{ADD}\n````\n{WORDS}",
        f"```python\n{ADD}\n``` That is all.\n{WORDS}",
        f"Here it is: ```python\n{ADD}\n```",
        "1. Add\n   ```python\n   def add(x):\n       return x + 1\n   ```\n2. Done",
        f"```python\nimport numpy as np\n```\nand\n```python\n{ADD}\n```",
        f"```\nadd(3) = 4\n```\n```\n{ADD}\n```",
        f"```bash\npip install numpy\n```\n```python\n{ADD}",
        ADD,
    ],
)
def test_the_program_is_found_whatever_its_fences(answer):
    assert program_of(answer, "add").rstrip("\n") == ADD


def test_the_program_of_an_answer_with_carriage_returns_is_python():
    assert program_of(f"```python\n{ADD}\n```\n{WORDS}".replace("\n", "\r\n"), "add") == ADD.replace("\n", "\r\n")


def test_a_fence_within_a_docstring_that_stands_further_right_closes_nothing():
    program = 'def add(x):\n    """Add.\n\n    ```\n    add(1)\n    ```\n    """\n    return x + 1'
    assert program_of(f"```python\n{program}\n```\n{WORDS}", "add") == program


@pytest.mark.parametrize("piece", ["```python\nx=1\n", "```python\n", "`", "~~~a", "a\n```\n", " ", "\n \n"])
def test_long_answers_are_read_in_no_time(piece):
    started = time.process_time()
    program_of(piece * (400_000 // len(piece)), "x")
    is_well_formed_code(piece * (400_000 // len(piece)))
    is_well_formed_decomposition("1. a\n- " + piece * (400_000 // len(piece)))
    assert time.process_time() - started < 5.0


def test_spaces_of_a_step_are_read_once():
    started = time.process_time()
    assert parse_tasks("1. " + " " * 100_000 + "a\n- " + "b " * 50_000 + " " * 100_000 + "c")[0].name == "a"
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize(
    ("answer", "good"),
    [
        (f"```python\nx = 1\n```\n\n{WORDS}", True),
        (f"{WORDS}\n```python\nx = 1\n```", True),
        ("```python\nx = 1\n```", False),
        (f"```python\nx = (\n```\n\n{WORDS}", False),
        (f"```python\nx = 1\n\n{WORDS}", False),
        (f"x = 1\n\n{WORDS}", False),
        (f"```python\n# nothing\n```\n\n{WORDS}", False),
        (f"```bash\npip install numpy\n```\n\n```python\nx = 1\n```\n\n{WORDS}", True),
        (f"~~~python\nx = 1\n~~~\n\n{WORDS}", False),
    ],
)
def test_code_is_well_formed_with_a_closed_block_and_documentation(answer, good):
    assert is_well_formed_code(answer) is good


@pytest.mark.parametrize(
    ("answer", "good"),
    [
        ("1. Sample\n- read it\n\n2. Filter\n- smooth it", True),
        ("1. Sample\n- read it\n2. Filter\n- smooth it", False),
        ("1. Sample\n- read it\n\n2. Sample\n- smooth it", False),
        ("1. Sample\n\n2. Filter\n- smooth it", False),
        ("Sample, then filter.", False),
        ("", False),
    ],
)
def test_decompositions_are_well_formed_with_two_separate_distinct_subtasks(answer, good):
    assert is_well_formed_decomposition(answer) is good


def test_progress_tells_now_and_then_how_long_it_takes():
    now, said = [0.0], []
    progress = Progress(said.append, lambda: now[0])
    progress.start("toy: asking", 10, 2)
    for _ in range(8):
        now[0] += 10
        progress.step()
    progress.end()
    assert said[0] == "toy: asking: 8 of 10 to do"
    assert said[1] == "toy: asking: 4 of 10, 10.0 s each, 1 min 0 s left"
    assert said[-1] == "toy: asking: 8 done in 1 min 20 s"


def test_progress_is_silent_where_nothing_is_to_do():
    said = []
    progress = Progress(said.append, lambda: 0.0)
    progress.start("toy", 3, 3)
    progress.end()
    assert said == []


class Recorder:
    """A backend that notes what it is asked."""

    def __init__(self):
        self.asked, self.closed = [], False

    def answer(self, prompt, path, sampling):
        self.asked.append((prompt.messages[0].content, path, prompt.shared))
        return Answer("text", "end", 1)

    def loss(self, prompt, path, text):
        self.asked.append((prompt.messages[0].content, path, text))
        return 1.23456789

    def close(self):
        self.closed = True


@pytest.fixture(scope="module")
def questions():
    suite = load_suite("v1", locked=False)
    return question_of(suite.code[0]), question_of(suite.decomposition[0])


def local(adapter_folder, paths):
    backend = Recorder()
    return backend, LocalSystem("toy", load_adapters(adapter_folder, paths), ("llama.cpp", "0"), lambda: backend)


def test_each_kind_of_task_goes_through_its_path_with_the_adapters_prompt(adapter_folder, questions):
    backend, system = local(adapter_folder, "both")
    sampling = Sampling(seed=1, temperature=0.5, max_tokens=3)
    for question in questions:
        assert system.answer(question, sampling).text == "text"
    assert backend.asked == [
        (CG_PROMPT.format(specification=questions[0].content), "cg", 1),
        (TD_PROMPT.format(problem=questions[1].content), "td", 1),
    ]


def test_without_paths_the_base_answers(adapter_folder, questions):
    backend, system = local(adapter_folder, "none")
    for question in questions:
        system.answer(question, Sampling(seed=1, temperature=0.5, max_tokens=3))
    assert [path for _, path, _ in backend.asked] == ["base", "base"]
    assert system.describe()["cg"]["adapter"] is None


def test_an_identity_tells_paths_and_prompts_apart(adapter_folder, questions):
    _, both = local(adapter_folder, "both")
    _, none = local(adapter_folder, "none")
    found = [str(system.identity(question)) for system in (both, none) for question in questions]
    assert len(set(found)) == 4


def test_the_loss_is_that_of_the_reference_answer(adapter_folder, questions):
    backend, system = local(adapter_folder, "both")
    assert system.loss(questions[0]) == Loss(1.2346)
    assert backend.asked[0][2] == questions[0].reference
    assert questions[0].reference.startswith("```python\n")
    system.close()
    assert backend.closed


def test_a_model_that_is_not_asked_is_not_loaded(adapter_folder):
    system = LocalSystem("toy", load_adapters(adapter_folder, "both"), ("llama.cpp", "0"), lambda: pytest.fail("loaded"))
    system.close()


def test_systems_are_opened_as_their_entry_says(adapter_folder):
    opened = open_system(SystemEntry(name="toy", adapters=str(adapter_folder), paths="cg", backend="llama.cpp"), 1)
    assert (opened.name, opened.parallel) == ("toy", 1)
    described = opened.describe()
    assert (described["td"]["adapter"], described["cg"]["adapter"] is not None) == (None, True)
