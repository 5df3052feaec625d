"""Package artefact -> rows of the Code Generation Dataset: descriptions (D1), implementations (D2) and examples (D3).

Every row is made by rules from one public symbol, or from one section of a document, and points to the bytes of the definition,
of the call that documents it, or of the section; a candidate that gives no sound row is kept as `Rejected` with the reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from gpiot_data.errors import BadSource
from gpiot_data.packages.archive import Archive, read_source
from gpiot_data.packages.coverage import description_fault, says_only_name, without_unknown_names
from gpiot_data.packages.docstrings import Documentation, drop_keyword_lists, is_template, parse_docstring
from gpiot_data.packages.entries import Entry
from gpiot_data.packages.examples import NoProgramError, Program, make_program, parse_code
from gpiot_data.packages.galleries.rows import gallery_rows
from gpiot_data.packages.leads import is_done, is_one_of_several
from gpiot_data.packages.lineage import NOT_RUN, source_ref
from gpiot_data.packages.markdown import first_sentence
from gpiot_data.packages.naming import with_comment
from gpiot_data.packages.outcomes import is_of_other_class, outcome
from gpiot_data.packages.program_faults import program_fault
from gpiot_data.packages.prose import sentence_fault, text_fault
from gpiot_data.packages.references import PublicNames
from gpiot_data.packages.results import named_outputs, outputs_fault, outputs_given, returned
from gpiot_data.packages.row_checks import UNSAFE, row_fault
from gpiot_data.packages.sheets import differs, metadata_sheet, one_line, program_documentation
from gpiot_data.packages.signatures import Parameter
from gpiot_data.packages.slips import Summaries, description_slip, is_crossed, loses_return
from gpiot_data.packages.specification_faults import specification_fault
from gpiot_data.packages.symbols import Symbol, SymbolIndex, index_symbols
from gpiot_data.packages.wording import imperative, is_request, lower_first, says_same
from gpiot_data.schema import (
    CgdRow,
    Kept,
    Rejected,
    Specification,
    Teacher,
    Variable,
    Verdict,
)
from gpiot_data.sources.packages import PackageSource
from gpiot_data.syntax_trees import walk

#: The version moves whenever the same artefact would give other rows.
RULES = Teacher(name="rules", prompt="cgd-rules/9")
NO_PROGRAM = Verdict(status="not_run", reason="has no program")
#: The floor for a description that says more than its name ("rich" in the survey of packages).
MIN_DOCSTRING_CHARS = 120
#: What a sheet says below the signature; with less, the docstring was long by its example alone.
MIN_SHEET_CHARS = 100
#: Less says nothing ("Docstring", "See above."): the floor of the survey.
MIN_TEXT_CHARS = 20
#: Several times the longest docstring of scipy.signal; what is longer is no documentation of one symbol.
MAX_DOCSTRING_CHARS = 60_000
MAX_TARGET_CHARS = 320

#: "Generate a test signal" prepares the example; it is not what the program is for.
_SETTING_UP = re.compile(r"(?:create|generate|define|make|construct|set up|build|import|load|get|plot it|start|begin|let)\b", re.IGNORECASE)
#: Words of a page that leads its reader.
_ABOUT_PAGE = re.compile(r"\b(?:we|us|our|you|your|above|below|following|again|note|see|this|these|those|same)\b|\$", re.IGNORECASE)
#: A function's summary has nothing that these could mean.
_LEANING = re.compile(r"\b(?:self(?!-)|this|these|those)\b(?! (?:is|are)\b)")
_PLAIN_TYPE = r"(?:int|float|str|bool|bytes|complex|list|dict|tuple|set|None|np\.ndarray|pd\.(?:DataFrame|Series))(?:\[[\w, |.]+\])?"
_ANNOTATED = re.compile(rf"\*{{0,2}}\w+: (?P<type>{_PLAIN_TYPE}(?: \| {_PLAIN_TYPE})*)(?: = |$)")
#: "a, b = g(c)", "g(c) -> a", "function g = ...".
_SIGNATURE_LIKE = re.compile(r"^[\w.\[\]]+(?:, ?[\w.\[\]]+){0,12} ?= ?[\w.]+\(|^[\w.]+\([^()]*\)(?:\.?$| ?->| ?=)|^function\b[^=]{0,80}=")


#: "Filter functions operate on the node" asks for nothing, though its first word may be a verb.
_STATES = re.compile(r"\w+ (?:\w+ )?\w+ (?:operates?|is|are|can|cannot|will|has|have|must|may|should|do|does)\b", re.IGNORECASE)


def extract_package(source: PackageSource, data: Path) -> Iterator[Kept[CgdRow] | Rejected]:
    """Yield the rows of one artefact, and what was dropped: those of its symbols by path, line and kind, then those of its documents.

    Args:
        source: the pinned artefact, which names the modules to read.
        data: the verified artefact file, as `fetch_package` returns it.

    Raises:
        BadSource: if the artefact is damaged or hostile, or has none of the wanted modules.
    """
    archive = read_source(source, data, documents=True)
    if not archive.files:
        wanted = f"no module named {' or '.join(source.modules)}" if source.modules else "no module"
        raise BadSource(f"{source.label}: {data.name} has {wanted}; check 'modules' in the corpus")
    yield from _passed_over(source, archive)
    index = index_symbols(archive.files)
    yield from _without_symbol(source, index)
    public, summaries = PublicNames.of(index), Summaries.of(index.symbols)
    for symbol in index.symbols:
        yield from _rows_of(source, symbol, public, summaries)
    yield from gallery_rows(source, archive.documents, index)


def _passed_over(source: PackageSource, archive: Archive) -> Iterator[Rejected]:
    for path, reason in archive.skipped:
        yield Rejected(reason=reason, source=source.id, place=path, text="")


def _without_symbol(source: PackageSource, index: SymbolIndex) -> Iterator[Rejected]:
    for file in index.unreadable:
        yield Rejected(reason=file.reason, source=source.id, place=file.path, text="")
    for name in index.unresolved:
        yield Rejected(reason="compiled", source=source.id, place=name, text="exported, but not defined in Python text")
    for path, line, name in index.private:
        yield Rejected(reason="private", source=source.id, place=f"{path}:{line}", text=name)


def _rows_of(source: PackageSource, symbol: Symbol, public: PublicNames, summaries: Summaries) -> Iterator[Kept[CgdRow] | Rejected]:
    def rejected(kind: str, reason: str, text: str) -> Rejected:
        return Rejected(reason=reason, source=source.id, place=f"{symbol.path}:{symbol.lines[0]}", text=f"{kind} of {symbol.name}: {text}")

    raw = drop_keyword_lists(symbol.docstring or "")
    try:
        reason = _docstring_fault(raw)
        documentation = None if reason else parse_docstring(raw)
    except ValueError:
        reason, documentation = "docstring_unreadable", None
    if documentation is not None:
        reason = _summary_fault(documentation.summary, symbol, len(raw))
        reason = reason or ("summary_of_other" if summaries.is_of_other(symbol) else None)
    if documentation is None or reason:
        yield rejected("description", reason or "docstring_unreadable", UNSAFE.sub("?", raw[:MIN_DOCSTRING_CHARS]))
        return
    description = _description(source, symbol, documentation, raw)
    yield Kept(description) if isinstance(description, CgdRow) else rejected("description", description, documentation.summary)
    implementation = _implementation(source, symbol, documentation, public)
    yield Kept(implementation) if isinstance(implementation, CgdRow) else rejected("implementation", implementation, documentation.summary)


def _summary_fault(summary: str, symbol: Symbol, docstring_chars: int) -> str | None:
    if not summary or _SIGNATURE_LIKE.match(summary) or summary.startswith(("- ", "```")):
        return "no_summary"
    if fault := sentence_fault(summary):
        return f"summary_{fault}"
    if docstring_chars >= MIN_DOCSTRING_CHARS:
        return None
    said = re.sub(r"[\W_]", "", summary).lower()
    return "trivial" if said == symbol.short_name.replace("_", "").lower() else None


def _docstring_fault(docstring: str) -> str | None:
    if not docstring:
        return "no_docstring"
    if is_template(docstring):
        return "template"
    if len(docstring) > MAX_DOCSTRING_CHARS:
        return "too_long"
    if len(docstring) < MIN_TEXT_CHARS:
        return "trivial"
    return "unsafe_text" if UNSAFE.search(docstring) else None


def _description(source: PackageSource, symbol: Symbol, documentation: Documentation, raw: str) -> CgdRow | str:
    """Return the description row of a symbol, or the reason why there is none."""
    if symbol.short_name.startswith(("get_test_", "_get_test_")):
        return "for_tests"
    if len(raw) < MIN_DOCSTRING_CHARS:
        return "short_docstring"
    lists = (documentation.parameters, documentation.returns, documentation.raises, documentation.attributes)
    if not any((documentation.extended, documentation.notes, documentation.deprecation, *lists)):
        return "no_details"
    if differs(symbol, documentation.parameters):
        return "other_parameters"
    sheet = metadata_sheet(symbol, without_unknown_names(symbol, documentation), source.name)
    if sheet is None:
        return "too_long"
    text = sheet.partition("\n```\n")[2]
    if len(text) < MIN_SHEET_CHARS:
        return "no_details"
    if fault := description_fault(symbol, documentation, text) or description_slip(documentation, sheet):
        return fault
    return _row(source, symbol, kind="description", documentation=sheet)


def _implementation(source: PackageSource, symbol: Symbol, documentation: Documentation, public: PublicNames) -> CgdRow | str:
    """Return the implementation row of a symbol, or the reason why there is none."""
    if symbol.deprecated:
        return "deprecated"
    try:
        program = make_program(documentation.examples, symbol.name, public, gives=bool(documentation.returns))
    except NoProgramError as error:
        return error.reason
    tree = parse_code(program.code)
    if is_of_other_class(symbol, tree):
        return "other_class"
    target = make_target(symbol, documentation, program, source.name)
    fault = _target_fault(symbol, documentation, target) or program_fault(symbol, program.code, tree, public)
    if target is None or fault:
        return fault or "unclear_target"
    given = outcome(symbol, documentation, tree)
    if given is None:
        return "unknown_output"
    used = entries_used(symbol, documentation, program.code)
    if any(map(is_crossed, used)) or loses_return(documentation):
        return "crossed_texts" if any(map(is_crossed, used)) else "lost_return"
    whole = [single for entry in given for single in single_entries(entry, respective=True)]
    kept = outputs_given(symbol, whole, [entry.name for entry in used])
    if fault := outputs_fault(whole, kept):
        return fault
    named = named_outputs(program, symbol, kept)
    if named is None:
        return "unnamed_output"
    program, kept_names = named
    program = with_comment(program, symbol, request_of(symbol, documentation) or "")
    outputs = tuple(map(variable_of, kept_names))
    if any(item.name == "result" and not item.type and not item.description for item in outputs):
        return "unknown_output"
    inputs = tuple(map(variable_of, used))
    if inputs and not any(item.type or item.description for item in inputs):
        return "undescribed_input"
    specification = Specification(target, inputs, outputs)
    sheet = program_documentation(symbol, returned(documentation, kept, whole), used, source.name, target)
    if (fault := specification_fault(symbol, specification) or row_fault(specification, program.code, sheet)) is not None:
        return fault
    row = _row(source, symbol, kind="implementation", documentation=sheet)
    return replace(row, specification=specification, code=program.code.rstrip("\n"), imports=program.imports, expected=program.expected)


def _target_fault(symbol: Symbol, documentation: Documentation, target: str | None) -> str | None:
    """Return why a target asks for nothing: `unclear_target` or `empty_target`; None where it does."""
    if target is None or text_fault(target):
        return "unclear_target"
    return "empty_target" if says_only_name(symbol, documentation, request_of(symbol, documentation) or "") else None


def make_target(symbol: Symbol, documentation: Documentation, program: Program, package: str) -> str | None:
    """Return one sentence that says what the program does with the symbol; None where the summary is no request.

    The summary says what the symbol is for; where the example opens with a request of its own
    ("Design an analog filter and plot ..."), that follows.
    """
    request = request_of(symbol, documentation)
    if request is None:
        return None
    target = f"{request} with `{symbol.name}` of {package}"
    lead = first_sentence(program.lead).rstrip(".:; ")
    own = is_request(lead) and not _STATES.match(lead) and len(target) + len(lead) <= MAX_TARGET_CHARS and not sentence_fault(lead)
    own = own and not _SETTING_UP.match(lead) and not _ABOUT_PAGE.search(lead) and not says_same(lead, request)
    if own and is_done(lead, program.code) and not is_one_of_several(lead, program.code):
        target += f": {lower_first(lead)}"
    return target + "."


def request_of(symbol: Symbol, documentation: Documentation) -> str | None:
    """Return what the summary of a symbol asks for; None where it asks for nothing, or leans on other text."""
    request = imperative(documentation.summary, "class" if symbol.kind == "class" else "function")
    if request is None:
        return None
    if symbol.kind == "property":
        # It is there, whatever it took to compute it.
        request = re.sub(r"^Compute\b", "Get", request)
    if symbol.owner is not None:
        # What a member says of its object.
        return re.sub(r"\bself\b", "the object", re.sub(r"\b[Tt]his (?=[\w`])", "the ", request))
    return None if _LEANING.search(request) else request


def entries_used(symbol: Symbol, documentation: Documentation, code: str) -> tuple[Entry, ...]:
    """Return the documented parameters that the program gives to the symbol, in the order of the signature."""
    entries = {
        single.name.lstrip("*"): single
        for entry in (*documentation.parameters, *documentation.other_parameters)
        for single in single_entries(entry)
    }
    parameters = symbol.parameters
    if parameters is None:
        # Compiled: what its documentation lists, in this order.
        parameters = tuple(Parameter(name, name, not name.startswith("*")) for name in entries)
    given = _arguments_given(parse_code(code), symbol.short_name, parameters)
    written = {parameter.name: parameter.text for parameter in parameters}
    return tuple(_with_written_type(entries.get(name) or Entry(name, None, None, ""), written.get(name, "")) for name in given)


def _with_written_type(entry: Entry, parameter: str) -> Entry:
    """Give an entry without type the one of the signature, where that is of types that everybody knows."""
    match = _ANNOTATED.match(parameter)
    return replace(entry, type=match["type"]) if match and entry.type is None and entry.shape is None else entry


def _arguments_given(tree: ast.Module, called: str, parameters: Sequence[Parameter]) -> tuple[str, ...]:
    """Return the names of the parameters that calls of the symbol set."""
    placed = [parameter.name for parameter in parameters if parameter.positional]
    rest = next(
        (
            parameter.name
            for parameter in parameters
            if parameter.text.startswith("*") and not parameter.text.startswith("**") and parameter.name != "*"
        ),
        None,
    )
    named = {parameter.name for parameter in parameters}
    given: set[str] = set()
    for node in walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
        if name != called:
            continue
        given.update(placed[: len(node.args)])
        if len(node.args) > len(placed) and rest:
            given.add(rest)
        given.update(keyword.arg for keyword in node.keywords if keyword.arg in named)
    return tuple(parameter.name for parameter in parameters if parameter.name in given)


def documented_outputs(symbol: Symbol, documentation: Documentation) -> tuple[Variable, ...]:
    """Return what the documentation of a symbol says that it gives, an object for a class."""
    if symbol.kind == "class":
        return (Variable("instance", type=symbol.name),)
    return tuple(variable_of(single) for entry in documentation.returns for single in single_entries(entry, respective=True))


def single_entries(entry: Entry, respective: bool = False) -> list[Entry]:
    """Split "b, a : ndarray, ndarray" into one entry for each name.

    Different types are those of each name in turn where they are `respective`, as among returned values; among parameters,
    "start, end : time, str", either may have any of them.
    """
    names = [name.strip(" []") for name in entry.name.strip("()[]").split(",") if name.strip(" []")]
    if len(names) < 2 or not all(re.fullmatch(r"\*{0,2}\w+", name) for name in names):
        return [entry]
    if (entry.type or "").startswith("tuple"):
        # "(cA, cD) : tuple" is about the whole, not about each.
        entry = replace(entry, type=None)
    kinds = [kind.strip() for kind in (entry.type or "").split(",")]
    same = len(kinds) == len(names) and not re.search(r"[\[({]", entry.type or "") and (respective or len(set(kinds)) == 1)
    return [replace(entry, name=name, type=kinds[position] if same else entry.type) for position, name in enumerate(names)]


def variable_of(entry: Entry) -> Variable:
    """Return a documented parameter or return value as an input or output of a specification."""
    description = one_line(entry.description, brief=True)
    return Variable(
        name=entry.name or "result",
        type=entry.type,
        shape=entry.shape,
        unit=entry.unit,
        description=description or None,
    )


def _row(source: PackageSource, symbol: Symbol, *, kind: str, documentation: str) -> CgdRow:
    return CgdRow(
        source=source_ref(source, symbol),
        license=source.license,
        teacher=RULES,
        verdict=NOT_RUN if kind == "implementation" else NO_PROGRAM,
        kind="implementation" if kind == "implementation" else "description",
        symbol=symbol.name,
        package=source.name,
        documentation=documentation,
    )
