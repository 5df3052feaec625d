"""The ontology's entries: complete, sourced, and consistent with each other."""

from __future__ import annotations

import importlib
import re
import shutil
from pathlib import Path

import pytest

from gpiot_data.augment.decompositions.setting import chains
from gpiot_data.augment.ontology.load import FOLDER, load_ontology
from gpiot_data.augment.ontology.model import Ontology
from gpiot_data.errors import BadManifest


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load_ontology()


def test_there_are_enough_modalities_and_platforms(ontology: Ontology) -> None:
    assert len(ontology.modalities) >= 24
    assert len(ontology.platforms) >= 20


def test_every_figure_has_a_source(ontology: Ontology) -> None:
    groups = (ontology.platforms, ontology.phenomena, ontology.applications)
    entries = [entry for group in groups for entry in group.values()]
    entries += [item for modality in ontology.modalities.values() for item in (*modality.devices, *modality.datasets)]
    assert [entry.name for entry in entries if len(entry.source) < 8] == []


def test_every_application_can_be_built_with_some_sensor(ontology: Ontology) -> None:
    without = [name for name in ontology.applications if not any(chains(ontology, name, modality) for modality in ontology.modalities)]
    assert without == []


def test_every_sensor_and_representation_is_of_use(ontology: Ontology) -> None:
    used = {
        (modality, chain[0])
        for name in ontology.applications
        for modality in ontology.modalities
        for chain in chains(ontology, name, modality)
    }
    offered = {(name, item) for name, entry in ontology.modalities.items() for item in entry.representations}
    assert set() == offered - used


def test_every_band_lies_below_half_the_highest_rate(ontology: Ontology) -> None:
    for name, modality in ontology.modalities.items():
        for phenomenon, sense in modality.senses.items():
            if sense.band is not None:
                low, top = sense.band
                assert 0 <= low < top < (modality.analysis_rate or max(modality.rates)) / 2, (name, phenomenon)


def test_a_platform_keeps_its_figures_apart(ontology: Ontology) -> None:
    for name, platform in ontology.platforms.items():
        assert platform.ram_kib > 0
        assert 1 <= platform.clock_mhz <= 5000, name
        assert (platform.active_ma is None) == (platform.sleep_ua is None), name
        assert re.match(r"under|over|\d+ to \d+", platform.price), name


def spoilt(tmp_path: Path, file: str, old: str, new: str) -> Path:
    folder = tmp_path / "ontology"
    shutil.copytree(FOLDER, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("applications.yaml", "needs: [gait]", "needs: [gaits]", "phenomenon 'gaits'"),
        ("modalities/body.yaml", "representations: [tonic_phasic,", "representations: [tonic,", "representation 'tonic'"),
        ("focuses.yaml", "after: clean", "after: cleaning", "stage 'cleaning'"),
        ("models.yaml", "only: [autocorrelation]", "only: [correlation]", "representation 'correlation'"),
        ("modalities/place.yaml", "units: ['ppm']", "units: []", "lacks a unit"),
        ("platforms.yaml", "ram_kib: 264", "ram: 264", "unknown key 'ram'"),
    ],
)
def test_a_name_that_is_not_there_is_told(tmp_path: Path, file: str, old: str, new: str, told: str) -> None:
    with pytest.raises(BadManifest, match=told):
        load_ontology(spoilt(tmp_path, file, old, new))


def test_every_library_call_that_can_be_tried_here_exists() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.rglob("*.yaml")))
    calls = sorted(set(re.findall(r"`((?:scipy|numpy|sklearn)(?:\.\w+)+)`", text)))
    assert len(calls) > 25
    missing = []
    for call in calls:
        module, _, name = call.rpartition(".")
        if module == "numpy.random.Generator":
            owner: object = importlib.import_module("numpy.random").Generator
        else:
            owner = importlib.import_module(module)
        if not hasattr(owner, name):
            missing.append(call)
    assert missing == []
