"""Shapes of what a program writes out."""

from __future__ import annotations

import ast

import pytest

from gpiot_data.augment.literals import nested_shape, with_nested_shapes
from gpiot_data.verify.observed import Observation


@pytest.mark.parametrize(
    ("text", "expected"),
    [("[[1, 2, 3], [4, 5, 6]]", (2, 3)), ("[1, 2]", (2,)), ("[[1], [2, 3]]", (2,)), ("[[1, 2], 3]", (2,)), ("[*x, 1]", ())],
)
def test_lists_of_equal_length_have_two_dimensions(text: str, expected: tuple[int, ...]) -> None:
    assert nested_shape(ast.parse(text, mode="eval").body) == expected


@pytest.mark.parametrize(("code", "expected"), [("x = [[1, 2], [3, 4]]", (2, 2)), ("x = [[1, 2], [3, 4]]\nx = [[1], [2]]", (2,))])
def test_only_a_name_that_is_bound_once_has_the_shape_of_its_literal(code: str, expected: tuple[int, ...]) -> None:
    assert with_nested_shapes({"x": Observation("x", 1, "list", (2,))}, code)["x"].shape == expected
