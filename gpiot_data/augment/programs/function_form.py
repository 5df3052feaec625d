"""A program as one function with typed inputs and outputs, a call of it, and what the program showed."""

from __future__ import annotations

import ast
import builtins
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gpiot_data.augment.programs.arguments import Argument, is_name, operand_arguments
from gpiot_data.augment.programs.asked import changed_before, narrow
from gpiot_data.augment.programs.effects import FIGURE, Effects, conflict, missing_names
from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.roles import Roles, is_symbol_call
from gpiot_data.augment.programs.sound import hidden_parts, plain_comments, without_comments
from gpiot_data.augment.programs.steps import Piece, assemble, piece_of
from gpiot_data.augment.programs.wording import annotation, documentation_line, function_name
from gpiot_data.packages.galleries.comments import comment_lines
from gpiot_data.syntax_trees import walk

#: More make no function that anybody would write.
MAX_INPUTS, MAX_RESULTS = 7, 5
_MAX_LINE_CHARS = 100


@dataclass(frozen=True, slots=True)
class FunctionForm:
    """A program in function form.

    `name` is its function, `inputs` and `results` are names at module level in order, `defaults` its parameters that need
    not be given, each with its value as text. `derived` are the names that are worked out from the results, and `lifted` the
    expressions of the origin that have a name here. `lines` has the line of each step of the origin that shows the same here; `shared`
    are the names that both programs bind to the same values. `reshaped` are inputs that the data makes in several steps.
    """

    code: str
    name: str
    inputs: tuple[str, ...]
    results: tuple[str, ...]
    defaults: tuple[tuple[str, str], ...]
    derived: tuple[str, ...]
    lifted: Mapping[str, ast.expr]
    lines: Mapping[int, int]
    shared: tuple[str, ...]
    reshaped: frozenset[str]


def to_function(
    roles: Roles,
    request: str,
    parameters: Sequence[str] = (),
    observed: Mapping[str, Mapping[str, Any]] | None = None,
    result_name: str = "result",
) -> FunctionForm:
    """Write a program as one function that calls its symbol and nothing else.

    Args:
        roles: of the program.
        request: what the symbol does, in the imperative and without a full stop; it names and documents the function.
        parameters: names of the symbol's positional parameters in order.
        observed: what a run saw of each name: `type`, and for arrays `shape` and `dtype`.
        result_name: for a value that the program shows without a name.

    Raises:
        Refused: `has_function_form`, `no_core`, `several_cases`, `draws_in_core`, `order_conflict`, `no_input`, `no_result`,
            `too_many_inputs`, `too_many_results`, `hidden_operand` (a literal or a variable that is no parameter), `undefined_name`, or
            what `narrow` raises.
    """
    if any(isinstance(node, ast.FunctionDef | ast.ClassDef) and _is_main(node, roles) for node in roles.source.tree.body):
        raise Refused("has_function_form")
    roles = narrow(roles)
    _check_roles(roles)
    core = roles.steps(roles.core)
    taken = _names_in(roles)
    places = [node for step in core for node in step.nodes] + [shown.node for shown in roles.expressions]
    arguments = operand_arguments(roles, places, parameters, taken)
    edits = {span: argument.name for argument in arguments for span in argument.spans}
    results = [datum.name for datum in roles.results]
    lifted = _name_expressions(roles, result_name, taken | {argument.name for argument in arguments})
    required = _required(roles, places, arguments)
    _check_counts(len(required) + sum(not argument.is_data for argument in arguments), len(results) + len(lifted))
    name = function_name(request, roles.symbol.rsplit(".", 1)[-1], taken)
    head = _head(name, roles, required, arguments, observed or {}, [*results, *lifted])
    body = without_comments(_body(roles, edits, results, lifted))
    function = _indent_into(head, documentation_line(request), body)
    # What the program binds is its own, also where a builtin goes by the same name.
    own = set[str]().union(*(effects.binds for at, effects in enumerate(roles.effects) if at not in (*roles.imports, *roles.helpers)))
    if hidden := hidden_parts(function, {*roles.names, *dir(builtins)} - own):
        raise Refused("hidden_operand", ", ".join(hidden))
    code, lines = _whole(roles, function, _call(name, required, [*results, *lifted]), arguments, lifted, request)
    _check_code(code)
    made = (effects.binds for at, effects in enumerate(roles.effects) if at in roles.data)
    after = [effects.binds for at, effects in enumerate(roles.effects) if at in roles.shows]
    derived = frozenset().union(*after) - roles.figures
    shared = tuple(sorted({*results, *itertools.chain.from_iterable(made), *derived} - roles.figures))
    return FunctionForm(
        code,
        name,
        tuple(required),
        (*results, *lifted),
        tuple((item.name, item.text) for item in arguments if not item.is_data),
        tuple(sorted(derived)),
        lifted,
        lines,
        shared,
        changed_before(roles),
    )


