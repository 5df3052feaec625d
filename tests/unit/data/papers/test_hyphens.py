"""Hyphens at line ends: kept where English or the paper writes them, dropped where a line end cut a word."""

from __future__ import annotations

from collections import Counter

import pytest

from gpiot_data.papers.hyphens import join_lines, vocabulary
from gpiot_data.papers.layout import Row
from gpiot_data.papers.lines import Span, make_line


@pytest.mark.parametrize(
    ("lines", "words", "joined"),
    [
        (["a filter that re-", "moves drift"], {"removes": 1}, "a filter that removes drift"),
        (["the pre-", "collected data"], {"pre-collected": 2}, "the pre-collected data"),
        (["a low-", "cost sensor"], {"low": 3, "cost": 2}, "a low-cost sensor"),
        (["the meas-", "urement"], {}, "the measurement"),
        (["an LTE-", "Advanced cell"], {}, "an LTE-Advanced cell"),
        (["plain", "words"], {}, "plain words"),
        (["a state-of-", "the-art radio"], {}, "a state-of-the-art radio"),
        (["in low- and", "high-power modes"], {}, "in low- and high-power modes"),
        (["in low-", "and high-power modes"], {}, "in low- and high-power modes"),
        (["furthermore high-", "lighting it"], {"high": 2, "lighting": 1}, "furthermore highlighting it"),
        (["the Sensor-col-", "lected data"], {"collected": 2}, "the Sensor-collected data"),
        (["a body that is draw-", "ing power"], {"draw": 2, "drawing": 1}, "a body that is drawing power"),
        (["the 802-", "based link"], {}, "the 802-based link"),
    ],
)
def test_a_hyphen_at_a_line_end_goes_unless_it_is_one_of_the_word(lines, words, joined) -> None:
    assert join_lines(lines, Counter(words)) == joined


def _row(text: str) -> Row:
    return Row(make_line(0, (0, 0, 100, 10), [Span(text, "Times", 10, False, False)]), 0, 100, False, text)


def test_the_halves_of_cut_words_are_no_words_of_the_paper() -> None:
    words = vocabulary([_row("a filter of meas-"), _row("urement noise")])
    assert words == Counter({"a": 1, "filter": 1, "of": 1, "noise": 1})
