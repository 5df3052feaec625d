"""The embedded teacher on modules made by hand."""

from __future__ import annotations

from gpiot_data.papers.modules import Part, TechnicalModule
from gpiot_data.teacher.rules import RulesTeacher


def _module(opening=(), parts=()) -> TechnicalModule:
    return TechnicalModule(
        "Beat Detection", tuple(opening), tuple(Part(head, tuple(body)) for head, body in parts), (0, 9), 1, (0, 0, 1, 1)
    )


def test_run_in_heads_name_the_sub_tasks_and_their_sentences_are_the_steps() -> None:
    module = _module(
        ["The detector turns filtered samples into beat times for the summary stage."],
        [
            ("Squaring", ["We square each slope value. The result is never negative. The node sums the last 54 squares."]),
            ("Thresholding", ["We compare the sum with the threshold. Beats are reported to the host at once."]),
        ],
    )
    found = RulesTeacher().decompose("Heartbeats: R-Peak Detection on a Patch", module)
    assert not isinstance(found, str)
    assert found.problem == (
        "Design the module \u201cbeat detection\u201d for a system described as \u201cR-Peak Detection on a Patch\u201d. "
        "The detector turns filtered samples into beat times for the summary stage."
    )
    assert [(task.name, task.steps) for task in found.tasks] == [
        ("Squaring", ("Square each slope value.", "Sum the last 54 squares.")),
        ("Thresholding", ("Compare the sum with the threshold.", "Report beats to the host at once.")),
    ]


def test_without_heads_runs_of_steps_are_sub_tasks_named_by_their_first_step() -> None:
    module = _module(["We filter the raw signal at 5 Hz. We remove the mean value. Noise is a problem. We detect peaks in the envelope."])
    found = RulesTeacher().decompose("A System", module)
    assert not isinstance(found, str)
    assert [task.name for task in found.tasks] == ["Filter the raw signal", "Detect peaks"]


def test_a_module_with_nothing_to_do_says_why() -> None:
    assert RulesTeacher().decompose("A System", _module(["Noise is a problem in every sensor."])) == "too_few_tasks"
    assert (
        RulesTeacher().decompose("A System", _module([], [("A", ["We filter the raw signal."]), ("B", ["We detect the highest peaks."])]))
        == "too_few_steps"
    )


def test_framing_heads_are_no_sub_tasks() -> None:
    body = ["We filter the raw signal. We remove the mean value."]
    module = _module(
        [], [("Challenges", body), ("Filtering", body), ("Detection", ["We detect the highest peaks. We store every beat time."])]
    )
    found = RulesTeacher().decompose("A System", module)
    assert not isinstance(found, str)
    assert [task.name for task in found.tasks] == ["Filtering", "Detection"]
