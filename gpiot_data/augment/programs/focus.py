"""The cases inside one program: each use of a symbol with other arguments, with what it needs and what shows its result."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gpiot_data.augment.programs.effects import FIGURE, OUTPUT, PRINT_FORMAT, missing_names
from gpiot_data.augment.programs.phrases import arguments_clause, value_phrase
from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.roles import Roles, is_symbol_call
from gpiot_data.augment.programs.steps import Piece, assemble, piece_of
from gpiot_data.packages.docstrings import Documentation
from gpiot_data.packages.entries import Entry
from gpiot_data.packages.markdown import first_sentence
from gpiot_data.packages.wording import is_request, lower_first, says_same
from gpiot_data.syntax_trees import walk

_MAX_VALUE_CHARS = 30
_MAX_ARGUMENTS = 3
_POINTS_AWAY = re.compile(
    r"\b(?:we|us|our|above|below|following|again|previous|note|see|this|these|same|another|other|also|now|next|it|them)\b|\$", re.I
)

_DRAWING = re.compile(r"\b(?:plot|draw|display|visuali[sz]e|figure)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Focus:
    """One case of a program as a program of its own.

    `clause` ends the target: ", with `mode='same'`: the output is ...", or ": " and the request that the case opens with; `lines` has
    the line of each step of the origin that is kept, `shared` the names that have the same value in both programs.
    """

    code: str
    clause: str
    lines: Mapping[int, int]
    shared: tuple[str, ...]


def find_cases(roles: Roles, documentation: Documentation, parameters: Sequence[str] = ()) -> tuple[Focus, ...]:
    """Return the cases of a program, in the order in which it comes to them.

    Args:
        roles: of the program.
        documentation: of the symbol, whose entries tell what a parameter does.
        parameters: names of the symbol's positional parameters in order; may be empty.

    Raises:
        Refused: `one_case`, or `nothing_said` where no case has arguments or a lead that say what it does.
    """
    entries = {entry.name.lstrip("*"): entry for entry in (*documentation.parameters, *documentation.other_parameters)}
    seeds = list(_seeds(roles))
    calls = [(at, call) for at, call in seeds if isinstance(call, ast.Call)]
    found: dict[str, Focus] = {}
    for at, call in calls:
        others = {other for other, _ in calls if other != at}
        given = _given(roles, call, parameters)
        if (
            clause := _argument_clause(given, [item.arg for item in call.keywords if item.arg], entries, _common(roles, calls, parameters))
        ) is None:
            clause = _lead_clause(roles, at)
            if clause is not None and says_same(clause, documentation.summary):
                # The target says it already.
                clause = None
        if clause is None or clause in found:
            continue
        kept = slice_steps(roles, at, others)
        if len(kept) == len(roles.source.steps):
            continue
        focus = _focus(roles, kept, clause)
        if focus is not None and focus.code not in {other.code for other in found.values()}:
            found[clause] = focus
    if not found:
        raise Refused("one_case" if len(calls) < 2 else "nothing_said")
    return tuple(found.values())


def _seeds(roles: Roles) -> Iterator[tuple[int, ast.AST]]:
    for step in roles.source.steps:
        if step.at in roles.helpers:
            continue
        for node in step.nodes:
            calls = [inner for inner in walk(node) if is_symbol_call(inner, roles.symbol, roles.names)]
            yield from ((step.at, call) for call in calls)


def _given(roles: Roles, call: ast.Call, parameters: Sequence[str]) -> dict[str, ast.expr]:
    placed = zip(parameters, call.args, strict=False) if not any(isinstance(item, ast.Starred) for item in call.args) else ()
    return {**dict(placed), **{keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}}


def _common(roles: Roles, calls: Sequence[tuple[int, ast.Call]], parameters: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Return the arguments that all of several calls have alike: these tell no case from another."""
    if len(calls) < 2:
        return frozenset()
    sets = [
        {(name, roles.source.text(roles.source.span(value))) for name, value in _given(roles, call, parameters).items()}
        for _, call in calls
    ]
    return frozenset(sets[0].intersection(*sets[1:]))


def _argument_clause(
    given: Mapping[str, ast.expr], named: Collection[str], entries: Mapping[str, Entry], common: Collection[tuple[str, str]]
) -> str | None:
    """Return ", with `mode='same'`: <what it does>" for the arguments that are literals, set this call apart and are documented."""
    literal = {name: value for name, value in given.items() if _is_plain(value) and (name, ast.unparse(value)) not in common}
    told = [(name, ast.unparse(value), value_phrase(entries[name], value) if name in entries else None) for name, value in literal.items()]
    # An argument that is given by its name is a choice, even where the documentation has no phrase for it.
    told = [(name, value, phrase) for name, value, phrase in told if phrase or name in named][:_MAX_ARGUMENTS]
    return arguments_clause(told) if told else None


def _is_plain(value: ast.expr) -> bool:
    # A list is data, not a choice.
    plain = (ast.Constant, ast.Tuple, ast.UnaryOp, ast.unaryop, ast.Load)
    return all(isinstance(node, plain) for node in walk(value)) and len(ast.unparse(value)) <= _MAX_VALUE_CHARS


def _lead_clause(roles: Roles, at: int) -> str | None:
    """Return what the paragraph above a call asks for, where it is a request that stands on its own."""
    for index in range(at, -1, -1):
        step = roles.source.steps[index]
        if step.lead:
            text = " ".join(line.lstrip("# ") for line in step.lead.split("\n"))
            lead = first_sentence(text).rstrip(".:; ")
            return f": {lower_first(lead)}" if is_request(lead) and not _POINTS_AWAY.search(lead) and len(lead) <= 120 else None
        if step.apart:
            return None
    return None


