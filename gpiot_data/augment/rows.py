"""Rows of programs read back from their JSON form, and the rows that are made of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gpiot_data.schema import CgdRow, Expected, SourceRef, Specification, Teacher, Variable, Verdict

JsonRow = dict[str, Any]


def read_cgd_row(row: JsonRow) -> CgdRow:
    """Return the row behind its JSON form; `read_cgd_row(row).to_json() == row`."""
    source = row["source"]
    places = {name: None if source[name] is None else tuple(source[name]) for name in ("span", "bbox", "lines")}
    stored = row["specification"]
    specification = None if stored is None else Specification(stored["target"], _variables(stored["inputs"]), _variables(stored["outputs"]))
    return CgdRow(
        source=SourceRef(**{**source, **places}),
        license=row["license"],
        teacher=Teacher(**row["teacher"]),
        verdict=Verdict(**row["verdict"]),
        parents=tuple(row["parents"]),
        split=row["split"],
        kind=row["kind"],
        symbol=row["symbol"],
        package=row["package"],
        documentation=row["documentation"],
        imports=tuple(row["imports"]),
        specification=specification,
        code=row["code"],
        expected=tuple(Expected(**item) for item in row["expected"]),
    )


def with_specification(row: CgdRow, specification: Specification, documentation: str) -> JsonRow:
    """Return the JSON form of a row whose specification, and what its documentation says of it, are others."""
    return replace(row, specification=specification, documentation=documentation).to_json()


def _variables(stored: list[dict[str, Any]]) -> tuple[Variable, ...]:
    return tuple(Variable(**item) for item in stored)
