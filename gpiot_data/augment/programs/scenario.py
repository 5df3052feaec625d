"""IoT settings for a program: data of a sensor in an application, where the program's main input is such data."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from gpiot_data.augment.programs.effects import dotted_name
from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.roles import Roles, is_symbol_call
from gpiot_data.packages.entries import Entry
from gpiot_data.packages.wording import lower_first
from gpiot_data.syntax_trees import walk

Kind = Literal["series", "complex_series", "matrix", "payload", "text", "record"]
#: Fewer values are a list of coefficients or a corner case of an example.
_MIN_SAMPLES = 8
#: Names of values that say nothing of what is measured.
_MEANINGLESS = re.compile(
    r"[xyzsu]\d?|xn|xs|ys|sig(?:nal)?\d?|data\d?|arr|array|series|values?|samples|input|inp|a|X|Y|buf|msg|message|payload|packet|raw|d|obj"
)
_FITTING = frozenset({"fit", "fit_transform", "fit_predict", "partial_fit", "transform", "predict", "process", "filter", "update"})
#: Functions of signal packages whose last argument is the signal.
_FILTERS = frozenset({"lfilter", "filtfilt", "sosfilt", "sosfiltfilt"})
#: Names that are words of a comment as well.
_WORDS = frozenset({"signal", "data", "array", "series", "values", "value", "samples", "input", "message", "payload", "packet", "raw", "a"})
#: Makers of an axis, a mask or a constant rather than of a measurement.
_NO_MEASUREMENT = frozenset(
    {
        "numpy.linspace",
        "numpy.arange",
        "numpy.logspace",
        "numpy.geomspace",
        "numpy.zeros",
        "numpy.ones",
        "numpy.eye",
        "numpy.full",
        "numpy.identity",
        "numpy.meshgrid",
        "numpy.zeros_like",
        "numpy.ones_like",
    }
)
_SPEAKS_OF_DATA = re.compile(
    r"\b(?:signals?|data|samples?|series|observations?|measurements?|time[- ]series|records?|input|"
    r"payload|messages?|packets?|1-?D array|array of values)\b",
    re.IGNORECASE,
)
_SPEAKS_OF_OTHER = re.compile(
    r"\b(?:coefficients?|filter taps|window|frequenc(?:y|ies)|axis|poles?|zeros?|edges?|system|kernel|length|shape|times|"
    r"abscissas?|coordinates?|positions?)\b",
    re.IGNORECASE,
)
_RECORDING = re.compile(r"\.(?:data|datasets|sampledata)\.|(?:^|\.)(?:load|fetch|read)_|\.open$")
_SCENARIOS = Path(__file__).with_name("scenarios.yaml")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A sensor, what it measures and where; `names` are variables that fit its data, the first one the most general.

    `unit` and `rate_hz`, the plausible range of sampling or event rates, are those of the sensor; neither is ever stated of a
    program's data, which is its own.
    """

    id: str
    tags: tuple[str, ...]
    kind: Kind
    sensor: str
    phenomenon: str
    application: str
    unit: str | None
    rate_hz: tuple[float, float]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A scenario for one program: the target, the renaming of its main input, and what the symbol calls that ("" if nothing)."""

    scenario: str
    target: str
    renamed: Mapping[str, str]
    parameter: str


@cache
def load_scenarios() -> tuple[Scenario, ...]:
    """Return all scenarios in the order of the file."""
    import yaml

    rows: list[dict[str, Any]] = yaml.safe_load(_SCENARIOS.read_text(encoding="utf-8"))
    return tuple(
        Scenario(**{**row, "tags": tuple(row["tags"]), "names": tuple(row["names"]), "rate_hz": tuple(map(float, row["rate_hz"]))})
        for row in rows
    )


def apply_scenario(
    row_id: str,
    roles: Roles,
    request: str,
    tags: Collection[str],
    observed: Mapping[str, Mapping[str, Any]],
    entries: Sequence[Entry] = (),
    parameters: Sequence[str] = (),
) -> Setting:
    """Set a program in a scenario that fits its main input; which of several is told by the hash of `row_id`.

    Args:
        row_id: of the origin.
        roles: of the program.
        request: what the program does, in the imperative and without a full stop.
        tags: what the package is for: signal, ml, io, plot, device, network, general.
        observed: what a run saw of each name: `type`, and for arrays `shape` and `dtype`.
        entries: documented parameters of the symbol.
        parameters: names of its positional parameters in order.

    Raises:
        Refused: `no_main_input`, `has_meaning` (the data is a recording or is named for what it is), `input_rebound`,
            `input_not_observed`, `input_not_sensor_data`, `named_in_comment`, `no_scenario` or `name_clash`.
    """
    name, parameter = main_input(roles, entries, parameters)
    _check_comments(roles, name)
    kind, rate = _kind_of(observed.get(name)), _rate_of(roles.source.tree)
    fitting = [scenario for scenario in load_scenarios() if scenario.kind == kind and set(scenario.tags) & set(tags)]
    fitting = [scenario for scenario in fitting if rate is None or scenario.rate_hz[0] <= rate <= scenario.rate_hz[1]]
    if not fitting:
        raise Refused("no_scenario", f"{kind} at {rate} Hz")
    used = {node.id for node in walk(roles.source.tree) if isinstance(node, ast.Name)}
    number = int.from_bytes(hashlib.sha256(f"scenario {row_id}".encode()).digest()[:8], "big")
    scenario = fitting[number % len(fitting)]
    free = [item for item in scenario.names if item not in used]
    if not free:
        raise Refused("name_clash", ", ".join(scenario.names))
    return Setting(scenario.id, _target(scenario, request, free[0]), {name: free[0]}, parameter)


def _target(scenario: Scenario, request: str, name: str) -> str:
    said = name.replace("_", " ") == scenario.phenomenon
    data = f"`{name}` has values" if said else f"`{name}` stands for {scenario.phenomenon} and has values"
    return f"For {scenario.sensor} data of {scenario.application}: {lower_first(request)}. {data} of the example's own."


RATE_NAMES = frozenset({"fs", "Fs", "sample_rate", "sampling_rate", "sampling_frequency", "sfreq", "fsamp", "srate"})


def _rate_of(tree: ast.Module) -> float | None:
    """Return the sampling rate that a program states as a number, the first one where it states several."""
    for node in walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int() | float() as rate)) if name in RATE_NAMES:
                return float(rate)
            case ast.keyword(arg=str(name), value=ast.Constant(value=int() | float() as rate)) if name in RATE_NAMES:
                return float(rate)
    return None


def _check_comments(roles: Roles, name: str) -> None:
    """Refuse to rename what a comment speaks of without marking it as code, unless the name is a word."""
    comments = " ".join(step.lead for step in roles.source.steps)
    if name not in _WORDS and re.search(rf"(?<![\w`.]){re.escape(name)}(?![\w`])", comments):
        raise Refused("named_in_comment", name)


def main_input(roles: Roles, entries: Sequence[Entry] = (), parameters: Sequence[str] = ()) -> tuple[str, str]:
    """Return the variable that holds the data which the symbol is called with, and the parameter that takes it ("" if unknown).

    Raises:
        Refused: `no_main_input`, `has_meaning`, `input_rebound` or `input_not_sensor_data`.
    """
    documented = {entry.name.lstrip("*"): entry for entry in entries}
    inputs = {datum.name: datum for datum in roles.inputs}
    for call in (node for node in walk(roles.source.tree) if isinstance(node, ast.Call)):
        if not is_symbol_call(call, roles.symbol, roles.names):
            continue
        placed = [(parameters[at] if at < len(parameters) else "", value) for at, value in enumerate(call.args)]
        for parameter, value in [*placed, *((keyword.arg or "", keyword.value) for keyword in call.keywords)]:
            if not isinstance(value, ast.Name) or value.id not in inputs:
                continue
            entry = documented.get(parameter)
            said = f"{parameter} {entry.description.split('.')[0]}" if entry else parameter
            if _SPEAKS_OF_DATA.search(said) and not _SPEAKS_OF_OTHER.search(said):
                _check_meaning(roles, value.id, inputs[value.id].defined)
                return value.id, parameter
    for name in _worked_on(roles):
        if name in inputs:
            _check_meaning(roles, name, inputs[name].defined)
            return name, ""
    raise Refused("no_main_input")


def _worked_on(roles: Roles) -> list[str]:
    """Return the variables that an object made by the symbol is fitted or applied to, and those that pass through a filter."""
    made = {
        target.id
        for node in walk(roles.source.tree)
        if isinstance(node, ast.Assign) and any(is_symbol_call(inner, roles.symbol, roles.names) for inner in walk(node.value))
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = []
    for node in walk(roles.source.tree):
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr=method), args=[ast.Name(id=name), *_]) if method in _FITTING:
                ours = is_symbol_call(owner, roles.symbol, roles.names) or (isinstance(owner, ast.Name) and owner.id in made)
                found += [name] if ours else []
            case ast.Call(args=[*_, ast.Name(id=name)]) if (dotted_name(node.func, roles.names) or "").rsplit(".", 1)[-1] in _FILTERS:
                found.append(name)
    return found


def _check_meaning(roles: Roles, name: str, defined: int) -> None:
    if not _MEANINGLESS.fullmatch(name):
        raise Refused("has_meaning", name)
    if sum(name in effects.binds for effects in roles.effects) > 1:
        raise Refused("input_rebound", name)
    for node in (inner for step in roles.source.steps[: defined + 1] for statement in step.nodes for inner in walk(statement)):
        dotted = (dotted_name(node.func, roles.names) or "") if isinstance(node, ast.Call) else ""
        if _RECORDING.search(dotted) and not dotted.rsplit(".", 1)[-1].startswith("make_"):
            raise Refused("has_meaning", dotted)
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == name for target in node.targets):
            maker = dotted_name(node.value.func, roles.names) if isinstance(node.value, ast.Call) else None
            if maker in _NO_MEASUREMENT:
                raise Refused("input_not_sensor_data", name)


def _kind_of(observed: Mapping[str, Any] | None) -> Kind:
    """Return what kind of data was seen.

    Raises:
        Refused: `input_not_observed` or `input_not_sensor_data`.
    """
    if not observed:
        raise Refused("input_not_observed")
    kind = str(observed.get("type", "")).rsplit(".", 1)[-1]
    simple: dict[str, Kind] = {"bytes": "payload", "bytearray": "payload", "str": "text", "dict": "record"}
    if kind in simple:
        return simple[kind]
    shape, dtype = tuple(observed.get("shape") or ()), str(observed.get("dtype", ""))
    if kind in ("ndarray", "Series", "DataFrame") and shape and shape[0] >= _MIN_SAMPLES and not re.match(r"bool|object|str|<U|S\d", dtype):
        if len(shape) == 1:
            return "complex_series" if dtype.startswith("complex") else "series"
        if len(shape) == 2 and shape[1] < shape[0] and not dtype.startswith("complex"):
            return "matrix"
    raise Refused("input_not_sensor_data", f"{kind} {shape}")
