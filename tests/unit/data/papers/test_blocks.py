"""Hyphens at line ends, and paragraphs that a column or a figure cuts."""

from __future__ import annotations

from collections import Counter

import pytest

from gpiot_data.papers.blocks import join_lines


@pytest.mark.parametrize(
    ("lines", "words", "joined"),
    [
        (["a filter that re-", "moves drift"], {"removes": 1}, "a filter that removes drift"),
        (["the pre-", "collected data"], {"pre-collected": 2}, "the pre-collected data"),
        (["a low-", "cost sensor"], {"low": 3, "cost": 2}, "a low-cost sensor"),
        (["the meas-", "urement"], {}, "the measurement"),
        (["an LTE-", "Advanced cell"], {}, "an LTE-Advanced cell"),
        (["plain", "words"], {}, "plain words"),
    ],
)
def test_a_hyphen_at_a_line_end_goes_unless_the_paper_writes_it(lines, words, joined) -> None:
    assert join_lines(lines, Counter(words)) == joined
