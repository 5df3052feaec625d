"""Papers that lie elsewhere -> verified files in the cache; a download that broke off goes on where it stopped."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path, PurePosixPath

from gpiot_data.errors import BadSource, InputError
from gpiot_data.sources.packages import TransientError, try_again
from gpiot_data.sources.papers import PaperSource
from gpiot_data.sources.papers_metadata import pdf_address
from gpiot_data.sources.papers_web import PoliteWeb, Services, Web
from gpiot_data.store import held_in_turn, sha256_file

PART_SUFFIX = ".part"
#: As the limit of a PDF that is read.
MAX_PAPER_BYTES = 200 << 20


def fetch_paper(
    source: PaperSource, web: Web | None = None, services: Services | None = None, sleep: Callable[[float], None] = time.sleep
) -> Path:
    """Return the verified PDF of a source with an origin, from the cache, a folder in `GPIOT_PAPERS`, or else its origin.

    Raises:
        BadSource: if its origin does not have it, or its content has another sha256 than the corpus pins.
        RemoteError: if the origin did not answer after three tries.
        InputError: if the cache cannot be written to.
    """
    path = source.path
    if _is_verified(path, source.sha256):
        return path
    kept = _kept_by_the_user(source)
    if kept is not None:
        return kept
    visited = web or shared_web()
    known = services or Services.configured()
    with held_in_turn(path.parent):
        if not _is_verified(path, source.sha256):
            part = path.with_name(path.name + PART_SUFFIX)
            try_again(source.label, lambda: _download_pinned(source, part, visited, known), sleep)
            os.replace(part, path)
    return path


@cache
def shared_web() -> PoliteWeb:
    """Return the web of this process: pauses hold from one paper to the next."""
    return PoliteWeb()


def _kept_by_the_user(source: PaperSource) -> Path | None:
    """Return the pinned file where one of the folders of `GPIOT_PAPERS` has it, under the id or its name at the origin."""
    names = (f"{source.id}.pdf", PurePosixPath(source.origin).name)
    folders = [Path(folder) for folder in os.environ.get("GPIOT_PAPERS", "").split(os.pathsep) if folder]
    return next((folder / name for folder in folders for name in names if _is_verified(folder / name, source.sha256)), None)


def _is_verified(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_file(path) == sha256


def _download_pinned(source: PaperSource, part: Path, web: Web, services: Services) -> None:
    begun = download_pdf(pdf_address(source.origin, web, services), part, source.label, web)
    found = sha256_file(part)
    if found != source.sha256:
        part.unlink()
        if begun:
            raise TransientError("what was left of an earlier download does not fit")
        raise BadSource(f"{source.label}: {source.origin} has sha256 {found}, but the corpus {source.corpus} pins {source.sha256}")


def download_pdf(url: str, part: Path, label: str, web: Web) -> int:
    """Copy a PDF to `part`, going on behind what is there; return the byte at which it went on.

    Raises:
        BadSource: if the host does not have it, or it is no PDF or too large.
        TransientError: if the host did not answer as it should, or broke off.
        InputError: if the file cannot be written.
    """
    try:
        begun = part.stat().st_size if part.is_file() else 0
        with web.open(url, begun) as content, part.open("ab") as stream:
            done = content.start
            stream.truncate(done)
            for piece in content.pieces:
                done += len(piece)
                if done > MAX_PAPER_BYTES:
                    raise BadSource(f"{label}: {url} is larger than {MAX_PAPER_BYTES >> 20} MiB")
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        if content.size is not None and done < content.size:
            raise TransientError(f"{url} broke off")
    except OSError as error:
        raise InputError(f"{part}: cannot be written ({error.strerror or error}); set GPIOT_CACHE to a folder that can") from error
    with part.open("rb") as stream:
        if b"%PDF-" not in stream.read(1024):
            part.unlink()
            raise BadSource(f"{label}: {url} gave something that is no PDF")
    return content.start
