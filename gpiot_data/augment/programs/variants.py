"""The variants of one program: other targets that the same code truly fulfils, each as a program of its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gpiot_data.augment.programs.effects import FIGURE, OUTPUT
from gpiot_data.augment.programs.focus import Focus, find_cases
from gpiot_data.augment.programs.function_form import FunctionForm, to_function
from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.rename import rename_variables
from gpiot_data.augment.programs.roles import Roles, find_roles
from gpiot_data.augment.programs.scenario import apply_scenario
from gpiot_data.augment.programs.terms import given_as, specification_terms
from gpiot_data.augment.programs.wording import request_of
from gpiot_data.packages.docstrings import Documentation
from gpiot_data.packages.wording import lower_first
from gpiot_data.schema import Expected

MAX_VARIANTS = 4
#: As of programs out of docstrings.
MAX_CODE_CHARS = 2000
#: A program with the names masked; two programs with one skeleton count as one.
Skeleton = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A program that ran, its symbol, and what the documentation and the run tell.

    `parameters` are the names of the symbol's positional parameters in order, `observed` maps a name to what the run saw
    of it (`type`, and for arrays `shape` and `dtype`), and `tags` say what the package is for. `request` is what a program does that
    has a purpose of its own, without a full stop; it is kept whole, as its cases have another. Others do what their symbol is for.
    """

    id: str
    code: str
    symbol: str
    package: str
    documentation: Documentation
    expected: tuple[Expected, ...] = ()
    parameters: tuple[str, ...] = ()
    observed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    is_class: bool = False
    request: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A transformed program and what to compare after both ran.

    `inputs` and `outputs` are names at module level, `defaults` parameters of its function with their values as text; `renamed` maps
    names of the origin to the new ones. `compare` pairs an expression of the origin, mostly a name, with the one in the variant that
    must have the same value after the last line. `derived` are names that are worked out from the outputs, and `reshaped` are inputs
    that the program makes in several steps.
    """

    operation: str
    code: str
    target: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    renamed: Mapping[str, str]
    compare: tuple[tuple[str, str], ...]
    expected: tuple[Expected, ...]
    scenario: str | None = None
    defaults: tuple[tuple[str, str], ...] = ()
    derived: tuple[str, ...] = ()
    reshaped: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Made:
    """The variants of one origin, and what did not apply: operation and reason."""

    variants: tuple[Variant, ...]
    refused: tuple[tuple[str, str], ...]


def make_variants(origin: Origin, skeleton: Skeleton, at_most: int = MAX_VARIANTS) -> Made:
    """Return at most `at_most` variants of a program, no two of which have one skeleton, nor that of the origin."""
    refused: list[tuple[str, str]] = []
    if origin.parameters[:1] in (("self",), ("cls",)):
        origin = replace(origin, parameters=origin.parameters[1:])
    try:
        roles = find_roles(origin.code, origin.symbol)
    except Refused as error:
        return Made((), (("roles", error.reason),))
    seen = {skeleton(origin.code)}
    variants: list[Variant] = []
    dressed = _dress(origin, roles, refused)
    makers = list(_makers(origin, roles, refused))
    # One variant is set in a scenario; which form comes first tells the hash, so that all get their share.
    turn = int.from_bytes(hashlib.sha256(f"turn {origin.id}".encode()).digest()[:8], "big") % max(len(makers), 1)
    for operation, make in [*makers[turn:], *makers[:turn]]:
        try:
            bare = dressed is None or any(variant.scenario for variant in variants)
            variant = make(_Dress(roles) if bare or dressed is None else dressed)
            if variant.scenario and not set(variant.renamed.values()) & set(variant.inputs):
                # The case at hand does without the main input.
                refused.append(("scenario", "input_not_in_variant"))
                variant = make(_Dress(roles))
            _check(variant)
        except Refused as error:
            refused.append((operation, error.reason))
            continue
        shape = skeleton(variant.code)
        if shape in seen:
            refused.append((operation, "same_skeleton"))
        elif len(variants) == at_most:
            refused.append((operation, "enough"))
        else:
            seen.add(shape)
            variants.append(variant)
    return Made(tuple(variants), tuple(refused))


@dataclass(frozen=True, slots=True)
class _Dress:
    """Roles of the origin, or of the origin with its main input renamed for a scenario whose target is added."""

    roles: Roles
    renamed: Mapping[str, str] = field(default_factory=dict)
    scenario: str | None = None
    target: str = ""
    parameter: str = ""

    def say(self, text: str) -> str:
        """Return a text about the symbol with the renamed input in place of the parameter that takes it."""
        return text.replace(f"`{self.parameter}`", f"`{next(iter(self.renamed.values()))}`") if self.parameter else text


def _dress(origin: Origin, roles: Roles, refused: list[tuple[str, str]]) -> _Dress | None:
    request = _request(origin)
    entries = origin.documentation.parameters
    try:
        setting = apply_scenario(origin.id, roles, request, origin.tags, origin.observed, entries, origin.parameters)
        code = rename_variables(origin.code, setting.renamed)
        return _Dress(find_roles(code, origin.symbol), setting.renamed, setting.scenario, setting.target, setting.parameter)
    except Refused as error:
        refused.append(("scenario", error.reason))
        return None


def _request(origin: Origin) -> str:
    if origin.request:
        return origin.request
    request = request_of(origin.documentation.summary, is_class=origin.is_class)
    return f"{request} with `{origin.symbol}` of {origin.package}" if request else f"Use `{origin.symbol}` of {origin.package}"


def _plain_request(origin: Origin) -> str:
    if origin.request:
        return origin.request.rpartition(", using ")[0] or origin.request
    request = request_of(origin.documentation.summary, is_class=origin.is_class)
    return request or f"Apply `{origin.symbol.rsplit('.', 1)[-1]}`"


Maker = Callable[[_Dress], Variant]


def _makers(origin: Origin, roles: Roles, refused: list[tuple[str, str]]) -> Iterator[tuple[str, Maker]]:
    if origin.request and _asks_for_more(origin):
        refused.append(("function", "request_beyond_call"))
        return
    yield "function", lambda dress: _function(origin, dress, None)
    if origin.request:
        return
    try:
        cases = find_cases(roles, origin.documentation, origin.parameters)
    except Refused as error:
        refused.append(("focus", error.reason))
        return
    for number in range(len(cases)):
        yield "focus", lambda dress, number=number: _focus(origin, dress, number)  # type: ignore[misc]
    for number in range(len(cases)):
        yield "focus_function", lambda dress, number=number: _function(origin, dress, number)  # type: ignore[misc]


def _asks_for_more(origin: Origin) -> bool:
    """Tell whether a request of its own is for more than the one call of the symbol that a function holds."""
    request, _, tools = origin.request.rpartition(", using ")
    several = len(re.findall(r"`[\w.]+`", tools.partition(" of ")[0])) > 1
    made = origin.is_class and not request.startswith("Create ")
    return several or made or re.search(r",? then |\b(?:and|draw|plot|print|compare)\b", request, re.IGNORECASE) is not None


def _case(origin: Origin, dress: _Dress, number: int) -> Focus:
    cases = find_cases(dress.roles, origin.documentation, origin.parameters)
    if number >= len(cases):
        raise Refused("case_lost")
    return cases[number]


def _focus(origin: Origin, dress: _Dress, number: int) -> Variant:
    case = _case(origin, dress, number)
    roles = find_roles(case.code, origin.symbol)
    return Variant(
        operation="focus",
        code=case.code,
        target=_in_terms_of(roles, _target(origin, dress, case.clause), origin.parameters),
        inputs=tuple(datum.name for datum in roles.inputs),
        outputs=tuple(datum.name for datum in roles.results),
        renamed=dress.renamed,
        compare=_compare(case.shared, dress.renamed) + _same_shown(origin, dress.roles, case.lines, {}),
        expected=_expected(origin, dress.roles, case.lines),
        scenario=dress.scenario,
    )


def _function(origin: Origin, dress: _Dress, number: int | None) -> Variant:
    """Return the function form of the whole program, or of one of its cases."""
    roles, clause, lines, shared = dress.roles, "", None, None
    if number is not None:
        case = _case(origin, dress, number)
        roles, clause, lines, shared = find_roles(case.code, origin.symbol), case.clause, case.lines, set(case.shared)
    renamed = dict(dress.renamed)
    if not renamed and (terms := specification_terms(roles, origin.documentation, origin.parameters)):
        roles = find_roles(rename_variables(roles.source.code, terms), origin.symbol)
        renamed, shared = terms, None if shared is None else {terms.get(name, name) for name in shared}
    back = {new: old for old, new in renamed.items()}
    observed = {new: origin.observed[old] for new in _names(roles) if (old := back.get(new, new)) in origin.observed}
    # What a run saw of a name at its end is not what a case had, where the program binds it again.
    observed = {name: facts for name, facts in observed.items() if _is_bound_once(origin, back.get(name, name))}
    returns = [entry.name for entry in origin.documentation.returns]
    request = _in_terms_of(roles, dress.say(_making(origin, _plain_request(origin))), origin.parameters)
    form = to_function(roles, request, origin.parameters, observed, returns[0] if len(returns) == 1 else "result")
    _check_words(roles, request, form.results, origin.parameters)
    places = form.lines if lines is None else _through(dress.roles, lines, roles, form.lines)
    same = [name for name in form.shared if shared is None or name in shared]
    return Variant(
        operation="function" if number is None else "focus_function",
        code=form.code,
        target=_in_own_terms(roles, _making(origin, _target(origin, dress, _function_clause(origin, clause, form))), origin.parameters),
        inputs=form.inputs,
        outputs=form.results,
        renamed=renamed,
        compare=_compare(same, renamed) + _same_shown(origin, dress.roles, places, _lifted_names(roles, form)),
        expected=_expected(origin, dress.roles, places),
        scenario=dress.scenario,
        defaults=form.defaults,
        derived=form.derived,
        reshaped=form.reshaped,
    )


def _is_bound_once(origin: Origin, name: str) -> bool:
    return sum(name in effects.binds for effects in find_roles(origin.code, origin.symbol).effects) == 1


def _in_terms_of(roles: Roles, request: str, parameters: Sequence[str]) -> str:
    """Return a request with the variables of the program in place of the parameters that they are given as."""
    variables = {parameter: name for name, parameter in given_as(roles.source.tree, roles.symbol, roles.names, parameters).items()}
    # "The `t` distribution" is called by its own name.
    return re.sub(r"`(\w+)`(?! (?:distribution|statistic|test)\b)", lambda match: f"`{variables.get(match[1], match[1])}`", request)


def _in_own_terms(roles: Roles, target: str, parameters: Sequence[str]) -> str:
    """Return a target whose request names the variables of the program; the names of its function are those already."""
    request, function, rest = target.partition("as a function `")
    return _in_terms_of(roles, request, parameters) + function + rest


def _check_words(roles: Roles, request: str, results: Sequence[str], parameters: Sequence[str]) -> None:
    """Refuse a request for "the shell of G" where the program gives `H`, and `G` is what comes out."""
    given = given_as(roles.source.tree, roles.symbol, roles.names, parameters)
    crossed = sorted({name for variable, name in given.items() if variable != name and name in results})
    if any(re.search(rf"\b{re.escape(name)}\b", request) for name in crossed):
        raise Refused("names_crossed", ", ".join(crossed))


def _names(roles: Roles) -> frozenset[str]:
    return frozenset().union(*(effects.writes for effects in roles.effects))


def _making(origin: Origin, request: str) -> str:
    """Return a request of a class that tells what its objects do as one to make such an object: a function gives nothing else."""
    if not origin.is_class or origin.request or re.match(r"(?:Create|For) ", request):
        return request
    return f"Create a `{origin.symbol.rsplit('.', 1)[-1]}` to {lower_first(request)}"


def _function_clause(origin: Origin, clause: str, form: FunctionForm) -> str:
    """Return what is said of a case, unless the request says it too, and of its function."""
    echo = re.sub(r"\W", "", clause).lower() == re.sub(r"\W", "", _plain_request(origin)).lower()
    return f", {_as_function(form)}" if echo or not clause else f"{clause}; {_as_function(form)}"


def _as_function(form: FunctionForm) -> str:
    takes = ", ".join(f"`{name}`" for name in (*form.inputs, *(name for name, _ in form.defaults)))
    gives = ", ".join(f"`{name}`" for name in form.results)
    return f"as a function `{form.name}`{f' of {takes}' if takes else ''} that returns {gives}"


def _target(origin: Origin, dress: _Dress, clause: str) -> str:
    if not dress.target:
        return f"{_request(origin)}{clause}."
    # What the example calls its own data ("decimate a cosine wave") is left out where that stands for other data.
    if clause.startswith(": "):
        clause = f",{clause[clause.index(';') + 1 :]}" if "; as a function" in clause else ""
    setting, _, rest = dress.target.partition(f" of {origin.package}")
    return dress.say(f"{setting} of {origin.package}{clause}{rest}")


def _through(whole: Roles, kept: Mapping[int, int], part: Roles, lines: Mapping[int, int]) -> dict[int, int]:
    """Return the lines in a form of a part, by the steps of the whole that the part keeps."""
    by_line = {step.line: step.at for step in part.source.steps}
    return {at: lines[by_line[line]] for at, line in kept.items() if line in by_line and by_line[line] in lines}


def _lifted_names(roles: Roles, form: FunctionForm) -> dict[tuple[int, int], str]:
    """Return what each expression that is shown is in a function form, by the line of its step and its place there."""
    edits = {roles.source.span(node): name for name, node in form.lifted.items()}
    places = [roles.source.steps[shown.at].line for shown in roles.expressions]
    return {
        (form.lines[shown.at], places[:at].count(places[at])): " ".join(roles.source.text(roles.source.span(shown.node), edits).split())
        for at, shown in enumerate(roles.expressions)
    }


def _same_shown(
    origin: Origin, roles: Roles, lines: Mapping[int, int], lifted: Mapping[tuple[int, int], str]
) -> tuple[tuple[str, str], ...]:
    """Pair expressions that the origin shows, and that still have the same value at its end, with what they are in the variant.

    Args:
        origin: the program.
        roles: of the program, its main input renamed or not.
        lines: the line in the variant of each step of the origin that it keeps.
        lifted: names of expressions in the variant; empty where it shows them as they are.
    """
    plain = find_roles(origin.code, origin.symbol)
    found = []
    counts: dict[int, int] = {}
    for mine, theirs in zip(plain.expressions, roles.expressions, strict=True):
        number = counts.get(mine.at, 0)
        counts[mine.at] = number + 1
        settled = plain.effects[mine.at].writes <= {OUTPUT, FIGURE} and not any(
            effects.writes & mine.reads for effects in plain.effects[mine.at :]
        )
        if settled and mine.at in lines:
            text = " ".join(plain.source.text(plain.source.span(mine.node)).split())
            same = " ".join(roles.source.text(roles.source.span(theirs.node)).split())
            found.append((text, lifted.get((lines[mine.at], number), same)))
    return tuple(found)


def _compare(shared: Sequence[str], renamed: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    back = {new: old for old, new in renamed.items()}
    return tuple((back.get(name, name), name) for name in shared)


def _expected(origin: Origin, roles: Roles, lines: Mapping[int, int]) -> tuple[Expected, ...]:
    """Return what the origin's documentation shows, at the lines of the variant that show it."""
    places = {step.line: lines[step.at] for step in roles.source.steps if step.at in lines}
    moved = [Expected(places[item.line], item.output) for item in origin.expected if item.line in places]
    return tuple(sorted(moved, key=lambda item: item.line))


def _check(variant: Variant) -> None:
    if len(variant.code) > MAX_CODE_CHARS:
        raise Refused("too_long", str(len(variant.code)))
    if not variant.compare and not variant.expected:
        raise Refused("nothing_to_compare")
