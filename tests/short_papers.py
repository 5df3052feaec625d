"""Papers of one page with two technical modules each, typeset from text that stands here."""

from __future__ import annotations

import hashlib
from pathlib import Path

import typst

TEMPLATE = Path(__file__).parent.parent / "corpora" / "samples" / "src" / "template.typ"
_ABOUT = (
    "The node is small, runs from a coin cell and has to decide by itself what is worth a radio message. We describe how it does so with "
    "few parts and little memory. Nothing in this text was measured; it was written so that a reader of papers has something to read."
)
_MODULES = {
    "kettle-node": (
        "A Sensor Node that Hears the Kettle Boil",
        (
            "Sound Sampling",
            "The node samples its microphone at 8 kHz and stores the samples in a ring buffer of 1024 entries. A timer wakes the controller "
            "four times per second. We then remove the mean of the buffer and apply a Hann window. Frames whose energy stays below a fixed "
            "threshold are discarded at once, so that the controller goes back to sleep after two milliseconds in a quiet kitchen.",
        ),
        (
            "Boiling Detector",
            "For each frame that remains, the detector computes the power between 1 kHz and 3 kHz by a bank of four filters. The powers are "
            "converted to decibels and fed into a smoother with a time constant of five seconds. We report boiling when the smoothed value "
            "rises by 12 dB within one minute and stays high. The report is sent by radio as a packet of six bytes.",
        ),
    ),
    "gate-counter": (
        "Counting Visitors at a Garden Gate",
        (
            "Distance Readings",
            "A time-of-flight sensor above the gate measures the distance to the ground twenty times per second. The controller subtracts "
            "the distance that it stored when nobody was there. We use a median over five readings to remove single outliers. Readings that "
            "differ from the empty gate by more than 40 cm are marked as occupied and stored with their time.",
        ),
        (
            "Passage Counter",
            "The counter joins occupied readings that lie less than half a second apart into one event. An event is counted as a passage "
            "when it lasts between 0.2 and 3 seconds. We apply a second sensor behind the first to tell the direction from the order of "
            "both events. Counts are sent every ten minutes, and the last hour is stored in flash in case the radio fails.",
        ),
    ),
    "soil-probe": (
        "A Probe that Tells when to Water",
        (
            "Moisture Measurement",
            "The probe charges two plates in the soil and measures how long the discharge takes. We use a counter at 16 MHz and compute the "
            "mean of 64 discharges, which lowers the noise to less than one percent. The temperature is sampled beside it, because the "
            "capacity of wet soil changes by 2 percent for every ten degrees. Both values are stored once per hour.",
        ),
        (
            "Watering Decision",
            "The decision module converts the corrected capacity into a share of the water that the soil can hold. A straight line is fitted "
            "to the last 24 values. We send a request for water when the line crosses 30 percent within the next twelve hours. After "
            "watering, the module discards older values, so that the fit is computed from fresh ones only.",
        ),
    ),
}
NAMES = tuple(_MODULES)


def typeset(folder: Path, name: str, canary: str = "", modules: int = 2) -> Path:
    """Write one of the papers as a PDF with its first modules; `canary` is put into the middle of the first."""
    title, *told = _MODULES[name]
    lines = [
        '#import "template.typ": *',
        f'#show: paper.with(title: "{title}", abstract: [{_ABOUT}])',
        "= Introduction",
        _ABOUT,
        "= System Design",
    ]
    for at, (head, text) in enumerate(told[:modules]):
        sentence = text.find(". ") + 2
        lines += [f"== {head}", f"{text[:sentence]}{_escaped(canary)} {text[sentence:]}" if canary and at == 0 else text]
    (folder / "template.typ").write_bytes(TEMPLATE.read_bytes())
    source = folder / f"{name}.typ"
    source.write_text("\n\n".join(lines), encoding="utf-8")
    path = folder / f"{name}.pdf"
    path.write_bytes(typst.compile(source))
    return path


def write_corpus(folder: Path, paths: list[Path]) -> Path:
    """Write a corpus of papers, named as they are, beside which they lie."""
    lines = ["schema: gpiot.corpus/1", "name: papers", "kind: papers", "sources:"]
    for path in paths:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"  - {{id: {path.stem}, file: {path.name}, sha256: {digest}, license: CC-BY-4.0}}")
    corpus = folder / "papers.yaml"
    corpus.write_text("\n".join(lines) + "\n")
    return corpus


def _escaped(text: str) -> str:
    return "".join(f"\\{char}" if char in "#*_$@<>[]\\`~" else char for char in text)
