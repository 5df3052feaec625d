"""What a pair is said to be about."""

from __future__ import annotations

from typing import Any

from gpiot_data.augment.decompositions.understand import understand, understand_all
from gpiot_data.augment.ontology.model import Ontology


def read(rows: list[dict[str, Any]], ontology: Ontology) -> list[tuple[str, str, str] | None]:
    return [(found.application, found.modality, found.focus) if found else None for found in understand_all(rows, ontology)]


def test_application_sensor_and_focus_are_read_off_the_words_of_a_pair(raw_rows: list[dict[str, Any]], ontology: Ontology) -> None:
    assert read(raw_rows, ontology) == [
        ("fall_detection", "imu", "trigger"),
        ("fall_detection", "imu", "classifier"),
        ("activity_recognition", "wifi_csi", "timing"),
        ("activity_recognition", "wifi_csi", "features"),
        ("beat_detection", "ecg", "decision"),
        ("breathing_rate", "mmwave", "estimation"),
        ("machine_condition", "vibration", "features"),
        ("indoor_localisation", "ble_rssi", "calibration"),
        None,
    ]


def test_the_representation_is_told_where_it_is_named(raw_rows: list[dict[str, Any]], ontology: Ontology) -> None:
    found = understand(raw_rows[3], ontology)
    assert found is not None
    assert found.representation == "doppler_spectrogram"


def test_a_sensor_that_cannot_sense_what_the_application_needs_is_no_reading(ontology: Ontology) -> None:
    row = {
        "problem": "Design the module “front end” for a system described as “Sleep Staging from a Gas Sensor for CO2”.",
        "tasks": [{"name": "Reading", "steps": ["Read the CO2 sensor through the night of sleep."]}],
    }
    assert understand(row, ontology) is None


def test_a_module_without_a_sensor_takes_that_of_its_paper_only_where_two_others_agree(
    raw_rows: list[dict[str, Any]], ontology: Ontology
) -> None:
    bare = {**raw_rows[0], "problem": "Design the module “alarm delivery” for a system that detects a fallen person."}
    bare["tasks"] = [{"name": "Delivery", "steps": ["Send the alarm twice."]}]
    assert read([*raw_rows[:2], bare], ontology)[2] == ("fall_detection", "imu", "reporting")
    assert read([raw_rows[0], bare], ontology)[1] is None
