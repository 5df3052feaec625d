from __future__ import annotations

import ast

import pytest

from gpiot_data.packages.program_faults import program_fault
from gpiot_data.packages.symbols import Symbol


@pytest.mark.parametrize(
    ("kind", "code", "fault"),
    [
        ("function", "Box(1)", None),
        ("function", "Box(1, backend='example_backend')", "placeholder_value"),
        ("function", "Box('path/to/it.wav')", "placeholder_value"),
        ("class", "Box(1)", None),
        ("class", "class Mine(Box):\n    pass", None),
        ("class", "Box.of(1)", "never_made"),
        ("class", "# For Int8Dtype:\nInt8Dtype()\n# For Box:\nBox()", "shared_example"),
    ],
)
def test_a_program_that_does_not_show_its_symbol_is_refused_with_the_reason(kind, code, fault):
    symbol = Symbol(kind, "toy.Box", (), "", "p.py", (1, 1), (0, 1), "0")
    assert fault == program_fault(symbol, code, ast.parse(code))
