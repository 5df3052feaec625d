"""Whether what a text asks of a sensor can be had from the parts that it names, and leaves alone what is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gpiot_data.augment.ontology.model import Ontology

_TILT = re.compile(r"\btilt\b|vertical part|along gravity|horizontal magnitude")
_SCAN = re.compile(r"advertising channels(?: in turn)?")
_RECEIVER = re.compile(r"as receiver|radio of the")
_LOW_END = re.compile(r"either end of the range")
_SPIKES = re.compile(r"median of the 11")
_UNFOLD = re.compile(r"numpy\.unwrap")
_RANDOM_CELL = re.compile(r"whose phase varies most")
_STATIC = re.compile(r"static background")
_FITTED = re.compile(r"gain and offset of")
_APPLIED = re.compile(r"gain and offset (?:on|to) every reading")
_DELAY = re.compile(r"the antenna delay of each pair")
_AMBIENT = re.compile(r"ambient light measured while")
_SHORT_LOST = re.compile(r"(?:Skip|Drop) stretches whose level stays less than 6 dB")


def hardware_faults(text: str, params: Mapping[str, Any], ontology: Ontology) -> Iterator[str]:
    """Yield a sentence where a text needs a part that nobody names, or takes a reading from one that does not give it."""
    name, modality = params["modality"], ontology.modalities[params["modality"]]
    if name == "magnetometer" and (tilt := _TILT.search(text)) and "acceleromet" not in text:
        yield f"'{tilt[0]}': a magnetic field alone tells no tilt"
    if (scan := _SCAN.search(text)) and not _RECEIVER.search(text):
        yield f"'{scan[0]}' are listened on by no receiver that is named"
    if ambient := _AMBIENT.search(text):
        yield f"'{ambient[0]}': each device of the {modality.name} cancels that by itself"


def cleaning_faults(text: str, params: Mapping[str, Any], ontology: Ontology) -> Iterator[str]:
    """Yield a sentence where a rule of the cleaning takes out what is looked for, or is worked out twice or never."""
    modality = ontology.modalities[params["modality"]]
    if modality.rests_low and (end := _LOW_END.search(text)):
        yield f"'{end[0]}': a {modality.channel} of the {modality.name} rests at the lower one"
    if _STATIC.search(text) and (cell := _RANDOM_CELL.search(text)):
        yield f"'{cell[0]}': without the static background the phase of an empty cell varies most"
    if modality.wraps and (spikes := _SPIKES.search(text)) and not _UNFOLD.search(text, 0, spikes.start()):
        yield f"'{spikes[0]}' is taken of a phase that is not unfolded yet"
    if (fitted := _FITTED.search(text)) and not _APPLIED.search(text):
        yield f"'{fitted[0]}' are fitted and never applied"
    elif fitted and (delay := _DELAY.search(text)):
        yield f"'{delay[0]}' is removed a second time: the offset holds it"
    if (lost := _SHORT_LOST.search(text)) and "are missing" in text:
        yield f"'{lost[0]}': a window with a short sound would count as missing"
