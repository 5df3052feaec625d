"""One paper -> rows of the Task Decomposition Dataset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gpiot_data.errors import BadPdf
from gpiot_data.papers.modules import TechnicalModule, find_modules
from gpiot_data.papers.sections import Paper, read_paper
from gpiot_data.schema import Kept, Rejected, SourceRef, TddRow
from gpiot_data.sources.papers import PaperSource
from gpiot_data.store import sha256_text
from gpiot_data.teacher.protocol import TaskTeacher


def extract_paper(source: PaperSource, path: Path, teacher: TaskTeacher) -> Iterator[Kept[TddRow] | Rejected]:
    """Yield the pairs of a paper in reading order; a PDF that cannot be read gives one rejection with its reason."""
    try:
        paper = read_paper(path, source.engine)
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
    start, end = module.span
    place = SourceRef(
        corpus=source.corpus,
        source=source.id,
        version=source.version,
        sha256=source.sha256,
        span=module.span,
        span_sha256=sha256_text(paper.text[start:end]),
        page=module.page,
        bbox=module.bbox,
    )
    return Kept(TddRow(problem=found.problem, tasks=found.tasks, source=place, license=source.license, teacher=teacher.name))
