"""The embedded teacher on modules made by hand."""

from __future__ import annotations

import dataclasses

from gpiot_data.papers.modules import Part, TechnicalModule
from gpiot_data.teacher.confidence import Measures, confidence
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
        ["The detector turns slope values into beats for the host."],
        [
            ("Squaring", ["We square each slope value. The result is never negative. The node sums the last 54 squares."]),
            ("Thresholding", ["We compare the sum with a fixed threshold. Beats are reported to the host at once."]),
        ],
    )
    found = _decompose(module, "Heartbeats: R-Peak Detection on a Patch")
    assert "beat detection" in found.problem
    assert found.problem.endswith("The detector turns slope values into beats for the host.")
    assert [(task.name, task.steps) for task in found.tasks] == [
        ("Squaring", ("Square each slope value.", "Sum the last 54 squares.")),
        ("Thresholding", ("Compare the sum with a fixed threshold.", "Report beats to the host at once.")),
    ]
    assert found.evidence == (
        ("We square each slope value.", "The node sums the last 54 squares."),
        ("We compare the sum with a fixed threshold.", "Beats are reported to the host at once."),
    )


def test_without_heads_paragraphs_are_sub_tasks_named_by_a_step() -> None:
    found = _decompose(
        _module([FILTERING, "Noise is a problem. We detect beats by a fixed threshold. The host stores the time of each beat."])
    )
    assert [task.name for task in found.tasks] == ["Filter the raw signal", "Detect beats by a fixed threshold"]


def test_one_long_paragraph_is_parted_where_it_turns_to_something_else() -> None:
    text = f"{FILTERING} Next, we detect beats by a fixed threshold. We store the time of each beat."
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


def test_trust_grows_with_steps_heads_goals_and_what_of_the_module_is_kept() -> None:
    steps = [to_steps("We filter the raw signal at 5 Hz.") * 3, to_steps("We detect peaks in the signal.") * 2]
    most = Measures(kept=0.8, heads=1.0, answered=1.0, goals=1, headed=True)
    best = confidence(steps, most, named=True)
    worse = [
        *(
            confidence(steps, dataclasses.replace(most, **{name: less}), named=True)
            for name, less in (("kept", 0.4), ("heads", 0.7), ("answered", 0.5), ("goals", 0), ("headed", False))
        ),
        confidence(steps, most, named=False),
        confidence([step[:1] for step in steps], most, named=True),
        confidence([to_steps("The signal can be filtered by hand at home.") * 3, steps[1]], most, named=True),
    ]
    assert 0 < max(worse) < best <= 1


def test_a_step_on_something_untold_is_left_out_with_what_leans_on_it() -> None:
    parts = [
        ("Filtering", [f"{FILTERING} We shift each sample right by 2 bits. We subtract the fitted part. The node stores the fitted part."]),
        ("Detection", ["We detect beats by a fixed threshold. We store every beat time."]),
    ]
    (filtering, _) = _decompose(_module([], parts)).tasks
    assert filtering.steps == (
        "Filter the raw signal at 5 Hz.",
        "Remove the mean value of every window.",
        "Shift each sample right by 2 bits.",
    )


def test_a_statement_comes_in_where_a_step_needs_what_it_introduces() -> None:
    scoring = "The vigour of a beat is the power of its peak times its width. We send the vigour to the host."
    parts = [("Filtering", [FILTERING]), ("Detection", [f"We detect beats by a fixed threshold. {scoring}"])]
    detection = _decompose(_module([], parts)).tasks[1]
    assert detection.steps[1:] == ("Let the vigour of a beat be the power of its peak times its width.", "Send the vigour to the host.")


def test_a_module_of_which_most_is_lost_makes_a_pair_that_is_hardly_trusted() -> None:
    teacher = RulesTeacher()
    lost = "We subtract the fitted part. We scale the eigenvector to unit length."
    parts = [
        ("Filtering", [FILTERING]),
        ("Fitting", [lost]),
        ("Detection", ["We detect beats by a fixed threshold. We store every beat time."]),
    ]
    whole = teacher.decompose("A System", _module([], parts))
    assert isinstance(whole, Decomposition)
    assert (whole.doubt, [task.name for task in whole.tasks]) == (None, ["Filtering", "Detection"])
    more = [("Unwrapping", [lost]), ("Tracking", [lost])]
    doubted = teacher.decompose("A System", _module([], [*parts, *more]))
    assert isinstance(doubted, Decomposition)
    assert (doubted.doubt, len(doubted.tasks)) == ("open_references", 5)
    assert doubted.confidence is not None
    assert whole.confidence is not None
    assert doubted.confidence < 0.4 < whole.confidence


def test_a_problem_says_which_parts_of_its_module_are_left_out() -> None:
    lost = "We subtract the fitted part. We scale the eigenvector to unit length."
    detection = ("Detection", ["We detect beats by a fixed threshold. We store every beat time."])
    pair = _decompose(_module([], [("Filtering", [FILTERING]), ("Line Fits", [lost]), detection]))
    assert pair.problem.endswith(" Line fits are planned elsewhere.")
    assert [task.name for task in pair.tasks] == ["Filtering", "Detection"]


def test_a_problem_gives_what_another_part_of_the_system_makes() -> None:
    moving = "We move each particle along the gyroscope heading. We draw a new weight for each particle."
    detection = ("Detection", ["We detect beats by a fixed threshold. We store every beat time."])
    assert _decompose(_module([], [("Filtering", [moving]), detection])).problem.endswith(" The gyroscope heading is given.")


def test_what_the_title_asks_for_must_be_done() -> None:
    module = _module([FILTERING, "We detect beats by a fixed threshold. The host stores the time of each beat."], title="Charge Account")
    assert RulesTeacher().decompose("A System", module) == "unanswered_problem"
    vague = dataclasses.replace(module, title="Hardware")
    assert RulesTeacher().decompose("A System", vague) == "vague_title"


def test_the_same_module_gives_the_same_pair() -> None:
    module = _module([FILTERING, "We detect beats by a fixed threshold. The host stores the time of each beat."])
    assert _decompose(module) == _decompose(module)
