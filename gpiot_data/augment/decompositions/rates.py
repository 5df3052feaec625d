"""Whether the rates, windows and filter edges of a text fit its sensor and each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isclose

from gpiot_data.augment.decompositions.arithmetic import number
from gpiot_data.augment.ontology.model import Modality

_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_EVERY = re.compile(rf"\bonce every ({_NUMBER}) s\b")
_WINDOW = re.compile(rf"\bwindows of ({_NUMBER}) s\b")
_SAMPLES = re.compile(rf"\bwhich is ({_NUMBER}) (?:samples?|frames?) a window\b")
_BUFFER = re.compile(rf"({_NUMBER}) (?:samples?|frames?) x ")
_RANGE = re.compile(rf"({_NUMBER}) Hz to ({_NUMBER}) Hz")
_LOW = re.compile(rf"\blow-pass below ({_NUMBER}) Hz")


def rate_faults(text: str, modality: Modality) -> Iterator[str]:
    """Yield a sentence for each rate the sensor does not have, window that is not its samples, and edge beyond half the rate."""
    rates = _stated_rates(text, modality)
    lowest, highest = min(modality.rates), max(modality.rates)
    for rate in sorted(rates):
        if not (lowest <= rate <= highest or isclose(rate, lowest) or isclose(rate, highest)):
            yield f"{rate:g} {modality.rate_unit} is outside {lowest:g} to {highest:g}, what the {modality.name} is read at"
    if len(rates) > 1:
        yield f"several rates are named: {', '.join(f'{rate:g}' for rate in sorted(rates))}"
    if not rates:
        return
    rate = modality.analysis_rate or min(rates)
    yield from _window_faults(text, rate)
    for match in (*_RANGE.finditer(text), *_LOW.finditer(text)):
        edges = [number(edge) for edge in match.groups()]
        if edges[-1] >= rate / 2 or edges != sorted(edges):
            yield f"{match[0]}: not possible at {rate:g} a second"


def _stated_rates(text: str, modality: Modality) -> set[float]:
    unit = re.escape(modality.rate_unit)
    # Filters, carriers and mains hum are said to be at a frequency too, but never as how often something is read.
    how = r"at|(?:Set|Configure) the [\w-]+ to|steady|grid of|which gives"
    stated = re.finditer(rf"\b(?:{how}) ({_NUMBER}) {unit}(?![\w/])(?! or)", text)
    rates = {number(match[1]) for match in stated if not _is_edge(text, match.start())}
    return rates | {1 / number(match[1]) for match in _EVERY.finditer(text)}


def _is_edge(text: str, at: int) -> bool:
    before = text[max(0, at - 40) : at]
    return bool(re.search(r"\bfrom [\d.,]+ Hz $|\bup $|decimate it $|notch $|carrier $|Hz $", before))


def _window_faults(text: str, rate: float) -> Iterator[str]:
    windows = [number(match[1]) for match in _WINDOW.finditer(text)]
    counts = [number(match[1]) for pattern in (_SAMPLES, _BUFFER) for match in pattern.finditer(text)]
    for count in counts:
        if windows and round(windows[0] * rate) != count:
            yield f"windows of {windows[0]:g} s at {rate:g} a second hold {round(windows[0] * rate)} samples, not {count:g}"
