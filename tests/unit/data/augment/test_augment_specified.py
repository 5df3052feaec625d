"""What a run saw, in specifications and documentation."""

from __future__ import annotations

from dataclasses import replace

from gpiot_data.augment.rows import read_cgd_row
from gpiot_data.augment.specified import complete_row, shape_text
from gpiot_data.schema import CgdRow, Expected, SourceRef, Specification, Teacher, Variable
from gpiot_data.verify.observed import Observation

DOCUMENTATION = """\
## What it does
Count steps.

## Symbols
- `toy.count`: Count.

## Input
- `x` (ndarray): `make()`
- `fs` (int, Hz): `50`

## Output
- `steps`
- `figure` (figure): The figure that the program draws."""
ROW = CgdRow(
    source=SourceRef("c", "toy", "1.0", "0" * 64, (1, 2), "1" * 64, path="a.py", lines=(3, 4)),
    license="MIT",
    teacher=Teacher("rules", "cgd-galleries/1"),
    kind="example",
    symbol="toy.count",
    package="toy",
    documentation=DOCUMENTATION,
    imports=("toy",),
    specification=Specification(
        "Count steps.",
        (Variable("x", type="ndarray", description="`make()`"), Variable("fs", type="int", unit="Hz", description="`50`")),
        (Variable("steps"), Variable("figure", type="figure", description="The figure that the program draws.")),
    ),
    code="import toy\n\nfs = 50\nx = make()\nsteps = toy.count(x, fs)",
    expected=(Expected(5, "7"),),
)
SEEN = (
    Observation("x", 4, "ndarray", (100, 3), "float64"),
    Observation("fs", 3, "int", None, None, 50),
    Observation("steps", 5, "list", (2,)),
    Observation("x", 6, "ndarray", (1,), "float64"),
    Observation("steps", 6, "int", None, None, 7),
)


def test_a_row_reads_back_as_it_was_written() -> None:
    assert read_cgd_row(ROW.to_json()) == ROW
    bare = replace(ROW, specification=None, code=None, kind="description")
    assert read_cgd_row(bare.to_json()) == bare


def test_inputs_are_as_first_seen_and_outputs_as_last_seen() -> None:
    done = complete_row(ROW.to_json(), SEEN)
    assert [(item["name"], item["type"], item["shape"]) for part in ("inputs", "outputs") for item in done["specification"][part]] == [
        ("x", "ndarray", "(100, 3)"),
        ("fs", "int", None),
        ("steps", "int", None),
        ("figure", "figure", None),
    ]
    assert "- `x` (type: ndarray; shape: (100, 3)): `make()`" in done["messages"][0]["content"]


def test_the_documentation_says_the_same_as_the_specification_and_the_id_follows() -> None:
    row = ROW.to_json()
    done = complete_row(row, SEEN)
    wanted = DOCUMENTATION.replace("`x` (ndarray)", "`x` (ndarray, shape (100, 3))").replace("- `steps`", "- `steps` (int)")
    assert done["documentation"] == wanted
    assert done["id"] != row["id"]
    assert done["source"] == row["source"]


def test_what_was_not_seen_or_is_none_stays_unknown() -> None:
    assert complete_row(ROW.to_json(), ()) == ROW.to_json()
    assert complete_row(ROW.to_json(), (Observation("steps", 5, "NoneType"),)) == ROW.to_json()


def test_what_a_source_says_is_not_overruled() -> None:
    done = complete_row(ROW.to_json(), (Observation("fs", 3, "float64", None, "float64", 50.0),))
    assert done == ROW.to_json()


def test_a_row_whose_documentation_lists_other_variables_stays_as_it_is() -> None:
    row = replace(ROW, documentation="## What it does\nCount steps.").to_json()
    assert complete_row(row, SEEN) == row


def test_shapes_are_written_as_python_does() -> None:
    assert [shape_text(shape) for shape in ((1000,), (3, 4), (0,))] == ["(1000,)", "(3, 4)", "(0,)"]
