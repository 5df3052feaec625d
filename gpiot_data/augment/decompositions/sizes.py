"""How large representations and models are: every count that a text states comes from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from gpiot_data.augment.ontology.model import Model

#: What is tried from the largest to the smallest.
SCALES = (16, 8, 4)
_TREES_PER_SCALE = {16: 40, 8: 20, 4: 10}
#: Models that work with 8-bit weights.
NETWORKS = ("mlp", "cnn1d", "gru", "cnn2d")
#: Bytes of one parameter of the others; a node of a tree holds a feature, a threshold and its place.
_STORED_BYTES = {"linear": 4, "pooled": 4, "forest": 4, "templates": 2, "survey": 2, "particles": 4, "line": 4}
#: What scikit-learn takes for a node.
_LINUX_BYTES = {"forest": 64, "templates": 4, "survey": 4}
#: A tree of depth 6 has at most 63 splits and 64 leaves.
_NODES = 127
#: Places of a survey, such as 240 m² with one every 2 m.
MARKS = 60
#: Cells on a side that a map is averaged to.
POOLED = 8


@dataclass(frozen=True, slots=True)
class Transform:
    """The frames of a short-time transform: samples of a segment and of a hop, bins kept and frames of a window."""

    seg: int
    hop: int
    bins: int
    frames: int


@dataclass(frozen=True, slots=True)
class ModelSize:
    """The parameters of a model, the numbers it holds while it works, and the values that its text states."""

    parameters: int
    working: int
    values: dict[str, str]


def short_time(n: int, rate: float, top: float, seg: int | None) -> Transform:
    """Return a short-time transform of windows of `n` samples; without `seg` the segment is a quarter of the window or less."""
    length = seg or max(16, 1 << ((n // 4).bit_length() - 1))
    hop = length // 2
    return Transform(length, hop, int(top * length / rate) + 1, max(0, (n - length) // hop + 1))


def shape_of(symbols: Sequence[Any], known: dict[str, int]) -> tuple[int, ...]:
    """Return the shape of a representation: whole numbers, symbols, and multiples of the channels such as `6c`."""
    shape = []
    for symbol in symbols:
        if isinstance(symbol, int):
            shape.append(symbol)
        elif symbol.endswith("c") and symbol[:-1].isdigit():
            shape.append(int(symbol[:-1]) * known["c"])
        else:
            shape.append(known[symbol])
    return tuple(shape)


def model_size(model: Model, shape: tuple[int, ...], classes: int, scale: int) -> ModelSize:
    """Return the size of a model on an input of this shape; `scale` is one of `SCALES`."""
    features = prod(shape)
    # One set of weights separates two classes.
    separators = 1 if classes == 2 else classes
    if model.size == "linear":
        return ModelSize((features + 1) * separators, 0, {})
    if model.size == "pooled":
        return ModelSize((POOLED**2 + 1) * separators, POOLED**2, {})
    if model.size == "forest":
        trees = _TREES_PER_SCALE[scale]
        return ModelSize(trees * _NODES, 0, {"trees": str(trees)})
    if model.size == "mlp":
        hidden = 2 * scale
        return ModelSize((features + 1) * hidden + (hidden + 1) * classes, hidden, {"hidden": str(hidden)})
    if model.size == "templates":
        return ModelSize(scale // 4 * classes * features, shape[0] * 2, {"templates": str(scale // 4)})
    if model.size == "survey":
        return ModelSize(MARKS * (features + 2), MARKS, {"marks": str(MARKS)})
    if model.size == "particles":
        return ModelSize(scale * 25 * 4, 0, {"particles": str(scale * 25)})
    if model.size in ("cnn1d", "gru", "cnn2d"):
        return _network_size(model.size, shape, classes, scale)
    return ModelSize(2 if model.size == "line" else 0, 0, {})


def scratch_numbers(scratch: dict[str, int] | None, known: dict[str, int]) -> int:
    """Return how many numbers a step works with; `scratch` counts them by symbol, `one` for a fixed number."""
    return sum(count * (1 if symbol == "one" else known[symbol]) for symbol, count in (scratch or {}).items())


def parameter_bytes(model: Model, *, micro: bool) -> int:
    """Return the bytes of one parameter of a model."""
    if model.size in NETWORKS:
        return 1 if micro else 4
    return _STORED_BYTES.get(model.size, 4) if micro else _LINUX_BYTES.get(model.size, 4)


def _network_size(kind: str, shape: tuple[int, ...], classes: int, scale: int) -> ModelSize:
    if kind == "gru":
        hidden = 2 * scale
        parameters = 3 * (prod(shape[1:]) * hidden + hidden * hidden + 2 * hidden) + (hidden + 1) * classes
        return ModelSize(parameters, 4 * hidden, {"hidden": str(hidden)})
    first, second, third = scale, 2 * scale, 4 * scale
    filters = {"filters": str(first), "filters2": str(second), "filters4": str(third)}
    if kind == "cnn1d":
        inputs = prod(shape[1:])
        parameters = 5 * inputs * first + first + 5 * first * second + second + (second + 1) * classes
        return ModelSize(parameters, -(-shape[0] // 2) * first + -(-shape[0] // 4) * second, filters)
    planes = prod(shape[2:])
    convolution = 9 * planes * first + first
    blocks = sum(9 * before + before + before * after + after for before, after in ((first, second), (second, third)))
    # A layer is read while the next one is written; the widest pair are those of the last block.
    area = -(-shape[0] // 2) * -(-shape[1] // 2)
    return ModelSize(convolution + blocks + (third + 1) * classes, area * (second + third), filters)
