from __future__ import annotations

from typing import Any

import pytest

from gpiot_data.augment.decompositions.rows import augment_rows
from gpiot_data.augment.ontology.load import load_ontology
from gpiot_data.augment.ontology.model import Ontology
from gpiot_data.schema import Kept, SourceRef, SubTask, TddRow, Teacher
from gpiot_data.variants_rule import VariantsRule

#: (paper, module and what it is for, name of the system, a sub-task): one sensing system each, and one that senses nothing.
RAW = [
    ("falls", "three-phase event trigger", "A Belt-Worn Inertial Node that Raises Fall Alarms", "Wake the accelerometer at each impact."),
    (
        "falls",
        "eight-bit fall classifier",
        "A Belt-Worn Inertial Node that Raises Fall Alarms",
        "Train the network on windows of the accelerometer.",
    ),
    (
        "csi",
        "sounding and packet timing",
        "An Activity Recogniser on WiFi",
        "Send a WiFi packet every 5 ms and log the CSI of 56 subcarriers.",
    ),
    ("csi", "Doppler spectrogram and features", "An Activity Recogniser on WiFi", "Compute the Doppler spectrogram of the CSI."),
    (
        "ecg",
        "self-adjusting peak thresholds",
        "Integer R-Peak Detection for a Wearable ECG",
        "Update the threshold after each R peak of the ECG.",
    ),
    ("radar", "rate estimation and quality gating", "Breathing Rates from a 60 GHz Radar Chirp", "Search the radar phase for breathing."),
    (
        "bearing",
        "envelope demodulation",
        "Bearing Condition Tracking on a Vibration Node",
        "Compute the envelope spectrum of the vibration signal.",
    ),
    ("ble", "propagation calibration", "Indoor Positioning from BLE Advertisements", "Fit the constants of each BLE beacon on site."),
    ("lora", "airtime ledger", "A LoRa Link Controller for Battery Sensors", "Count the milliseconds of each transmission."),
]


def raw_row(source: str, module: str, system: str, step: str) -> dict[str, Any]:
    place = SourceRef(corpus="c", source=source, version="1", sha256="0" * 64, span=(0, 1), span_sha256="1" * 64, page=1, bbox=(0, 0, 1, 1))
    row = TddRow(
        problem=f"Design the module “{module}” for a system described as “{system}”.",
        tasks=(SubTask("First", (step,)), SubTask("Second", ("Send the outcome to the gateway.",))),
        source=place,
        license="CC-BY-4.0",
        teacher=Teacher("rules", "tdd-rules/1"),
    )
    return row.to_json()


@pytest.fixture(scope="session")
def ontology() -> Ontology:
    return load_ontology()


@pytest.fixture(scope="session")
def raw_rows() -> list[dict[str, Any]]:
    return [raw_row(*item) for item in RAW]


@pytest.fixture(scope="session")
def variants(raw_rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made = augment_rows(raw_rows, VariantsRule(per_aspect=6))
    return [item.row for item in made if isinstance(item, Kept) and item.row["aspect"] != "raw"]
