"""Figures of rows with code: what the limits of a dataset hold them to, code that is sound, and the public names of scipy.signal."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from gpiot_data.packages.scope import undefined_names
from gpiot_data.quality.diversity import answer_text, skeleton_of

Row = dict[str, Any]

#: The parts of scipy whose names are looked up one by one.
SIGNAL = ("scipy.signal", "scipy.signal.windows")


def row_figures(rows: Sequence[Row]) -> dict[str, Any]:
    """Return how near rows come to what they are limited to, and how many have code that is no Python or reads names nobody bound."""
    per_symbol = Counter((row["symbol"], row["kind"]) for row in rows)
    # A symbol has either programs or texts to compare.
    contents = Counter((row["symbol"], _content(row)) for row in rows)
    return {
        "most_rows_of_symbol_and_kind": max(per_symbol.values(), default=0),
        "rows_like_another_of_their_symbol": sum(count - 1 for count in contents.values()),
        "commonest_target_share": _commonest(_skeleton(row["specification"]["target"]) for row in rows if row["specification"]),
        "commonest_documentation_share": _commonest(_skeleton(text) for row in rows if (text := answer_text(row)).strip()),
        "rows_with_unsound_code": sum(_is_unsound(row["code"]) for row in rows if row["code"]),
    }


def name_figures(version: str, candidates: Sequence[Row], rows: Sequence[Row] | None) -> dict[str, Any]:
    """Return of the public names of scipy.signal how many have a candidate and a row, and which have none.

    Args:
        version: of the scipy that the rows come from; an installed one of another version tells nothing about it.
        candidates: rows as extraction gives them.
        rows: those of the dataset, None where it is not here.
    """
    if importlib.metadata.version("scipy") != version:
        return {}
    names = {f"{module}.{name}" for module in SIGNAL for name in importlib.import_module(module).__all__}
    # What a module offers of another one goes by the name that it has there: `windows.get_window` is `scipy.signal.get_window`.
    homes = {name: _home(name, names) for name in names}
    extracted, kept = ({row["symbol"] for row in found} for found in (candidates, rows or ()))
    figures: dict[str, Any] = {
        "signal_names": len(names),
        "signal_names_without_candidate": sorted(name for name in names if homes[name] not in extracted),
    }
    if rows is not None:
        figures["signal_names_without_row"] = sorted(name for name in names if homes[name] not in kept)
    return figures


def _home(name: str, names: set[str]) -> str:
    short = f"scipy.signal.{name.rpartition('.')[2]}"
    return short if short in names else name


def _content(row: Row) -> str:
    return skeleton_of(row["code"], code=True) if row["code"] else _skeleton(answer_text(row))


def _skeleton(text: str) -> str:
    return skeleton_of(text, code=False)


def _commonest(skeletons: Iterable[str]) -> float | None:
    """Return the share of the skeleton that most of the texts have."""
    counts = Counter(skeletons)
    return round(max(counts.values()) / counts.total(), 6) if counts else None


def _is_unsound(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return True
    return bool(undefined_names(code))
