"""A setting: one application with one sensor, representation, model and perhaps a budget, and the numbers that follow from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import log2, prod

from gpiot_data.augment.decompositions.sizes import (
    MARKS,
    NETWORKS,
    POOLED,
    SCALES,
    ModelSize,
    Transform,
    model_size,
    parameter_bytes,
    scratch_numbers,
    shape_of,
    short_time,
)
from gpiot_data.augment.decompositions.stack import stack_mib
from gpiot_data.augment.decompositions.wording import number_of
from gpiot_data.augment.ontology.model import (
    Application,
    Focus,
    Modality,
    Model,
    Named,
    Ontology,
    Phenomenon,
    Platform,
    Representation,
    Sense,
)

#: Of a budget of memory, what the stack and other code need; with an operating system it comes on top of the libraries.
_LEFT_FOR_OTHERS = 0.1
#: Models that go through a window step by step lose its beginning, or their time limit, in longer ones.
_STEP_BY_STEP, _MOST_STEPS = ("gru", "templates"), 400
#: A filter of fourth order with two edges has four sections with two states each.
_STATES = 8
#: The least a short-time transform needs to be a map.
_MIN_BINS, _MIN_FRAMES = 4, 3
#: A filter's edge stays below this share of half the sampling rate.
_NYQUIST_SHARE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Ids of what a variant is about; `platform` and `budget_kib` come together or not at all."""

    application: str
    modality: str
    representation: str
    model: str
    focus: str
    platform: str | None = None
    budget_kib: int | None = None
    seed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The entries behind the ids of a setting."""

    application: Application
    modality: Modality
    phenomenon: Phenomenon
    sense: Sense
    representation: Representation
    model: Model
    focus: Focus
    platform: Platform | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers of a setting: rates in Hz, times in seconds, sizes in bytes."""

    rate: float
    analysis_rate: float
    window_s: float
    hop_s: float
    n: int
    stored: int
    stored_bytes: int
    transform: Transform
    shape: tuple[int, ...]
    size: ModelSize
    buffer_bytes: int
    rep_bytes: int
    model_bytes: int
    working_bytes: int
    scratch_bytes: int
    levels: int
    map_bytes: int

    @property
    def total_bytes(self) -> int:
        """What all parts take together."""
        return self.buffer_bytes + self.rep_bytes + self.scratch_bytes + self.map_bytes + self.model_bytes + self.working_bytes


def parts_of(setting: Setting, ontology: Ontology) -> Parts:
    """Return the entries that a setting names; a modality senses the first phenomenon its application needs."""
    application = ontology.applications[setting.application]
    modality = ontology.modalities[setting.modality]
    need = application.needs[0]
    return Parts(
        application=application,
        modality=modality,
        phenomenon=ontology.phenomena[need],
        sense=modality.senses[need],
        representation=ontology.representations[setting.representation],
        model=ontology.models[setting.model],
        focus=ontology.focuses[setting.focus],
        platform=ontology.platforms[setting.platform] if setting.platform else None,
    )


def figures_of(setting: Setting, ontology: Ontology) -> Figures | None:
    """Return the numbers of a setting, or None where the representation is not possible or nothing fits the budget."""
    parts = parts_of(setting, ontology)
    options = [(rate, window) for rate, window in product(parts.modality.rates, parts.phenomenon.windows_s) if _samples_well(parts, rate)]
    options.sort(key=lambda option: number_of(setting.seed, "sampling", str(option)))
    for scale in SCALES:
        for rate, window in options:
            figures = _figures(parts, rate, window, scale)
            if figures is not None and _fits(parts, setting, figures, ontology):
                return figures
    return None


def _samples_well(parts: Parts, rate: float) -> bool:
    band = parts.sense.band
    if rate < parts.phenomenon.least_hz:
        return False
    return band is None or band[1] < _NYQUIST_SHARE * (parts.modality.analysis_rate or rate) / 2


def _fits(parts: Parts, setting: Setting, figures: Figures, ontology: Ontology) -> bool:
    if parts.platform is None or setting.budget_kib is None:
        return True
    usable = min(setting.budget_kib, parts.platform.ram_kib) * (1 - _LEFT_FOR_OTHERS)
    if not parts.platform.micro:
        usable -= 1024 * stack_mib(_templates(parts), parts.model.size, ontology)
    attached = parts.modality.host_ram_kib <= parts.platform.ram_kib and readable(parts.modality, parts.platform)
    if not attached or not parts.representation.budgeted:
        return False
    in_flash = parts.platform.flash_kib is None or figures.model_bytes <= parts.platform.flash_kib * 512
    return figures.total_bytes <= usable * 1024 and in_flash


def readable(modality: Modality, platform: Platform | None) -> tuple[Named, ...]:
    """Return the devices of a modality that a platform has the port for; without a platform all of them."""
    return tuple(device for device in modality.devices if platform is None or device.port is None or device.port in platform.ports)


def _templates(parts: Parts) -> str:
    own = (parts.modality.acquire, parts.modality.clean, parts.representation.steps, parts.model.steps, parts.model.level_steps)
    return "\n".join(step for steps in (*own, *(task.steps for task in parts.focus.tasks)) for step in steps)


