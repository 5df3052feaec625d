"""Documents of a package -> rows of kind `example`: a specification, the program that fulfils it, and its documentation."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from gpiot_data.packages.archive import Document
from gpiot_data.packages.galleries.phrases import opens_with_verb
from gpiot_data.packages.galleries.programs import GalleryProgram, NoProgram, PackageContext, make_programs
from gpiot_data.packages.galleries.specify import NoSpecificationError, main_symbols, specify
from gpiot_data.packages.galleries.targets import self_contained
from gpiot_data.packages.lineage import NOT_RUN, source_ref
from gpiot_data.packages.markdown import first_sentence, to_markdown
from gpiot_data.packages.references import PublicNames, SymbolTable
from gpiot_data.packages.row_checks import row_fault
from gpiot_data.packages.sheets import join_parts, section
from gpiot_data.packages.wording import imperative
from gpiot_data.schema import CgdRow, Kept, Rejected, Specification, Teacher, Variable
from gpiot_data.sources.packages import PackageSource

#: The version moves whenever the same documents would give other rows.
RULES = Teacher(name="rules", prompt="cgd-galleries/2")
MAX_NARRATIVE_CHARS = 700
MAX_NAMED_SYMBOLS = 5
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
    summaries = {symbol.name: symbol.docstring or "" for symbol in index.symbols}
    context = PackageContext(public, local_modules(ordered, public))
    seen: dict[str, str] = {}
    for document in ordered:
        for made in make_programs(document, context):
            if isinstance(made, NoProgram):
                detail = f"{made.title}: {made.detail}" if made.detail else made.title
                yield Rejected(reason=made.reason, source=source.id, place=f"{made.path}:{made.line}", text=_printable(detail))
                continue
            place = f"{made.path}:{made.lines[0]}"
            first = seen.setdefault(made.fingerprint, place)
            if first != place:
                yield Rejected(reason="same_example", source=source.id, place=place, text=_printable(f"{made.title}: as in {first}"))
                continue
            row = "network" if made.downloads and not keep_downloads else _row(source, made, public, summaries)
            yield Kept(row) if isinstance(row, CgdRow) else Rejected(row, source.id, place, _printable(made.title))


def _row(source: PackageSource, program: GalleryProgram, public: PublicNames, summaries: dict[str, str]) -> CgdRow | str:
    """Return the row of a program, or the reason why there is none."""
    if not main_symbols(program):
        return "no_symbol"
    try:
        specification = specify(program, public, source.name, _summary_request(program, summaries))
    except NoSpecificationError as error:
        return error.reason
    row = example_row(source, program, specification, summaries)
    return row_fault(specification, row.code or "", row.documentation) or row


def local_modules(documents: Iterable[Document], public: PublicNames) -> frozenset[str]:
    """Return the names of scripts beside the documents that an import could only mean there."""
    stems = {document.path.rpartition("/")[2].removesuffix(".py") for document in documents if document.kind == "script"}
    return frozenset(stems) - public.packages - sys.stdlib_module_names


def example_row(source: PackageSource, program: GalleryProgram, specification: Specification, summaries: dict[str, str]) -> CgdRow:
    """Return the row of a program, under the symbol that it is about first."""
    symbols = main_symbols(program)
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
        code=program.code.rstrip("\n"),
        imports=program.imports,
        expected=program.expected,
    )


def _documentation(program: GalleryProgram, specification: Specification, symbols: Sequence[str], summaries: dict[str, str]) -> str:
    return join_parts(
        f"## What it does\n{specification.target}",
        _headed("Background", self_contained(program.text, MAX_NARRATIVE_CHARS)),
        section("Symbols", [_symbol_line(symbol, summaries) for symbol in symbols[:MAX_NAMED_SYMBOLS]]),
        section("Input", [variable_line(item) for item in specification.inputs]),
        section("Output", [variable_line(item) for item in specification.outputs]),
    )


def _summary_request(program: GalleryProgram, summaries: dict[str, str]) -> str:
    """Return what the main function of a section is for, as a request; "" where the section calls none that tells."""
    symbol = next((symbol for symbol in main_symbols(program) if symbol in program.own_symbols), "")
    name = symbol.rpartition(".")[2]
    summary = _summary(symbol, summaries)
    told = name[:1].islower() and ".pyplot." not in symbol and opens_with_verb(summary)
    return (imperative(summary, "function") or "") if told else ""


def _summary(symbol: str, summaries: dict[str, str]) -> str:
    """Return the first sentence of the documentation of a symbol, where it reads as one."""
    paragraph = summaries.get(symbol, "").strip().split("\n\n")[0]
    summary = first_sentence(to_markdown(paragraph.split("\n"))) if paragraph else ""
    return summary if len(summary) <= 200 and "```" not in summary and "(" not in summary.split(" ")[0] else ""


def _headed(title: str, text: str) -> str:
    return f"## {title}\n{text}" if text else ""


def _symbol_line(symbol: str, summaries: dict[str, str]) -> str:
    summary = _summary(symbol, summaries)
    return f"- `{symbol}`: {summary}" if summary else f"- `{symbol}`"


def variable_line(variable: Variable) -> str:
    """Return the line of an input or output in the documentation of a program."""
    facts = ", ".join(str(fact) for fact in (variable.type, f"shape {variable.shape}" if variable.shape else None, variable.unit) if fact)
    head = f"- `{variable.name}`" + (f" ({facts})" if facts else "")
    return f"{head}: {variable.description}" if variable.description else head


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:300]