def _check_roles(roles: Roles) -> None:
    nodes = [node for step in roles.steps(roles.core) for node in step.nodes]
    if not nodes and not roles.expressions:
        raise Refused("no_core")
    if any(FIGURE in roles.effects[at].writes for at in roles.core):
        raise Refused("draws_in_core")
    if count_cases(roles) > 1:
        raise Refused("several_cases")
    # The order becomes: data, core, shows.
    order = [*roles.data, *roles.core, *roles.shows]
    for first, second in itertools.combinations(order, 2):
        if first > second and (names := conflict(roles.effects[first], roles.effects[second])):
            raise Refused("order_conflict", ", ".join(sorted(names)))
    # An expression moves out of its show, before all shows.
    for shown in roles.expressions:
        for at in order:
            if at < shown.at and at in roles.shows and roles.effects[at].writes & shown.reads:
                raise Refused("order_conflict", "shown expression")
            if at > shown.at and at not in roles.shows and conflict(roles.effects[at], Effects(shown.reads, frozenset(), frozenset())):
                raise Refused("order_conflict", "shown expression")


def count_cases(roles: Roles) -> int:
    """Return how many parts of the core use the symbol without taking anything from each other."""
    units = [(roles.effects[at].reads, roles.effects[at].writes, list[ast.AST](roles.source.steps[at].nodes)) for at in roles.core]
    units += [(shown.reads, frozenset(), [shown.node]) for shown in roles.expressions]
    cases: list[tuple[frozenset[str], bool]] = []
    for reads, writes, nodes in units:
        uses = any(is_symbol_call(inner, roles.symbol, roles.names) for node in nodes for inner in walk(node))
        for case in [case for case in cases if case[0] & reads]:
            cases.remove(case)
            writes, uses = writes | case[0], uses or case[1]
        cases.append((writes, uses))
    return sum(uses for _, uses in cases)


def _is_main(node: ast.FunctionDef | ast.ClassDef, roles: Roles) -> bool:
    short = roles.symbol.rsplit(".", 1)[-1]
    return any(isinstance(inner, ast.Attribute) and inner.attr == short for inner in walk(node)) or any(
        isinstance(inner, ast.Name) and inner.id == short for inner in walk(node)
    )


def _check_counts(n_inputs: int, n_results: int) -> None:
    if not n_inputs:
        raise Refused("no_input")
    if not n_results:
        raise Refused("no_result")
    if n_inputs > MAX_INPUTS:
        raise Refused("too_many_inputs", str(n_inputs))
    if n_results > MAX_RESULTS:
        raise Refused("too_many_results", str(n_results))


