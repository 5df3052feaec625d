"""Whether a text claims of its parts, its model and its earlier steps what they can do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gpiot_data.augment.decompositions.flags import SCORED
from gpiot_data.augment.decompositions.setting import chains
from gpiot_data.augment.decompositions.sizes import NETWORKS
from gpiot_data.augment.decompositions.stack import stack_mib
from gpiot_data.augment.ontology.model import Ontology

#: What only networks do, what needs scores that grow with trust, and what needs an answer in classes.
_NETWORK_ONLY = re.compile(r"quantisation-aware|last layer|dropout")
_SCORES = re.compile(r"class scores|best score stays below|exceeds 0\.7|contributes? equally to the loss")
_CLASSES = re.compile(r"mutual_info_classif|Classifier\b|LogisticRegression|LinearSVC|precision_recall_curve")
#: What a step refers to, and what another step has to say for it to be there.
_MADE_BEFORE = (
    (re.compile(r"residuals of the calibration"), re.compile(r"\bcalibrat\w+ .*\b(?:fit|known)|least squares", re.IGNORECASE)),
    (re.compile(r"found by search"), re.compile(r"\b(?:search|look) back", re.IGNORECASE)),
    (re.compile(r"live fingerprint (?:fits|with those)"), re.compile(r"^(?!.*(?:fits|with those)).*\blive fingerprint", re.MULTILINE)),
    (re.compile(r"shaft rate"), re.compile(r"tachometer", re.IGNORECASE)),
)
_REGISTER = re.compile(r"identity register")
_FIFO = re.compile(r"\bFIFO\b|fill its (?:own )?buffer")
_COARSE_FIXED = re.compile(r"16-bit fixed point|16-bit coefficients(?! would)")
#: Filters below this share of the sampling rate do not survive coefficients of 16 bits.
_NARROW = 0.01


def part_faults(text: str, params: Mapping[str, Any], ontology: Ontology) -> Iterator[str]:
    """Yield a sentence where a text asks of its device what that does not have."""
    named = [device for device in ontology.modalities[params["modality"]].devices if device.name in text]
    for device in named:
        if _REGISTER.search(text) and not device.register:
            yield f"the {device.name} has no register that tells its identity"
        if _FIFO.search(text) and not device.fifo:
            yield f"the {device.name} has no FIFO"


def model_faults(text: str, params: Mapping[str, Any], ontology: Ontology) -> Iterator[str]:
    """Yield a sentence where sensor, representation and model do not lead to the answer, or a model is asked for what it cannot give."""
    application, model = ontology.applications[params["application"]], ontology.models[params["model"]]
    if (params["representation"], params["model"]) not in chains(ontology, params["application"], params["modality"]):
        yield f"{params['representation']} with {params['model']} does not lead from the {params['modality']} to {application.name}"
    if model.size not in NETWORKS and (match := _NETWORK_ONLY.search(text)):
        yield f"'{match[0]}' is for networks, not for {model.name}"
    if model.size not in SCORED and (match := _SCORES.search(text)):
        yield f"'{match[0]}': {model.name} gives no scores from 0 to 1"
    if application.kind not in ("classify", "events") and (match := _CLASSES.search(text)):
        yield f"'{match[0]}' is for classes, but {application.name} answers with numbers"


def reference_faults(text: str) -> Iterator[str]:
    """Yield a sentence for each thing referred to that no step makes."""
    for named, made in _MADE_BEFORE:
        if (match := named.search(text)) and not made.search(text):
            yield f"no step makes what '{match[0]}' refers to"


def sampling_faults(text: str, params: Mapping[str, Any], ontology: Ontology) -> Iterator[str]:
    """Yield a sentence where rate, spectrum or number format cannot hold what the application looks for."""
    modality = ontology.modalities[params["modality"]]
    phenomenon = ontology.phenomena[ontology.applications[params["application"]].needs[0]]
    stated = re.search(rf"\bat ([\d,.]+) {re.escape(modality.rate_unit)}", text)
    if stated and float(stated[1].replace(",", "")) < phenomenon.least_hz:
        yield f"{stated[0]} is too slow for {phenomenon.name}: {phenomenon.least_hz:g} Hz at least"
    if modality.kind == "echo" and "stft" in text and "both sides" not in text:
        yield "a complex baseband has a spectrum on both sides of the carrier"
    band = modality.senses[ontology.applications[params["application"]].needs[0]].band
    rate = modality.analysis_rate or min(modality.rates)
    if band and (band[0] or band[1]) < _NARROW * rate and (match := _COARSE_FIXED.search(text)):
        yield f"{match[0]}: an edge of {band[0] or band[1]:g} Hz at {rate:g} a second needs more bits"


def stack_faults(text: str, params: Mapping[str, Any], ontology: Ontology) -> Iterator[str]:
    """Yield a sentence where a budget does not hold the interpreter with its libraries, or the sum leaves out what a step works with."""
    if params.get("platform") is None:
        return
    if not ontology.platforms[params["platform"]].micro:
        needed = stack_mib(text, ontology.models[params["model"]].size, ontology)
        if params["budget_kib"] < 1024 * needed:
            yield f"the interpreter and its libraries take {needed} MiB, the budget is {params['budget_kib']} KiB"
    elif ontology.representations[params["representation"]].scratch and "bytes for work arrays" not in text:
        yield "the work arrays of the representation are not among the parts of the memory"
