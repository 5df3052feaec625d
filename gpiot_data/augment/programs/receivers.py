"""What a program calls a method on: an object of the class that the method is asked of, or of another with a method of that name."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from gpiot_data.packages.symbols import Symbol
from gpiot_data.syntax_trees import walk


def asks_other_class(symbol: Symbol, code: str, observed: Mapping[str, Mapping[str, Any]], symbols: Mapping[str, Symbol]) -> bool:
    """Tell whether every call of a method in a program is of another class that documents one of its own by the same name.

    Args:
        symbol: what the program is said to show.
        code: of the program.
        observed: what a run saw of each name, its `type` among it.
        symbols: of the package, by their dotted names.
    """
    if symbol.owner is None:
        return False
    asked = symbol.owner.rpartition(".")[2]
    receivers = [
        node.func.value.id
        for node in walk(ast.parse(code))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == symbol.short_name
        and isinstance(node.func.value, ast.Name)
    ]
    kinds = {str(observed[name].get("type", "")).rpartition(".")[2] for name in receivers if name in observed}
    others = {item.owner.rpartition(".")[2] for item in _namesakes(symbol, symbols) if item.owner is not None}
    # A class that only hands on what it inherited documents it in the same words.
    return bool(kinds) and len(receivers) > 0 and kinds <= others and asked not in kinds


def _namesakes(symbol: Symbol, symbols: Mapping[str, Symbol]) -> list[Symbol]:
    return [item for item in symbols.values() if item.short_name == symbol.short_name and item.docstring != symbol.docstring]
