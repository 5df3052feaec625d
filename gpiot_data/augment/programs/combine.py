"""Two programs of one package as one: what the first computes goes into the second."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gpiot_data.augment.programs.effects import FIGURE, missing_names
from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.rename import rename_variables
from gpiot_data.augment.programs.roles import Roles, find_roles
from gpiot_data.augment.programs.steps import assemble, piece_of
from gpiot_data.syntax_trees import walk

Seen = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Combination:
    """A program that chains two; `link` is the variable handed over, `shared` the names that are as in the first program.

    `renamed` tells the new names of variables of the second program.
    """

    code: str
    link: str
    shared: tuple[str, ...]
    renamed: Mapping[str, str]


def combine(first: Roles, first_seen: Seen, second: Roles, second_seen: Seen, second_input: str) -> Combination:
    """Chain a result of one program into the main input of another.

    Args:
        first: roles of the program that goes first.
        first_seen: what a run of it saw of each name: `type`, `shape`, `dtype`.
        second: roles of the program that goes second.
        second_seen: the same for that one.
        second_input: the input of the second program that is replaced.

    Raises:
        Refused: `same_symbol`, `draws_in_core`, `types_differ`, `size_bound` (another value of the second program has the length of
            its input), `import_clash`, `undefined_name`, or what renaming refuses.
    """
    if first.symbol == second.symbol:
        raise Refused("same_symbol")
    if any(FIGURE in roles.effects[at].writes for roles in (first, second) for at in roles.core):
        raise Refused("draws_in_core")
    link = _link(first, first_seen, second_seen.get(second_input, {}))
    _check_sizes(second, second_seen, second_input)
    if any(first.names.get(name, dotted) != dotted for name, dotted in second.names.items()):
        raise Refused("import_clash")
    mine = {node.id for node in walk(first.source.tree) if isinstance(node, ast.Name)} | first.names.keys()
    own = sorted(({name for effects in second.effects for name in effects.binds} - {second_input}) & mine)
    renamed = {**{name: _other(name, mine) for name in own}, second_input: link}
    tail = find_roles(_rename_in_two(second.source.code, renamed, second_input), second.symbol)
    code = _join(first, tail, link)
    if missing := missing_names(code):
        raise Refused("undefined_name", ", ".join(missing))
    made = {name for at in (*first.data, *first.core) for name in first.effects[at].binds} - first.figures
    changed = {name for at in (*tail.data, *tail.core) for name in tail.effects[at].changes}
    return Combination(code, link, tuple(sorted(made - changed)), renamed)


def _link(first: Roles, seen: Seen, wanted: Mapping[str, Any]) -> str:
    """Return the result of the first program that has the type, dimensions and kind of number that the second takes, and is as long."""
    for datum in reversed(first.results):
        have = seen.get(datum.name, {})
        same = have.get("type") == wanted.get("type") is not None
        sizes, needed = tuple(have.get("shape") or ()), tuple(wanted.get("shape") or ())
        if (
            same
            and len(sizes) == len(needed)
            and _number(have) == _number(wanted)
            and all(a >= b for a, b in zip(sizes, needed, strict=True))
        ):
            return datum.name
    raise Refused("types_differ")


def _number(seen: Mapping[str, Any]) -> str:
    return str(seen.get("dtype", "")).rstrip("0123456789")


def _check_sizes(second: Roles, seen: Seen, name: str) -> None:
    lengths = set(seen.get(name, {}).get("shape") or ())
    made = {other for at in second.data for other in second.effects[at].binds} - {name}
    wanted = {other for at in (*second.core, *second.shows) for other in second.effects[at].reads}
    for other in sorted(made & wanted):
        if lengths & set(seen.get(other, {}).get("shape") or ()):
            raise Refused("size_bound", other)


def _other(name: str, taken: Collection[str]) -> str:
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def _rename_in_two(code: str, renamed: Mapping[str, str], second_input: str) -> str:
    """Free the name of the link first: the second program may use it for something else."""
    own = {old: new for old, new in renamed.items() if old != second_input}
    return rename_variables(rename_variables(code, own), {second_input: renamed[second_input]})


def _join(first: Roles, second: Roles, link: str) -> str:
    """Write the imports of both, the data and core of the first, and what the second still needs."""
    # The lines of the origins' steps are of no use here, so that pieces of both programs may be mixed.
    texts = {first.source.text(step.span) for step in first.steps(first.imports)}
    head = [piece_of(first.source, step, lead=False) for step in first.steps(first.imports)]
    head += [
        piece_of(second.source, step, lead=False) for step in second.steps(second.imports) if second.source.text(step.span) not in texts
    ]
    kept = sorted({*first.helpers, *first.data, *first.core})
    body = [piece_of(first.source, step) for step in first.steps(kept)]
    wanted = {name for at in (*second.core, *second.shows) for name in second.effects[at].reads}
    needed: set[int] = set()
    for at in reversed(second.data):
        writes = second.effects[at].writes
        # What made the input of the second program is no longer needed.
        if link not in writes and writes & wanted:
            needed.add(at)
            wanted |= second.effects[at].reads
    # What the second program draws, says of its data and shows as values is about other data.
    prints = {at for at in second.shows if FIGURE not in second.effects[at].writes and not second.effects[at].reads & second.figures}
    last = [second.source.steps[at] for at in sorted({*second.helpers, *needed, *second.core, *prints})]
    tail = [piece_of(second.source, replace(step, tail=""), lead=step.at in second.core) for step in last]
    written = [assemble([replace(piece, origin=None) for piece in part], ())[0] for part in (head, body, tail) if part]
    return "\n".join(text.strip("\n") + "\n" for text in written)
