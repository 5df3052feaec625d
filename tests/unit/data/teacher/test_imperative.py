"""Sentences as papers write them, and the steps they make."""

from __future__ import annotations

import pytest

from gpiot_data.teacher.imperative import clean, sentences, to_step
from gpiot_data.teacher.verbs import participles, past_forms, third_person


@pytest.mark.parametrize(
    ("sentence", "step"),
    [
        ("We compute the moving average over 150 ms.", "Compute the moving average over 150 ms."),
        ("Next, we then simply subtract the mean of each window [12, 13].", "Subtract the mean of each window."),
        ("To limit drift, we reset the filter every ten seconds.", "To limit drift, reset the filter every ten seconds."),
        ("For every candidate we store the peak height and its index.", "For every candidate, store the peak height and its index."),
        ("We chose a window of 64 samples for the transform.", "Choose a window of 64 samples for the transform."),
        ("We propose to weight each channel by its variance.", "Weight each channel by its variance."),
        ("The gateway stores the record and sends a copy to the server.", "Store the record and send a copy to the server."),
        ("After a reset the node clears the ring and waits for 2 s.", "After a reset, clear the ring and wait for 2 s."),
        ("The slope is estimated by a five-point derivative, as shown in Fig. 2.", "Estimate the slope by a five-point derivative."),
        ("Intervals that touch a gap are always rejected by the detector.", "Reject intervals that touch a gap by the detector."),
        ("Kalman gains are computed once per second for each axis.", "Compute Kalman gains once per second for each axis."),
        ("The rate is low; if the buffer is full, we drop the oldest block.", "If the buffer is full, drop the oldest block."),
    ],
)
def test_an_action_becomes_an_imperative_step(sentence: str, step: str) -> None:
    assert to_step(sentence) == step


@pytest.mark.parametrize(
    "sentence",
    [
        "We believe this is the first such system.",
        "A deep breath of 12 mm lasts two seconds.",
        "Figure 3 shows the layout of the board.",
        "It is computed by the host in every cycle.",
        "We show the results of the experiment in Table 2.",
        "The filter has a gain of 121 at zero frequency.",
        "We set it.",
        "The value is stored in the register that is described in Section 4.2 of the data sheet.",
    ],
)
def test_what_is_no_action_gives_no_step(sentence: str) -> None:
    assert to_step(sentence) is None


def test_no_step_speaks_of_the_authors_or_points_elsewhere() -> None:
    step = to_step("We feed our features (see Figure 4) into the classifier of our earlier work [7].")
    assert step == "Feed the features into the classifier of the earlier work."


def test_sentences_do_not_end_at_abbreviations_or_decimals() -> None:
    text = "We use, e.g. a 3.5 kHz tone. Fig. 2 shows it. The end."
    assert list(sentences(text)) == ["We use, e.g. a 3.5 kHz tone.", "Fig. 2 shows it.", "The end."]


def test_clean_drops_citations_and_pointers() -> None:
    assert clean("The rate [3, 4] follows from Equation (2) (see Section 3).") == "The rate follows."


@pytest.mark.parametrize(
    ("form", "base"), [("computes", "compute"), ("passes", "pass"), ("applies", "apply"), ("writes", "write"), ("maps", "map")]
)
def test_third_persons(form: str, base: str) -> None:
    assert third_person()[form] == base


@pytest.mark.parametrize(
    ("form", "base"), [("computed", "compute"), ("mapped", "map"), ("applied", "apply"), ("chosen", "choose"), ("set", "set")]
)
def test_participles(form: str, base: str) -> None:
    assert participles()[form] == base


def test_past_tenses_that_differ_from_the_participle() -> None:
    assert past_forms()["ran"] == "run"
