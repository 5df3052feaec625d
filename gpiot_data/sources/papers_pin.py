"""Adding papers to a corpus file by arXiv id or DOI: their licence, title and sha256 are found, and written down."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gpiot_data.errors import BadManifest, BadSource, UsageError
from gpiot_data.manifest import read_yaml
from gpiot_data.sources.packages import try_again
from gpiot_data.sources.papers import PaperCorpus, PaperSource
from gpiot_data.sources.papers_fetch import PART_SUFFIX, download_pdf
from gpiot_data.sources.papers_metadata import OPEN_LICENCES, PaperRecord, look_up
from gpiot_data.sources.papers_web import Services, Web
from gpiot_data.store import cache_dir, held_in_turn, sha256_file, write_atomic

_WANTED = re.compile(r"arxiv:(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?|doi:10\.\d{4,9}/\S+", re.IGNORECASE)


def pin_paper(path: Path, wanted: str, licence: str | None, web: Web, services: Services, say: Callable[[str], None]) -> PaperSource:
    """Add a paper to a corpus file, which is made where there is none, and return it; what the corpus has already stays as it is.

    Args:
        path: the corpus file.
        wanted: `arxiv:ID` or `doi:DOI`.
        licence: the SPDX id under which a person knows the paper to be, where the metadata do not tell or are not open.
        web: where it is asked.
        services: the addresses of arXiv and Crossref.
        say: told what was found.

    Raises:
        UsageError: if `wanted` or the licence is of no known form.
        BadManifest: if the corpus does not follow its schema, or cannot take the entry.
        BadSource: if there is no such paper, its licence is not open, or its file is no PDF.
        RemoteError: if a service did not answer after three tries.
    """
    if not _WANTED.fullmatch(wanted):
        raise UsageError(f"--pin {wanted}: papers are pinned as arxiv:2503.00686 or doi:10.1000/182")
    if licence is not None and not re.fullmatch(r"[A-Za-z0-9.+-]+", licence):
        raise UsageError(f"--license {licence}: expected an SPDX id such as CC-BY-4.0")
    record = try_again(wanted, lambda: look_up(wanted, web, services))
    chosen = licence or _open_licence(record)
    known = PaperCorpus.load(path).sources if path.is_file() else ()
    same = next((source for source in known if source.origin == record.origin), None)
    if same is not None:
        say(f"  {same.label}: is in {path.name} already")
        return same
    source = _fetch(record, chosen, web)
    _append(path, source)
    say(f"  {source.label}: {chosen}, pinned")
    return source


def _open_licence(record: PaperRecord) -> str:
    if OPEN_LICENCES.fullmatch(record.licence):
        return record.licence
    said = f"is under {record.licence}" if record.licence else "names no licence of Creative Commons"
    raise BadSource(
        f"{record.origin}: its metadata {said}, so rows made of it could not be given on; name the licence with --license where you have it"
    )


def _fetch(record: PaperRecord, licence: str, web: Web) -> PaperSource:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", record.origin)
    part = cache_dir() / "sources" / "pinning" / (name + PART_SUFFIX)
    with held_in_turn(part.parent):
        try_again(record.origin, lambda: download_pdf(record.pdf, part, record.origin, web))
        source = PaperSource(
            id=name, file=f"{name}.pdf", sha256=sha256_file(part), license=licence, origin=record.origin, title=record.title
        )
        source.path.parent.mkdir(parents=True, exist_ok=True)
        part.replace(source.path)
    return source


def _append(path: Path, source: PaperSource) -> None:
    """Write the entry behind the others, keeping what a person wrote, and read the file again as it will be read.

    Raises:
        BadManifest: if the corpus reads otherwise than it should then.
    """
    head = f"schema: gpiot.corpus/1\nname: {path.stem}\nkind: papers\nsources:\n"
    text = path.read_text(encoding="utf-8") if path.is_file() else head
    before = read_yaml(path).get("sources", []) if path.is_file() else []
    entry = [f"  - id: {source.id}", f"    origin: {source.origin}", f"    sha256: {source.sha256}", f"    license: {source.license}"]
    entry += [f"    title: {_quoted(source.title)}"] if source.title else []
    trial = path.with_name(f".{path.name}.pinning")
    write_atomic(trial, text + ("" if text.endswith("\n") else "\n") + "\n".join(entry) + "\n")
    try:
        added = PaperCorpus.load(trial)
        if read_yaml(trial)["sources"][:-1] != before or replace(added.sources[-1], corpus="", folder="") != source:
            raise BadManifest(f"{path}: cannot take an entry at its end; let 'sources' be the last key, its entries two spaces in")
        trial.replace(path)
    finally:
        trial.unlink(missing_ok=True)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
