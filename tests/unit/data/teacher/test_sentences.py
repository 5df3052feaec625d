"""Paragraphs are parted into their sentences, and sentences are freed from what only the page explains."""

from __future__ import annotations

import pytest

from gpiot_data.teacher.sentences import clean, sentences


def test_sentences_do_not_end_at_abbreviations_or_decimals() -> None:
    text = "We use, e.g. a 3.5 kHz tone. Fig. 2 shows it. The end."
    assert list(sentences(text)) == ["We use, e.g. a 3.5 kHz tone.", "Fig. 2 shows it.", "The end."]


def test_every_sentence_is_a_span_of_its_paragraph() -> None:
    text = "Noise, i.e. hum, is removed w.r.t. the mains.  “It works.” Then the rest follows! Done"
    assert [text.find(sentence) >= 0 for sentence in sentences(text)] == [True] * 4


@pytest.mark.parametrize(
    ("sentence", "cleaned"),
    [
        ("The rate [3, 4] follows from Equation (2) (see Section 3).", "The rate follows."),
        ("ERA5 (Hersbach et al., 2020) fills gaps [?].", "ERA5 fills gaps."),
        ("The loss (5) is small, as shown in Fig. 3.", "The loss is small."),
        ("The 1^(st) user and the n^(th) user.", "The 1st user and the nth user."),
        ("A band-pass filter (0.5 to 40 Hz) follows.", "A band-pass filter (0.5 to 40 Hz) follows."),
    ],
)
def test_clean_drops_citations_and_pointers_but_no_values(sentence: str, cleaned: str) -> None:
    assert clean(sentence) == cleaned
