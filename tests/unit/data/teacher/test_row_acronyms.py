"""Acronyms in rows."""

from __future__ import annotations

import pytest

from gpiot_data.teacher.acronyms import expand_acronyms

EXPANSIONS = {"MAA": "Model Adaptation Agent", "UE": "user equipment", "FFT": "fast Fourier transform"}


@pytest.mark.parametrize(
    ("steps", "problem", "written"),
    [
        (["Send it to MAA.", "Ask MAA."], "", ["Send it to Model Adaptation Agent (MAA).", "Ask MAA."]),
        (["Serve several UEs at once."], "", ["Serve several user equipments (UEs) at once."]),
        (["Ask MAA for a list."], "Plan the model adaptation agent (MAA).", ["Ask MAA for a list."]),
        (["Ask the Model Adaptation Agent (MAA)."], "", ["Ask the Model Adaptation Agent (MAA)."]),
        (["Apply an FFT to the block.", "Keep MAABC and the MAA-x."], "", ["Apply an FFT to the block.", "Keep MAABC and the MAA-x."]),
    ],
)
def test_an_acronym_is_said_in_full_once_unless_it_was_or_everybody_knows_it(steps: list[str], problem: str, written: list[str]) -> None:
    assert expand_acronyms(steps, problem, EXPANSIONS) == written
