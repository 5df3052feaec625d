"""Methods that a program calls on objects of another class."""

from __future__ import annotations

import pytest

from gpiot_data.augment.programs.receivers import asks_other_class
from gpiot_data.packages.archive import SourceFile
from gpiot_data.packages.symbols import index_symbols

SPLINES = SourceFile(
    "toy/splines.py",
    "toy.splines",
    False,
    (
        b'class Spline:\n    """A spline."""\n\n    def roots(self):\n        """Return the zeros of the spline."""\n\n'
        b'    def copy(self):\n        """Copy it."""\n\n\n'
        b'class Poly:\n    """A polynomial."""\n\n    def roots(self):\n        """Find real roots of a polynomial."""\n\n'
        b'    def copy(self):\n        """Copy it."""\n'
    ),
)


@pytest.mark.parametrize(
    ("method", "kind", "expected"),
    [("roots", "toy.Poly", True), ("roots", "toy.Spline", False), ("roots", "toy.Narrower", False), ("copy", "toy.Poly", False)],
)
def test_a_method_of_another_class_with_words_of_its_own_is_not_the_asked_one(method: str, kind: str, expected: bool) -> None:
    symbols = {symbol.name: symbol for symbol in index_symbols([SPLINES]).symbols}
    asked = symbols[f"toy.splines.Spline.{method}"]
    assert asks_other_class(asked, f"y = p.{method}()", {"p": {"type": kind}}, symbols) == expected
