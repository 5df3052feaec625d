"""What a text may claim of its parts, its model and its earlier steps."""

from __future__ import annotations

from typing import Any

import pytest

from gpiot_data.augment.decompositions.claims import model_faults, part_faults, reference_faults, sampling_faults, stack_faults
from gpiot_data.augment.decompositions.setting import Setting, figures_of, focus_for, wavelet_levels
from gpiot_data.augment.decompositions.stack import stack_mib
from gpiot_data.augment.ontology.model import Ontology

IMU = {"application": "activity_recognition", "modality": "imu", "representation": "time_features", "model": "forest"}
ECHO = {"application": "handwriting_input", "modality": "ultrasound", "representation": "echo_doppler", "model": "cnn2d"}
PPG = {"application": "beat_detection", "modality": "ppg", "representation": "beat_train", "model": "beat_intervals"}
ECG = {**PPG, "modality": "ecg"}
AUDIO = {"application": "sound_events", "modality": "audio", "representation": "log_mel", "model": "cnn2d"}
BREATH = {"application": "breathing_rate", "modality": "ultrasound", "representation": "echo_phase", "model": "spectral_peak"}


@pytest.mark.parametrize(
    ("params", "text", "faults"),
    [
        (AUDIO, "Read the identity register of the INMP441.", 1),
        (IMU, "Read the identity register of the BMI270.", 0),
        (ECG, "Let the ADS1292R fill its buffer while the processor sleeps.", 1),
        (PPG, "Let the MAX30101 collect 24 readings in its FIFO.", 0),
    ],
)
def test_a_part_is_asked_only_for_what_it_has(ontology: Ontology, params: dict[str, Any], text: str, faults: int) -> None:
    assert faults == len(list(part_faults(text, params, ontology)))


@pytest.mark.parametrize(
    ("change", "text", "told"),
    [
        ({}, "Average the class scores of three windows.", []),
        ({}, "Quantise the nodes with quantisation-aware training.", ["networks"]),
        ({"model": "logistic"}, "Update only the last layer.", ["networks"]),
        ({"representation": "raw_window", "model": "templates"}, "Return 'unknown' when the best score stays below 0.6.", ["no scores"]),
        ({"representation": "spectrum"}, "Compute it.", ["does not lead"]),
        ({"application": "fall_detection", "representation": "wavelet_energies"}, "Compute it.", ["does not lead"]),
        (
            {"application": "lung_function", "modality": "audio", "representation": "log_mel", "model": "cnn2d"},
            "Rank by `mutual_info_classif`.",
            ["answers with numbers"],
        ),
    ],
)
def test_a_model_is_asked_only_for_what_it_gives(ontology: Ontology, change: dict[str, str], text: str, told: list[str]) -> None:
    found = list(model_faults(text, {**IMU, **change}, ontology))
    assert len(told) == len(found)
    assert all(part in fault for part, fault in zip(told, found, strict=True))


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("Attach the residuals of the calibration.", 1),
        ("Calibrate it against three known levels and fit a line. Attach the residuals of the calibration.", 0),
        ("Give a flag for beats found by search.", 1),
        ("Search back with half the threshold. Give a flag for beats found by search.", 0),
        ("Use multiples of the shaft rate.", 1),
        ("Take one pulse a turn from a tachometer. Use multiples of the shaft rate.", 0),
    ],
)
def test_what_a_step_refers_to_is_made_by_another(text: str, faults: int) -> None:
    assert faults == len(list(reference_faults(text)))


@pytest.mark.parametrize(
    ("params", "text", "faults"),
    [
        (PPG, "Set the MAX30101 to 100 Hz and read it at 100 Hz.", 1),
        (PPG, "Read the MAX30101 at 200 Hz.", 0),
        (ECHO, "Take `scipy.signal.stft` of the baseband and keep 49 bins.", 1),
        (ECHO, "Take `scipy.signal.stft` of the baseband and keep 97 bins on both sides of the carrier.", 0),
        (BREATH, "Rewrite the filter in 16-bit fixed point.", 1),
        (ECG, "Rewrite the filter in 16-bit fixed point.", 0),
    ],
)
def test_rates_spectra_and_number_formats_hold_what_is_looked_for(
    ontology: Ontology, params: dict[str, Any], text: str, faults: int
) -> None:
    assert faults == len(list(sampling_faults(text, params, ontology)))


def test_a_budget_holds_the_interpreter_with_its_largest_library(ontology: Ontology) -> None:
    text = "Filter by `scipy.signal.sosfilt` and train `sklearn.linear_model.LogisticRegression`."
    assert stack_mib(text, "linear", ontology) == ontology.resources["stack_mib"]["sklearn"]
    assert stack_mib("Count.", "linear", ontology) < stack_mib("Count.", "mlp", ontology)
    tight, wide = ({**IMU, "platform": "pi4", "budget_kib": budget * 1024} for budget in (100, 512))
    assert (len(list(stack_faults(text, tight, ontology))), len(list(stack_faults(text, wide, ontology)))) == (1, 0)


def test_work_arrays_are_among_the_parts_of_a_small_memory(ontology: Ontology) -> None:
    params = {**IMU, "platform": "nano33ble", "budget_kib": 128}
    text = "Reserve 1,536 bytes for the window and 96 bytes for the feature vector."
    assert len(list(stack_faults(text, params, ontology))) == 1
    assert list(stack_faults(text.replace(" and", ", 704 bytes for work arrays and"), params, ontology)) == []


def test_a_linux_budget_without_room_for_the_libraries_has_no_figures(ontology: Ontology) -> None:
    def fits(budget_mib: int) -> bool:
        setting = Setting(**IMU, focus="classifier", platform="pi4", budget_kib=budget_mib * 1024)
        return figures_of(setting, ontology) is not None

    assert (fits(200), fits(384)) == (False, True)


def test_beats_are_never_sampled_too_slowly(ontology: Ontology) -> None:
    figures = figures_of(Setting(**PPG, focus="classifier"), ontology)
    assert figures is not None
    assert figures.rate == 200


@pytest.mark.parametrize(("rate", "top", "levels"), [(100, 20, 5), (100, 45, 4), (12800, 5000, 4), (500, 12, 8)])
def test_the_coarsest_details_of_a_wavelet_lie_in_the_band(rate: float, top: float, levels: int) -> None:
    assert levels == wavelet_levels(rate, top)
    # The finest of the four details that are kept starts below the edge.
    assert rate / 2 ** (levels - 3) / 2 < top


def test_a_computer_that_never_sleeps_saves_no_energy(ontology: Ontology) -> None:
    assert focus_for(ontology, "power", "activity_recognition", "imu", "gru", "pi4") == "reporting"
    assert focus_for(ontology, "power", "activity_recognition", "imu", "gru", "nano33ble") == "power"
