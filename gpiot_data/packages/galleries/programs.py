"""Documents as programs: each section of a page with what it needs of the sections before it, and each short script as a whole."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gpiot_data.packages.archive import Document
from gpiot_data.packages.galleries.assembly import Assembled, assemble
from gpiot_data.packages.galleries.cells import Page, UnreadablePageError
from gpiot_data.packages.galleries.comments import clean_comments
from gpiot_data.packages.galleries.grounding import MIN_SHARE, evidence, stems
from gpiot_data.packages.galleries.imports import NOTEBOOK_DISPLAY, UndefinedNameError, import_lines
from gpiot_data.packages.galleries.leftovers import without_leftovers
from gpiot_data.packages.galleries.methods import used_methods
from gpiot_data.packages.galleries.notebooks import read_notebook
from gpiot_data.packages.galleries.pages import read_page
from gpiot_data.packages.galleries.refusals import downloads, read_program, refusal
from gpiot_data.packages.galleries.scripts import read_script
from gpiot_data.packages.galleries.slicing import PageFlow, read_page_flow, slice_steps
from gpiot_data.packages.galleries.steps import Step, page_steps, without_comments
from gpiot_data.packages.references import PublicNames, used_symbols
from gpiot_data.packages.scope import names_of, undefined_names, used_too_early
from gpiot_data.schema import Expected
from gpiot_data.store import sha256_bytes, sha256_text
from gpiot_data.syntax_trees import walk

#: About 650 tokens of a small model's tokenizer; a window of 1,024 holds it with a specification and its documentation.
MAX_CODE_CHARS = 2000
#: A section of a page with more runs of code than this does several things.
MAX_NARROW_FRAGMENTS = 2
#: A section with less of its program than this only adds something to what others do.
MIN_OWN_SHARE = 0.4
_READERS = {"script": read_script, "notebook": read_notebook, "rst": read_page, "md": read_page}


@dataclass(frozen=True, slots=True)
class GalleryProgram:
    """A program cut out of a document.

    `title` is the heading of its section, `page_title` that of the document, `text` the narrative as Markdown. `written` is the code,
    and `tree` what it parses to. `symbols` are the public symbols it uses, in the order of use; `own_symbols` those that the section
    itself uses, and not only what it needs from before. `span` is [start, end) in bytes of the file from the first to the last section
    used, with the hash of these bytes; `spans` are the sections. `fingerprint` is equal for the same example in another format.
    `downloads` tells that it fetches data, `whole` that it is the whole document, `broad` that more goes on in it than one sentence
    says, `opening` that its words are those of the document, which has further sections, and `continues` that it is not the first
    under its heading.
    """

    path: str
    written: Assembled
    tree: ast.Module
    imports: tuple[str, ...]
    title: str
    page_title: str
    text: str
    symbols: tuple[str, ...]
    own_symbols: tuple[str, ...]
    span: tuple[int, int]
    span_sha256: str
    spans: tuple[tuple[int, int], ...]
    lines: tuple[int, int]
    fingerprint: str
    downloads: bool
    whole: bool
    broad: bool
    opening: bool
    continues: bool

    @property
    def code(self) -> str:
        """Return its text."""
        return self.written.code

    @property
    def expected(self) -> tuple[Expected, ...]:
        """Return what it is expected to show, by line."""
        return self.written.expected

    @property
    def own_nodes(self) -> tuple[ast.stmt, ...]:
        """Return the statements of the section itself."""
        own = (node for node in self.tree.body if node.lineno >= self.written.own_line)
        return tuple(node for node in own if not isinstance(node, ast.Import | ast.ImportFrom))


@dataclass(frozen=True, slots=True)
class NoProgram:
    """A section that gives no program: where it is, its title, and the reason, a stable word."""

    path: str
    line: int
    title: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PackageContext:
    """What is known of the package that documents are about.

    `public` are its symbols, and `local_modules` the names of scripts that lie beside the documents, which are no modules for
    anybody else.
    """

    public: PublicNames
    local_modules: frozenset[str] = frozenset()


class _RefusedError(ValueError):
    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def make_programs(document: Document, package: PackageContext) -> Iterator[GalleryProgram | NoProgram]:
    """Yield the programs of a document in its order, and a reason for each section that gives none.

    A section is first; the whole document comes last, where it has more than one section and is short enough.
    """
    try:
        page = _READERS[document.kind](document)
    except UnreadablePageError as error:
        yield NoProgram(document.path, 1, "", error.reason)
        return
    steps = page_steps(page)
    flow = read_page_flow(steps.steps)
    made: set[str] = set()
    for number, cell in enumerate(page.cells):
        line = document.data.count(b"\n", 0, cell.span[0]) + 1
        if number in steps.unreadable:
            yield NoProgram(document.path, line, cell.title, steps.unreadable[number])
            continue
        try:
            program = _section_program(document, page, flow, steps.of_cell(number), number, package)
        except _RefusedError as error:
            yield NoProgram(document.path, line, cell.title, error.reason, error.detail)
            continue
        made.add(program.fingerprint)
        yield program
    if len(page.cells) > 1 and not steps.unreadable and page.kind in ("script", "notebook"):
        try:
            whole = _make(document, page, flow, list(range(len(steps.steps))), None, package)
        except _RefusedError:
            return
        if whole.fingerprint not in made:
            yield whole


def _section_program(
    document: Document, page: Page, flow: PageFlow, wanted: Sequence[int], number: int, package: PackageContext
) -> GalleryProgram:
    if all(flow.steps[place].is_import for place in wanted):
        raise _RefusedError("only_imports")
    return _make(document, page, flow, wanted, number, package)


def _make(
    document: Document, page: Page, flow: PageFlow, wanted: Sequence[int], cell: int | None, package: PackageContext
) -> GalleryProgram:
    """Make the program of the wanted steps; `cell` is None for the whole document."""
    places, missing = slice_steps(flow, wanted)
    chosen = [flow.steps[place] for place in places]
    body = without_leftovers([step for step in chosen if not step.is_import], cell)
    known = package.public.packages
    try:
        imports = import_lines(flow.steps[: max(wanted) + 1], body, missing, package.public)
    except UndefinedNameError as error:
        raise _RefusedError("undefined_name", str(error)) from error
    body = [clean_comments(step) for step in _without_lost(body, flow.steps)]
    made = assemble(imports, body, page.cells, cell)
    if len(made.code) > MAX_CODE_CHARS and cell is not None:
        # What earlier sections say of their code is the first thing to do without.
        body = [step if step.cell == cell else without_comments(step) for step in body]
        made = assemble(imports, body, page.cells, cell, brief=True)
    code = made.code
    if len(code) > MAX_CODE_CHARS:
        raise _RefusedError("too_long", f"{len(code)} characters")
    try:
        program = read_program(code, known, package.local_modules)
    except SyntaxError as error:
        raise _RefusedError("not_python") from error
    imported = names_of(ast.parse("\n".join(imports)).body)
    early = set(used_too_early([imported, *(step.names for step in body)])) - {NOTEBOOK_DISPLAY}
    if absent := sorted({*undefined_names(code), *early}):
        raise _RefusedError("undefined_name", ", ".join(absent))
    if reason := refusal(program):
        raise _RefusedError(reason)
    used = [number for number in sorted({step.cell for step in body}) if number != cell]
    spans = tuple(page.cells[number].span for number in sorted({*used, *([] if cell is None else [cell])}))
    span = (spans[0][0], spans[-1][1])
    own = [step for step in body if cell is None or step.cell == cell]
    symbols = tuple(dict.fromkeys([*used_symbols(program.tree, package.public), *used_methods(program.tree, package.public)]))
    return GalleryProgram(
        path=document.path,
        written=made,
        tree=program.tree,
        imports=tuple(sorted({name for node in walk(program.tree) for name in _imported(node)})),
        title=page.title if cell is None else page.cells[cell].title,
        page_title=page.title,
        text=page.text if cell is None else page.cells[cell].text,
        opening=cell is not None and len(page.cells) > 1 and (cell == 0 or page.cells[cell].title == page.title),
        continues=cell is not None and cell > 0 and page.cells[cell - 1].title == page.cells[cell].title,
        symbols=symbols,
        own_symbols=_own(symbols, own),
        span=span,
        span_sha256=sha256_bytes(document.data[span[0] : span[1]]),
        spans=spans,
        lines=(document.data.count(b"\n", 0, span[0]) + 1, document.data.count(b"\n", 0, max(span[0], span[1] - 1)) + 1),
        fingerprint=fingerprint(body),
        downloads=downloads(program),
        whole=cell is None,
        broad=cell is None or len(page.cells[cell].fragments) > MAX_NARROW_FRAGMENTS or _share(own, body) < MIN_OWN_SHARE,
    )


def fingerprint(steps: Sequence[Step]) -> str:
    """Return the hash of what statements say, whatever their layout, comments and imports; showing a figure says nothing."""
    trees = [ast.dump(node) for step in steps for node in step.nodes if not isinstance(node, ast.Import | ast.ImportFrom)]
    return sha256_text(
        "\n".join(
            tree for tree in trees if not tree.startswith("Expr(value=Call(func=Attribute(value=Name(id='plt', ctx=Load()), attr='show'")
        )
    )


def _without_lost(body: Sequence[Step], steps: Sequence[Step]) -> Iterator[Step]:
    """Yield steps without comments that stand over lines of which some were left out, and that speak of more than is left."""
    kept = {id(step) for step in body}
    behind = {id(step): after for step, after in pairwise(steps)}
    for step in body:
        after = behind.get(id(step))
        lost = after is not None and after.cell == step.cell and not (after.gap or after.head) and id(after) not in kept
        said = stems(" ".join(step.code.split("\n")[: step.head]))
        yield without_comments(step) if step.head and lost and len(said & evidence(step.nodes)) < MIN_SHARE * len(said) else step


def _share(own: Sequence[Step], body: Sequence[Step]) -> float:
    """Return how much of the code of a program its section has itself."""
    return sum(len(step.code) for step in own) / max(1, sum(len(step.code) for step in body))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    return [node.module.split(".")[0]] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def _own(symbols: Sequence[str], steps: Sequence[Step]) -> tuple[str, ...]:
    """Return the symbols that some of the steps name."""
    named = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for step in steps
        for tree in step.nodes
        for node in walk(tree)
        if isinstance(node, ast.Attribute | ast.Name)
    }
    return tuple(symbol for symbol in symbols if symbol.rpartition(".")[2] in named)
