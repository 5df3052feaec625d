"""What counts as a well-formed answer, role by role."""

from __future__ import annotations

import pytest

from gpiot_infer import decompose, generate, prompts, specify
from gpiot_infer.ask import Malformed, Written
from gpiot_infer.wellformed import does_something, parse_program, unbound_names
from gpiot_infer.words import mentions, normal, shares_stem, stutters

REQUIREMENT = "Detect heartbeats in a single-lead ECG and report the heart rate."


def written(text: str, finish: str = "end") -> Written:
    return Written("0" * 16, text, finish)


def names(text: str, finish: str = "end") -> list[str]:
    return [
        task.name.text
        for task in decompose._read(written(text, finish), REQUIREMENT, "Break the following IoT problem down into sub-tasks.").tasks
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "0 distinct"),
        ("Filter, then count.", "0 distinct"),
        ("1. Filter\n- step", "1 distinct"),
        ("1. Filter\n\n2. filter!", "1 distinct"),
        (f"1. {REQUIREMENT}\n\n2. Filter", "1 distinct"),
        ("1. Break the following IoT problem down\n\n2. Filter", "1 distinct"),
        (f"1. {'very ' * 30}long\n\n2. Filter", "1 distinct"),
        ("1. 12\n\n2. Filter", "1 distinct"),
        ("\n\n".join(f"{number}. Stage {letter}" for number, letter in enumerate("abcdefg", start=1)), "7 sub-tasks"),
    ],
)
def test_a_decomposition_is_refused(text, reason):
    with pytest.raises(Malformed, match=reason):
        names(text)


def test_a_decomposition_that_was_cut_off_loses_its_last_sub_task():
    assert names("1. Filter\n- a\n\n2. Detect\n- b\n\n3. Repo", "length") == ["Filter", "Detect"]


def test_numbered_lines_without_blank_lines_are_sub_tasks_but_doubtful():
    found = decompose._read(written("1. Filter\n- a\n2. Detect at 1.2 g\n- b\n3. Report"), REQUIREMENT, "")
    assert [(task.name.text, [step.text for step in task.steps]) for task in found.tasks] == [
        ("Filter", ["a"]),
        ("Detect at 1.2 g", ["b"]),
        ("Report", []),
    ]
    assert decompose._doubts(found, REQUIREMENT) == [
        "its sub-tasks are not separated by blank lines",
        "a sub-task has no steps",
        "'Filter' shares no word with the requirement",
    ]


def test_a_word_of_the_instruction_can_be_a_name():
    assert names("1. List\n- a\n\n2. IoT problem\n- b") == ["List", "IoT problem"]


def test_a_name_is_looked_for_behind_its_number():
    text = "**Sub-task 1: task**\n- a) a\n- a\n\n## Sub-task 2: sub\nb) b"
    found = decompose._read(written(text), REQUIREMENT, "").tasks
    spans = [span for task in found for span in (task.name, *task.steps)]
    assert [(span.text, span.start) for span in spans] == [("task", 14), ("a) a", 23), ("a", 30), ("sub", 48), ("b", 55)]


def test_a_repeated_sub_task_counts_once():
    assert names("1. Filter\n- a\n\n2. Detect\n- b\n\n3. Filter\n- c") == ["Filter", "Detect"]


@pytest.mark.parametrize(
    ("text", "finish", "reason"),
    [
        ("", "end", "empty"),
        ("Filter it.", "end", "sane length"),
        ("Filter the ECG and", "length", "cut off"),
        (REQUIREMENT, "end", "requirement again"),
        ("Count the steps from the peaks of the acceleration norm above 1.2 g.", "end", "example"),
    ],
)
def test_a_target_is_refused(text, finish, reason):
    with pytest.raises(Malformed, match=reason):
        specify._read_target(written(text, finish), REQUIREMENT)


def test_a_target_is_the_first_sentence_with_its_decimal_point():
    span = specify._read_target(written("\nCount peaks above 1.2 g. Then stop."), REQUIREMENT)
    assert (span.text, span.start) == ("Count peaks above 1.2 g.", 1)


def variables(text: str, finish: str = "end") -> list[tuple[str, str | None]]:
    found = specify._read_variables(written(text, finish), {"moisture: soil moisture readings"})
    return [(entry.name.text, entry.description.text if entry.description else None) for entry in found]


def test_variables_are_lines_of_a_name_and_a_description():
    assert variables("- `ecg`: raw samples\nrate\nThe rest is prose, not a variable.") == [("ecg", "raw samples"), ("rate", None)]


@pytest.mark.parametrize("text", ["", "none of these are names", "class: a keyword", "2x: no name", "moisture: soil moisture readings"])
def test_variables_are_refused(text):
    with pytest.raises(Malformed):
        variables(text)


def test_a_variable_line_that_was_cut_off_is_left_out():
    assert variables("ecg: raw samples\nrate: the heart ra", "length") == [("ecg", "raw samples")]


def facts(text: str, context: str = "an ECG in mV sampled at 360 Hz") -> dict[str, str]:
    return {name: span.text for name, span in specify._read_facts(written(text), context).items()}


