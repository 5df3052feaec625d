"""The shapes of the ontology's entries, one dataclass for each file of data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

#: What an application answers with.
Kind = Literal["classify", "events", "rate", "beats", "level", "locate", "count"]
#: What an estimator or model takes in.
Form = Literal["vector", "sequence", "map", "series"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A device or dataset by its name, and where its figures are from.

    A device with a `register` can be asked which part it is; `fifo` is how many samples it keeps by itself. With a `port` only platforms
    that have it can read the device; one that is the computer of a platform itself is `inside` that.
    """

    name: str
    source: str
    register: bool = False
    fifo: int = 0
    port: str | None = None
    inside: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """How a phenomenon shows in a modality; `band` in Hz as (lower, upper), with 0 for a low-pass, None where nothing is filtered."""

    shows: str
    band: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Modality:
    """A kind of sensor.

    `words` are patterns by which papers speak of it, `terms` and `units` what only such sensors have; `rates` are in `rate_unit`, and
    `analysis_rate` is the rate after the conditioning where that differs. A buffer holds `stored` numbers (else one for each channel) of
    `stored_bytes` for each sample. `host_ram_kib`: what a computer that its
    device can be attached to has at least. `scratch`: numbers that reading and cleaning work with, by the symbols of `shape` and `one`.
    `fiducial`: what of a heartbeat its time is taken from, and `pulse` the signal that shows it, if not all of it. Readings of one that
    `rests_low` come to the lower end of the range without a fault, those of one that `wraps` turn over, and one that `repairs_spikes` has a
    rule against them of its own.
    """

    name: str
    signal: str
    words: tuple[str, ...]
    terms: tuple[str, ...]
    unit: str
    units: tuple[str, ...]
    channels: int
    channel: str
    bits: int
    rates: tuple[float, ...]
    rate_unit: str
    kind: Literal["wave", "slow", "frames", "radar", "echo", "ranges"]
    devices: tuple[Named, ...]
    datasets: tuple[Named, ...]
    packages: tuple[str, ...]
    senses: dict[str, Sense]
    representations: tuple[str, ...]
    acquire: tuple[str, ...]
    clean: tuple[str, ...]
    article: str | None = None
    host_ram_kib: int = 0
    height: int = 0
    width: int = 0
    analysis_rate: float | None = None
    stored: int | None = None
    stored_word: str | None = None
    stored_bytes: int | None = None
    scratch: dict[str, int] | None = None
    fiducial: str | None = None
    pulse: str | None = None
    rests_low: bool = False
    wraps: bool = False
    repairs_spikes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Phenomenon:
    """What happens in the world; windows in seconds, plausible repetition in Hz, and the least sampling rate in Hz if there is one.

    What is `impulsive` may be over within a part of a window; `reach_m`: how far off in metres a sensor in the room has to see it.
    """

    name: str
    windows_s: tuple[float, ...]
    source: str
    rates_hz: tuple[float, ...] = ()
    least_hz: float = 0
    impulsive: bool = False
    reach_m: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a system is for: the phenomena it needs, all of them, and what it answers; `subject` is what is held out in tests."""

    name: str
    words: tuple[str, ...]
    needs: tuple[str, ...]
    kind: Kind
    labels: tuple[str, ...]
    reference: str
    source: str
    classes: int | None = None
    subject: str = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """What a window of signal is turned into; `shape` holds numbers and the symbols that the data file explains.

    Of one that is not `budgeted` the memory cannot be told. It serves only `phenomena` where given, and never those that it is `blind` to.
    `scratch`: numbers that computing it works with, by the symbols of `shape` and `one`. One that is `surveyed` is compared with a map.
    """

    name: str
    noun: str
    words: tuple[str, ...]
    form: Form
    shape: tuple[Any, ...]
    kinds: tuple[Kind, ...]
    steps: tuple[str, ...]
    phenomena: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    seg: int | None = None
    summary: str | None = None
    stored: int | None = None
    at_least: int = 1
    budgeted: bool = True
    blind: tuple[str, ...] = ()
    surveyed: bool = False
    scratch: dict[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What turns a representation into an answer; `size` names how its parameters are counted.

    It goes with representations that are `only` these or not to `skip`, and where given only with some `phenomena`.
    """

    name: str
    takes: tuple[Form, ...]
    kinds: tuple[Kind, ...]
    size: str
    steps: tuple[str, ...]
    level_steps: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    phenomena: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A computer: memory in KiB, clock in MHz, supply current in mA awake and µA asleep, price in US dollars.

    `fpu`: whether it has a floating-point unit. `ports` are those that some devices need; `radio` is the one it has by itself,
    `short` where that needs a gateway near by.
    """

    name: str
    words: tuple[str, ...]
    ram_kib: int
    clock_mhz: int
    accelerator: str
    price: str
    source: str
    fpu: bool = True
    flash_kib: int | None = None
    active_ma: float | None = None
    sleep_ua: float | None = None
    ports: tuple[str, ...] = ()
    radio: Literal["wifi", "short"] | None = None

    @property
    def micro(self) -> bool:
        """Whether it runs a program without an operating system."""
        return self.ram_kib < 16384


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusTask:
    """A sub-task of a focus: names to choose from, its steps, and the stage it stands behind where that is not the one of its focus."""

    names: tuple[str, ...]
    steps: tuple[str, ...]
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """What a module is about whatever is sensed, and behind which stage its own sub-tasks stand.

    With `kinds` it goes only with such answers, with `models` only with these, and never with the sensors, phenomena, models or
    platforms to `skip`; else `instead` takes its place. Representations that are `unfit` are no answer to it at all.
    """

    words: tuple[str, ...]
    asks: tuple[str, ...]
    after: str
    tasks: tuple[FocusTask, ...]
    kinds: tuple[Kind, ...] = ()
    models: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()
    instead: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ontology:
    """All entries by their ids, equal only to itself.

    `stages`, `resources` and `problems` hold the templates of chains, budgets and problem statements.
    """

    modalities: dict[str, Modality]
    phenomena: dict[str, Phenomenon]
    applications: dict[str, Application]
    representations: dict[str, Representation]
    models: dict[str, Model]
    platforms: dict[str, Platform]
    focuses: dict[str, Focus]
    stages: dict[str, Any]
    resources: dict[str, Any]
    problems: dict[str, Any]
