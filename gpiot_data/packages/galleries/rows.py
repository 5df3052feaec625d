"""Documents of a package -> rows of kind `example`: a specification, the program that fulfils it, and its documentation."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gpiot_data.packages.archive import Document
from gpiot_data.packages.example_faults import example_fault
from gpiot_data.packages.galleries.assembly import with_comment
from gpiot_data.packages.galleries.grounding import evidence, stems
from gpiot_data.packages.galleries.operands import strange_words
from gpiot_data.packages.galleries.programs import GalleryProgram, NoProgram, PackageContext, make_programs
from gpiot_data.packages.galleries.specify import NoSpecificationError, Specified, specify
from gpiot_data.packages.galleries.subjects import main_symbols, symbol_counts
from gpiot_data.packages.galleries.summaries import Summaries
from gpiot_data.packages.galleries.targets import self_contained
from gpiot_data.packages.galleries.untold import untold_steps
from gpiot_data.packages.galleries.worth import worthless
from gpiot_data.packages.lineage import NOT_RUN, source_ref
from gpiot_data.packages.references import PublicNames, SymbolTable
from gpiot_data.packages.row_checks import row_fault
from gpiot_data.packages.sheets import join_parts, section
from gpiot_data.schema import CgdRow, Kept, Rejected, Specification, Teacher, Variable
from gpiot_data.sources.packages import PackageSource

#: The version moves whenever the same documents would give other rows.
RULES = Teacher(name="rules", prompt="cgd-galleries/7")
MAX_NARRATIVE_CHARS = 700
MAX_NAMED_SYMBOLS = 5
#: Words that a narrative has in common with its program at least.
MIN_SHARED_WORDS = 3
#: A script is shorter than the notebook made of it, and a notebook than its page: of equal examples the first is kept.
_ORDER = {"script": 0, "notebook": 1, "rst": 2, "md": 3}


def gallery_rows(
    source: PackageSource, documents: Iterable[Document], index: SymbolTable, *, keep_downloads: bool = True
) -> Iterator[Kept[CgdRow] | Rejected]:
    """Yield the rows of a package's documents, and what was dropped, by kind of document, path and line.

    Args:
        source: the pinned artefact.
        documents: its galleries and pages.
        index: its public symbols.
        keep_downloads: whether programs that fetch data over the network give rows; else they are dropped as `network`.
    """
    ordered = sorted(documents, key=lambda document: (_ORDER[document.kind], document.path))
    public = PublicNames.of(index)
    summaries = Summaries({symbol.name: symbol.docstring or "" for symbol in index.symbols})
    context = PackageContext(public, local_modules(ordered, public))
    seen: dict[str, str] = {}
    # How common a symbol is shows over all programs only.
    everything = [made for document in ordered for made in make_programs(document, context)]
    counts = symbol_counts(made for made in everything if isinstance(made, GalleryProgram))
    for made in everything:
        if isinstance(made, NoProgram):
            detail = f"{made.title}: {made.detail}" if made.detail else made.title
            yield Rejected(reason=made.reason, source=source.id, place=f"{made.path}:{made.line}", text=_printable(detail))
            continue
        place = f"{made.path}:{made.lines[0]}"
        first = seen.setdefault(made.fingerprint, place)
        if first != place:
            yield Rejected(reason="same_example", source=source.id, place=place, text=_printable(f"{made.title}: as in {first}"))
            continue
        row = "network" if made.downloads and not keep_downloads else _row(source, made, public, summaries, main_symbols(made, counts))
        yield Kept(row) if isinstance(row, CgdRow) else Rejected(row, source.id, place, _printable(made.title))


def _row(source: PackageSource, program: GalleryProgram, public: PublicNames, summaries: Summaries, symbols: Sequence[str]) -> CgdRow | str:
    """Return the row of a program about `symbols`, or the reason why there is none."""
    if not symbols:
        return "only_setup" if program.symbols else "no_symbol"
    try:
        specified = specify(program, public, source.name, summaries, symbols)
    except NoSpecificationError as error:
        return error.reason
    if reason := worthless(program.tree, public.packages):
        return reason
    row = example_row(source, program, specified, summaries, symbols)
    if strange_words(row.code or ""):
        return "strange_comment"
    if untold_steps(specified.specification.target, program.tree):
        return "untold_step"
    fault = example_fault(specified.specification, row.code or "")
    return fault or row_fault(specified.specification, row.code or "", row.documentation) or row


def local_modules(documents: Iterable[Document], public: PublicNames) -> frozenset[str]:
    """Return the names of scripts beside the documents that an import could only mean there."""
    stems = {document.path.rpartition("/")[2].removesuffix(".py") for document in documents if document.kind == "script"}
    return frozenset(stems) - public.packages - sys.stdlib_module_names


def example_row(
    source: PackageSource, program: GalleryProgram, specified: Specified, summaries: Mapping[str, str], symbols: Sequence[str]
) -> CgdRow:
    """Return the row of a program, under the first of the symbols that it is about."""
    specification = specified.specification
    written = with_comment(program.written, f"{specified.request}.".replace("`", ""), specified.whole)
    return CgdRow(
        source=source_ref(source, program),
        license=source.license,
        teacher=RULES,
        verdict=NOT_RUN,
        kind="example",
        symbol=symbols[0],
        package=source.name,
        documentation=_documentation(program, specification, symbols, summaries),
        specification=specification,
        code=written.code.rstrip("\n"),
        imports=program.imports,
        expected=written.expected,
    )


def _documentation(program: GalleryProgram, specification: Specification, symbols: Sequence[str], summaries: Mapping[str, str]) -> str:
    known = evidence(program.own_nodes) | stems(specification.target)
    named = re.compile("|".join(rf"\b{re.escape(symbol.rpartition('.')[2])}\b" for symbol in symbols))
    background = self_contained(
        program.text,
        MAX_NARRATIVE_CHARS,
        lambda paragraph: named.search(paragraph) is not None and len(stems(paragraph) & known) >= MIN_SHARED_WORDS,
    )
    told = [symbol for symbol in symbols if summaries.get(symbol)]
    return join_parts(
        f"## What it does\n{specification.target}",
        _headed("Background", background),
        section("Symbols", [f"- `{symbol}`: {summaries[symbol]}" for symbol in told[:MAX_NAMED_SYMBOLS]] or [f"- `{symbols[0]}`"]),
        section("Input", [variable_line(item) for item in specification.inputs]),
        section("Output", [variable_line(item) for item in specification.outputs]),
    )


def _headed(title: str, text: str) -> str:
    return f"## {title}\n{text}" if text else ""


def variable_line(variable: Variable) -> str:
    """Return the line of an input or output in the documentation of a program."""
    facts = ", ".join(str(fact) for fact in (variable.type, f"shape {variable.shape}" if variable.shape else None, variable.unit) if fact)
    head = f"- `{variable.name}`" + (f" ({facts})" if facts else "")
    return f"{head}: {variable.description}" if variable.description else head


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:300]
