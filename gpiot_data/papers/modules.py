"""Technical modules: the sections that describe the proposed system, each with its parts.

A paper's whole system is too long and too complex for one problem (paper section 4.1); its modules are
the right size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from gpiot_data.papers.acronyms import expansions_of
from gpiot_data.papers.blocks import Block
from gpiot_data.papers.sections import Paper, Section

#: Top sections that do not describe how the proposed system works.
_NOT_SYSTEM = re.compile(
    r"introduction|related|background|motivation|prelim|primer|evaluation|experiment|result|conclu|discuss|limitation|future|acknowledg|reference|"
    r"appendix|abstract|keyword|ccs|general terms|classification|security|privacy|ethic|deployment|cost|summary|analysis|threat|lessons|"
    r"closing|scope|outlook|budget|benchmark|availability|study|survey|measurement|what this|honest|challenge|countermeasure|overview|"
    r"data collection|biograph|supporting|contributions|statement of need|^methods$",
    re.IGNORECASE,
)
#: Subsections inside a system section that frame the work instead of doing it; a title that is a statement argues for something.
_NOT_MODULE = re.compile(
    r"overview|background|motivation|challenge|why |what is|requirement|assumption|problem|goal|design space|lessons|limitation|takeaway|"
    r"participant|metrics$|versus|glance|profiling|review of|concept of|properties|characteristics|theory|definition|feasibility|"
    r"case study|related work|evaluation|\?$|\b(?:is|are|has|have|can|should)\s",
    re.IGNORECASE,
)
#: A top section of such a name describes the system; under others the text itself must tell of building something.
_SYSTEM = re.compile(
    r"design|implement|methodology|system|architect|algorithm|approach|framework|pipeline|prototype|hardware|software|protocol",
    re.IGNORECASE,
)
_BUILDING = re.compile(
    r"\b(?:we (?:\w+ )?(?:use|compute|apply|design|develop|employ|adopt|extract|define|propose|estimate|select|build|implement|train|feed|"
    r"convert|transform|normali[sz]e|combine|set|add|store|send|divide|calculate|filter|generate|choose)|"
    r"(?:is|are) (?:\w+ )?(?:computed|calculated|sent|used to|converted|applied|extracted|sampled|stored|connected|powered|fed)|"
    r"consists? of|inputs?|outputs?|algorithm|module|step|sensor|signal)\b",
    re.IGNORECASE,
)
_CITATION = re.compile(r"\[\d")
#: Fewer tellings of building per 100 words: 0.00 in sections on other people's networks, 0.15 and more where a system is described.
MIN_BUILDING_PER_100 = 0.1
#: More citations per 100 words are a survey, whatever the title says; sections on systems have up to 1.5.
MAX_CITATIONS_PER_100 = 2.0
#: Shorter sections may hold many citations by chance.
MIN_SURVEY_WORDS = 150
MIN_MODULE_WORDS = 60


@dataclass(frozen=True, slots=True)
class Part:
    """A run of paragraphs under one run-in head, or without one (`head` is then empty)."""

    head: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TechnicalModule:
    """One module of a proposed system.

    `span` is [start, end) in `Paper.text`; `page` counts from 1 and `bbox` is that of the module's first
    paragraph, in whole points. `named` tells that its top section names the system's design. `acronyms`
    are what those of the whole paper stand for.
    """

    title: str
    opening: tuple[str, ...]
    parts: tuple[Part, ...]
    span: tuple[int, int]
    page: int
    bbox: tuple[int, int, int, int]
    named: bool = True
    acronyms: Mapping[str, str] = field(default_factory=dict)


def find_modules(paper: Paper) -> Iterator[TechnicalModule]:
    """Yield the technical modules of a paper in reading order.

    A system section with subsections gives one module for each deepest subsection; without any it is
    a module itself, unless it only gives an overview.
    """
    numbered = any(section.number for section in paper.sections)
    acronyms = expansions_of(paper.text)
    top: Section | None = None
    for index, section in enumerate(paper.sections):
        if section.level == 0:
            continue
        if section.level == 1:
            top = section
        if top is None or _NOT_SYSTEM.search(top.title) or _NOT_MODULE.search(section.title) or (numbered and not section.number):
            continue
        below = paper.sections[index + 1] if index + 1 < len(paper.sections) else None
        if below is not None and below.level > section.level:
            continue
        named = _SYSTEM.search(top.title) is not None
        module = _module(section, named=named)
        if module is not None and _builds(section, named=named):
            yield replace(module, acronyms=acronyms)


def _builds(section: Section, *, named: bool) -> bool:
    """Tell a section that says how something is made from one that surveys or argues; `named`: its top section is one on the system."""
    text = " ".join(block.text for block in section.blocks if block.kind == "paragraph")
    words = len(text.split())
    if words >= MIN_SURVEY_WORDS and len(_CITATION.findall(text)) > MAX_CITATIONS_PER_100 * words / 100:
        return False
    # Parts with names of their own are steps or components.
    parts = sum(1 for block in section.blocks if block.run_in)
    return named or parts > 1 or len(_BUILDING.findall(text)) >= MIN_BUILDING_PER_100 * words / 100


def _module(section: Section, *, named: bool) -> TechnicalModule | None:
    chosen = [(block, span) for block, span in zip(section.blocks, section.spans, strict=True) if block.kind == "paragraph"]
    if sum(len(block.text.split()) for block, _ in chosen) < MIN_MODULE_WORDS:
        return None
    opening: list[str] = []
    parts: list[tuple[str, list[str]]] = []
    for block, _ in chosen:
        head, body = _split_run_in(block)
        if head:
            parts.append((head, [body] if body else []))
        elif parts:
            parts[-1][1].append(body)
        else:
            opening.append(body)
    first = chosen[0][0]
    left, upper, right, lower = (round(value) for value in first.bbox)
    return TechnicalModule(
        title=re.sub(r"\s+", " ", section.title).strip(" .:"),
        opening=tuple(opening),
        parts=tuple(Part(head, tuple(body)) for head, body in parts),
        span=(chosen[0][1][0], chosen[-1][1][1]),
        page=first.page + 1,
        bbox=(left, upper, right, lower),
        named=named,
    )


def _split_run_in(block: Block) -> tuple[str, str]:
    """Return (head without number and final mark, rest of the paragraph)."""
    if not block.run_in:
        return "", block.text
    head = re.sub(r"^(\d+(\.\d+)+|\(?[ivx\d]+\)|\u2022)\s*", "", block.run_in).strip(" .:")
    return head, block.text[len(block.run_in) :].strip(" .:")
