"""The package corpora that ship: what they promise of licences, tags and evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpiot_data.sources.facts import read_facts
from gpiot_data.sources.licences import Licence, is_permissive, resolve_licence
from gpiot_data.sources.packages import PackageCorpus, PackageSource, fetch_package

FOLDER = Path(__file__).parents[3] / "corpora"
GENERAL = {
    *("numpy", "scipy", "pandas", "xarray", "statsmodels", "scikit-learn", "scikit-image", "networkx", "matplotlib", "seaborn"),
}
COPYLEFT = {"obspy", "python-can", "asyncua", "emd", "py-ecg-detectors", "scapy", "sigmf", "zeroconf"}


def sources(name: str) -> tuple[PackageSource, ...]:
    return PackageCorpus.load(FOLDER / f"packages.{name}.yaml").sources


ALL = [source for name in ("core", "device", "reserve") for source in sources(name)]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("packages.*.yaml")), ids=lambda path: path.name)
def test_a_corpus_is_named_after_its_file(path):
    assert PackageCorpus.load(path).name == path.name.removesuffix(".yaml")


def test_no_package_is_in_two_of_the_corpora():
    names = [source.name.lower() for source in ALL]
    assert sorted(set(names)) == sorted(names)


def test_core_and_device_hold_permissive_licences_only_and_the_reserve_marks_the_others():
    assert [source.name for source in (*sources("core"), *sources("device")) if not is_permissive(source.license)] == []
    assert {source.name for source in sources("reserve") if not is_permissive(source.license)} == COPYLEFT


def test_the_general_tag_is_borne_by_the_ten_and_by_all_of_their_modules():
    assert {source.name for source in ALL if "general" in source.tags} == GENERAL
    for source in ALL:
        assert {"general" in tags for tags in source.module_tags.values()} <= {source.name in GENERAL}


def test_every_entry_tells_its_evidence_and_what_to_read():
    assert [source.name for source in ALL if not (source.evidence and source.modules)] == []
    assert [source.name for source in ALL if not source.tags] == ["simpy"]


SMALL = ["antropy", "spectrum", "wfdb", "filterpy", "csiread", "paho-mqtt", "adafruit-circuitpython-gps", "smbus2", "asyncua"]


@pytest.mark.net
@pytest.mark.parametrize("source", [source for source in ALL if source.name in SMALL], ids=lambda source: source.name)
def test_the_index_has_the_artefact_and_its_licence_and_modules_are_what_the_corpus_says(source, socket_enabled):
    modules, notices = read_facts(fetch_package(source))
    assert resolve_licence(source.label, notices) == Licence(source.license, source.evidence)
    assert set(source.modules) <= set(modules)
