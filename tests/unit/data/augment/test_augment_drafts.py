"""What is known of a variant's row before it ran."""

from __future__ import annotations

from dataclasses import replace

from gpiot_data.augment.drafts import Subject, make_draft
from gpiot_data.augment.programs.variants import Variant
from gpiot_data.packages.docstrings import Documentation
from gpiot_data.packages.entries import Entry
from gpiot_data.packages.signatures import Parameter
from gpiot_data.packages.symbols import Symbol

SYMBOL = Symbol(
    "function",
    "toy.smooth",
    (Parameter("values", "values", True), Parameter("width", "width=3", True)),
    None,
    "toy.py",
    (1, 2),
    (0, 9),
    "0" * 64,
)
DOCUMENTATION = Documentation(
    "Smooth samples.",
    parameters=(
        Entry("values", "array_like", None, "Samples of the signal. They stay as they are."),
        Entry("width", "int", None, "Width of the window in samples."),
    ),
    returns=(Entry("smoothed", "ndarray", None, "The smoothed `values`."),),
)
SUBJECT = Subject(SYMBOL, DOCUMENTATION, ("values", "width"), "toys")
FOCUS = Variant(
    operation="focus",
    code="import numpy as np\nfrom toy import smooth\n\nfs = 50.0\nt = np.arange(100) / fs\nx = np.sin(t)\ny = smooth(x, 5)\n",
    target="Smooth samples with `toy.smooth` of toys, with `width=5`.",
    inputs=("x",),
    outputs=("y",),
    renamed={},
    compare=(("y", "y"),),
    expected=(),
)
FUNCTION = replace(
    FOCUS,
    operation="function",
    code="from toy import smooth\n\n\ndef smooth_samples(x, width: int = 5):\n    return smooth(x, width)\n\n\nx = [1, 2]\nresult = smooth_samples(x)\n",
    outputs=("result",),
    renamed={"a": "x"},
    defaults=(("width", "5"),),
    scenario="imu",
)


def test_a_variable_is_what_the_symbol_takes_or_gives_it_as() -> None:
    draft = make_draft(FOCUS, SUBJECT)
    (taken,), (given,) = draft.inputs, draft.outputs
    assert (taken.name, taken.type, taken.description) == ("x", None, "Samples of the signal.")
    assert (given.name, given.type, given.description) == ("y", None, "The smoothed `x`.")


def test_the_rate_that_a_program_states_is_that_of_its_samples() -> None:
    assert make_draft(FOCUS, SUBJECT).inputs[0].rate_hz == 50.0
    unstated = replace(FOCUS, code=FOCUS.code.replace("fs = 50.0", "fs = float(50)"))
    assert make_draft(unstated, SUBJECT).inputs[0].rate_hz is None


def test_a_case_is_an_implementation_and_a_function_an_example() -> None:
    assert (make_draft(FOCUS, SUBJECT).kind, make_draft(FUNCTION, SUBJECT).kind) == ("implementation", "example")
    assert "## Parameters used" in make_draft(FOCUS, SUBJECT).documentation
    assert make_draft(FUNCTION, SUBJECT).documentation == (
        "## What it does\nSmooth samples with `toy.smooth` of toys, with `width=5`.\n\n## Symbols\n- `toy.smooth`: Smooth samples."
    )


def test_a_parameter_that_need_not_be_given_is_an_input_with_its_value() -> None:
    draft = make_draft(FUNCTION, SUBJECT)
    assert [(item.name, item.type, item.description) for item in draft.inputs] == [
        ("x", None, "Samples of the signal."),
        ("width", "int", "Width of the window in samples; `5` by default"),
    ]
    assert (draft.data, draft.results) == (("x",), ("result",))


def test_a_program_that_binds_nothing_gives_what_its_symbol_documents() -> None:
    shown = replace(FOCUS, code="from toy import smooth\n\nprint(smooth([1, 2, 3], 2))\n", inputs=(), outputs=())
    draft = make_draft(shown, SUBJECT)
    assert [(item.name, item.type) for item in (*draft.inputs, *draft.outputs)] == [
        ("values", "array_like"),
        ("width", "int"),
        ("smoothed", "ndarray"),
    ]


def test_how_a_variant_was_made_is_told_with_what_it_imports() -> None:
    assert (make_draft(FOCUS, SUBJECT).params, make_draft(FOCUS, SUBJECT).imports) == ({}, ("numpy", "toy"))
    assert make_draft(FUNCTION, SUBJECT).params == {"scenario": "imu", "renamed": {"a": "x"}}


def test_what_a_case_is_given_as_a_literal_goes_in_unless_its_target_says_it() -> None:
    silent = replace(FOCUS, target="Smooth samples with `toy.smooth` of toys.")
    assert [item.name for item in make_draft(silent, SUBJECT).inputs] == ["x", "width"]
    assert [item.name for item in make_draft(FOCUS, SUBJECT).inputs] == ["x"]


def test_of_two_defaults_only_the_one_of_the_function_is_told() -> None:
    documented = Documentation("Smooth a signal.", parameters=(Entry("width", "int", None, "Width; the default window takes five."),))
    draft = make_draft(FUNCTION, replace(SUBJECT, documentation=documented))
    assert draft.inputs[-1].description == "`5` by default"