def _figures(parts: Parts, rate: float, window: float, scale: int) -> Figures | None:
    modality, representation = parts.modality, parts.representation
    analysis_rate = modality.analysis_rate or rate
    n = round(window * analysis_rate)
    top = parts.sense.band[1] if parts.sense.band else analysis_rate / 2
    transform = short_time(n, analysis_rate, top, representation.seg)
    levels = wavelet_levels(analysis_rate, top)
    if n < representation.at_least or _too_small(representation, transform) or ("wavelet" in representation.terms and n < 7 * 2**levels):
        return None
    known = _symbols(parts, n, transform, rate)
    shape = shape_of(representation.shape, known)
    if (parts.model.size in _STEP_BY_STEP and shape[0] > _MOST_STEPS) or (parts.model.size == "pooled" and min(shape[:2]) < POOLED):
        return None
    size = model_size(parts.model, shape, _classes(parts.application), scale)
    micro = parts.platform is not None and parts.platform.micro
    stored = representation.stored or modality.stored or modality.channels
    stored_bytes = modality.stored_bytes or (1 if modality.bits <= 8 else 2 if modality.bits <= 16 else 4)
    learnt = 1 if micro and parts.model.size in NETWORKS else 2 if micro else 4
    return Figures(
        rate=rate,
        analysis_rate=analysis_rate,
        window_s=window,
        hop_s=hop_of(parts, window),
        n=n,
        stored=stored,
        stored_bytes=stored_bytes,
        transform=transform,
        shape=shape,
        size=size,
        buffer_bytes=n * stored * stored_bytes,
        rep_bytes=prod(shape) * learnt,
        model_bytes=size.parameters * parameter_bytes(parts.model, micro=micro),
        working_bytes=size.working * learnt,
        scratch_bytes=_scratch(parts, known) * (4 if micro else 8),
        levels=levels,
        map_bytes=map_numbers(parts, shape) * (2 if micro else 4),
    )


def map_numbers(parts: Parts, shape: tuple[int, ...]) -> int:
    """Return the numbers of the map that an estimator holds beside itself: a fingerprint and two coordinates for each mark."""
    # A survey is the map itself.
    if not parts.representation.surveyed or parts.model.size == "survey":
        return 0
    return MARKS * (prod(shape) + 2)


def _scratch(parts: Parts, known: dict[str, int]) -> int:
    cleaning = parts.modality.scratch or ({"c": _STATES} if parts.sense.band else {})
    return scratch_numbers(cleaning, known) + scratch_numbers(parts.representation.scratch, known)


def wavelet_levels(rate: float, top: float) -> int:
    """Return the levels of a wavelet decomposition of which the four coarsest hold what lies below `top` Hz."""
    return 4 + int(log2(rate / 2 / top))


def _too_small(representation: Representation, transform: Transform) -> bool:
    names = set(map(str, representation.shape))
    few_bins = "bins" in names and representation.form == "map" and transform.bins < _MIN_BINS
    return few_bins or ("frames" in names and transform.frames < _MIN_FRAMES)


def focus_for(ontology: Ontology, focus: str, application: str, modality: str, model: str, platform: str | None = None) -> str:
    """Return the focus itself, or the one in its place where it makes no sense for an answer, a sensor, a model or a computer."""
    entry, purpose = ontology.focuses[focus], ontology.applications[application]
    suits = (not entry.kinds or purpose.kind in entry.kinds) and not {modality, model, platform, *purpose.needs} & set(entry.skip)
    if entry.instead is None or (suits and (not entry.models or model in entry.models)):
        return focus
    return focus_for(ontology, entry.instead, application, modality, model, platform)


def _symbols(parts: Parts, n: int, transform: Transform, rate: float) -> dict[str, int]:
    modality, bins = parts.modality, transform.bins
    if parts.representation.form == "series" and parts.phenomenon.rates_hz:
        # A spectrum of a padded window, cut to the plausible rates.
        slowest, fastest = parts.phenomenon.rates_hz
        bins = int((fastest - slowest) * 4 * n / rate) + 1
    sizes = {"h": modality.height, "w": modality.width, "bins": bins, "frames": transform.frames}
    # Around a carrier there is a bin on either side for each speed.
    return {"n": n, "c": modality.channels, "half": n // 2, "frames1": n, "both": 2 * bins - 1, "seg": transform.seg, **sizes}


def _classes(application: Application) -> int:
    if application.kind in ("classify", "events"):
        return application.classes or len(application.labels)
    return 1


def hop_of(parts: Parts, window: float) -> float:
    """Return the seconds between two windows."""
    kind = parts.application.kind
    if kind == "rate":
        return 1.0 if window <= 15 else 5.0
    if kind in ("beats", "locate") or {"sleep_state", "breath_flow"} & set(parts.application.needs):
        return window
    return 60.0 if window >= 600 else window / 2


@cache
def chains(ontology: Ontology, application: str, modality: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of representation and model that lead from a modality to the answer of an application."""
    return tuple(_chains(ontology, application, modality))


def _chains(ontology: Ontology, application: str, modality: str) -> Iterator[tuple[str, str]]:
    entry, needs = ontology.modalities[modality], ontology.applications[application].needs
    kind = ontology.applications[application].kind
    if not all(need in entry.senses for need in needs):
        return
    for name in entry.representations:
        representation = ontology.representations[name]
        serves = not representation.phenomena or set(representation.phenomena) & set(needs)
        if kind not in representation.kinds or not serves or set(representation.blind) & set(needs):
            continue
        for model_name, model in ontology.models.items():
            takes = representation.form in model.takes and kind in model.kinds
            unfit = (
                name in model.skip or (model.only and name not in model.only) or (model.phenomena and not set(model.phenomena) & set(needs))
            )
            if not takes or unfit:
                continue
            focus = next(iter(ontology.focuses))
            setting = Setting(application=application, modality=modality, representation=name, model=model_name, focus=focus)
            if figures_of(setting, ontology) is not None:
                yield name, model_name
