"""What a run saw, written into specifications: types and shapes of inputs and outputs where their source does not tell them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gpiot_data.augment.literals import with_nested_shapes
from gpiot_data.augment.rows import JsonRow, read_cgd_row, with_specification
from gpiot_data.packages.galleries.rows import variable_line
from gpiot_data.packages.row_checks import row_fault
from gpiot_data.packages.sheets import section
from gpiot_data.schema import Specification, Variable
from gpiot_data.verify.observed import Observation, first_seen, last_seen

#: Of other containers the number of items is no shape that anybody would ask for.
_SHAPED = re.compile(r"ndarray|matrix|list|tuple|pandas\.\w+|scipy\.\w+|\w*(?:Array|Frame|Series|Tensor)", re.IGNORECASE)


def shape_text(shape: Sequence[int]) -> str:
    """Write a shape as Python does: "(1000,)", "(3, 4)", "()"."""
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(map(str, shape))})"


def facts_of(observed: Iterable[Observation]) -> dict[str, dict[str, Any]]:
    """Return type, shape and dtype of each name at the end of a run, those that are known."""
    return {
        name: {key: value for key, value in (("type", item.type), ("shape", item.shape), ("dtype", item.dtype)) if value is not None}
        for name, item in last_seen(observed).items()
    }


def complete_variables(variables: Sequence[Variable], seen: Mapping[str, Observation]) -> tuple[Variable, ...]:
    """Give variables the type and the shape that were seen of them, where they have none."""
    return tuple(_complete(variable, seen.get(variable.name)) for variable in variables)


def _complete(variable: Variable, seen: Observation | None) -> Variable:
    if seen is None or seen.type == "NoneType":
        return variable
    shape = shape_text(seen.shape) if seen.shape and _SHAPED.fullmatch(seen.type) else None
    return replace(variable, type=variable.type or seen.type, shape=variable.shape or shape)


def complete_row(row: JsonRow, observed: Sequence[Observation]) -> JsonRow:
    """Return a row of kind `example` whose specification and documentation tell what its run saw of the inputs and outputs.

    An input is as it was when first seen, an output as it was at the end. Where the completed row would not read back, or the
    documentation does not list the variables as they are, the row stays as it is.
    """
    typed = read_cgd_row(row)
    before = typed.specification
    if before is None or typed.code is None:
        return row
    after = Specification(
        before.target,
        complete_variables(before.inputs, with_nested_shapes(first_seen(observed), typed.code)),
        complete_variables(before.outputs, last_seen(observed)),
    )
    documentation = typed.documentation
    for title, old, new in (("Input", before.inputs, after.inputs), ("Output", before.outputs, after.outputs)):
        listed = section(title, [variable_line(item) for item in old])
        if old != new and documentation.count(listed) != 1:
            return row
        documentation = documentation.replace(listed, section(title, [variable_line(item) for item in new])) if listed else documentation
    if after == before or row_fault(after, typed.code, documentation) is not None:
        return row
    return with_specification(typed, after, documentation)