def slice_steps(roles: Roles, seed: int, others: Collection[int]) -> tuple[int, ...]:
    """Return the steps that a call needs, and those that only take from there and show it, as indices in order.

    Args:
        roles: of the program.
        seed: the step with the call.
        others: steps with other calls of the symbol; these are kept only where the call needs them.
    """
    kept = _needed(roles, {seed})
    effects = roles.effects
    inner = {name for name in effects[seed].writes if not name.startswith("<")}
    for at in range(seed + 1, len(effects)):
        if at in others or at in kept or at in roles.imports or at in roles.helpers:
            continue
        reads = {name for name in effects[at].reads if not name.startswith("<")} - roles.figures
        if not reads & inner or (at in roles.shows and FIGURE in effects[at].writes):
            # What has another value by now is no longer the result of this call.
            inner -= effects[at].writes if at in roles.core and not reads & inner else set()
            continue
        grown = _needed(roles, {at})
        if grown & set(others) - kept:
            continue
        kept |= grown
        inner |= {name for name in effects[at].binds if at in roles.core}
    kept |= _whole_figures(roles, kept, inner)
    header = {step.at for step in roles.source.steps if PRINT_FORMAT in effects[step.at].writes and step.at < seed}
    return tuple(sorted(_needed(roles, kept) | header | _used_imports(roles, kept | header)))


def _needed(roles: Roles, wanted: Collection[int]) -> set[int]:
    """Return steps with all earlier ones that may decide what they compute; what is printed or drawn decides nothing."""
    kept: set[int] = set()
    waiting = sorted(wanted)
    while waiting:
        at = waiting.pop()
        if at in kept or at in roles.imports:
            continue
        kept.add(at)
        open_names = {name for name in roles.effects[at].reads | roles.effects[at].changes if name not in (OUTPUT, FIGURE, PRINT_FORMAT)}
        for earlier in range(at - 1, -1, -1):
            effects = roles.effects[earlier]
            if effects.writes & open_names:
                waiting.append(earlier)
                open_names -= effects.binds - effects.reads
    return kept


def _whole_figures(roles: Roles, kept: Collection[int], inner: Collection[str]) -> set[int]:
    """Return the drawing steps of each figure that draws a result and nothing that the kept steps do not have."""
    found: set[int] = set()
    have = {name for at in kept for name in roles.effects[at].binds} | {name for at in roles.helpers for name in roles.effects[at].binds}
    for figure in _figures(roles):
        reads = {name for at in figure for name in roles.effects[at].reads if not name.startswith("<")} - roles.figures
        own = {name for at in figure for name in roles.effects[at].binds}
        fresh = all(not _rebound_between(roles, name, kept, figure[0]) for name in reads - own)
        if reads & set(inner) and reads <= have | own and fresh:
            found.update(figure)
    return found


def _rebound_between(roles: Roles, name: str, kept: Collection[int], at: int) -> bool:
    """Tell whether the last step before `at` that writes a name is one that is left out."""
    writers = [earlier for earlier in range(at) if name in roles.effects[earlier].writes]
    return bool(writers) and writers[-1] not in kept and writers[-1] not in roles.helpers


def _figures(roles: Roles) -> Iterator[list[int]]:
    """Yield the drawing steps of each figure: up to what shows it, or to the next one that is begun."""
    current: list[int] = []
    for at in roles.shows:
        if FIGURE not in roles.effects[at].writes:
            continue
        text = roles.source.text(roles.source.steps[at].span)
        if current and re.search(r"\bplt\.(?:figure|subplots)\(", text):
            yield current
            current = []
        current.append(at)
        if re.search(r"\.show\(\)\s*$", text):
            yield current
            current = []
    if current:
        yield current


def _used_imports(roles: Roles, kept: Collection[int]) -> set[int]:
    nodes = [node for at in kept for node in roles.source.steps[at].nodes]
    nodes += [node for at in roles.helpers if at in kept for node in roles.source.steps[at].nodes]
    used = {inner.id for node in nodes for inner in walk(node) if isinstance(inner, ast.Name)}
    found = set()
    for step in roles.steps(roles.imports):
        bound = {(item.asname or item.name).split(".")[0] for node in step.nodes for item in getattr(node, "names", [])}
        if bound & used:
            found.add(step.at)
    return found


def _focus(roles: Roles, kept: Sequence[int], clause: str) -> Focus | None:
    steps = roles.steps(kept)
    pieces: list[Piece] = []
    draws = any(FIGURE in roles.effects[at].writes for at in kept)
    below = 0
    for step in steps:
        # "Plot the result:" above what is left of it would promise a plot.
        piece = piece_of(roles.source, step, lead=draws or not _DRAWING.search(step.lead))
        # A blank line of what was left out still keeps apart what stands around it.
        apart = any(left.apart for left in roles.source.steps[below : step.at + 1])
        pieces.append(Piece(piece.text, piece.origin, apart))
        below = step.at + 1
    code, lines = assemble(pieces, roles.source.steps)
    if missing_names(code):
        return None
    dropped = [effects for at, effects in enumerate(roles.effects) if at not in kept]
    bound = {name for at in kept if at not in roles.helpers for name in roles.effects[at].binds} - roles.figures
    shared = tuple(sorted(name for name in bound if not any(name in effects.writes for effects in dropped)))
    return Focus(code, clause, lines, shared)
