"""Package corpora: which artefacts are pinned, and how one is fetched into the cache and verified.

An artefact is downloaded and hashed, nothing more: no build, no unpacking to disk, no import.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol, TypeVar, get_args

from gpiot_data import manifest
from gpiot_data.errors import BadManifest, BadSource, InputError, RemoteError
from gpiot_data.store import cache_dir, held_in_turn, sha256_file

logger = logging.getLogger(__name__)

#: What archive.py can read.
SUFFIXES = (".tar.gz", ".tgz", ".zip", ".whl")
#: The largest artefact of the survey has 92 MB (neurokit2 0.2.13); nothing useful is near this.
MAX_ARTEFACT_BYTES = 512 << 20
TRIES = 3
#: What a download is called until it is complete.
PART_SUFFIX = ".part"

T = TypeVar("T")

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]*")
_FOLDER = re.compile(r"[A-Za-z0-9_][\w .+-]*(/[A-Za-z0-9_][\w .+-]*)*")

#: What a package is for; `general` marks the general-purpose ones, which no set may call its own subject.
Tag = Literal["signal", "ml", "io", "plot", "device", "network", "general"]
TAGS = get_args(Tag)


@dataclass(frozen=True, slots=True)
class PackageSource:
    """One pinned artefact of a package corpus.

    `license` is an SPDX expression, and `evidence` tells in a sentence how it was resolved. `modules` are the dotted names to read,
    each with what lies below it, by default all that the artefact offers; `skip` are those to leave out. `documents` are the folders
    or files with galleries, by default found by layout. `module_tags` stand for `tags` in a module and what lies below it.
    `corpus` is filled in by the corpus that lists the source.
    """

    name: str
    version: str
    file: str
    sha256: str
    license: str
    modules: tuple[str, ...] = ()
    corpus: str = ""
    tags: tuple[str, ...] = ()
    module_tags: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    evidence: str = ""
    skip: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

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
        for key, modules in (("modules", self.modules), ("skip", self.skip), ("module_tags", tuple(self.module_tags))):
            for module in modules:
                if not _MODULE.fullmatch(module):
                    raise BadManifest(f"{key}: expected dotted module names, got '{module}'")
        for folder in self.documents:
            if not _FOLDER.fullmatch(folder):
                raise BadManifest(f"documents: expected paths below the archive's root folder such as doc/examples, got '{folder}'")
        for tag in (*self.tags, *(tag for tags in self.module_tags.values() for tag in tags)):
            if tag not in TAGS:
                raise BadManifest(f"tags: expected some of {', '.join(TAGS)}, got '{tag}'")

    def tags_of(self, name: str) -> tuple[str, ...]:
        """Return the tags of a dotted name: those of the nearest module in `module_tags` that holds it, else those of the package."""
        parts = name.split(".")
        for length in range(len(parts), 0, -1):
            if (found := self.module_tags.get(".".join(parts[:length]))) is not None:
                return found
        return self.tags

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


@dataclass(frozen=True, slots=True)
class Content:
    """What an index gives of a file: from which byte on, how many bytes the whole has, if known, and the bytes in pieces."""

    start: int
    size: int | None
    pieces: Iterator[bytes]


class PackageIndex(Protocol):
    """Where artefacts come from; `gpiot_data.sources.pip_index.PipIndex` in production."""

    def open(self, name: str, file: str, sha256: str, start: int = 0) -> contextlib.AbstractContextManager[Content]:
        """Give the content of `file` from the byte `start` on, or all of it where the place cannot do that.

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

    A second process that wants the same artefact waits for the first. A download that broke off goes on where it stopped if the
    index takes Range requests, and starts again otherwise.

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
        place = index
        try_again(source.label, lambda: _download(source, path, place), sleep)
        return path


def try_again(label: str, action: Callable[[], T], sleep: Callable[[float], None] = time.sleep) -> T:
    """Do what asks an index, and do it again when the index is in trouble.

    Raises:
        RemoteError: if it was in trouble three times.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return action()
        except TransientError as error:
            if attempt == TRIES:
                raise RemoteError(f"{label}: cannot be fetched ({error}) after {TRIES} tries; try again later") from error
            logger.info("%s: %s; trying again", label, error)
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
    """Copy the artefact to a file beside its place, verify it, and give it its name; a broken-off copy stays for the next try."""
    part = path.with_name(path.name + PART_SUFFIX)
    try:
        begun = part.stat().st_size if part.is_file() else 0
        with index.open(source.name, source.file, source.sha256, begun) as content, part.open("ab") as stream:
            if begun:
                logger.info("%s: %s", source.label, f"goes on at byte {begun}" if content.start else "starts again")
            stream.truncate(content.start)
            _copy(source, content, stream.write)
            stream.flush()
            os.fsync(stream.fileno())
        found = sha256_file(part)
        if found != source.sha256:
            part.unlink()
            if content.start:
                raise TransientError("what was left of an earlier download does not fit")
            raise BadSource(f"{source.label}: {source.file} has sha256 {found}, but the corpus pins {source.sha256}")
        os.chmod(part, 0o644)
        os.replace(part, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error}); set GPIOT_CACHE to a folder that can") from error


def _copy(source: PackageSource, content: Content, write: Callable[[bytes], object]) -> None:
    from tqdm import tqdm

    done = content.start
    # None: tqdm shows the bar only where stderr is a terminal.
    hidden = True if os.environ.get("HF_HUB_DISABLE_PROGRESS_BARS") == "1" else None
    with tqdm(total=content.size, initial=done, unit="B", unit_scale=True, desc=source.file, disable=hidden) as bar:
        for piece in content.pieces:
            done += len(piece)
            if done > MAX_ARTEFACT_BYTES:
                raise BadSource(f"{source.label}: {source.file} is larger than {MAX_ARTEFACT_BYTES >> 20} MiB")
            write(piece)
            bar.update(len(piece))
