"""Whether variants have the parts that they need, and clean without taking out what is looked for."""

from __future__ import annotations

from typing import Any

import pytest

from gpiot_data.augment.decompositions.hardware import cleaning_faults, hardware_faults
from gpiot_data.augment.decompositions.setting import Setting, chains, figures_of, focus_for, parts_of
from gpiot_data.augment.decompositions.tasks import write_tasks
from gpiot_data.augment.decompositions.values import values_of
from gpiot_data.augment.ontology.model import Ontology

PLACE = {"application": "indoor_localisation", "focus": "estimation", "model": "particle_filter"}
FIELD = {**PLACE, "modality": "magnetometer", "representation": "fingerprint"}
BLE = {**FIELD, "modality": "ble_rssi"}
UWB = {**PLACE, "modality": "uwb", "representation": "ranges", "model": "least_squares", "focus": "calibration"}
INSOLE = {
    "application": "fall_detection", "modality": "insole", "representation": "time_features", "model": "forest", "focus": "front_end",
}  # fmt: skip
BREATH = {"application": "breathing_rate", "representation": "waveform", "model": "interval_median", "focus": "cleaning"}
RFID, CHEST = {**BREATH, "modality": "rfid"}, {**BREATH, "modality": "mmwave", "representation": "chest_displacement"}
BEATS = {"application": "beat_detection", "representation": "beat_train", "model": "beat_intervals", "focus": "estimation"}
PULSE = {**BEATS, "modality": "ppg"}
SOUND = {"application": "sound_events", "modality": "audio", "representation": "log_mel", "model": "cnn2d", "focus": "classifier"}


def written(params: dict[str, Any], ontology: Ontology) -> str:
    """Return the steps of a setting."""
    setting = Setting(**params, seed="a")
    figures = figures_of(setting, ontology)
    assert figures is not None
    parts = parts_of(setting, ontology)
    tasks = write_tasks(setting, parts, values_of(setting, parts, figures), ontology, "modality+representation")
    return "\n".join(step for task in tasks for step in task.steps)


def faults(text: str, params: dict[str, Any], ontology: Ontology) -> list[str]:
    return [*hardware_faults(text, params, ontology), *cleaning_faults(text, params, ontology)]


@pytest.mark.parametrize(
    ("params", "text"),
    [
        (FIELD, "Give the field by its vertical part and its horizontal magnitude."),
        (BLE, "Let every beacon advertise and scan all three advertising channels."),
        (INSOLE, "Mark cells that stay within 1 % of either end of the range as broken."),
        (RFID, "Compare each sample with the median of the 11 around it.\nUnfold the phase of each tag with `numpy.unwrap`."),
        (CHEST, "Remove the static background of each range cell.\nChoose the range cell whose phase varies most."),
        (UWB, "Fit gain and offset of each of the 6 peers."),
        (
            UWB,
            "Fit gain and offset of each of the 6 peers.\nApply gain and offset on every reading.\nRemove the antenna delay of each pair.",
        ),
        (PULSE, "Remove the ambient light measured while both LEDs are off."),
        (SOUND, "Drop stretches whose level stays less than 6 dB above it.\nSkip windows in which 5 % of the samples are missing."),
    ],
)
def test_a_missing_part_or_a_rule_against_the_phenomenon_is_one_fault(ontology: Ontology, params: dict[str, Any], text: str) -> None:
    assert len(faults(text, params, ontology)) == 1
    assert faults(written(params, ontology), params, ontology) == []


def test_only_a_field_with_gravity_beside_it_is_split(ontology: Ontology) -> None:
    text = written(FIELD, ontology)
    assert "accelerometer" in text
    assert len(faults(text.replace("accelerometer", "compass"), FIELD, ontology)) == 1


@pytest.mark.parametrize(
    ("platform", "told"), [(None, "as receiver"), ("stm32l476", "as receiver"), ("nrf52832", "with the radio of the nRF52832 itself")]
)
def test_advertisements_are_heard_by_a_radio_that_is_named(ontology: Ontology, platform: str | None, told: str) -> None:
    text = written({**BLE, "platform": platform, "budget_kib": 32 if platform else None}, ontology)
    assert told in text
    assert "nRF52832" in text


def test_a_cell_without_load_is_sound_and_only_the_upper_end_marks_it(ontology: Ontology) -> None:
    text = written(INSOLE, ontology)
    assert "upper end of the range for a minute and never changes" in text
    assert "no reading comes to the upper end" in text


@pytest.mark.parametrize(("platform", "budget", "reads"), [("apollo3", 288, False), ("msp430fr5994", 6, False), ("nrf5340", 384, True)])
def test_a_microphone_with_i2s_goes_only_to_boards_that_take_it_in(ontology: Ontology, platform: str, budget: int, reads: bool) -> None:
    params = {**SOUND, "representation": "time_features", "model": "logistic"}
    assert reads == (figures_of(Setting(**params, platform=platform, budget_kib=budget), ontology) is not None)


