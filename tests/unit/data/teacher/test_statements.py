"""Statements on a design as steps, and words that a page spoilt."""

from __future__ import annotations

import pytest

from gpiot_data.teacher.spelling import is_spoilt, vocabulary_of
from gpiot_data.teacher.statements import decides, to_statement


@pytest.mark.parametrize(
    ("sentence", "step"),
    [
        ("A header of 32 bytes carries the frame counter.", "Let a header of 32 bytes carry the frame counter."),
        (
            "A segment opens when the level exceeds 6 dB and closes when the level stays below 3 dB.",
            "Let a segment open when the level is above 6 dB and close when the level stays below 3 dB.",
        ),
        ("CSI records get the index of their packet.", "Let CSI records get the index of their packet."),
    ],
)
def test_what_a_part_does_or_holds_is_a_step(sentence: str, step: str) -> None:
    found = to_statement(sentence)
    assert found is not None
    assert found.text == step
    assert decides(found)


def test_what_something_is_is_a_step_only_where_another_needs_it() -> None:
    found = to_statement("The score of a candidate is its power times the share in band.")
    assert found is not None
    assert found.text == "Let the score of a candidate be its power times the share in band."
    assert not decides(found)


def test_a_size_is_said_only_where_another_step_needs_it() -> None:
    found = to_statement("A packet occupies 28 bytes on the air.")
    assert found is not None
    assert not decides(found)


def test_what_something_is_powered_by_a_combination_of_is_what_it_is_built_from() -> None:
    found = to_statement("The radio system is powered by a combination of radios and arrays.")
    assert found is not None
    assert found.text == "Let the radio system be a combination of radios and arrays."


@pytest.mark.parametrize(
    "sentence",
    [
        "Bins 0 and 1 hold mostly breathing and slow drift.",
        "Sleep is an important matter for everybody.",
        "The window that stores frames counts eight of them.",
        "A timer divides the clock by 2560 and triggers the converter.",
        "It stores the last value.",
        "Table 1 contains all lengths.",
    ],
)
def test_arguments_pointers_and_second_verbs_are_none(sentence: str) -> None:
    assert to_statement(sentence) is None


@pytest.mark.parametrize(
    "sentence",
    ["Use some widelyused features.", "We train person-alizing models.", "Open the portsand close them.", "Read the sensor san\u0434."],
)
def test_broken_and_joined_words_spoil_a_sentence(sentence: str) -> None:
    assert is_spoilt(sentence, vocabulary_of([sentence, "All ports are open."]))


def test_whole_words_do_not() -> None:
    text = "We band-pass the well-known signal and understand a thousand of them; a real-time node is used."
    assert not is_spoilt(text, vocabulary_of([text]))
