"""Reading chosen members of an sdist or wheel, in memory and under limits, in one pass.

Nothing is unpacked to disk, so links and strange modes have no effect; what could hurt is size, and
names that try to leave the archive, which are refused as the mark of a hostile file.
"""

from __future__ import annotations

import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from gzip import GzipFile
from pathlib import Path, PurePosixPath

from gpiot_data.errors import BadSource

#: Given a path inside the archive and the same below its root folder, how many bytes the file may have; None if it is not wanted.
Wanted = Callable[[str, str], int | None]

#: What lies between two tar members: headers with long names. tarfile holds them in memory, so a longer one is an attack.
_MAX_HEADER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold; scipy 1.17.1 needs 5,068 members, 113 MB and a ratio of 4.

    Notebooks carry their pictures: the largest of the survey that a person wrote has 2.2 MB (control 0.10.2).
    """

    max_members: int = 20_000
    max_file_bytes: int = 1 << 20
    max_notebook_bytes: int = 4 << 20
    max_read_bytes: int = 200 << 20
    max_archive_bytes: int = 1 << 30
    max_ratio: int = 100


@dataclass(frozen=True, slots=True)
class Member:
    """A file: its path inside the archive, the same below the archive's root folder, and its bytes; None where it is too large."""

    path: str
    inner: str
    data: bytes | None


def read_members(archive: Path, wanted: Wanted, limits: Limits) -> Iterator[Member]:
    """Yield the regular files of an archive that are wanted, in the order of the archive.

    Args:
        archive: a `.tar.gz`, `.tgz`, `.zip` or `.whl` file.
        wanted: which files, and how large they may be.
        limits: what the archive as a whole may hold.

    Raises:
        BadSource: if the archive is damaged, breaks a limit, or has a member name that leaves it.
    """
    walk = _walk_zip if archive.suffix in (".zip", ".whl") else _walk_tar
    budget = limits.max_read_bytes
    try:
        for member in walk(archive, wanted, limits):
            budget -= len(member.data or b"")
            if budget < 0:
                raise BadSource(f"{archive.name}: the wanted files are larger than {limits.max_read_bytes >> 20} MiB")
            yield member
    except OSError as error:
        # BadGzipFile is an OSError without errno.
        raise BadSource(f"{archive}: cannot be read ({error.strerror or error})") from error
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError) as error:
        raise BadSource(f"{archive.name}: is damaged or no archive ({error}); delete it from the cache and fetch it again") from error


def _check_name(archive: Path, name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise BadSource(f"{archive.name}: has a member whose name leaves the archive ({name[:80]!r})")


def _check_count(archive: Path, count: int, limits: Limits) -> None:
    if count > limits.max_members:
        raise BadSource(f"{archive.name}: has more than {limits.max_members} members")


class _Metered:
    """A decompressed stream that stops at a number of bytes, so that a bomb costs bounded time and memory."""

    def __init__(self, stream: GzipFile, archive: Path, limits: Limits) -> None:
        self._stream = stream
        self._archive = archive
        # The small constant lets tiny archives of padded tar blocks through.
        self._left = min(limits.max_archive_bytes, archive.stat().st_size * limits.max_ratio + (1 << 20))
        self._position = 0
        self._header_end = _MAX_HEADER_BYTES

    def expect_data_until(self, end: int) -> None:
        """Allow reading up to the byte `end` and the headers of one more member."""
        self._header_end = end + _MAX_HEADER_BYTES

    def read(self, size: int) -> bytes:
        data = self._stream.read(min(size, self._left + 1))
        self._left -= len(data)
        self._position += len(data)
        if self._left < 0:
            raise BadSource(f"{self._archive.name}: expands to far more than its size, as no package does")
        if self._position > self._header_end:
            raise BadSource(f"{self._archive.name}: has a header of more than {_MAX_HEADER_BYTES >> 20} MiB, as no package does")
        return data

    def read_to_end(self) -> None:
        """Read what follows the last member: the gzip checksum is there, and a truncated file is found out."""
        self._header_end = self._position + self._left + 1
        while self.read(1 << 16):
            pass


def _walk_tar(archive: Path, wanted: Wanted, limits: Limits) -> Iterator[Member]:
    with GzipFile(archive) as stream:
        metered = _Metered(stream, archive, limits)
        with tarfile.open(fileobj=metered, mode="r|") as tar:  # type: ignore[call-overload]
            count = 0
            while (member := tar.next()) is not None:
                count += 1
                _check_count(archive, count, limits)
                _check_name(archive, member.name)
                metered.expect_data_until(member.offset_data + member.size)
                # tarfile keeps every header it has seen, also those of a hostile size.
                tar.members.clear()
                if not member.isreg() or member.issparse():
                    continue
                # A name that is not NFC could pass for another one.
                name = unicodedata.normalize("NFC", member.name)
                inner = name.partition("/")[2]
                most = wanted(name, inner)
                if most is None:
                    continue
                yield Member(name, inner, _tar_content(archive, tar, member) if member.size <= most else None)
        metered.read_to_end()


def _tar_content(archive: Path, tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    content = tar.extractfile(member)
    data = content.read() if content is not None else b""
    if len(data) != member.size:
        raise BadSource(f"{archive.name}: is cut short inside {member.name}")
    return data


def _walk_zip(archive: Path, wanted: Wanted, limits: Limits) -> Iterator[Member]:
    has_root = archive.suffix != ".whl"
    with zipfile.ZipFile(archive) as bundle:
        members = bundle.infolist()
        _check_count(archive, len(members), limits)
        for member in members:
            _check_name(archive, member.filename)
            name = unicodedata.normalize("NFC", member.filename)
            inner = name.partition("/")[2] if has_root else name
            is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
            if member.is_dir() or is_link or (most := wanted(name, inner)) is None:
                continue
            if member.file_size > limits.max_ratio * max(member.compress_size, 1 << 10):
                raise BadSource(f"{archive.name}: {name} expands to far more than its size, as no source file does")
            if member.file_size > most:
                yield Member(name, inner, None)
                continue
            with bundle.open(member) as stream:
                # The size in the directory may be a lie.
                data = stream.read(most + 1)
            yield Member(name, inner, data if len(data) <= most else None)
