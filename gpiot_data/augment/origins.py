"""Programs that ran -> drafts of their variants, package by package, with what the package documents of their symbols."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gpiot_data.augment.drafts import Draft, Subject, make_draft
from gpiot_data.augment.programs.receivers import asks_other_class
from gpiot_data.augment.programs.variants import Origin, Variant, make_variants
from gpiot_data.packages.archive import read_source
from gpiot_data.packages.docstrings import Documentation, drop_keyword_lists, parse_docstring
from gpiot_data.packages.pairs import single_entries
from gpiot_data.packages.symbols import Symbol, index_symbols
from gpiot_data.quality.skeletons import code_skeleton
from gpiot_data.schema import Expected
from gpiot_data.sources.packages import PackageSource

#: Operation and reason of what was not made.
Refusal = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A program of a row that ran to its end; `observed` maps a name to its type, shape and dtype at the end."""

    id: str
    kind: Literal["implementation", "example"]
    symbol: str
    target: str
    code: str
    expected: tuple[Expected, ...]
    observed: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Batch:
    """The programs of one package, and how many variants each may have; `path` is the verified artefact."""

    source: PackageSource
    path: Path
    programs: tuple[Ran, ...]
    at_most: int


@dataclass(frozen=True, slots=True)
class Drafted:
    """What was made of the program `id`, and what not."""

    id: str
    drafts: tuple[Draft, ...]
    refused: tuple[Refusal, ...]


def draft_batch(batch: Batch) -> list[Drafted]:
    """Return the drafts of each program, in the order of the programs.

    The symbols are read from the artefact again, as the rows hold what people and models read and not what documents say by entries.
    """
    symbols = {symbol.name: symbol for symbol in index_symbols(read_source(batch.source, batch.path).files).symbols}
    return [_draft(batch, program, symbols) for program in batch.programs]


def _draft(batch: Batch, program: Ran, symbols: Mapping[str, Symbol]) -> Drafted:
    symbol = symbols.get(program.symbol)
    if symbol is None:
        return Drafted(program.id, (), (("origin", "no_symbol"),))
    try:
        documentation = parse_docstring(drop_keyword_lists(symbol.docstring or ""))
    except ValueError:
        documentation = Documentation("")
    parameters = _positional(symbol, documentation)
    origin = Origin(
        id=program.id,
        code=program.code,
        symbol=symbol.name,
        package=batch.source.name,
        documentation=documentation,
        expected=program.expected,
        parameters=parameters,
        observed=program.observed,
        tags=batch.source.tags_of(symbol.name),
        is_class=symbol.kind == "class",
        request=program.target.rstrip(".") if program.kind == "example" else "",
    )
    made = make_variants(origin, code_skeleton, batch.at_most)
    subject = Subject(symbol, documentation, parameters, batch.source.name)
    other = [variant for variant in made.variants if asks_other_class(symbol, variant.code, _seen_in(variant, program), symbols)]
    refused = (*made.refused, *((variant.operation, "other_receiver") for variant in other))
    return Drafted(program.id, tuple(make_draft(variant, subject) for variant in made.variants if variant not in other), refused)


def _seen_in(variant: Variant, program: Ran) -> dict[str, Mapping[str, Any]]:
    """Return what the run of a program saw by the names that a variant has for it."""
    return {variant.renamed.get(name, name): facts for name, facts in program.observed.items()}


def _positional(symbol: Symbol, documentation: Documentation) -> tuple[str, ...]:
    """Return the names of the parameters that a call may give by place; of a compiled symbol those that it documents."""
    if symbol.parameters is not None:
        return tuple(parameter.name for parameter in symbol.parameters if parameter.positional)
    # "x1, x2" is two of them.
    return tuple(single.name for entry in documentation.parameters for single in single_entries(entry) if single.name.isidentifier())
