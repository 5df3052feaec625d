"""What a step refers to, and what introduces it."""

from __future__ import annotations

import pytest

from gpiot_data.teacher.references import dangling, stems


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ("Subtract the fitted part and band-pass the remainder.", "fitted part"),
        ("Publish the value only if both estimates agree within two breaths.", "estimates"),
        ("Compute the discrepancy of the 2 distributions with a kernel.", "2 distributions"),
        ("Set \u03b2 to zero while the acceleration is high.", "\u03b2"),
        ("Normalise weights when 1/ \u2211w is below one half.", "w"),
        ("Widen \u03b4 by 0.25 dB an hour.", "\u03b4"),
        ("Mark the second as ambiguous.", "second"),
        ("Mask longer subsequences to train a model.", "longer subsequences"),
        ("Compute the range as f/(2S) in metres.", "f"),
        ("Send the portable models to the server.", "portable models"),
    ],
)
def test_what_nobody_introduced_is_named(step: str, name: str) -> None:
    assert dangling(step, "Plan the module of a system.") == name


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("Scale the eigenvector to unit length.", "Find the dominant eigenvector of the matrix."),
        ("Replace the middle sample by m.", "Take the median m of eleven samples."),
        ("Take the median of the last 20 frames.", ""),
        ("Send the message to the gateway over the radio.", ""),
        ("Stamp each burst with the 32.768 kHz counter.", ""),
        ("Use a weight w = 0.5 and a mean rate fb.", ""),
        ("Rotate at 0.5 rad/s for the first second.", ""),
        ("Keep the transmitter off for the other 48.9 ms.", ""),
        ("Choose a window longer than 20 ms.", ""),
        ("Set the ramp slope to 64 MHz in a microsecond.", ""),
        ("Multiply both to obtain the leading eigenvectors.", ""),
        ("Multiply the samples by 64 and round the products.", ""),
        ("Average the 3 power spectra.", "Compute a power spectrum of each segment."),
        ("Drop 200 samples while the filters settle.", ""),
        ("Publish the 10th, 50th and 90th percentiles.", ""),
        ("Clip each sample to the range 10 to 127.", ""),
        ("Label each candidate as a T wave.", "Find each candidate."),
        ("Send the portable models to the server.", "Translate the original model into several portable models."),
        ("Translate the original model.", ""),
        ("Read the registers over the SPI protocol once each second.", ""),
    ],
)
def test_what_was_told_or_tells_itself_or_is_common_knowledge_is_not(step: str, told: str) -> None:
    assert dangling(step, told) is None


def test_forms_of_a_word_have_one_stem() -> None:
    assert stems("fitted fits fit") == {"fit"}
    assert stems("detection detected detects") == {"detect"}