def test_facts_that_the_texts_support_are_kept():
    assert facts("type: ndarray; shape: (n, 2); unit: mV; rate_hz: 360") == {
        "type": "ndarray",
        "shape": "(n, 2)",
        "unit": "mV",
        "rate_hz": "360",
    }


@pytest.mark.parametrize("text", ["", "type: filter", "shape: square", "unit: percent", "rate_hz: 2000", "rate_hz: fast", "types: int"])
def test_facts_without_support_stay_unknown(text):
    assert facts(text) == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def f(): return 1", "no closed code block"),
        ("```python\ndef f():\n    return 1", "no closed code block"),
        ("```python\ndef f(:\n```\n", "no Python"),
        ("```python\n\x00\n```\n", "no Python"),
        ("```python\n# only a comment\n```\n", "does nothing"),
        ('```python\n"""Only a docstring."""\nimport os\n```\n', "does nothing"),
        ('```python\ndef f():\n    """Later."""\n    pass\n```\n', "does nothing"),
    ],
)
def test_code_is_refused(text, reason):
    with pytest.raises(Malformed, match=reason):
        generate._read_code(written(text))


def test_code_and_documentation_are_spans_of_one_answer():
    text = "Sure:\n```python\nx = 1\n```\n\n## What it does\nIt sets x to one.\n"
    answer = generate._read_code(written(text))
    assert (answer.code.text, answer.documentation.text) == ("x = 1", "## What it does\nIt sets x to one.")
    assert text[answer.documentation.start : answer.documentation.end] == answer.documentation.text


@pytest.mark.parametrize(
    ("text", "finish"),
    [("", "end"), ("Too short.", "end"), ("This one never ends because", "length"), ("one two three four five six.", "loop")],
)
def test_documentation_is_refused(text, finish):
    with pytest.raises(Malformed):
        generate._read_documentation(written(text, finish))


@pytest.mark.parametrize("finish", ["end", "length"])
@pytest.mark.parametrize(
    "rest",
    [
        "\n\n```python\nprint(1)\n",
        "\n\n## Usage\n\n```bash\npip install x\n",
        "\n\n## Usage\n",
        "\n\n## Usage\n\n**Example:**\n",
    ],
)
def test_documentation_ends_before_an_open_fence_and_a_bare_heading(rest, finish):
    whole = "# Mean\nThis program takes the mean.\n\n```sh\nrun\n```\n\nIt then prints it."
    assert generate._read_documentation(written(whole + rest, finish)).text == whole


def test_documentation_that_is_mostly_an_open_fence_is_refused():
    with pytest.raises(Malformed):
        generate._read_documentation(written("## Usage\n```sh\nrun this program with python and wait\n", "length"))


def test_the_answers_of_no_example_contain_a_blank():
    for name in prompts.NAMES:
        assert all("{" not in turn.content for turn in prompts.turns(name)[:-1])
        assert ["user", "assistant"] * (len(prompts.turns(name)) // 2) + ["user"] == [turn.role for turn in prompts.turns(name)]


def test_words_of_an_example_are_doubtful_only_where_the_task_is_about_something_else():
    assert specify._copies("pulse: pulse detection of the microphone signal", f"{REQUIREMENT} on a microprocessor")
    assert specify._copies("soil_moisture: readings", REQUIREMENT)
    assert not specify._copies("microphone: samples of the microphone signal", "Detect cough with a microphone")
    assert not specify._copies("ecg: samples of the signal", REQUIREMENT)


def test_the_subjects_of_the_examples_are_those_of_the_prompts():
    told = " ".join(turn.content for name in prompts.NAMES for turn in prompts.turns(name))
    assert [word for word in specify.EXAMPLE_SUBJECTS.split() if word not in told] == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import numpy as np\nx = np.zeros(3)\nprint(x)", []),
        ("x = np.zeros(n)", ["n", "np"]),
        ("def f(a):\n    b = a + c\n    return b", ["c"]),
        ("from math import *\nprint(sqrt(2))", []),
        ("def f():\n    global g\n    g = 1\nclass A:\n    x = 1\n    y = [x for _ in range(3)]\nprint(A)", ["x"]),
        ("for i in range(3):\n    print(i)\ntry:\n    pass\nexcept ValueError as e:\n    print(e)", []),
    ],
)
def test_names_that_are_never_bound_are_found(code, expected):
    assert expected == unbound_names(code)


def test_a_function_that_returns_does_something():
    assert does_something(parse_program("def f():\n    return 1"))


def test_words_are_compared_by_their_beginnings():
    assert shares_stem("filtered_ecg", "Filter the ECG")
    assert not shares_stem("camera: images", "Filter the ECG")
    assert mentions("sampled at 360 Hz", "360 Hz")
    assert not mentions("sampled at 1360 Hz", "360 Hz")
    assert stutters("variance_variance of it")
    assert not stutters("mean of the mean")
    assert (
        normal("Fr\u00e9quence_cardiaque: \u03a1\u03c5\u03b8\u03bc\u03cc\u03c2!")
        == "fr\u00e9quence cardiaque \u03c1\u03c5\u03b8\u03bc\u03cc\u03c2"
    )
    assert shares_stem("\u5fc3\u7387", "\u68c0\u6d4b\u5fc3\u8df3")
