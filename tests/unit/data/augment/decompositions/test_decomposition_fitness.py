"""Whether variants suit their place, their computer and their wish."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gpiot_data.augment.decompositions.claims import reference_faults
from gpiot_data.augment.decompositions.fitness import board_faults, place_faults, trust_faults, wish_faults
from gpiot_data.augment.decompositions.problem import write_problem
from gpiot_data.augment.decompositions.rows import augment_rows
from gpiot_data.augment.decompositions.setting import Setting, figures_of, parts_of
from gpiot_data.augment.decompositions.tasks import write_tasks
from gpiot_data.augment.decompositions.values import values_of
from gpiot_data.augment.ontology.model import Ontology
from gpiot_data.schema import Kept
from gpiot_data.variants_rule import VariantsRule

Rows = list[dict[str, Any]]
FALL = {"application": "fall_detection", "modality": "mmwave", "representation": "point_features", "model": "gru", "focus": "classifier"}
CAMERA = {**FALL, "modality": "camera", "representation": "frame_stack", "model": "cnn2d"}
BREATH = {**FALL, "application": "breathing_rate", "representation": "chest_displacement", "model": "spectral_peak", "focus": "estimation"}
BLE = {
    "application": "indoor_localisation", "modality": "ble_rssi", "representation": "fingerprint", "model": "particle_filter",
    "focus": "estimation", "platform": "stm32l476", "budget_kib": 64,
}  # fmt: skip
SOUND = {"application": "sound_events", "modality": "audio", "representation": "log_mel", "model": "cnn2d", "focus": "trigger"}
BEARING = {**SOUND, "application": "machine_condition", "representation": "envelope_spectrum", "model": "forest", "focus": "features"}
IMU = {**FALL, "modality": "imu", "representation": "raw_window", "model": "cnn1d"}
RECORDS = {**FALL, "modality": "imu", "representation": "time_features", "model": "forest", "focus": "reporting", "budget_kib": 64}


def written(params: dict[str, Any], ontology: Ontology) -> tuple[str, str]:
    """Return problem and steps of a setting."""
    setting = Setting(**params, seed="a")
    figures = figures_of(setting, ontology)
    assert figures is not None
    parts = parts_of(setting, ontology)
    values = values_of(setting, parts, figures)
    tasks = write_tasks(setting, parts, values, ontology, "modality+representation")
    return write_problem(setting, parts, values, ontology, "modality"), "\n".join(step for task in tasks for step in task.steps)


@pytest.mark.parametrize(
    ("change", "problem", "faults"),
    [
        ({"focus": "features"}, "Plan the representation of the signal.", 1),
        ({}, "Plan the compact description of the signal.", 1),
        ({"modality": "camera", "representation": "frame_stack", "model": "cnn2d"}, "Work out the feature extraction.", 1),
        ({}, "Plan the model that gives the answer.", 0),
        ({"representation": "time_features", "model": "forest", "focus": "features"}, "Work out the feature extraction.", 0),
    ],
)
def test_a_wish_for_features_is_not_answered_by_the_window(ontology: Ontology, change: dict[str, str], problem: str, faults: int) -> None:
    assert faults == len(list(wish_faults(problem, {**IMU, **change}, ontology)))


def test_rows_about_features_get_no_window_as_it_is(raw_rows: Rows, ontology: Ontology) -> None:
    made = [item.row for item in augment_rows(raw_rows, VariantsRule(per_aspect=40)) if isinstance(item, Kept)]
    found = [row["parents"][0]["params"] for row in made if row["aspect"] != "raw"]
    about = [params["representation"] for params in found if params["focus"] == "features"]
    assert len(about) > 20
    assert not {"raw_window", "frame_stack"} & set(about)
    assert {"raw_window", "frame_stack"} <= {params["representation"] for params in found}


@pytest.mark.parametrize(("params", "reach", "cell"), [(FALL, 9.6, 15.0), (BREATH, 2.4, 3.75)])
def test_a_radar_sees_as_far_as_its_bandwidth_lets_it_and_its_purpose_needs(
    ontology: Ontology, params: dict[str, Any], reach: float, cell: float
) -> None:
    _, text = written(params, ontology)
    bandwidth = float(re.findall(r"over (\d) GHz of bandwidth", text)[0])
    assert re.findall(r"resolution of ([\d.]+) cm and the longest range of ([\d.]+) m", text) == [(f"{cell:g}", f"{reach:g}")]
    assert (cell, reach) == (pytest.approx(15 / bandwidth), pytest.approx(64 * 0.15 / bandwidth))
    assert list(place_faults(text, params, ontology)) == []


@pytest.mark.parametrize(
    ("params", "text", "faults"),
    [
        (FALL, "Check that the longest range of 2.4 m or less fits.", 1),
        (BREATH, "Check that the longest range of 2.4 m or less fits.", 0),
        (BLE, "Skip windows in which more than 5 % of the samples are missing.", 1),
        (BLE, "Raise an overload when more than 5 % of the samples of a minute are missing.", 1),
        (SOUND, "Skip windows in which more than 5 % of the samples are missing.", 0),
        (SOUND, "Open an event when the score exceeds 0.7 in two windows in a row.", 1),
        ({**SOUND, "application": "presence_detection", "modality": "pir"}, "Open an event after two windows in a row.", 0),
    ],
)
def test_reach_gaps_and_short_events_suit_what_is_sensed(ontology: Ontology, params: dict[str, Any], text: str, faults: int) -> None:
    assert faults == len(list(place_faults(text, params, ontology)))


@pytest.mark.parametrize(
    ("params", "text", "faults"),
    [
        ({**CAMERA, "platform": "pi5"}, "Read grey frames of the OV2640.", 1),
        ({**CAMERA, "platform": "pi5"}, "Read grey frames of the IMX219.", 0),
        ({**CAMERA, "platform": "esp32s3"}, "Read grey frames of the OV2640.", 0),
        ({**RECORDS, "platform": "esp32"}, "Hand records to a radio module.", 1),
        ({**RECORDS, "platform": "rp2040"}, "Hand records to a radio module.", 0),
    ],
)
def test_a_board_has_the_port_of_its_sensor_and_needs_no_second_radio(
    ontology: Ontology, params: dict[str, Any], text: str, faults: int
) -> None:
    assert faults == len(list(board_faults(text, params, ontology)))


@pytest.mark.parametrize(
    ("platform", "told"),
    [("esp32", "`paho.mqtt.client` on the gateway"), ("nrf52832", "with the radio of the nRF52832"), ("rp2040", "serial line")],
)
def test_records_leave_a_board_by_its_own_radio_where_it_has_one(ontology: Ontology, platform: str, told: str) -> None:
    _, text = written({**RECORDS, "platform": platform, "budget_kib": 48}, ontology)
    assert told in text
    assert ("radio module" in text) == (platform == "rp2040")


@pytest.mark.parametrize(("platform", "camera"), [("pi5", "IMX219"), ("jetson_nano", "IMX219")])
def test_a_camera_is_one_that_the_board_can_read(ontology: Ontology, platform: str, camera: str) -> None:
    for seed in "abcdefgh":
        setting = Setting(**CAMERA, platform=platform, budget_kib=1048576, seed=seed)
        figures = figures_of(setting, ontology)
        assert figures is not None
        assert values_of(setting, parts_of(setting, ontology), figures)["device"] == camera
    assert figures_of(Setting(**CAMERA, platform="beaglebone", budget_kib=393216), ontology) is None


def test_raw_radar_frames_and_bare_voltages_go_only_to_boards_that_take_them(ontology: Ontology) -> None:
    insole = {**FALL, "modality": "insole", "representation": "time_features", "model": "forest"}
    assert figures_of(Setting(**FALL, platform="stm32h743", budget_kib=1024), ontology) is None
    assert figures_of(Setting(**FALL, platform="pi4", budget_kib=1048576), ontology) is not None
    assert figures_of(Setting(**insole, platform="jetson_nano", budget_kib=1048576), ontology) is None
    assert figures_of(Setting(**insole, platform="nano33ble", budget_kib=128), ontology) is not None


@pytest.mark.parametrize(
    ("params", "told"),
    [
        (BREATH, "another tenth of the window"),
        ({**BREATH, "model": "interval_median"}, "interquartile range of the intervals"),
        (BLE, "uncertainty that the estimate brings"),
        ({**BLE, "representation": "ranges", "model": "least_squares"}, "uncertainty that the estimate brings"),
    ],
)
def test_trust_is_told_in_the_way_of_the_estimator(ontology: Ontology, params: dict[str, Any], told: str) -> None:
    _, text = written(params, ontology)
    assert told in text
    assert list(trust_faults(text, params, ontology)) == []
    again = f"{text}\nRun the estimate ten times with another tenth of the window left out."
    assert len(list(trust_faults(again, params, ontology))) == (0 if params["model"] == "spectral_peak" else 1)


@pytest.mark.parametrize(("platform", "budget", "width"), [("stm32l476", 64, 2), ("pi4", 524288, 4)])
def test_a_filter_on_fingerprints_holds_the_map_of_all_marks(ontology: Ontology, platform: str, budget: int, width: int) -> None:
    params = {**BLE, "platform": platform, "budget_kib": budget}
    _, text = written(params, ontology)
    # 60 marks of 3 x 12 numbers and two coordinates.
    assert f"2,280 numbers x {width} bytes = {2280 * width:,} bytes" in text
    assert any(f" + {2280 * width:,} + " in total for total in re.findall(r"[\d,]+(?: \+ [\d,]+)+ = ", text))
    assert list(trust_faults(text, params, ontology)) == []
    if width == 2:
        assert len(list(trust_faults(text.replace("bytes for the map", "bytes for more"), params, ontology))) == 1


def test_a_live_fingerprint_is_formed_before_it_is_compared(ontology: Ontology) -> None:
    _, text = written(BLE, ontology)
    assert "live fingerprint fits" in text
    assert list(reference_faults(text)) == []
    without = "\n".join(step for step in text.splitlines() if "live fingerprint of each window" not in step)
    assert len(list(reference_faults(without))) == 1


def test_sparse_reports_are_judged_by_who_was_heard(ontology: Ontology) -> None:
    _, text = written({**BLE, "focus": "cleaning"}, ontology)
    assert "fewer than three of the 12 beacons were heard" in text
    assert "the share of beacons that were heard" in text
    assert "5 % of the samples" not in text
    _, text = written({**BLE, "focus": "timing"}, ontology)
    assert "each beacon of which less than half of the reports of a minute came" in text
    assert "5 % of the samples" not in text


def test_a_trigger_lets_short_sounds_through(ontology: Ontology) -> None:
    _, text = written(SOUND, ontology)
    assert "keep short ones" in text
    assert "two windows in a row" not in text
    # The resting level is followed on what a level rule would have taken out.
    assert "6 dB" not in text
    assert "6 dB" in written({**SOUND, "focus": "classifier"}, ontology)[1]


def test_multiples_of_the_shaft_rate_come_with_a_tachometer_that_is_read(ontology: Ontology) -> None:
    _, text = written(BEARING, ontology)
    assert list(reference_faults(text)) == []
    without = "\n".join(step for step in text.splitlines() if "tachometer" not in step)
    assert len(list(reference_faults(without))) == 1


def test_a_list_of_beat_times_holds_the_fastest_heart_in_the_longest_window(ontology: Ontology) -> None:
    for need in ontology.representations["beat_train"].phenomena:
        fastest = (ontology.phenomena[need].rates_hz or ontology.phenomena["heartbeat"].rates_hz)[1]
        assert fastest * max(ontology.phenomena[need].windows_s) <= ontology.representations["beat_train"].shape[0]


def test_only_what_a_part_collects_by_itself_lets_the_processor_stop(ontology: Ontology) -> None:
    def sleeps(modality: str) -> bool:
        params = {
            "application": "beat_detection", "modality": modality, "representation": "beat_train", "model": "beat_intervals",
            "focus": "classifier", "platform": "stm32l476", "budget_kib": 96,
        }  # fmt: skip
        return "asleep" in written(params, ontology)[1] or "awake one tenth" in written(params, ontology)[1]

    assert (sleeps("ppg"), sleeps("ecg")) == (True, False)


@pytest.mark.parametrize(
    ("params", "ruled"), [({**CAMERA, "focus": "cleaning"}, False), ({**IMU, "modality": "wifi_csi", "focus": "cleaning"}, True)]
)
def test_missing_samples_are_judged_once(ontology: Ontology, params: dict[str, Any], ruled: bool) -> None:
    _, text = written(params, ontology)
    assert ("that were not missing" in text) != ruled
    assert ("5 % of the samples are missing" in text) == ruled


def test_a_waveform_is_laid_beside_its_reference(ontology: Ontology) -> None:
    _, text = written({**BREATH, "focus": "features"}, ontology)
    assert "beside a chest belt" in text
    assert "same answer" not in text
