"""What is left over in a section that was cut out of its page: values and functions that later sections use, and tidying up."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from gpiot_data.packages.galleries.steps import Step, last_name
from gpiot_data.syntax_trees import walk

_SETTERS = frozenset({"set_config", "set_option", "set_options", "set_printoptions", "seed"})
#: What only tidies up at the end.
_TIDYING = frozenset({"collect", "empty_cache", "clear_session", "reset_orig"})
#: Calls that only make or read a value; random numbers are none, as drawing them moves those that follow.
_PURE = re.compile(
    r"(?:array|asarray|arange|linspace|logspace|zeros|ones|full|eye|meshgrid|date_range|DataFrame|Series|sin|cos|exp|sqrt|len|range|list|dict|"
    r"tuple|float|int|str|Path|data_path|(?:load|fetch|read)_\w+)$"
)


def without_leftovers(steps: Sequence[Step], cell: int | None) -> list[Step]:
    """Return the steps of a program without what does nothing for it.

    Left out are deletions at the end, settings that are set again before anything else happens, and what the wanted section makes up
    or defines and nothing uses; but the last step of a program is what it is for.

    Args:
        steps: in their order, without imports.
        cell: the wanted one; None for all, where nobody knows what is wanted.
    """
    kept = _once_set(list(steps))
    while len(kept) > 1 and _tidies(kept[-1]):
        kept.pop()
    grown = cell is not None
    while grown:
        needed = frozenset[str]()
        renewed = frozenset[str]()
        used: list[Step] = []
        for place, step in reversed(list(enumerate(kept))):
            unread = step.cell == cell and place < len(kept) - 1 and not step.names.binds & needed
            # What is built and gives way to something else before anything reads it is of no use either.
            if unread and (_is_idle(step) or (step.names.binds <= renewed and _builds(step))):
                continue
            used.insert(0, step)
            needed = (needed - step.rebinds) | step.names.needs
            renewed |= step.rebinds
        grown = len(used) < len(kept)
        kept = used
    return kept


def _tidies(step: Step) -> bool:
    return all(
        isinstance(node, ast.Delete | ast.Pass)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and last_name(node.value.func) in _TIDYING)
        for node in step.nodes
    )


def _once_set(steps: list[Step]) -> list[Step]:
    """Leave out settings that the next step sets again, and the last one where it sets back what was set only there."""
    kept: list[Step] = []
    for step in steps:
        if kept and _settings(step) is not None and _settings(step) == _settings(kept[-1]):
            kept.pop()
        kept.append(step)
    return [step for place, step in enumerate(kept) if not (_is_default(step) and _first_of_its_kind(kept, place))]


def _first_of_its_kind(steps: Sequence[Step], place: int) -> bool:
    return not any(_settings(step) == _settings(steps[place]) for step in steps[:place])


def _settings(step: Step) -> tuple[str, ...] | None:
    """Return the function and the options that a step sets, None where it does another thing."""
    node = step.nodes[0]
    if len(step.nodes) > 1 or not isinstance(node, ast.Expr) or not isinstance(call := node.value, ast.Call):
        return None
    if last_name(call.func) not in _SETTERS or not all(keyword.arg for keyword in call.keywords):
        return None
    positional = [ast.unparse(part) for part in call.args[:1] if last_name(call.func) != "seed"]
    return (ast.unparse(call.func), *positional, *sorted(str(keyword.arg) for keyword in call.keywords))


def _is_default(step: Step) -> bool:
    node = step.nodes[0]
    if _settings(step) is None or not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    values = [keyword.value for keyword in node.value.keywords]
    return bool(values) and all(isinstance(value, ast.Constant) and value.value == "default" for value in values)


def _is_idle(step: Step) -> bool:
    """Tell whether a step only makes up values or defines functions."""
    return all(_makes_up(node) or (isinstance(node, ast.FunctionDef) and not node.decorator_list) for node in step.nodes)


def _builds(step: Step) -> bool:
    return all(
        isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and last_name(node.value.func)[:1].isupper()
        for node in step.nodes
    )


def _makes_up(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Assign) or not all(isinstance(target, ast.Name) for target in node.targets):
        return False
    parts = list(walk(node.value))
    called = {id(part) for call in parts if isinstance(call, ast.Call) for part in walk(call.func)}
    # What is read off an object may be what a program is for.
    reads = any(isinstance(part, ast.Name | ast.NamedExpr | ast.Await | ast.Yield) and id(part) not in called for part in parts)
    return not reads and all(_PURE.match(last_name(part.func)) for part in parts if isinstance(part, ast.Call))
