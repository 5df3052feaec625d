"""Lists of lists that a program writes out: their shape in all dimensions, of which a run tells the first."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from gpiot_data.syntax_trees import walk
from gpiot_data.verify.observed import Observation


def with_nested_shapes(seen: Mapping[str, Observation], code: str) -> dict[str, Observation]:
    """Return what was seen of names, those bound once to a list or tuple of equally long ones with the shape of the whole."""
    tree = ast.parse(code)
    stored = Counter(node.id for node in walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    shapes: dict[str, tuple[int, ...]] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.List() | ast.Tuple() as value) if stored[name] == 1:
                shapes[name] = nested_shape(value)
    return {name: replace(item, shape=_longer(item.shape, shapes.get(name))) for name, item in seen.items()}


def nested_shape(value: ast.expr) -> tuple[int, ...]:
    """Return the shape of lists or tuples within each other as far as they are equally long: (2, 3) of [[1, 2, 3], [4, 5, 6]]."""
    if not isinstance(value, ast.List | ast.Tuple) or any(isinstance(item, ast.Starred) for item in value.elts):
        return ()
    inner = {nested_shape(item) for item in value.elts}
    return (len(value.elts), *(next(iter(inner)) if len(inner) == 1 else ()))


def _longer(seen: tuple[int, ...] | None, written: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return written if seen and written and written[: len(seen)] == seen else seen
