"""The values that templates are filled with: names and numbers of one setting as they read in text."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod, sqrt

from gpiot_data.augment.decompositions.flags import flags_of
from gpiot_data.augment.decompositions.setting import Figures, Parts, Setting, map_numbers, readable
from gpiot_data.augment.decompositions.sizes import MARKS, parameter_bytes
from gpiot_data.augment.decompositions.wording import counted, joined, pick, plural, with_article
from gpiot_data.augment.ontology.model import Modality

#: Signals as fast as this are moved in blocks by direct memory access.
_STREAMED_HZ = 1000
_MIB, _GIB = 1024, 1024 * 1024
#: Six statistics of a signal without and with a level of its own.
_CENTRED = "standard deviation, range, interquartile range, kurtosis, crest factor and zero-crossing rate"
_WITH_LEVEL = "mean, standard deviation, smallest and largest value, interquartile range and mean step between successive samples"
_PARAMETER_WORDS = {
    "linear": "weights",
    "pooled": "weights",
    "forest": "nodes",
    "templates": "numbers of the templates",
    "survey": "numbers of the survey",
    "particles": "numbers of the particles",
    "line": "coefficients",
}


def values_of(setting: Setting, parts: Parts, figures: Figures) -> dict[str, str]:
    """Return the values of a setting by the names that templates use; what does not apply is left out."""
    values = _names(setting, parts, figures) | _sampling(parts, figures) | _representation(parts, figures) | figures.size.values
    values |= flags_of(setting, parts, figures)
    if setting.focus == "cleaning" and "no_band" in values:
        # The quality index is this rule already.
        values.pop("dense", None)
    if figures.size.parameters:
        values["parameters"] = counted(figures.size.parameters)
    if parts.platform is not None and setting.budget_kib is not None:
        values |= _resources(setting, parts, figures)
    return values


def _names(setting: Setting, parts: Parts, figures: Figures) -> dict[str, str]:
    modality, application = parts.modality, parts.application
    title = with_article(modality.name) if modality.article is None else f"{modality.article} {modality.name}".strip()
    names = {
        "device": pick(readable(modality, parts.platform), setting.seed, "device").name,
        "modality": modality.name,
        "a_modality": title,
        "signal": modality.signal,
        "unit": modality.unit,
        "bits": str(modality.bits),
        "channel": modality.channel,
        "channel_plural": plural(modality.channel),
        "channels": str(modality.channels),
        "app": application.name,
        "asks": pick(parts.focus.asks, setting.seed, "asks"),
        "phenomenon": parts.phenomenon.name,
        "shows": parts.sense.shows,
        "reference": application.reference,
        "subject": application.subject,
        "subjects": "people" if application.subject == "person" else plural(application.subject),
        "classes": str(application.classes or len(application.labels)),
        "class_text": _class_text(application.classes or len(application.labels), application.labels),
        "rep": parts.representation.name,
        "noun": parts.representation.noun,
        "live_noun": f"live {parts.representation.noun}" if parts.representation.surveyed else parts.representation.noun,
        "model_name": parts.model.name,
        "labels": joined(application.labels),
    }
    chosen = setting.focus == "decision"
    names |= {"opens_at": "the chosen threshold", "closes_at": "half of it"} if chosen else {"opens_at": "0.7", "closes_at": "0.4"}
    names["known_at"] = "the chosen threshold of its class" if chosen else "0.6"
    # A place has no strength: what is measured against is known by where it is.
    names |= {"placed": modality.signal} if application.kind == "locate" else {"graded": parts.phenomenon.name}
    names["by_class" if application.kind in ("classify", "events") else "by_value"] = (
        "labels" if application.kind in ("classify", "events") else "reference values"
    )
    if modality.kind == "ranges":
        names |= {"path_loss": modality.unit} if modality.unit == "dBm" else {"flight": "time of flight"}
    # A time of flight is good to a part of a metre, a strength or a field to some.
    names["fix_limit"] = "1 m" if "flight" in names else "5 m"
    names["pulse"] = modality.pulse or modality.signal
    if modality.fiducial:
        names["fiducial"] = modality.fiducial
    names |= _device(parts, names["device"], figures)
    if parts.representation.summary:
        names["summary"] = parts.representation.summary
    many = modality.channels > 1
    names["each"] = f"each of the {modality.channels} {plural(modality.channel)}" if many else f"the cleaned {modality.signal}"
    names["strongest"] = f"the strongest {modality.channel}" if many else f"the cleaned {modality.signal}"
    names["many_channels" if many else "single_channel"] = (
        f"{modality.channels} cleaned {plural(modality.channel)}" if many else modality.signal
    )
    names["channels_text"] = _channels_text(modality)
    return names


def _class_text(classes: int, labels: Sequence[str]) -> str:
    extra = ", one of them for everything else" if classes == len(labels) + 1 > 2 else ""
    return f"{classes} classes{extra}"


def _device(parts: Parts, name: str, figures: Figures) -> dict[str, str]:
    """Return what can be asked of the device itself."""
    device = next(item for item in parts.modality.devices if item.name == name)
    found = {"registered": ""} if device.register else {}
    if device.fifo:
        found["fifo"] = counted(min(device.fifo * 3 // 4, int(figures.hop_s * figures.rate)))
    else:
        found["streamed" if max(parts.modality.rates) >= _STREAMED_HZ else "polled"] = ""
    return found


def _channels_text(modality: Modality) -> str:
    if modality.kind == "frames":
        return f"{modality.height} x {modality.width} {plural(modality.channel)} a frame"
    return f"{modality.channels} {plural(modality.channel, modality.channels)}"


def _sampling(parts: Parts, figures: Figures) -> dict[str, str]:
    unit = parts.modality.rate_unit
    rate = f"{counted(figures.rate)} {unit}"
    values = {
        "rate": rate,
        "at_rate": _how_often(figures.rate, rate),
        "window": f"{counted(figures.window_s)} s",
        "hop": f"{counted(figures.hop_s)} s",
        "quarter": f"{counted(figures.window_s / 4)} s",
        "fourfold": f"{counted(figures.window_s * 4)} s",
        "hop_number": counted(figures.hop_s),
        "n": counted(figures.n),
        "n_text": f"{counted(figures.n)} {plural(_unit_of(parts.modality), figures.n)}",
        "n_half": counted(figures.n // 2),
        "buffer_sum": _product(parts, figures),
        "c": str(parts.modality.channels),
    }
    if parts.phenomenon.rates_hz:
        values["slowest"], values["fastest"] = (_hertz(limit) for limit in parts.phenomenon.rates_hz)
    if parts.sense.band:
        low, top = parts.sense.band
        values["filter"] = f"band-pass from {_hertz(low)} to {_hertz(top)}" if low else f"low-pass below {_hertz(top)}"
        values |= {"top": _hertz(top), "below": f"low-pass below {_hertz(top)}"}
        values["middle"] = _hertz(float(f"{sqrt(max(low, top / 16) * top):.2g}"))
        within = f"between {_hertz(low)} and {_hertz(top)}" if low else f"below {_hertz(top)}"
        values["statistics"] = _CENTRED if low else _WITH_LEVEL
        # Only what cleaning filters can be graded by it, and a level would outweigh all else below an edge.
        graded = low and any("{filter}" in step for step in parts.modality.clean)
        values |= {"in_band": within} if graded else {"no_band": "values that were not missing"}
    else:
        heard = parts.modality.kind == "ranges"
        values["no_band"] = f"{plural(parts.modality.channel)} that were heard" if heard else "values that were not missing"
        values["statistics"] = _WITH_LEVEL
    return values


def _how_often(rate: float, text: str) -> str:
    if rate == 1:
        return "once a second"
    return f"at {text}" if rate > 1 else f"once every {counted(1 / rate)} s"


def _hertz(value: float) -> str:
    return f"{counted(value)} Hz"


def _unit_of(modality: Modality) -> str:
    return "frame" if modality.kind in ("frames", "radar") else "sample"


def _product(parts: Parts, figures: Figures) -> str:
    """Return how the bytes of the window's buffer come about."""
    modality = parts.modality
    factors = [f"{counted(figures.n)} {plural(_unit_of(modality), figures.n)}"]
    if figures.stored > 1:
        word = "complex value" if parts.representation.stored else modality.stored_word or modality.channel
        factors.append(f"{counted(figures.stored)} {plural(word, figures.stored)}")
    factors.append(f"{figures.stored_bytes} {plural('byte', figures.stored_bytes)}")
    return f"{' x '.join(factors)} = {counted(figures.buffer_bytes)} bytes"


