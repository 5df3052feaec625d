"""An artefact as the extractor sees it: the sources of its modules and its documents, read in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gpiot_data.sources.layout import (
    DocumentKind,
    ModuleKind,
    ModulePlace,
    document_kind,
    document_reason,
    is_below,
    is_document,
    module_place,
    top_level_modules,
)
from gpiot_data.sources.members import Limits, Member, read_members
from gpiot_data.sources.packages import PackageSource
from gpiot_data.store import sha256_bytes


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A Python file, its stub or a Cython file: its path inside the archive, its dotted module name, its bytes; None where too large."""

    path: str
    module: str
    is_package: bool
    data: bytes | None
    kind: ModuleKind = "py"


@dataclass(frozen=True, slots=True)
class Document:
    """An example script, notebook or page of documentation: its path inside the archive, what it is, and its bytes."""

    path: str
    kind: DocumentKind
    data: bytes


@dataclass(frozen=True, slots=True)
class Archive:
    """What was read of an artefact, and what was left out.

    `files` are sorted by module and kind, `documents` and `skipped` by path. `skipped` holds (path, reason): `tests`, `example`,
    `beside_the_package`, `left_out` (by the corpus) or `shadowed` for modules, and `tests`, `generated`, `copy`, `doc_tooling`,
    `project_page` or `too_large` for documents. A module's file that is too large is in `files`, without its bytes.
    """

    files: tuple[SourceFile, ...]
    documents: tuple[Document, ...]
    skipped: tuple[tuple[str, str], ...]


def read_source(source: PackageSource, path: Path, *, documents: bool = False) -> Archive:
    """Read what a corpus wants of an artefact; see `read_archive`."""
    return read_archive(path, source.modules, skip=source.skip, documents=documents, folders=source.documents)


def read_archive(
    path: Path,
    modules: Sequence[str] = (),
    *,
    skip: Sequence[str] = (),
    documents: bool = False,
    folders: Sequence[str] = (),
    limits: Limits | None = None,
) -> Archive:
    """Read the sources of modules, and on request the documents, decompressing the archive once.

    Args:
        path: an sdist or wheel.
        modules: dotted names, each read with what lies below it; by default all that the archive offers.
        skip: dotted names to leave out, each with what lies below it.
        documents: whether to read galleries and pages too.
        folders: paths below the root folder that hold the documents, by default found by the usual layouts.
        limits: how much the archive may hold.

    Raises:
        BadSource: if the archive is damaged, breaks a limit, or has a member name that leaves it.
    """
    sorter = _Sorter(tuple(modules), tuple(skip), documents, tuple(folders), limits or Limits())
    members = list(read_members(path, sorter.wanted, sorter.limits))
    tops = tuple(modules) or top_level_modules(sorter.inners)
    files, shadowed = _pick_files(members, sorter.places, tops)
    papers, unfit = _pick_documents(member for member in members if member.path not in sorter.places)
    left_out = [(name, reason) for name, module, reason in sorter.left_out if not module or is_below(module, tops)]
    return Archive(files, papers, tuple(sorted({*shadowed, *unfit, *left_out})))


class _Sorter:
    """Decides member by member what to read; `left_out` holds (path, module or '', reason)."""

    def __init__(self, modules: tuple[str, ...], skip: tuple[str, ...], documents: bool, folders: tuple[str, ...], limits: Limits) -> None:
        self.modules, self.skip, self.documents, self.folders, self.limits = modules, skip, documents, folders, limits
        self.inners: list[str] = []
        self.places: dict[str, ModulePlace] = {}
        self.left_out: list[tuple[str, str, str]] = []

    def wanted(self, path: str, inner: str) -> int | None:
        """Return how large a file may be that belongs to the modules or the documents, else None."""
        place = module_place(inner, self.modules)
        if place is not None:
            self.inners.append(inner)
            reason = place.reason or ("left_out" if is_below(place.module, self.skip) else "")
            if not reason:
                self.places[path] = place
                return self.limits.max_file_bytes
            if place.kind == "pyi":
                # The module beside it is what was left out.
                return None
        if self.documents and (kind := document_kind(inner)) and is_document(inner, self.folders):
            if not (why := document_reason(inner)):
                return self.limits.max_notebook_bytes if kind == "notebook" else self.limits.max_file_bytes
            self.left_out.append((path, "", why))
        elif place is not None:
            self.left_out.append((path, place.module, reason))
        return None


Skipped = list[tuple[str, str]]


def _pick_files(members: Iterable[Member], places: dict[str, ModulePlace], tops: tuple[str, ...]) -> tuple[tuple[SourceFile, ...], Skipped]:
    """Return the files of the wanted modules, one for each module and kind, and the paths of those that another file hides."""
    found: dict[tuple[str, str], SourceFile] = {}
    shadowed: Skipped = []
    for member in members:
        place = places.get(member.path)
        if place is None or not is_below(place.module, tops):
            continue
        file = SourceFile(member.path, place.module, place.is_package, member.data, place.kind)
        key = (file.module, file.kind)
        rival = found.get(key)
        # `name.py` beside `name/__init__.py`, or a member given twice: Python imports the package.
        if rival is None or (file.is_package and not rival.is_package):
            found[key] = file
        loser = rival if found[key] is file else file
        if loser is not None:
            shadowed.append((loser.path, "shadowed"))
    return tuple(found[key] for key in sorted(found)), shadowed


def _pick_documents(members: Iterable[Member]) -> tuple[tuple[Document, ...], Skipped]:
    """Return the documents by path, each content once, and the paths of those that are copies or too large."""
    first: dict[str, Member] = {}
    for member in members:
        first.setdefault(member.path, member)
    documents: dict[str, Document] = {}
    unfit: Skipped = []
    for member in sorted(first.values(), key=lambda member: member.path):
        kind = document_kind(member.inner)
        if member.data is None or kind is None:
            unfit.append((member.path, "too_large"))
        elif (digest := sha256_bytes(member.data)) in documents:
            unfit.append((member.path, "copy"))
        else:
            documents[digest] = Document(member.path, kind, member.data)
    return tuple(documents.values()), unfit
