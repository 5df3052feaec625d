"""Canonical JSON, content hashes, atomic files, and an append-only ledger that survives `kill -9`.

Every file of a dataset or adapter folder is written by `write_atomic`, so a reader sees the old
bytes or the new ones, never half of them.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gpiot_data.errors import InputError

#: Distinctive, since what bears it is deleted when a run takes over a folder.
TEMP_PREFIX = ".gpiot-tmp-"


def canonical_json(value: Any) -> str:
    """Return the one JSON text of `value`: sorted keys, no spaces, UTF-8 as is, no NaN.

    Raises:
        ValueError: if `value` holds NaN or infinity.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def sha256_bytes(data: bytes) -> str:
    """Return the sha256 of `data` as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_text(text: str) -> str:
    """Return the sha256 of `text` in UTF-8 as 64 hex digits."""
    return sha256_bytes(text.encode("utf-8"))


def sha256_json(value: Any) -> str:
    """Return the sha256 of the canonical JSON of `value` as 64 hex digits."""
    return sha256_text(canonical_json(value))


def sha256_file(path: Path) -> str:
    """Return the sha256 of a file, read in pieces, as 64 hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def content_id(value: Any) -> str:
    """Return the 16 hex digits that name `value`, the same on every machine."""
    return sha256_json(value)[:16]


def cache_dir() -> Path:
    """Return the folder for everything that can be fetched or computed again: `$GPIOT_CACHE`, else `~/.cache/gpiot`."""
    if configured := os.environ.get("GPIOT_CACHE"):
        return Path(configured)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gpiot"


def write_atomic(path: Path, data: bytes | str) -> None:
    """Write `data` so that `path` holds the old content or all of the new one, also after a crash.

    Raises:
        InputError: if the folder cannot be written to, or the disk is full.
    """
    raw = data.encode("utf-8") if isinstance(data, str) else data
    temp = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temp = tempfile.mkstemp(prefix=TEMP_PREFIX, dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes private files; a dataset is meant to be read by others.
        os.chmod(temp, 0o666 & ~_umask())
        os.replace(temp, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        if temp is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temp)


def make_folder(path: Path) -> None:
    """Create a folder with its parents.

    Raises:
        InputError: if that is not possible.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON with sorted keys, atomically."""
    write_atomic(path, json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        InputError: if it is missing or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise InputError(f"{path}: is not valid JSON ({error})") from error
    except RecursionError as error:
        raise InputError(f"{path}: is not valid JSON (nested too deeply)") from error


def write_jsonl(path: Path, rows: Iterable[Any]) -> None:
    """Write rows as canonical JSON lines, atomically."""
    write_atomic(path, "".join(canonical_json(row) + "\n" for row in rows))


def read_jsonl(path: Path) -> Iterator[Any]:
    """Yield the rows of a JSON lines file.

    Raises:
        InputError: if it is missing, or a line is not JSON.
    """
    try:
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, start=1):
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise InputError(f"{path}:{number}: is not valid JSON ({error})") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 text") from error


@contextlib.contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold `folder` for one run; the lock goes with the process, so a kill leaves nothing stale.

    Files that an earlier, killed run left half-written are removed first.

    Raises:
        InputError: if another run holds the folder, or it cannot be written to.
    """
    make_folder(folder)
    try:
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"{folder}: another run is working in this folder; wait for it or choose another --out") from None
        _sweep(folder)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def held_in_turn(folder: Path, name: str = ".lock") -> Iterator[None]:
    """Hold a folder of the cache, or what `name` stands for in it; whoever comes second waits, and then finds what the first one made.

    Files and folders that a killed run left half-made directly below `folder` are removed first, unless only a part of it is held.

    Raises:
        InputError: if the folder cannot be written to.
    """
    make_folder(folder)
    try:
        handle = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror}); set GPIOT_CACHE to a folder that can") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if name == ".lock":
            for stale in folder.glob(TEMP_PREFIX + "*"):
                if stale.is_dir():
                    shutil.rmtree(stale, ignore_errors=True)
                else:
                    stale.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)


def _sweep(folder: Path) -> None:
    """Delete half-written files, except below folders that have a lock of their own: another run may be writing there."""
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not (Path(place) / name / ".lock").exists()]
        for name in files:
            if name.startswith(TEMP_PREFIX):
                with contextlib.suppress(OSError):
                    (Path(place) / name).unlink()


class Ledger:
    """An append-only file of `{"key": ..., "value": ...}` lines; what is in it need not be done again.

    A torn last line (the process died while writing it) is cut off on opening; a torn line in the
    middle is damage and is reported.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the ledger.

        Raises:
            InputError: if the file is damaged or cannot be written to.
        """
        self.path = path
        self._values: dict[str, Any] = {}
        make_folder(path.parent)
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        except OSError as error:
            raise _unwritable(path, error) from error
        self._load()

    def _load(self) -> None:
        data = self.path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            os.ftruncate(self._handle, whole)
        for number, line in enumerate(data[:whole].splitlines(), start=1):
            try:
                entry = json.loads(line)
                self._values[entry["key"]] = entry["value"]
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"{self.path}:{number}: damaged ledger line; delete the file to start over") from error

    def get(self, key: str) -> Any | None:
        """Return the value stored under `key`, or None."""
        return self._values.get(key)

    def put(self, key: str, value: Any) -> None:
        """Store `value` under `key`; on return the line is on disk."""
        line = canonical_json({"key": key, "value": value}) + "\n"
        try:
            rest = line.encode("utf-8")
            # A disk that fills up takes a part of the line first and refuses only the next write.
            while rest:
                rest = rest[os.write(self._handle, rest) :]
            os.fsync(self._handle)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        self._values[key] = value

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(path: Path, error: OSError) -> InputError:
    if error.errno == errno.ENOSPC:
        return InputError(f"{path}: the disk is full; free some space and run the same command again")
    return InputError(f"{path}: cannot be written ({error.strerror}); choose another folder or change its permissions")
