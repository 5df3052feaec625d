"""A name for what a program gets from its symbol, and a comment on it: `print(f(x))` is written as `y = f(x)` and `print(y)`."""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import re
import textwrap
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gpiot_data.packages.examples import Program, parse_code
from gpiot_data.packages.outcomes import is_use
from gpiot_data.packages.symbols import Symbol
from gpiot_data.syntax_trees import walk

_COMMENT_WIDTH = 96
#: Comments that say nothing to people, and those with an output.
_NO_COMMENT = re.compile(r"# ?->|#\s*(?:noqa|type:|pylint|fmt:|doctest)")
#: What is evaluated more than once, later, or not at all.
_DEFERRED = (
    ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.IfExp | ast.BoolOp | ast.JoinedStr | ast.NamedExpr
)
_SIMPLE = ast.Expr | ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Assert | ast.Return


@dataclass(frozen=True, slots=True)
class _Use:
    """The one use of a symbol in a statement, as the text that is to be named; the `whole` statement may be the use."""

    statement: ast.stmt
    value: ast.expr
    text: str
    whole: bool


def name_value(program: Program, symbol: Symbol, wanted: Sequence[str]) -> tuple[Program, str | None]:
    """Bind what uses of the symbol give inside larger expressions to a name.

    Args:
        program: the program as its documentation has it.
        symbol: what the program shows.
        wanted: names by preference; those that the program has already, and those of Python, are passed over.

    Returns:
        The program, and the name; the program as it is and None where no use can be named.
    """
    tree = parse_code(program.code)
    name = next((name for name in wanted if _is_free(name, tree)), None)
    uses = list(_uses(program.code, tree, symbol))
    if name is None or not uses:
        return program, None
    lines = program.code.split("\n")
    for use in reversed(uses):
        first, last = use.value.lineno - 1, (use.value.end_lineno or use.value.lineno) - 1
        before = lines[first].encode()[: use.value.col_offset].decode()
        after = lines[last].encode()[use.value.end_col_offset :].decode()
        lines[first : last + 1] = (f"{before}{name} = {use.text}{after}" if use.whole else f"{before}{name}{after}").split("\n")
        if use.whole:
            continue
        at = use.statement.lineno - 1
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        lines[at:at] = f"{indent}{name} = {use.text}".split("\n")
    # The text keeps its line breaks, which move from the statement to the new line above it.
    moved = [(use.statement.lineno, use.text.count("\n") + 1) for use in uses if not use.whole]
    shrunk = [((use.value.end_lineno or use.value.lineno), use.text.count("\n")) for use in uses if not use.whole]
    expected = tuple(
        replace(
            item,
            line=item.line
            + sum(count for line, count in moved if line <= item.line)
            - sum(count for line, count in shrunk if line < item.line),
        )
        for item in program.expected
    )
    return replace(program, code="\n".join(lines), expected=expected), name


def with_comment(program: Program, symbol: Symbol, request: str) -> Program:
    """Say what the symbol does above its first use, in a program that has no comment."""
    if _has_comment(program.code):
        return program
    lines = program.code.split("\n")
    for statement in _statements(parse_code(program.code)):
        line = lines[statement.lineno - 1]
        used = any(is_use(node, symbol) for part in _own_parts(statement) for node in walk(part) if isinstance(node, ast.expr))
        if not used or line[: statement.col_offset].strip():
            continue
        indent = line[: statement.col_offset]
        request = _of_program(request, statement, symbol)
        said = [
            f"{indent}# {part}" for part in textwrap.wrap(f"{request}.", _COMMENT_WIDTH, break_long_words=False, break_on_hyphens=False)
        ]
        lines[statement.lineno - 1 : statement.lineno - 1] = said
        expected = tuple(replace(item, line=item.line + (len(said) if item.line >= statement.lineno else 0)) for item in program.expected)
        return replace(program, code="\n".join(lines), expected=expected)
    return program