def _names_in(roles: Roles) -> frozenset[str]:
    inside = {node.id for node in walk(roles.source.tree) if isinstance(node, ast.Name)}
    defined = {node.name for node in walk(roles.source.tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return frozenset(inside | defined | roles.names.keys() | set(dir(builtins)))


def _name_expressions(roles: Roles, result_name: str, taken: frozenset[str]) -> dict[str, ast.expr]:
    """Give each expression that is shown a name of its own."""
    stem = result_name if is_name(result_name) and result_name not in taken else "result"
    found: dict[str, ast.expr] = {}
    for number, shown in enumerate(roles.expressions, start=1):
        name = stem if len(roles.expressions) == 1 else f"{stem}_{number}"
        while name in taken or name in found:
            name = f"shown_{name}"
        found[name] = shown.node
    return found


def _required(roles: Roles, places: Sequence[ast.AST], arguments: Sequence[Argument]) -> list[str]:
    """Return the names of the data that goes in, in the order in which it is taken."""
    needs = _needed(places, [argument.value for argument in arguments])
    first = {item.name: (item.value.lineno, item.value.col_offset) for item in arguments if item.is_data}
    first |= {datum.name: needs[datum.name] for datum in roles.inputs if datum.name in needs}
    return sorted(first, key=lambda name: (first[name], name))


def _needed(places: Sequence[ast.AST], apart: Sequence[ast.expr]) -> dict[str, tuple[int, int]]:
    """Return where each name first stands in what becomes the function, without what stands before the call."""
    left = {id(inner) for value in apart for inner in walk(value)}
    found: dict[str, tuple[int, int]] = {}
    for node in (inner for place in places for inner in walk(place)):
        if isinstance(node, ast.Name) and id(node) not in left:
            found[node.id] = min(found.get(node.id, (node.lineno, node.col_offset)), (node.lineno, node.col_offset))
    return found


def _head(
    name: str,
    roles: Roles,
    required: Sequence[str],
    arguments: Sequence[Argument],
    observed: Mapping[str, Mapping[str, Any]],
    results: Sequence[str],
) -> str:
    values = {
        target.id: node.value
        for step in roles.steps(roles.data)
        for node in step.nodes
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    values |= {item.name: item.value for item in arguments if item.is_data}
    known = [(item, annotation(observed.get(item), values.get(item), roles.names)) for item in required]
    written = [f"{item}: {kind}" if kind else item for item, kind in known]
    for item in arguments:
        if not item.is_data:
            kind = annotation(None, item.value, roles.names)
            written.append(f"{item.name}: {kind} = {item.text}" if kind else f"{item.name}={item.text}")
    kinds = [annotation(observed.get(result), None, roles.names) for result in results]
    told = [kind for kind in kinds if kind]
    back = "" if len(told) < len(kinds) else f" -> {told[0]}" if len(told) == 1 else f" -> tuple[{', '.join(told)}]"
    line = f"def {name}({', '.join(written)}){back}:"
    return line if len(line) <= _MAX_LINE_CHARS else "\n".join([f"def {name}(", *(f"    {item}," for item in written), f"){back}:"])


def _body(roles: Roles, edits: Mapping[tuple[int, int], str], results: Sequence[str], lifted: Mapping[str, ast.expr]) -> str:
    pieces = [piece_of(roles.source, step, edits, lead=False) for step in roles.steps(roles.core)]
    texts = {name: roles.source.text(roles.source.span(node), edits) for name, node in lifted.items()}
    if len(texts) == 1 and not results:
        (text,) = texts.values()
        pieces.append(Piece(f"return {_closed(text)}"))
    else:
        pieces += [Piece(f"{name} = {_closed(text)}") for name, text in texts.items()]
        pieces.append(Piece(f"return {', '.join([*results, *texts])}"))
    return assemble(pieces, roles.source.steps)[0]


def _closed(text: str) -> str:
    """Put an expression over several lines into parentheses of its own."""
    return f"({text})" if "\n" in text else text


def _indent_into(head: str, documentation: str, body: str) -> str:
    """Write a body below a head; libcst moves it, so that the lines of a text over several lines stay as they are."""
    import libcst

    module = libcst.parse_module(body)
    shell = libcst.parse_module(f"{head}\n    pass\n")
    function = libcst.ensure_type(shell.body[0], libcst.FunctionDef)
    first = module.body[0]
    if isinstance(first, libcst.SimpleStatementLine | libcst.BaseCompoundStatement):
        # At the top of a module comments belong to the module, in a block to the first statement.
        first = first.with_changes(leading_lines=[*module.header, *first.leading_lines])
    statements = [first, *module.body[1:]]
    if documentation:
        statements.insert(0, libcst.parse_statement(documentation))
    block = libcst.IndentedBlock(body=statements, footer=module.footer)
    code: str = shell.with_changes(body=[function.with_changes(body=block)]).code
    if '"""' in body or "'''" in body:
        # A blank line may be inside a text.
        return code.strip("\n")
    return "\n".join(line if line.strip() else "" for line in code.strip("\n").split("\n"))


def _call(name: str, required: Sequence[str], results: Sequence[str]) -> str:
    line = f"{', '.join(results)} = {name}({', '.join(required)})"
    if len(line) <= _MAX_LINE_CHARS:
        return line
    return f"{', '.join(results)} = {name}(\n    {', '.join(required)}\n)"


def _whole(
    roles: Roles, function: str, call: str, arguments: Sequence[Argument], lifted: Mapping[str, ast.expr], request: str
) -> tuple[str, dict[int, int]]:
    source = roles.source
    words = {node.id for node in walk(ast.parse(f"{function}\n{source.code}")) if isinstance(node, ast.Name)}
    replaced = {source.span(node): name for name, node in lifted.items()}
    steps = tuple(replace(step, lead=plain_comments(step.lead, words, request, calls=False)) for step in source.steps)
    pieces = [piece_of(source, step, lead=False) for step in roles.steps(roles.imports)]
    for at in roles.helpers:
        pieces += [Piece("\n"), piece_of(source, steps[at])]
    pieces += [Piece("\n"), Piece(function), Piece("\n")]
    pieces += [piece_of(source, steps[at]) for at in roles.data]
    pieces += [Piece(f"{item.name} = {_closed(item.text)}") for item in arguments if item.is_data]
    # What stands above a call, or a lone expression, holds for the values at hand.
    moved = {shown.at for shown in roles.expressions} if len(roles.expressions) == 1 else set()
    leads = [lead for step in roles.steps(sorted({*roles.core, *moved})) if (lead := plain_comments(step.lead, words, request))]
    if not leads and not documentation_line(request):
        leads = comment_lines(f"{request}.")
    pieces.append(Piece("\n".join([*leads, call]), apart=bool(leads)))
    for at in roles.shows:
        piece = piece_of(source, steps[at], replaced, lead=at not in moved)
        pieces.append(replace(piece, apart=False) if leads and at in moved else piece)
    return assemble(pieces, steps)


def _check_code(code: str) -> None:
    if missing := missing_names(code):
        raise Refused("undefined_name", ", ".join(missing))
