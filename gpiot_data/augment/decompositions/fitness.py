"""Whether a text suits its place, its computer and its wish: reach, ports and radios, trust in estimates, gaps and short events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gpiot_data.augment.decompositions.arithmetic import number
from gpiot_data.augment.decompositions.flags import RERUN
from gpiot_data.augment.ontology.model import Ontology

#: A wish for less than the window holds.
_SHORTER = re.compile(r"compact description|feature extraction")
_REACH = re.compile(r"longest range of (\d[\d,]*(?:\.\d+)?) m\b")
_MODULE = re.compile(r"radio module")
_LEFT_OUT = re.compile(r"another tenth of the window")
_GAPS = re.compile(r"more than \d+ % of the samples (?:of a minute )?are missing")
_TWICE = re.compile(r"two windows in a row|agreement of two neighbouring windows")
_MAP = re.compile(r"\d bytes for the map\b")


def wish_faults(problem: str, params: Mapping[str, Any], ontology: Ontology) -> Iterator[str]:
    """Yield a sentence where a problem asks for features, or for less than a window, and the representation is the window itself."""
    name = params["representation"]
    if params["focus"] in ontology.focuses and name in ontology.focuses[params["focus"]].unfit:
        yield f"{ontology.representations[name].name} are no answer to a module about {params['focus']}"
    elif (match := _SHORTER.search(problem)) and name in ontology.focuses["features"].unfit:
        yield f"'{match[0]}' is asked for, but {ontology.representations[name].name} are as long as the window"


def place_faults(text: str, params: Mapping[str, Any], ontology: Ontology) -> Iterator[str]:
    """Yield a sentence where a sensor does not see far enough, or the rule for gaps or short events does not suit what is sensed."""
    modality = ontology.modalities[params["modality"]]
    phenomenon = ontology.phenomena[ontology.applications[params["application"]].needs[0]]
    for match in _REACH.finditer(text):
        if number(match[1]) < phenomenon.reach_m:
            yield f"a {match[0]} is too short for {phenomenon.name}: {phenomenon.reach_m:g} m at least"
    if modality.kind == "ranges" and (gaps := _GAPS.search(text)):
        yield f"'{gaps[0]}' is true of nearly every window of {modality.name}"
    if phenomenon.impulsive and (twice := _TWICE.search(text)):
        yield f"'{twice[0]}': {phenomenon.name} may be over within one"


def board_faults(text: str, params: Mapping[str, Any], ontology: Ontology) -> Iterator[str]:
    """Yield a sentence where a computer has no port for the device, or has a radio of its own and is given another."""
    if params.get("platform") is None:
        return
    platform = ontology.platforms[params["platform"]]
    for device in ontology.modalities[params["modality"]].devices:
        if device.name in text and device.port is not None and device.port not in platform.ports:
            yield f"the {device.name} needs the port '{device.port}', which the {platform.name} does not have"
    if platform.radio and _MODULE.search(text):
        yield f"the {platform.name} has a radio of its own"


def trust_faults(text: str, params: Mapping[str, Any], ontology: Ontology) -> Iterator[str]:
    """Yield a sentence where an estimator cannot be run again on a part of the window, or works without the map it compares with."""
    model = ontology.models[params["model"]]
    if params["model"] not in RERUN and (match := _LEFT_OUT.search(text)):
        yield f"'{match[0]}': {model.name} cannot be run on a part of a window"
    compared = ontology.representations[params["representation"]].surveyed and model.size != "survey"
    if compared and params.get("platform") is not None and not _MAP.search(text) and " bytes for " in text:
        yield "the map that live windows are compared with is not among the parts of the memory"