def _representation(parts: Parts, figures: Figures) -> dict[str, str]:
    transform = figures.transform
    values = {"shape": " x ".join(map(counted, figures.shape)), "features": counted(prod(figures.shape)), "frames1": counted(figures.n)}
    if parts.representation.surveyed:
        values["marks"] = str(MARKS)
    return values | {
        "seg": counted(transform.seg),
        "seg_hop": counted(transform.hop),
        "bins": counted(transform.bins),
        "both": counted(2 * transform.bins - 1),
        "levels": counted(figures.levels),
        "frames": counted(transform.frames),
    }


def _resources(setting: Setting, parts: Parts, figures: Figures) -> dict[str, str]:
    platform, budget = parts.platform, setting.budget_kib
    assert platform is not None
    assert budget is not None
    learnt = figures.size.parameters > 0
    terms = [(figures.buffer_bytes, "the window"), (figures.rep_bytes, f"the {parts.representation.noun}")]
    if figures.scratch_bytes:
        terms.append((figures.scratch_bytes, "work arrays"))
    if figures.map_bytes:
        terms.append((figures.map_bytes, "the map"))
    if learnt:
        terms.append((figures.model_bytes, "the particles" if parts.model.size == "particles" else "the parameters of the model"))
    if figures.working_bytes:
        terms.append((figures.working_bytes, "intermediate results"))
    values = {
        "platform": platform.name,
        "a_platform": with_article(platform.name),
        "ram": memory(platform.ram_kib),
        "budget": memory(budget),
        "budget_bytes": counted(budget * 1024),
        "parts": joined([f"{counted(size)} bytes for {what}" for size, what in terms]),
        "sum_text": " + ".join(counted(size) for size, _ in terms),
        "total_bytes": counted(figures.total_bytes),
        "clock": counted(platform.clock_mhz),
        "cycles": counted(figures.hop_s * platform.clock_mhz),
    }
    if figures.map_bytes:
        numbers = map_numbers(parts, figures.shape)
        values |= {"map_numbers": counted(numbers), "map_bytes": counted(figures.map_bytes)}
        values["map_number_bytes"] = str(figures.map_bytes // numbers)
    if learnt:
        values |= {"model_bytes": counted(figures.model_bytes), "learned": "model"}
        if (word := _PARAMETER_WORDS.get(parts.model.size)) is not None:
            values |= {"parameter_word": word, "parameter_bytes": str(parameter_bytes(parts.model, micro=platform.micro))}
    # Recurrent layers are not among what such units compute.
    if platform.accelerator != "none" and parts.model.size in ("mlp", "cnn1d", "cnn2d"):
        values["accelerator"] = platform.accelerator
    # Without a FIFO nothing keeps what a fast sensor delivers while the processor is stopped.
    patient = parts.modality.kind == "slow" or all(device.fifo for device in parts.modality.devices)
    if platform.active_ma and platform.sleep_ua and patient:
        asleep = platform.sleep_ua / 1000
        mean = 0.1 * platform.active_ma + 0.9 * asleep
        values |= {"active_ma": f"{platform.active_ma:g}", "sleep_ma": f"{asleep:g}", "mean_ma": f"{mean:.3g}"}
    return values


def memory(kib: int) -> str:
    """Return an amount of memory in the largest unit that leaves a whole number."""
    for size, unit in ((_GIB, "GiB"), (_MIB, "MiB")):
        if kib >= size and kib % size == 0:
            return f"{kib // size} {unit}"
    return f"{counted(kib)} KiB"
