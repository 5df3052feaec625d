"""The Examples section of a docstring as one program that stands on its own.

Prompts become code, the prose between examples becomes comments, and a short expected value stays as a
comment behind the expression, which is printed. A program that uses a name nobody defines is refused.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gpiot_data.packages.comments import comment_lines, sensible_prose
from gpiot_data.packages.markdown import to_markdown
from gpiot_data.packages.preambles import conventions, star_sources
from gpiot_data.packages.prompts import to_prompts
from gpiot_data.packages.references import PublicNames
from gpiot_data.packages.scope import undefined_names
from gpiot_data.packages.shown import shown_statement, steady
from gpiot_data.schema import Expected
from gpiot_data.syntax_trees import parse_quietly, walk
from gpiot_data.verify.statements import parse_examples, wanted_output

#: About 500 tokens of a small model's tokenizer; a longer program is cut between two of its examples.
MAX_CODE_CHARS = 1400
#: For the few programs that reach their symbol late.
HARD_MAX_CODE_CHARS = 2000


class NoProgramError(ValueError):
    """An Examples section that gives no program; `reason` is a stable word."""

    def __init__(self, reason: str, detail: str = "") -> None:
        """Name the reason, and what it was about."""
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Program:
    """Code that parses and defines all it uses; `imports` are the top-level packages, `lead` the first prose sentence.

    `expected` are the outputs that the section shows, each with the line of the statement it belongs to.
    """

    code: str
    imports: tuple[str, ...]
    lead: str
    expected: tuple[Expected, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """One prompt of the section with the output shown for it, or a comment made of its prose."""

    code: str
    comment: bool = False
    want: str = ""


def make_program(lines: Sequence[str], symbol: str, public: PublicNames | None = None, *, gives: bool = False) -> Program:
    """Turn an Examples section into a program that uses `symbol`, a public dotted name.

    Args:
        lines: the section; sessions of Python or IPython, or code blocks.
        symbol: of a function, class or method.
        public: the symbols of its package, which tell what a star import binds.
        gives: whether the symbol is documented to give a value: a call of it that is left unused is printed.

    Raises:
        NoProgramError: with the reason `no_example`, `not_python`, `symbol_unused`, `undefined_name` or `too_long`.
    """
    pieces, lead = _pieces(to_prompts(lines), symbol.rpartition(".")[2] if gives else "")
    pieces, stars = _without_stars(pieces)
    if not any(not piece.comment for piece in pieces):
        raise NoProgramError("no_example")
    blocks = _blocks(pieces)
    code, expected = _join(blocks)
    if not uses_symbol(parse_code(code), symbol):
        raise NoProgramError("symbol_unused")
    # Later examples build on earlier ones, never the other way round, so the last go first.
    while len(code) > MAX_CODE_CHARS and len(blocks) > 1:
        shorter, fewer = _join(blocks[:-1])
        if not uses_symbol(parse_code(shorter), symbol):
            break
        blocks, code, expected = blocks[:-1], shorter, fewer
    if len(code) > HARD_MAX_CODE_CHARS:
        raise NoProgramError("too_long", f"{len(code)} characters")
    tree = parse_code(code)
    header = _missing_imports(code, tree, known_imports(symbol) | _star_imports(code, stars, symbol, public))
    if header:
        code, tree = header + code, parse_code(header + code)
        expected = [replace(item, line=item.line + header.count("\n")) for item in expected]
    return Program(code, _imported(tree), lead, tuple(expected))


def uses_symbol(tree: ast.Module, symbol: str) -> bool:
    """Tell whether code names the last part of `symbol` outside its imports."""
    name = symbol.rsplit(".", 1)[-1]
    return any(
        (isinstance(node, ast.Attribute) and node.attr == name)
        or (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load))
        for node in walk(tree)
    )


def _pieces(lines: Sequence[str], printed: str) -> tuple[list[_Piece], str]:
    text = textwrap.dedent("\n".join(line.expandtabs() for line in lines)) + "\n"
    try:
        parts = parse_examples(text)
    except ValueError as error:
        raise NoProgramError("not_python", str(error)) from error
    pieces: list[_Piece] = []
    lead = ""
    for part in parts:
        if isinstance(part, str):
            prose = sensible_prose(to_markdown(part.splitlines()), first=not pieces)
            if comment := comment_lines(prose):
                pieces.append(_Piece(comment, comment=True))
                paragraphs = prose.split("\n\n")
                # "... the transfer function:" is no sentence without the formula or list below it.
                open_end = paragraphs[0].endswith(":") and len(paragraphs) > 1
                lead = lead or (paragraphs[0] if not open_end else "")
        elif part.exc_msg is None and part.source.strip() and not part.source.lstrip().startswith(("%", "!")):
            prints = bool(printed) and _is_call_of(part.source, printed)
            if code := shown_statement(part.source, part.want, prints):
                # What only names its value is cut behind an assignment, which shows nothing.
                cut = not code.startswith("print(") and len(code.rstrip()) < len(part.source.split("#")[0].rstrip()) and ";" in part.source
                pieces.append(_Piece(code, want="" if cut else wanted_output(part)))
    codes = iter(steady([piece.code for piece in pieces if not piece.comment]))
    pieces = [piece if piece.comment else replace(piece, code=next(codes)) for piece in pieces]
    return [piece for piece in pieces if piece.code.strip()], lead


def _is_call_of(source: str, name: str) -> bool:
    """Tell whether an example is one call of a function or method with this name."""
    try:
        body = parse_code(source).body
    except NoProgramError:
        return False
    call = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    if not isinstance(call, ast.Call):
        return False
    return name == (call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else "")


def _blocks(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Group pieces into examples: a comment and the statements below it."""
    blocks: list[list[_Piece]] = []
    for piece in pieces:
        if piece.comment or not blocks:
            blocks.append([])
        blocks[-1].append(piece)
    while blocks and all(piece.comment for piece in blocks[-1]):
        blocks.pop()
    return blocks


