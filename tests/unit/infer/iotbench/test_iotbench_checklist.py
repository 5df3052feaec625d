"""A decomposition meets a part by one step that says so; what only looks like one meets nothing."""

from __future__ import annotations

import time

import pytest

from gpiot_data.schema import SubTask, render_tasks
from gpiot_infer.iotbench.checklist import MAX_STEPS, build_of, cover, cover_tasks
from gpiot_infer.iotbench.field import FILE, field_words
from gpiot_infer.iotbench.pretenders import pretenders
from gpiot_infer.iotbench.schema import DecompositionTask, Method, Part, load_suite

PROBLEM = (
    "A wristband with a three-axis accelerometer sampled at 50 Hz is worn by people who live alone. It should detect falls within five "
    "seconds and tell a gateway over BLE, with fewer than one false alarm a week. The microcontroller has 64 kB of memory, and the coin cell "
    "must last for three months."
)
TASKS = (
    SubTask(
        "Acquire the signal",
        (
            "Read the three axes into a ring buffer of 256 entries through the interrupt of the sensor's FIFO.",
            "Cut the stream into windows of 2.5 s that overlap by half.",
        ),
    ),
    SubTask(
        "Describe each window", ("Compute the magnitude of the acceleration vector.", "Take its maximum and its variance as features.")
    ),
    SubTask("Decide", ("Compare the peak with a threshold of 2.5 g and require a quiet phase afterwards.",)),
    SubTask("Report", ("Send a BLE notification and repeat it until the other side has acknowledged.",)),
)
CHECKLIST = (
    Part(part="acquisition", says="read the axes", needs=(("read", "acquire"), ("buffer", "FIFO"))),
    Part(
        part="windowing", says="cut into windows", needs=(("window", "segment"), ("overlap", r"\d+(\.\d+)? ?s\b")), after=("acquisition",)
    ),
    Part(part="magnitude", says="magnitude of the vector", needs=(("magnitude", "norm\\b"), ("acceler", "vector"))),
    Part(part="decision", says="compare with a threshold", needs=(("threshold", "limit"), ("peak", "maxim")), after=("windowing",)),
    Part(part="alarm", says="tell the gateway", needs=(("send", "notif"), ("BLE", "bluetooth"))),
)
TASK = DecompositionTask(
    schema="gpiot.iotbench/1",
    kind="decomposition",
    id="falls",
    domain="gait",
    difficulty="easy",
    title="Falls",
    method=Method("threshold", "RFC 7252"),
    license="Apache-2.0",
    problem=PROBLEM,
    tasks=TASKS,
    checklist=CHECKLIST,
)


def one_step(text: str, name: str = "Part") -> tuple[str, ...]:
    """The parts that a single step meets."""
    covered = cover_tasks([SubTask(name, (text,))], TASK)
    return tuple(part for part, step in covered.met.items() if step is not None)


def test_the_reference_meets_every_part() -> None:
    covered = cover(render_tasks(TASKS), TASK)
    assert (covered.share, covered.missing) == (1.0, ())
    assert covered.met == {"acquisition": 0, "windowing": 1, "magnitude": 2, "decision": 4, "alarm": 5}
    assert (covered.n_steps, covered.n_instructions) == (6, 6)


@pytest.mark.parametrize(("name", "text"), list(pretenders(TASK)), ids=lambda value: value if len(value) < 50 else "")
def test_what_only_looks_like_a_decomposition_meets_less_than_half(name: str, text: str) -> None:
    assert cover(text, TASK).share < 0.5


def test_the_pretenders_hold_what_the_patterns_look_for() -> None:
    # Else they would prove nothing: each part's groups are met by the words, and only the form of the steps is wrong.
    text = dict(pretenders(TASK))["keywords bare"]
    assert all(
        any(word in text for word in group_words) for group_words in (("Read",), ("windows",), ("magnitude",), ("threshold",), ("Send",))
    )


def test_groups_are_met_by_one_step_with_the_name_of_its_sub_task() -> None:
    assert one_step("Cut the stream into segments of equal length.", "Overlap") == ("windowing",)
    assert one_step("Cut the stream into segments of equal length.") == ()
    assert one_step("Take pieces of equal length and keep the latest.", "Window with overlap") == ()


def test_patterns_match_beginnings_of_words_only() -> None:
    assert one_step("Keep the unsegmented stream with its overlap for later.") == ()


@pytest.mark.parametrize(
    "text",
    [
        "Windows with overlap cut",
        "Stream windows overlap half cut quickly",
        "Windows, overlap, stride, hop, the length, half",
        "A wristband with a three-axis accelerometer sampled at 50 Hz, in a window of 2 s.",
        "It should detect falls within 5 s and tell a gateway over BLE, send with fewer than one false alarm a week.",
        "Use the windows with the overlap of the system for all of the data.",
    ],
)
def test_a_step_that_is_no_instruction_meets_nothing(text: str) -> None:
    assert one_step(text) == ()


#: Steps with words of their own, which meet no part.
OTHERS = (
    "Sketch the circuit of the charger on paper before lunch.",
    "Ask a carpenter for a drawer with felt inside.",
    "Paint the housing blue and let it dry overnight.",
    "Order the screws from a shop in town.",
    "Write a leaflet that relatives can follow easily.",
    "Print the labels on sheets of white foil.",
)
#: Right steps of which the checklist and the problem leave nothing but little words.
TERSE = (
    "Read the accelerometer at 50 Hz into a buffer.",
    "Segment it with an overlap of 2 s.",
    "Detect falls by a threshold for the peak.",
    "Send it to the gateway over BLE.",
)


