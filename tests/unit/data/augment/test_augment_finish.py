"""What keeps a variant that ran from becoming a row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gpiot_data.augment.drafts import Draft
from gpiot_data.augment.finish import finish_row
from gpiot_data.packages.lineage import NOT_RUN
from gpiot_data.schema import CgdRow, SourceRef, Specification, Teacher, Variable
from gpiot_data.verify.judge import Finding
from gpiot_data.verify.observed import Observation

CODE = "import numpy as np\n\n\ndef scale(x: np.ndarray):\n    y = np.sqrt(x)\n    return y\n\n\nx = np.ones(3)\ny = scale(x)"
ORIGIN = CgdRow(
    source=SourceRef("c", "toy", "1.0", "0" * 64, (1, 2), "1" * 64, path="a.py", lines=(3, 4)),
    license="MIT",
    teacher=Teacher("rules", "cgd-rules/1"),
    verdict=NOT_RUN,
    kind="implementation",
    symbol="numpy.sqrt",
    package="numpy",
    documentation="# `numpy.sqrt`",
    specification=Specification("Take roots.", (), (Variable("y"),)),
    code="import numpy as np\n\ny = np.sqrt(np.ones(3))",
    imports=("numpy",),
    expected=(),
).to_json()
DRAFT = Draft(
    kind="example",
    operation="function",
    code=CODE,
    imports=("numpy",),
    target="Take roots.",
    inputs=(Variable("x"),),
    outputs=(Variable("y", description="The roots."),),
    data=("x",),
    results=("y",),
    documentation="## What it does\nTake roots.",
    compare=(("y", "y"),),
    expected=(),
    params={},
)


def finding(*seen: tuple[str, str, tuple[int, ...]]) -> Finding:
    return Finding("ran", observed=tuple(Observation(name, at, kind, shape) for at, (name, kind, shape) in enumerate(seen)))


def shapes(row: object) -> list[str | None]:
    assert isinstance(row, dict)
    return [item["shape"] for item in row["specification"]["inputs"]]


def test_an_input_that_is_made_in_several_steps_has_the_shape_of_the_last() -> None:
    seen = finding(("x", "ndarray", (3, 2)), ("x", "ndarray", (3, 4)), ("y", "ndarray", (3, 4)))
    assert shapes(finish_row(replace(DRAFT, reshaped=frozenset({"x"})), ORIGIN, seen)) == ["(3, 4)"]
    assert shapes(finish_row(DRAFT, ORIGIN, seen)) == ["(3, 2)"]


@pytest.mark.parametrize(("kind", "expected"), [("list", "variant_wrong_annotation"), ("ndarray", None)])
def test_an_annotation_that_the_run_contradicts_is_refused(kind: str, expected: str | None) -> None:
    made = finish_row(DRAFT, ORIGIN, finding(("x", kind, (3,)), ("y", "ndarray", (3,))))
    assert (made if isinstance(made, str) else None) == expected


@pytest.mark.parametrize(
    ("description", "expected"), [(None, "variant_undescribed_output"), ("The roots.", "variant_undescribed_output"), ("Their sum.", None)]
)
def test_each_of_several_outputs_has_words_of_its_own(description: str | None, expected: str | None) -> None:
    draft = replace(DRAFT, outputs=(*DRAFT.outputs, Variable("total", description=description)))
    made = finish_row(draft, ORIGIN, finding(("x", "ndarray", (3,)), ("y", "ndarray", (3,))))
    assert (made if isinstance(made, str) else None) == expected


@pytest.mark.parametrize(
    ("output", "kind", "expected"),
    [
        (Variable("y", description="The roots."), "NoneType", "variant_no_value"),
        (Variable("y", description="A plot window opens with the roots."), "int", "variant_no_value"),
        (Variable("y", description="None if there is no root."), "int", None),
    ],
)
def test_an_output_is_a_value(output: Variable, kind: str, expected: str | None) -> None:
    made = finish_row(replace(DRAFT, outputs=(output,)), ORIGIN, finding(("x", "ndarray", (3,)), ("y", kind, ())))
    assert (made if isinstance(made, str) else None) == expected


def test_what_the_text_of_a_program_tells_against_it_is_refused() -> None:
    draft = replace(DRAFT, code=f"import math\n{CODE}")
    assert finish_row(draft, ORIGIN, finding(("x", "ndarray", (3,)), ("y", "ndarray", (3,)))) == "variant_unused_import"
