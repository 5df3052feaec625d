"""Every fault of a step has its word, and sound steps have none."""

from __future__ import annotations

import pytest

from gpiot_data.teacher.soundness import fault


@pytest.mark.parametrize(
    ("step", "word"),
    [
        ("Filter it.", "length"),
        ("Program the threshold as ￼ in dB SPL.", "torn"),
        ("Set the ratio x = y + z * k of w.", "torn"),
        ("Rectify activation functions linear units window.", "torn"),
        ("Use the method that we built.", "authors"),
        ("Use the solver described in III-C.", "pointer"),
        ("Scan all users found in step one.", "pointer"),
        ("Formulate the decoder as follows.", "open_end"),
        ("Use the encoder in to extract features.", "gap"),
        ("Train training Using a selection of positions.", "gap"),
        ("Store equation as one value per pair.", "no_deed"),
        ("Recruit participants from the local campus.", "no_deed"),
        ("Noise is removed by the filter.", "no_verb"),
        ("Normalize them with the mean.", "pronoun"),
        ("Estimate its size with the radar.", "pronoun"),
        ("Detect once the moving path.", "no_object"),
        ("Use synchronize observations in time.", "no_object"),
        ("Take 770 ms to connect to the host.", "no_deed"),
        ("Window each frame and the spectrum is taken.", "second_clause"),
        ("Remove the curves that are impossible are discarded.", "second_clause"),
        ("Compare the counters and fills up three frames.", "second_clause"),
        ("Map the bytes to a score and must fit a few kilobytes.", "second_clause"),
        ("Pass the resonance near 21 kHz and left to the filter.", "second_clause"),
        ("Log the signal for diagnosis and never enters the mean.", "gap"),
    ],
)
def test_an_unsound_step_has_the_word_of_its_fault(step: str, word: str) -> None:
    assert fault(step) == word


@pytest.mark.parametrize(
    "step",
    [
        "Reject a packet if more than 6 subcarriers are exactly zero.",
        "Drop packets whose stamp runs backwards.",
        "After a reset, clear the ring and wait for 2 s.",
        "Down-sample each signal to have the same rate as the spectrogram.",
        "Keep the last 64 values in a ring and update the sum by adding the newest value.",
        "Fit a quadratic polynomial to the 512 values by least squares and subtract it.",
        "Set the FIFO watermark to 26 pairs, so the controller wakes four times a second and drains the FIFO.",
    ],
)
def test_a_sound_step_has_no_fault(step: str) -> None:
    assert fault(step) is None
