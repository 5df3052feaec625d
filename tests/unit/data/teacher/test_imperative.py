"""Sentences as papers write them, and the steps they make."""

from __future__ import annotations

import pytest

from gpiot_data.teacher.imperative import to_steps
from gpiot_data.teacher.verbs import base_forms, participles, past_forms, third_person, verb_list


def texts(sentence: str) -> list[str]:
    return [step.text for step in to_steps(sentence)]


@pytest.mark.parametrize(
    ("sentence", "step"),
    [
        ("We compute the moving average over 150 ms.", "Compute the moving average over 150 ms."),
        ("Next, we then simply subtract the mean of each window [12, 13].", "Subtract the mean of every window."),
        ("To limit drift, we reset the filter every ten seconds.", "Reset the filter every 10 seconds to limit drift."),
        ("For every candidate we store the peak height and its index.", "For every candidate, store the peak height and its index."),
        ("We chose a window of 64 samples for the transform.", "Choose a window of 64 samples for the transform."),
        ("We propose to weight each channel by its variance.", "Weight each channel by its variance."),
        ("We utilize a Hann window in order to reduce leakage.", "Use a Hann window to reduce leakage."),
        ("We filtered the signal and stored the result in flash.", "Filter the signal and store the result in flash."),
        (
            "The gateway stores the record and sends a copy to the server.",
            "At the gateway, store the record and send a copy to the server.",
        ),
        ("After three missing beacons, the gateway reports the clip.", "After 3 missing beacons, let the gateway report the clip."),
        (
            "For each peak that was accepted as a beat, we move the level up.",
            "For every peak that was accepted as a beat, move the level up.",
        ),
        ("The agent synthesizes a script that runs the model.", "Synthesize a script that runs the model."),
        ("After a reset the node clears the ring and waits for 2 s.", "After a reset, clear the ring and wait for 2 s."),
        ("The slope is estimated by a five-point derivative, as shown in Fig. 2.", "Estimate the slope by a five-point derivative."),
        ("Intervals that touch a gap are always rejected by the detector.", "Reject intervals that touch a gap."),
        ("The signal is sampled at 10 Hz and then stored in flash.", "Sample the signal at 10 Hz and then store it in flash."),
        ("The samples are averaged over a minute and sent to the host.", "Average the samples over a minute and send them to the host."),
        ("At each slot boundary the oldest counter is cleared at once.", "At each slot boundary, clear the oldest counter at once."),
        ("Kalman gains are computed once per second for each axis.", "Compute Kalman gains once a second for every axis."),
        ("The rate is low; if the buffer is full, we drop the oldest block.", "If the buffer is full, drop the oldest block."),
        ("Compute the membership probabilities of every node [3].", "Compute the membership probabilities of every node."),
        ("We average the spectra over time, which reduces the noise.", "Average the spectra over time."),
        ("To address this issue, we buffer two blocks of samples.", "Buffer 2 blocks of samples."),
    ],
)
def test_an_action_becomes_an_imperative_step(sentence: str, step: str) -> None:
    assert texts(sentence) == [step]


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
        "Heading is never corrected by the node.",
        "The value is stored in the register that is described in Section 4.2 of the data sheet.",
        "For example, the node stores the record in flash.",
        "Existing systems are calibrated with a long survey, and the literature is large.",
        "The accuracy is limited by the noise of the converter.",
        "The radio system is powered by a combination of radios and arrays.",
        "For calibration, we keep a fit that passes.",
        "We calculate the encoder in [4] to extract features with .",
        "The 3 bytes are made of ￼ and stored in the header.",
    ],
)
def test_what_is_no_action_gives_no_step(sentence: str) -> None:
    assert texts(sentence) == []


def test_two_main_clauses_give_two_steps() -> None:
    sentence = "The frames are windowed with a Hamming window and the spectrum is taken over 512 points."
    assert texts(sentence) == ["Window the frames with a Hamming window.", "Take the spectrum over 512 points."]


def test_subjects_joined_by_and_are_not_parted() -> None:
    assert texts("The input and the output are connected to the antenna.") == ["Connect the input and the output to the antenna."]


def test_no_step_speaks_of_the_authors_or_points_elsewhere() -> None:
    assert texts("We feed our features (see Figure 4) into the classifier.") == ["Feed the features into the classifier."]


def test_a_step_knows_the_sentence_as_printed_and_how_it_was_told() -> None:
    printed = "CommRad filters the signal at 5 Hz [7]."
    (step,) = to_steps("The system filters the signal at 5 Hz [7].", printed)
    assert (step.text, step.sentence, step.form) == ("Filter the signal at 5 Hz.", printed, "agent")
    assert [to_steps(sentence)[0].form for sentence in ("We filter the signal twice.", "We filtered the signal twice.")] == ["we", "past"]


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


def test_the_lists_of_verbs_hold_verbs_that_make_steps() -> None:
    assert verb_list("intransitive") - base_forms() == {"alternate", "go", "react"}
    assert not verb_list("follower") & {f"{verb}s" for verb in ("compute", "store", "send")}


def test_a_second_condition_of_a_sentence_takes_the_place_of_the_first() -> None:
    steps = to_steps("If the level is above 3 dB, we store the frame; if the level is below 1 dB, we drop the frame.")
    assert [step.text for step in steps] == ["If the level is above 3 dB, store the frame.", "If the level is below 1 dB, drop the frame."]
