"""Sizes of representations and models."""

from __future__ import annotations

import pytest

from gpiot_data.augment.decompositions.setting import Setting, figures_of, focus_for
from gpiot_data.augment.decompositions.sizes import model_size, shape_of, short_time
from gpiot_data.augment.ontology.model import Ontology


def test_a_shape_is_read_from_numbers_symbols_and_multiples_of_channels() -> None:
    assert shape_of([40, "frames", "5"[0:0] or 5], {"frames": 12, "c": 3}) == (40, 12, 5)
    assert shape_of(["6c"], {"c": 3}) == (18,)


def test_a_short_time_transform_covers_the_window() -> None:
    transform = short_time(400, 100.0, 20.0, None)
    assert (transform.seg, transform.hop, transform.bins, transform.frames) == (64, 32, 13, 11)


@pytest.mark.parametrize(
    ("model", "shape", "classes", "parameters"),
    [
        # Counted by hand: (24 + 1) x 6; (24 + 1) x 32 + (32 + 1) x 6; 5 x 6 x 16 + 16 + 5 x 16 x 32 + 32 + 33 x 6.
        ("logistic", (24,), 6, 150),
        ("mlp", (24,), 6, 998),
        ("cnn1d", (100, 6), 6, 3286),
        # 3 x (6 x 32 + 32 x 32 + 64) + 33 x 6.
        ("gru", (100, 6), 6, 4038),
        # 9 x 16 + 16, then 16 -> 32: 144 + 16 + 512 + 32, then 32 -> 64: 288 + 32 + 2048 + 64, then 65 x 4.
        ("cnn2d", (40, 30), 4, 3556),
        ("forest", (24,), 6, 40 * 127),
    ],
)
def test_parameters_are_those_of_the_architecture_in_words(
    ontology: Ontology, model: str, shape: tuple[int, ...], classes: int, parameters: int
) -> None:
    assert parameters == model_size(ontology.models[model], shape, classes, 16).parameters


def test_a_smaller_model_is_taken_where_the_large_one_does_not_fit(ontology: Ontology) -> None:
    wide, narrow = (
        figures_of(
            Setting(
                application="activity_recognition", modality="imu", representation="raw_window", model="cnn1d", focus="classifier",
                platform="nano33ble", budget_kib=budget,
            ),
            ontology,
        )
        for budget in (128, 5)
    )  # fmt: skip
    assert wide is not None
    assert narrow is not None
    assert narrow.size.parameters < wide.size.parameters
    assert narrow.total_bytes <= 5 * 1024


def test_what_cannot_fit_has_no_figures(ontology: Ontology) -> None:
    setting = Setting(
        application="activity_recognition", modality="camera", representation="frame_stack", model="cnn2d", focus="classifier",
        platform="arduino_uno", budget_kib=1,
    )  # fmt: skip
    assert figures_of(setting, ontology) is None


def test_a_sensor_that_needs_a_host_is_never_put_on_a_microcontroller(ontology: Ontology) -> None:
    setting = Setting(
        application="activity_recognition", modality="wifi_csi", representation="csi_components", model="cnn1d", focus="classifier",
        platform="stm32h743", budget_kib=512,
    )  # fmt: skip
    assert figures_of(setting, ontology) is None


def test_a_focus_that_makes_no_sense_for_an_answer_gives_way(ontology: Ontology) -> None:
    assert focus_for(ontology, "pretraining", "heart_rate", "ppg", "spectral_peak") == "estimation"
    assert focus_for(ontology, "pretraining", "activity_recognition", "imu", "gru") == "pretraining"