def _join(blocks: Iterable[Sequence[_Piece]]) -> tuple[str, list[Expected]]:
    """Write examples as one file: the imports of all of them first, then the rest, a blank line above each comment."""
    wants: list[Expected] = []
    imports: list[str] = []
    lines: list[str] = []
    for piece in (piece for block in blocks for piece in block):
        if not piece.comment and re.match(r"(?:import|from)\s", piece.code) and _is_import(piece.code):
            if piece.code not in imports:
                imports.append(piece.code)
            continue
        if piece.comment and lines:
            lines.append("")
        if piece.want:
            wants.append(Expected(len(lines) + _first_line(piece.code), piece.want))
        lines += piece.code.rstrip().split("\n")
    header = [line for code in imports for line in code.split("\n")] + ([""] if imports and lines else [])
    expected = [replace(item, line=item.line + len(header)) for item in wants]
    return "\n".join([*header, *lines]) + "\n", expected


def _first_line(code: str) -> int:
    """Return the line of the first statement, below comments of its own."""
    first = parse_code(code).body[0]
    decorators: list[ast.expr] = getattr(first, "decorator_list", [])
    return min([first.lineno, *(decorator.lineno for decorator in decorators)])


def _is_import(code: str) -> bool:
    return all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in parse_code(code).body)


def parse_code(code: str) -> ast.Module:
    """Parse code, without warnings about it; the tree is shared, nobody may change it.

    Raises:
        NoProgramError: with the reason `not_python`.
    """
    try:
        return parse_quietly(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NoProgramError("not_python", type(error).__name__) from error


def _without_stars(pieces: Sequence[_Piece]) -> tuple[list[_Piece], list[str]]:
    """Take star imports out of a section: what is left, and the modules they name."""
    kept, stars = [], []
    for piece in pieces:
        found = re.findall(r"^from ([\w.]+) import \*", piece.code, re.MULTILINE) if not piece.comment else []
        stars += found
        code = re.sub(r"^from [\w.]+ import \*.*\n?", "", piece.code, flags=re.MULTILINE) if found else piece.code
        if code.strip():
            kept.append(replace(piece, code=code))
    return kept, stars


def _star_imports(code: str, stars: Sequence[str], symbol: str, public: PublicNames | None) -> dict[str, str]:
    """Return the import for each undefined name that one of the star imports binds."""
    module, name = owner_of(symbol)
    known: dict[str, str] = {}
    for star in stars:
        offered = star_sources(star)
        for missing in undefined_names(code):
            home = offered.get(missing) or (public.home(missing, star) if public else None)
            if home is None and missing == name and star.partition(".")[0] == module.partition(".")[0]:
                home = module
            if home:
                known.setdefault(missing, f"from {home} import {missing}")
    return known


def _missing_imports(code: str, tree: ast.Module, known: Mapping[str, str]) -> str:
    """Return the lines to put first for what a page leaves out, told by name in `known`."""
    added = []
    for missing in undefined_names(code):
        if missing not in known:
            raise NoProgramError("undefined_name", missing)
        added.append(known[missing])
    if not added:
        return ""
    return "\n".join(sorted(added)) + "\n" + ("" if _starts_with_import(tree, code) else "\n")


def owner_of(symbol: str) -> tuple[str, str]:
    """Return the module of a dotted name and what is imported from it: the symbol, or the class that has it as a method."""
    module, name = symbol.rsplit(".", 1)
    parent = module.rpartition(".")[2]
    return (module.rpartition(".")[0], parent) if parent[:1].isupper() and "." in module else (module, name)


def known_imports(symbol: str) -> dict[str, str]:
    """Return the import for each name that the pages of a package take for granted: its own and the conventional ones."""
    module, name = owner_of(symbol)
    top = module.split(".")[0]
    known = conventions(top)
    known[name] = f"from {module} import {name}"
    known[top] = f"import {module}" if module != top else f"import {top}"
    if "." in module:
        parent, leaf = module.rsplit(".", 1)
        known[leaf] = f"from {parent} import {leaf}"
    return known


def _starts_with_import(tree: ast.Module, code: str) -> bool:
    return bool(tree.body) and isinstance(tree.body[0], ast.Import | ast.ImportFrom) and not code.startswith("#")


def _imported(tree: ast.Module) -> tuple[str, ...]:
    names = set()
    for node in walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return tuple(sorted(names))
