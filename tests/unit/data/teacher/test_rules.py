"""The embedded teacher on modules made by hand."""

from __future__ import annotations

from gpiot_data.papers.modules import Part, TechnicalModule
from gpiot_data.teacher.confidence import confidence
from gpiot_data.teacher.imperative import to_steps
from gpiot_data.teacher.protocol import Decomposition
from gpiot_data.teacher.rules import RulesTeacher

FILTERING = "We filter the raw signal at 5 Hz. We remove the mean value of each window."


def _module(opening=(), parts=(), title="Beat Detection") -> TechnicalModule:
    return TechnicalModule(title, tuple(opening), tuple(Part(head, tuple(body)) for head, body in parts), (0, 9), 1, (0, 0, 1, 1))


def _decompose(module: TechnicalModule, title="A System") -> Decomposition:
    found = RulesTeacher().decompose(title, module)
    assert not isinstance(found, str)
    return found


def test_run_in_heads_name_the_sub_tasks_and_their_sentences_are_the_steps() -> None:
    module = _module(
        ["The detector turns filtered samples into beat times for the summary stage."],
        [
            ("Squaring", ["We square each slope value. The result is never negative. The node sums the last 54 squares."]),
            ("Thresholding", ["We compare the sum with the threshold. Beats are reported to the host at once."]),
        ],
    )
    found = _decompose(module, "Heartbeats: R-Peak Detection on a Patch")
    assert "beat detection" in found.problem
    assert found.problem.endswith("The detector turns filtered samples into beat times for the summary stage.")
    assert [(task.name, task.steps) for task in found.tasks] == [
        ("Squaring", ("Square each slope value.", "Sum the last 54 squares.")),
        ("Thresholding", ("Compare the sum with the threshold.", "Report beats to the host at once.")),
    ]
    assert found.evidence == (
        ("We square each slope value.", "The node sums the last 54 squares."),
        ("We compare the sum with the threshold.", "Beats are reported to the host at once."),
    )


def test_without_heads_paragraphs_are_sub_tasks_named_by_a_step() -> None:
    found = _decompose(_module([FILTERING, "Noise is a problem. We detect peaks in the envelope. The host stores the time of each peak."]))
    assert [task.name for task in found.tasks] == ["Filter the raw signal", "Detect peaks in the envelope"]


def test_one_long_paragraph_is_parted_where_it_turns_to_something_else() -> None:
    text = f"{FILTERING} Next, we detect peaks in the envelope. We store the time of each peak."
    assert [len(task.steps) for task in _decompose(_module([text])).tasks] == [2, 2]


def test_the_name_of_the_system_is_said_nowhere() -> None:
    module = _module(
        ["BeatBox turns samples into times of beats.", FILTERING], [("BeatBox timing", ["BeatBox stores the time of each peak."])]
    )
    found = _decompose(module, "BeatBox: Beats from a Patch")
    assert "BeatBox" not in str((found.problem, found.tasks))
    assert "BeatBox" in str(found.evidence)


def test_a_module_with_nothing_to_do_says_why() -> None:
    teacher = RulesTeacher()
    assert teacher.decompose("A System", _module(["Noise is a problem in every sensor."])) == "too_few_tasks"
    few = _module([], [("First", ["We filter the raw signal."]), ("Last", ["We detect the highest peaks."])])
    assert teacher.decompose("A System", few) == "too_few_steps"


def test_framing_heads_are_no_sub_tasks() -> None:
    module = _module(
        [],
        [
            ("Challenges", ["We cut the power of the radio. We close the valve at night."]),
            ("Filtering", [FILTERING]),
            ("Detection", ["We detect the highest peaks. We store every beat time."]),
        ],
    )
    assert [task.name for task in _decompose(module).tasks] == ["Filtering", "Detection"]


def test_trust_grows_with_steps_heads_and_a_section_on_the_design() -> None:
    steps = [to_steps("We filter the raw signal at 5 Hz.") * 3, to_steps("We detect peaks in the envelope.") * 2]
    best = confidence("beat detection", steps, 6, 2, headed=True, named=True)
    worse = [
        confidence("implementation", steps, 6, 2, headed=True, named=True),
        confidence("beat detection", steps, 60, 2, headed=True, named=True),
        confidence("beat detection", steps, 6, 0, headed=True, named=True),
        confidence("beat detection", steps, 6, 2, headed=False, named=True),
        confidence("beat detection", steps, 6, 2, headed=True, named=False),
        confidence("beat detection", [step[:1] for step in steps], 6, 2, headed=True, named=True),
        confidence(
            "beat detection", [to_steps("The signal can be filtered by hand at home.") * 3, steps[1]], 6, 2, headed=True, named=True
        ),
    ]
    assert 0 < max(worse) < best <= 1


def test_the_same_module_gives_the_same_pair() -> None:
    module = _module([FILTERING, "We detect peaks in the envelope. The host stores the time of each peak."])
    assert _decompose(module) == _decompose(module)