def test_a_phase_is_unfolded_once_and_before_spikes_are_looked_for(ontology: Ontology) -> None:
    text = written(RFID, ontology)
    assert text.count("numpy.unwrap") == 1
    assert text.index("numpy.unwrap") < text.index("median of the 11")
    assert written({**RFID, "focus": "estimation"}, ontology).count("numpy.unwrap") == 1


def test_a_fitted_gain_is_applied_and_takes_the_delays_in(ontology: Ontology) -> None:
    text = written(UWB, ontology)
    assert "gain and offset on every reading" in text
    assert "antenna delay of each pair" not in text
    assert "antenna delay of each pair" in written({**UWB, "focus": "estimation"}, ontology)


@pytest.mark.parametrize("modality", ["ble_rssi", "magnetometer"])
def test_strengths_and_fields_of_no_known_size_are_not_calibrated(ontology: Ontology, modality: str) -> None:
    assert focus_for(ontology, "calibration", "indoor_localisation", modality, "particle_filter") == "front_end"


def test_a_pulse_rises_after_the_light_is_turned_over_and_one_wavelength_times_it(ontology: Ontology) -> None:
    text = written(PULSE, ontology)
    assert text.index("take the negative") < text.index("steepest rise of the cleaned infrared PPG signal")
    assert "slope of the cleaned infrared PPG signal" in text or "Differentiate the cleaned infrared PPG signal" in text
    assert "cleaned ECG" in written({**BEATS, "modality": "ecg"}, ontology)


def test_a_silent_stretch_is_no_missing_one(ontology: Ontology) -> None:
    assert "as silent, not as missing" in written(SOUND, ontology)


def test_every_chain_of_every_sensor_is_free_of_these_faults(ontology: Ontology) -> None:
    found = []
    for application in ontology.applications:
        for modality in ontology.modalities:
            for representation, model in chains(ontology, application, modality):
                for focus in ("estimation", "cleaning", "calibration", "front_end"):
                    kept = focus_for(ontology, focus, application, modality, model)
                    names = {"application": application, "modality": modality, "representation": representation, "model": model}
                    params = {**names, "focus": kept}
                    found += faults(written(params, ontology), params, ontology)
    assert found == []


def test_axes_of_one_unit_are_merged_as_they_are_and_others_are_scaled(ontology: Ontology) -> None:
    assert "as their units differ" in written({**BREATH, "modality": "imu"}, ontology)
    assert "as their units differ" not in written(RFID, ontology)
    steps = written({**BREATH, "application": "gait_analysis", "modality": "imu"}, ontology)
    assert "vertical acceleration, which peaks once with each step" in steps
    assert "principal component" not in steps


def test_boards_without_a_port_for_such_microphones_hear_nothing_whatever_their_memory(ontology: Ontology) -> None:
    without = sorted(name for name, entry in ontology.platforms.items() if "I2S" not in entry.ports)
    assert without == ["apollo3", "arduino_uno", "msp430fr5994"]
    params = {**SOUND, "representation": "time_features", "model": "logistic"}
    settings = [Setting(**params, platform=name, budget_kib=ontology.platforms[name].ram_kib) for name in without]
    assert [figures_of(setting, ontology) for setting in settings] == [None, None, None]


@pytest.mark.parametrize(("platform", "heard"), [("jetson_nano", False), ("beaglebone", False), ("pi4", True)])
def test_a_wristband_reaches_only_computers_with_its_radio(ontology: Ontology, platform: str, heard: bool) -> None:
    params = {"application": "stress_detection", "modality": "eda", "representation": "time_features", "model": "forest", "focus": "power"}
    assert heard == (figures_of(Setting(**params, platform=platform, budget_kib=393216), ontology) is not None)


def test_a_receiver_that_scans_does_not_sleep_and_a_stride_is_no_step(ontology: Ontology) -> None:
    assert focus_for(ontology, "power", "indoor_localisation", "ble_rssi", "particle_filter") == "reporting"
    assert chains(ontology, "gait_analysis", "insole") == ()


@pytest.mark.parametrize(
    ("application", "modality", "part"),
    [("ventilation_control", "particles", "SHT31"), ("level_monitoring", "ultrasonic_range", "DS18B20")],
)
def test_what_corrects_a_reading_is_measured_by_a_part_that_is_named(
    ontology: Ontology, application: str, modality: str, part: str
) -> None:
    representation, model = chains(ontology, application, modality)[0]
    params = {"application": application, "modality": modality, "representation": representation, "model": model, "focus": "cleaning"}
    assert part in written(params, ontology)


def test_what_counts_as_apart_is_not_called_missing_before(ontology: Ontology) -> None:
    params = {**BLE, "application": "contact_tracing", "representation": "ranges", "model": "thresholds"}
    text = written(params, ontology)
    assert "not heard in the window as apart" in text
    assert "as missing instead of" not in text
    assert "as missing instead of" in written({**BLE, "representation": "ranges"}, ontology)
