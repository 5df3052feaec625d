"""One paper -> rows of the Task Decomposition Dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from gpiot_data.errors import BadPdf
from gpiot_data.papers.modules import TechnicalModule, find_modules
from gpiot_data.papers.sections import Paper, read_paper
from gpiot_data.schema import Kept, Rejected, SourceRef, TddRow, render_tasks
from gpiot_data.sources.papers import Engine, PaperSource
from gpiot_data.store import sha256_text
from gpiot_data.teacher.overlap import overlap_share
from gpiot_data.teacher.protocol import Decomposition, TaskTeacher

#: Read one by one: of 43 pairs of the rules above this, 40 of them of the sample papers, one speaks of something that no step introduces
#: and three are borderline; of six between 0.5 and this, four lack a part of what they plan. The rules were mended on the same papers.
MIN_CONFIDENCE = 0.58
#: A row of which more is word for word the paper's (runs of eight words) is a copy, not a rewording.
MAX_OVERLAP = 0.95

Reader = Callable[[Path, Engine], Paper]


def extract_paper(source: PaperSource, path: Path, teacher: TaskTeacher, read: Reader | None = None) -> Iterator[Kept[TddRow] | Rejected]:
    """Yield the pairs of a paper in reading order; a PDF that cannot be read gives one rejection with its reason.

    `read` is for who reads a paper more than once, by default `read_paper`.
    """
    try:
        paper = (read or read_paper)(path, source.engine)
    except BadPdf as error:
        yield Rejected(error.reason, source.id, source.file, error.detail)
        return
    if paper.hidden_chars:
        yield Rejected("hidden_text", source.id, source.file, f"{paper.hidden_chars} characters that a reader cannot see were left out")
    modules = list(find_modules(paper))
    if not modules:
        yield Rejected("no_modules", source.id, source.file, f"no section of '{paper.title}' describes a system")
    for module in modules:
        yield _pair(source, paper, module, teacher)


def _pair(source: PaperSource, paper: Paper, module: TechnicalModule, teacher: TaskTeacher) -> Kept[TddRow] | Rejected:
    found = teacher.decompose(source.title or paper.title, module)
    if isinstance(found, str):
        return Rejected(found, source.id, f"page {module.page}", module.title)
    least = MIN_CONFIDENCE if source.min_confidence is None else source.min_confidence
    if found.confidence is not None and found.confidence < least:
        return Rejected(found.doubt or "low_confidence", source.id, f"page {module.page}", module.title, score=found.confidence)
    start, end = module.span
    text = paper.text[start:end]
    overlap = round(overlap_share(render_tasks(found.tasks), text), 3)
    if overlap > MAX_OVERLAP:
        return Rejected("copied_text", source.id, f"page {module.page}", module.title, score=overlap)
    place = SourceRef(
        corpus=source.corpus,
        source=source.id,
        version=source.version,
        sha256=source.sha256,
        span=module.span,
        span_sha256=sha256_text(text),
        page=module.page,
        bbox=module.bbox,
    )
    return Kept(
        TddRow(
            problem=found.problem,
            tasks=found.tasks,
            source=place,
            license=source.license,
            teacher=teacher.name,
            passages=_passages(paper, module, found),
            overlap=overlap,
            confidence=found.confidence,
        )
    )


def _passages(paper: Paper, module: TechnicalModule, found: Decomposition) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Return where the words stand that each step rests on; the whole module where they are not found as printed."""
    start, end = module.span

    def place(words: str) -> tuple[int, int]:
        at = paper.text.find(words, start, end)
        return module.span if at < 0 else (at, at + len(words))

    return tuple(tuple(place(words) for words in task) for task in found.evidence)
