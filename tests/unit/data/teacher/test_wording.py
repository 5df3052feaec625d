"""Steps in plain words, names of sub-tasks, problem statements, and how much of them is the source's own."""

from __future__ import annotations

import re

import pytest

from gpiot_data.teacher.naming import name_of_head, name_of_steps
from gpiot_data.teacher.overlap import overlap_share
from gpiot_data.teacher.problem import Bounds, says_nothing, system_name, title_in_text, topic_of, write_problem
from gpiot_data.teacher.tightening import drop_front, tighten


@pytest.mark.parametrize(
    ("step", "tight"),
    [
        ("Employ a Hann window, which reduces leakage.", "Use a Hann window."),
        ("Keep the list, and we copy it later.", "Keep the list, and we copy it later."),
        ("Keep the list of accepted beats, and we copy it later.", "Keep the list of accepted beats."),
        ("When the ring is full, because it is small, drop it.", "When the ring is full, because it is small, drop it."),
        ("Choose LIBSVM (a library that is written in C and wrapped for many other languages) for it.", "Choose LIBSVM for it."),
        ("Deploy a total of 85 sensors prior to the test.", "Deploy 85 sensors before the test."),
        ("Merge these three parts.", "Merge the 3 parts."),
        ("Take the loss for task two and task three.", "Take the loss for task two and task three."),
    ],
)
def test_reasons_go_and_words_become_plain(step: str, tight: str) -> None:
    assert tighten(step) == tight


def test_fronts_that_only_tie_to_the_text_before_go() -> None:
    assert drop_front("In our current prototype, we use a ring") == "We use a ring"
    assert drop_front("After filtering, we use a ring") == "After filtering, we use a ring"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("Squaring", "Squaring"),
        ("\u25a0 Base station setup", "Base station setup"),
        ("STEP 2: Defining rules", "Defining rules"),
        ("Challenges", None),
        ("Why does it work?", None),
        ("75%Percentile = \u03b1", None),
    ],
)
def test_heads_name_sub_tasks_unless_they_argue(head: str, name: str | None) -> None:
    assert name_of_head(head) == name


@pytest.mark.parametrize(
    ("steps", "name"),
    [
        (["Compute the range-angle map from all frames.", "Store it."], "Compute the range-angle map"),
        (["After filtering, compute the mean of the signal."], "Compute the mean of the signal"),
        (["Keep the number of features stored in the queue constant."], "Keep the number of features"),
        (["Set lmax to 10.", "Gather the readings at once."], "Set lmax to 10"),
    ],
)
def test_steps_give_a_name_by_verb_and_object(steps: list[str], name: str) -> None:
    assert name_of_steps(steps) == name


def test_a_title_gives_its_system_a_name_and_a_topic() -> None:
    title = "CommRad: Context-Aware Sensing-Driven mmWave Networks"
    assert (system_name(title), topic_of(title)) == ("CommRad", "Context-Aware Sensing-Driven mmWave Networks")
    assert system_name("Where am I: Recognizing Positions") == ""


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("Reading Movement from WiFi: A Recogniser for Homes", "Reading Movement from WiFi \u2013 A Recogniser for Homes"),
        ("Which Channel Did You Hear? Positioning from BLE", "Positioning from BLE"),
        ("Two Words: Positioning from BLE", "Positioning from BLE"),
        ("Breaths from a Bedside Chirp.", "Breaths from a Bedside Chirp"),
    ],
)
def test_a_topic_is_the_whole_title_where_its_opening_says_more_than_a_name_or_a_question(title: str, topic: str) -> None:
    assert topic_of(title) == topic


def test_a_goal_says_built_from_where_a_paper_says_powered_by() -> None:
    goal = "The radio system is powered by a combination of radios and phased arrays."
    problem = write_problem("A Radio", "radio hardware", [goal], ["Connect the radios to phased arrays of the radio system."])
    assert problem.text.endswith("The radio system is built from a combination of radios and phased arrays.")


@pytest.mark.parametrize(
    ("name", "said"),
    [("Gap handling", "is"), ("Cleanup stages", "are"), ("Array specifications and control hardware", "are")],
)
def test_what_is_planned_elsewhere_agrees_with_its_verb(name: str, said: str) -> None:
    assert str(Bounds(left_out=[name])).endswith(f" {said} planned elsewhere.")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("FEATURE EXTRACTION", "feature extraction"),
        ("Rule-Based Verifier", "rule-based verifier"),
        ("CNN based Feature Extractor", "CNN based feature extractor"),
        ("Approach 2: CNN Detection", "CNN detection"),
        ("The system Protocol Design", "protocol design"),
    ],
)
def test_headings_read_inside_a_sentence(title: str, text: str) -> None:
    assert title_in_text(title) == text


def test_a_problem_says_what_is_wanted_and_what_for_without_pointers_or_results() -> None:
    described = [
        "The detector turns filtered samples into beat times for the summary stage [4].",
        "However, it is hard to do so on a patch of this size.",
        "Table 3 shows that the detector has an accuracy of 97 %.",
        "It outperforms all others that were tried so far.",
    ]
    steps = ["Filter samples at 5 Hz.", "Report the time of each beat to the summary stage."]
    problem = write_problem("R-Peak Detection on a Patch", "beat detection", described, steps)
    assert problem.goals == 1
    assert "R-Peak Detection on a Patch" in problem.text
    assert "beat detection" in problem.text
    assert problem.text.endswith(" The detector turns filtered samples into beat times for the summary stage.")


@pytest.mark.parametrize(
    "goal",
    [
        "The module takes the charge of the cell and returns the days that are left.",
        "The function takes filtered samples and gives the time of each beat.",
        "The \u03b2 is a weight that scales filtered samples at each beat.",
    ],
)
def test_a_problem_asks_for_nothing_that_no_step_does_and_tells_nothing_that_hangs_in_the_air(goal: str) -> None:
    steps = ["Filter samples at 5 Hz.", "Report the time of each beat to the summary stage."]
    assert write_problem("R-Peak Detection on a Patch", "beat detection", [goal], steps).goals == 0


@pytest.mark.parametrize("title", ["hardware", "implementation", "construction of testbed", "experimental set-up"])
def test_titles_that_any_module_could_have_or_of_experiments_say_nothing(title: str) -> None:
    assert says_nothing(title)
    assert not says_nothing("beat detection")


def test_the_module_is_what_every_opening_has_in_quotation_marks() -> None:
    problems = [write_problem(f"System {number}", "beat detection", [], []).text for number in range(40)]
    assert len({re.sub(r"System \d+", "", problem) for problem in problems}) == 4
    assert {tuple(re.findall("\u201c(.*?)\u201d", problem)) for problem in problems} == {("beat detection",)}


def test_overlap_is_the_share_of_runs_of_words_in_common() -> None:
    source = "the node samples the sensor every second and stores the mean of the last ten values"
    assert overlap_share(source, source) == 1.0
    assert overlap_share("every word of this line is another one than those above", source) == 0.0
    assert overlap_share("too short", source) == 0.0
    assert overlap_share("The node samples; the sensor EVERY second, and drops it!", source) == 1 / 3