def _of_program(request: str, statement: ast.stmt, symbol: Symbol) -> str:
    """Return a request that names the variables of a statement instead of the parameters that it gives them as."""
    placed = [parameter.name for parameter in symbol.parameters or () if parameter.positional]
    given: dict[str, str] = {}
    for call in walk(statement):
        if isinstance(call, ast.Call) and is_use(call, symbol):
            pairs = [*zip(placed, call.args, strict=False), *((keyword.arg, keyword.value) for keyword in call.keywords)]
            given |= {name: value.id for name, value in pairs if name and isinstance(value, ast.Name)}
    return re.sub(r"`(\w+)`", lambda match: f"`{given.get(match[1], match[1])}`", request)


def snake_case(name: str) -> str:
    """Return the name of an object of a class: `BusinessDay` -> `business_day`, `FIRFilter` -> `fir_filter`."""
    return re.sub(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _is_free(name: str, tree: ast.Module) -> bool:
    if not name.isidentifier() or keyword.iskeyword(name) or hasattr(builtins, name):
        return False
    taken = {node.id for node in walk(tree) if isinstance(node, ast.Name)}
    taken |= {node.arg for node in walk(tree) if isinstance(node, ast.arg)}
    taken |= {node.name for node in walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    imported = [alias for node in walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names]
    return name not in taken | {(alias.asname or alias.name).split(".")[0] for alias in imported}


def _uses(code: str, tree: ast.Module, symbol: Symbol) -> Iterator[_Use]:
    """Yield the uses that can be named: one of a statement, evaluated once, before any other call of it."""
    lines = code.split("\n")
    starts = [statement.lineno for statement in _statements(tree)]
    for statement in _statements(tree):
        whole = statement.iter if isinstance(statement, ast.For) else statement if isinstance(statement, _SIMPLE) else None
        crowded = starts.count(statement.lineno) > 1 or lines[statement.lineno - 1][: statement.col_offset].strip()
        if whole is None or crowded:
            continue
        found = [node for node in walk(whole) if isinstance(node, ast.expr) and is_use(node, symbol)]
        found = [node for node in found if not any(node is not other and node in walk(other) for other in found)]
        if len(found) != 1 or _is_named(statement, found[0]) or _is_out_of_order(whole, found[0]):
            continue
        text = ast.get_source_segment(code, found[0])
        if text and _is_expression(text) and isinstance(getattr(found[0], "ctx", ast.Load()), ast.Load):
            yield _Use(statement, found[0], text, isinstance(statement, ast.Expr) and statement.value is found[0])


def _is_expression(text: str) -> bool:
    try:
        ast.parse(f"value = {text}")
    except SyntaxError:
        return False
    return True


def _is_named(statement: ast.stmt, value: ast.expr) -> bool:
    """Tell whether a statement names a value already, or hands it on."""
    return not isinstance(statement, ast.Expr) and getattr(statement, "value", None) is value


def _is_out_of_order(whole: ast.AST, value: ast.expr) -> bool:
    """Tell whether naming a value first would change what is evaluated before it, or how often."""
    inside = set(map(id, walk(value)))
    for node in walk(whole):
        if id(node) in inside:
            continue
        around = any(child is value for child in walk(node))
        if isinstance(node, _DEFERRED) and around:
            return True
        if (
            isinstance(node, ast.Call)
            and not around
            and not _makes_object(node)
            and (node.lineno, node.col_offset) < (value.lineno, value.col_offset)
        ):
            return True
    return False


def _makes_object(call: ast.Call) -> bool:
    """Tell whether a call makes an object, as its name in camel case tells: the order of such calls does not matter."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""
    return re.match(r"[A-Z]\w*[a-z]", name) is not None


def _statements(tree: ast.Module) -> list[ast.stmt]:
    return sorted((node for node in walk(tree) if isinstance(node, ast.stmt)), key=lambda node: (node.lineno, node.col_offset))


def _own_parts(statement: ast.stmt) -> list[ast.AST]:
    """Return the expressions of a statement without the statements inside it."""
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return []
    return [child for child in ast.iter_child_nodes(statement) if not isinstance(child, ast.stmt | ast.excepthandler)]


def _has_comment(code: str) -> bool:
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return any(token.type == tokenize.COMMENT and not _NO_COMMENT.match(token.string) for token in tokens)
