"""What acronyms stand for, as papers say it."""

from __future__ import annotations

import pytest

from gpiot_data.papers.acronyms import expansions_of


@pytest.mark.parametrize(
    ("text", "expansions"),
    [
        ("It goes to the Model Adaptation Agent (MAA) at once.", {"MAA": "Model Adaptation Agent"}),
        ("commercial software-defined radios (SDRs) send", {"SDR": "software-defined radios"}),
        ("the time of flight (ToF) is read", {}),
        ("an area under the curve of the channel state information (CSI)", {"CSI": "channel state information"}),
        ("peak to average power (PAP) and later power at peak (PAP)", {"PAP": "peak to average power"}),
        ("at a conference on networking (SECON)", {}),
    ],
)
def test_words_in_front_of_brackets_expand_an_acronym_only_by_their_initials(text: str, expansions: dict[str, str]) -> None:
    assert expansions_of(text) == expansions
