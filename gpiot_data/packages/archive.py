"""Reading the Python files of wanted modules out of an sdist or wheel, in memory and under limits.

Nothing is unpacked to disk, so links and strange modes have no effect; what could hurt is size, and
names that try to leave the archive, which are refused as the mark of a hostile file.
"""

from __future__ import annotations

import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from gzip import GzipFile
from pathlib import Path, PurePosixPath

from gpiot_data.errors import BadSource

#: Folders between an archive's root and its packages in the usual source layouts.
_LAYOUTS = ("src", "lib", "python")
#: Code that is not part of what a package offers.
_SKIPPED = frozenset({"tests", "test", "conftest.py", "setup.py", "_build", "examples", "benchmarks"})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold; scipy 1.17.1 needs 5,068 members, 113 MB and a ratio of 4."""

    max_members: int = 20_000
    max_file_bytes: int = 1 << 20
    max_read_bytes: int = 200 << 20
    max_archive_bytes: int = 1 << 30
    max_ratio: int = 100


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A Python file: its path inside the archive, its dotted module name, and its bytes; None where it is too large."""

    path: str
    module: str
    is_package: bool
    data: bytes | None


def read_modules(archive: Path, modules: Sequence[str], limits: Limits | None = None) -> tuple[SourceFile, ...]:
    """Return the `.py` files of `modules` and of what lies below them, by module name.

    Raises:
        BadSource: if the archive is damaged, breaks a limit, or has a member name that leaves it.
    """
    limits = limits or Limits()
    try:
        walk = _walk_zip if archive.suffix in (".zip", ".whl") else _walk_tar
        found: dict[str, SourceFile] = {}
        budget = limits.max_read_bytes
        for file in walk(archive, tuple(modules), limits):
            budget -= len(file.data or b"")
            if budget < 0:
                raise BadSource(f"{archive.name}: the wanted modules are larger than {limits.max_read_bytes >> 20} MiB")
            # `name.py` beside `name/__init__.py`, or a member given twice: Python imports the package.
            if file.module not in found or (file.is_package and not found[file.module].is_package):
                found[file.module] = file
        return tuple(found[name] for name in sorted(found))
    except OSError as error:
        # BadGzipFile is an OSError without errno.
        raise BadSource(f"{archive}: cannot be read ({error.strerror or error})") from error
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError) as error:
        raise BadSource(f"{archive.name}: is damaged or no archive ({error}); delete it from the cache and fetch it again") from error


def _module_of(name: str, has_root: bool, modules: Sequence[str]) -> tuple[str, bool] | None:
    """Return (dotted name, is a package) of a member that belongs to `modules`, else None."""
    parts = PurePosixPath(name).parts[1 if has_root else 0 :]
    if parts and parts[0] in _LAYOUTS:
        parts = parts[1:]
    if not parts or not parts[-1].endswith(".py") or _SKIPPED.intersection(parts):
        return None
    is_package = parts[-1] == "__init__.py"
    dotted = ".".join(parts[:-1] if is_package else (*parts[:-1], parts[-1][: -len(".py")]))
    if any(dotted == module or dotted.startswith(module + ".") for module in modules):
        return dotted, is_package
    return None


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

    def read(self, size: int) -> bytes:
        data = self._stream.read(min(size, self._left + 1))
        self._left -= len(data)
        if self._left < 0:
            raise BadSource(f"{self._archive.name}: expands to far more than its size, as no package does")
        return data


def _walk_tar(archive: Path, modules: Sequence[str], limits: Limits) -> Iterator[SourceFile]:
    with GzipFile(archive) as stream:
        metered = _Metered(stream, archive, limits)
        with tarfile.open(fileobj=metered, mode="r|") as tar:  # type: ignore[call-overload]
            for count, member in enumerate(tar, start=1):
                _check_count(archive, count, limits)
                _check_name(archive, member.name)
                # A name that is not NFC could pass for another one.
                name = unicodedata.normalize("NFC", member.name)
                if not member.isreg() or (place := _module_of(name, True, modules)) is None:
                    continue
                if member.size > limits.max_file_bytes:
                    yield SourceFile(name, *place, None)
                    continue
                content = tar.extractfile(member)
                data = content.read() if content is not None else b""
                if len(data) != member.size:
                    raise BadSource(f"{archive.name}: is cut short inside {name}")
                yield SourceFile(name, *place, data)
        # What follows the last member holds the gzip checksum: reading on finds a truncated file.
        while metered.read(1 << 16):
            pass


def _walk_zip(archive: Path, modules: Sequence[str], limits: Limits) -> Iterator[SourceFile]:
    has_root = archive.suffix != ".whl"
    with zipfile.ZipFile(archive) as bundle:
        members = bundle.infolist()
        _check_count(archive, len(members), limits)
        for member in members:
            _check_name(archive, member.filename)
            name = unicodedata.normalize("NFC", member.filename)
            is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
            if member.is_dir() or is_link or (place := _module_of(name, has_root, modules)) is None:
                continue
            if member.file_size > limits.max_ratio * max(member.compress_size, 1 << 10):
                raise BadSource(f"{archive.name}: {name} expands to far more than its size, as no source file does")
            if member.file_size > limits.max_file_bytes:
                yield SourceFile(name, *place, None)
                continue
            with bundle.open(member) as stream:
                data = stream.read(limits.max_file_bytes + 1)
            yield SourceFile(name, *place, data if len(data) <= limits.max_file_bytes else None)