def among_others(steps: tuple[str, ...], n_others: int) -> tuple[str, ...]:
    """The parts that steps meet which follow steps with words of their own."""
    covered = cover_tasks([SubTask("Others", OTHERS[:n_others]), SubTask("Part", steps)], TASK)
    return tuple(part for part, step in covered.met.items() if step is not None)


@pytest.mark.parametrize(
    "text",
    [
        "Never cut the windows with an overlap of half briskly.",
        "Do not cut the windows so that they overlap by half.",
        "It would be a mistake to cut windows that overlap by half.",
        "Cut briskly the windows so that they overlap by half. This must not be done.",
    ],
)
def test_a_step_that_says_what_not_to_do_meets_nothing(text: str) -> None:
    assert one_step(text) == ()
    assert one_step("Cut the stream into windows that overlap by half.") == ("windowing",)


def test_steps_of_one_build_do_not_count_whatever_fills_them() -> None:
    steps = (
        "Detect the reading and the buffer with antenna or median.",
        "Inspect the windows and the overlap and the packet with carrier or jitter.",
        "Compute the peak and the threshold with spectrum or latency.",
    )
    assert len({build_of(step) for step in steps}) == 1
    assert among_others(steps[:2], 6) == ("acquisition", "windowing")
    assert among_others(steps, 6) == ()


def test_a_build_is_little_words_in_order_with_what_is_joined_as_one() -> None:
    assert (
        build_of("Filter the slow drift and noise of the signal.")
        == build_of("Add the gain or the phase and the level of the beams.")
        == "_ the _ of the _"
    )


def test_words_of_anything_are_of_no_substance() -> None:
    steps = (
        "Juggle a copper lantern while you read the walnut buffer.",
        "From each violet saddle bake windows that overlap the thimble.",
        "Where biscuits meet ribbons, peel the vector magnitude.",
        "Polish every peak above the pillow threshold to velvet.",
        "Send meadows by BLE through the orchid.",
    )
    covered = cover_tasks([SubTask("Part", steps)], TASK)
    assert (covered.share, covered.n_instructions) == (0.0, 0)


def test_the_words_of_the_field_are_those_of_the_tasks() -> None:
    assert FILE.read_text(encoding="utf-8").split() == field_words(load_suite("v1", locked=False))


def test_reversed_references_lose_what_must_come_later() -> None:
    kept = []
    for task in load_suite("v1", locked=False).decomposition:
        turned = [SubTask(sub.name, sub.steps[::-1]) for sub in task.tasks[::-1]]
        missing = cover_tasks(turned, task).missing
        kept += [(task.id, part.part) for part in task.checklist if part.after and part.part not in missing]
    assert kept == []


def test_a_text_of_the_longest_kind_is_read_in_no_time() -> None:
    started = time.process_time()
    for word in ("a ", "1 ", "peak ", "Filter the "):
        cover("\n\n".join(f"{number}. x\n- {word * (800 // len(word))}{number}" for number in range(1, 61)), TASK)
    assert time.process_time() - started < 6.0


def test_short_right_steps_count_where_most_steps_have_words_of_their_own() -> None:
    assert among_others(TERSE, 6) == ("acquisition", "windowing", "decision", "alarm")
    assert among_others(TERSE, 5) == ()


def test_steps_around_which_the_same_words_stand_do_not_count_among_however_many_others() -> None:
    words = ("read and the buffer", "windows and the overlap", "peak and the threshold", "send and the BLE")
    cast = tuple(f"Do it in this with the {pair} of that." for pair in words)
    assert among_others(cast, 6) == ()
    assert among_others(cast[:2], 6) == ()
    # One such step has nothing to be compared with.
    assert among_others(cast[:1], 6) == ("acquisition",)


def test_three_words_around_short_steps_are_a_mould_and_two_are_none() -> None:
    three = ("Detect falls with the reading and the buffer.", "Worn by people with the windows and the overlap.")
    two = ("Read the accelerometer into a buffer of memory.", "Segment the accelerometer with an overlap by a second.")
    assert among_others(three, 6) == ()
    assert among_others(two, 6) == ("acquisition", "windowing")


def test_one_step_meets_at_most_two_parts() -> None:
    text = "Read the buffer, cut windows with overlap, compute the vector magnitude, compare peak and threshold and send it by BLE briskly."
    assert len(one_step(text)) == 2


def test_a_part_does_not_count_before_what_it_comes_after() -> None:
    turned = [TASKS[2], TASKS[0], TASKS[1], TASKS[3]]
    assert cover_tasks(turned, TASK).missing == ("decision",)


def test_a_part_whose_forerunner_is_missing_counts() -> None:
    covered = cover_tasks([TASKS[2], TASKS[3]], TASK)
    assert covered.missing == ("acquisition", "windowing", "magnitude")


def test_parts_share_steps_so_that_most_are_met() -> None:
    # The first step could meet three parts; two others of them have a step to go to only if they are given it.
    texts = (
        "Read the buffer, take windows that overlap, and compute the magnitude of the vector swiftly.",
        "Cut the windows so that they overlap by half.",
    )
    assert cover_tasks([SubTask("All", texts)], TASK).missing == ("decision", "alarm")


def test_only_the_first_steps_are_read() -> None:
    idle = tuple(f"Sketch the drawing number {number} on paper before lunch." for number in range(MAX_STEPS))
    assert cover_tasks([SubTask("Idle", idle), *TASKS], TASK).share == 0.0


@pytest.mark.parametrize("text", ["", "no list at all", "1. Name only", "\0" * 1000, "- step\n" * 10_000])
def test_text_without_sub_tasks_meets_nothing(text: str) -> None:
    covered = cover(text, TASK)
    assert (covered.share, covered.n_steps) == (0.0, 0)
