from __future__ import annotations

import ast

import pytest

from gpiot_data.packages.coverage import description_fault, says_only_name, without_unknown_names
from gpiot_data.packages.docstrings import parse_docstring
from gpiot_data.packages.signatures import parameters_of
from gpiot_data.packages.symbols import Symbol

RICH = "The samples are weighted by their distance to the centre before the mean over the window is taken."


def symbol_of(header: str, name: str = "toy.smooth") -> Symbol:
    function = ast.parse(f"def f({header}): ...").body[0]
    assert isinstance(function, ast.FunctionDef)
    parameters = parameters_of(function.args, ast.unparse, bound=False)
    return Symbol("function", name, parameters, "", "toy.py", (1, 2), (0, 1), "0" * 64)


@pytest.mark.parametrize(
    ("header", "parameters", "text", "fault"),
    [
        ("x, width=3", "x : list\n    The signal.", f"{RICH}\n- `x` (list): The signal.", None),
        ("signal, width=3", "", RICH, "undescribed_parameters"),
        ("signal, width=3", "", f"{RICH} The `signal` is kept.", None),
        ("x", "", f"{RICH} The box of x is kept.", "undescribed_parameters"),
        ("signal, width=3", "", f"{RICH} " * 8, None),
        ("command, **kwargs", "args : list\n    The call.", f"{RICH} command", "other_parameters"),
        ("command, **kwargs", "command : list\n    The call.\nkey : int\n    More.", f"{RICH} command", None),
        ("", "", "Smooth the smoothed toy.", "no_details"),
    ],
)
def test_a_description_must_speak_of_its_call(header, parameters, text, fault):
    sections = f"\n\nParameters\n----------\n{parameters}\n" if parameters else ""
    assert description_fault(symbol_of(header), parse_docstring(f"Do it.{sections}"), text) == fault


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("The values at `u`.", ""),
        ("The values at `q`.", "The values at `q`."),
        ("The mean. It is that of `u`.", "The mean."),
        ("A thing with the attributes `low` and `high`.", "A thing with the attributes `low` and `high`."),
        ("Columns ``i * 2`` for `i` below 9.", "Columns `i * 2` for `i` below 9."),
        ("It is `None` or a `list`.", "It is `None` or a `list`."),
    ],
)
def test_values_are_not_told_by_names_that_nothing_introduces(said, kept):
    documentation = parse_docstring(f"Do it.\n\nReturns\n-------\nppf : list\n    {said}\n")
    (entry,) = without_unknown_names(symbol_of("q"), documentation).returns
    assert entry.description == kept


def test_a_call_that_takes_any_name_may_speak_of_any():
    documentation = parse_docstring("Do it.\n\nReturns\n-------\nppf : list\n    The values at `u`.\n")
    assert without_unknown_names(symbol_of("q, **others"), documentation) == documentation


@pytest.mark.parametrize(
    ("kind", "name", "request_text", "expected"),
    [
        ("property", "toy.ufunc.ntypes", "Get the number of types", True),
        ("property", "toy.ufunc.ntypes", "Get the number of types that the loop accepts", False),
        ("function", "toy.ntypes", "Get the number of types", False),
    ],
)
def test_a_request_to_a_member_says_more_than_its_name(kind, name, request_text, expected):
    symbol = Symbol(kind, name, (), "", "p.py", (1, 1), (0, 1), "0")
    assert says_only_name(symbol, parse_docstring("The number of types."), request_text) == expected
