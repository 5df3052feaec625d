"""Vectors kept by the hash of a text and of its encoder, shared by all processes of a machine."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from hashlib import blake2b, sha256
from pathlib import Path
from typing import TYPE_CHECKING

from gpiot_data.errors import InputError
from gpiot_data.store import cache_dir, make_folder
from gpiot_data.vectors.encoder import GRID, Encoder
from gpiot_data.vectors.words import whole_characters

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Texts that are encoded and stored at a time: what a killed process loses at most.
BLOCK_TEXTS = 2048
#: A SQLite statement takes 999 values on the oldest versions in use.
ASKED_AT_ONCE = 900
WAIT_S = 60.0
CHECK_BYTES = 8


class CachedEncoder:
    """An encoder that encodes no text twice; a vector is the same whether it was stored or made anew.

    `encoded` counts the texts that were not there yet. Each vector is stored with a checksum over its key and itself, and one
    that is not as it was written is made again.
    """

    def __init__(self, encoder: Encoder, folder: Path | None = None) -> None:
        """Wrap `encoder`; vectors go to a file named after its hash in `folder`, by default in the cache."""
        self.name = encoder.name
        self.sha256 = encoder.sha256
        self.dims = encoder.dims
        self.encoded = 0
        self._encoder = encoder
        self._path = (folder or cache_dir() / "vectors") / f"{encoder.sha256[:32]}.sqlite"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors on the grid, of shape (n, dims).

        Raises:
            InputError: if the file is no database any more or cannot be written to.
        """
        import numpy as np

        found = np.zeros((len(texts), self.dims), dtype=np.float32)
        with self._open() as store:
            for first in range(0, len(texts), BLOCK_TEXTS):
                self._fill(store, texts[first : first + BLOCK_TEXTS], found[first : first + BLOCK_TEXTS])
        return found

    def _fill(self, store: sqlite3.Connection, texts: Sequence[str], found: NDArray[np.float32]) -> None:
        import numpy as np

        texts = [whole_characters(text) for text in texts]
        keys = [sha256(text.encode("utf-8")).digest() for text in texts]
        known = self._ask(store, sorted(set(keys)))
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new:
            made = np.rint(self._encoder.encode(list(new.values())) * GRID).astype("<i2")
            known |= {key: row.tobytes() for key, row in zip(new, made, strict=True)}
            with store:
                rows = [(key, known[key] + _check(key, known[key])) for key in new]
                store.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
            self.encoded += len(new)
        found[:] = np.frombuffer(b"".join(known[key] for key in keys), dtype="<i2").reshape(found.shape) / np.float32(GRID)

    def _ask(self, store: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        known: dict[bytes, bytes] = {}
        for first in range(0, len(keys), ASKED_AT_ONCE):
            part = keys[first : first + ASKED_AT_ONCE]
            query = f"SELECT key, vector FROM vectors WHERE key IN ({','.join('?' * len(part))})"  # noqa: S608  # only question marks
            for key, stored in store.execute(query, part):
                # A file can hold any type in any column.
                if not isinstance(stored, bytes) or len(stored) != 2 * self.dims + CHECK_BYTES:
                    continue
                vector, check = stored[:-CHECK_BYTES], stored[-CHECK_BYTES:]
                if check == _check(key, vector):
                    known[key] = vector
        return known

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        make_folder(self._path.parent)
        try:
            with contextlib.closing(sqlite3.connect(self._path, timeout=WAIT_S)) as store:
                store.text_factory = bytes
                store.execute("PRAGMA journal_mode=WAL")
                # A vector that a power cut loses is made again.
                store.execute("PRAGMA synchronous=NORMAL")
                store.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
                yield store
        except sqlite3.Error as error:
            raise InputError(f"{self._path}: cannot be used ({error}); delete the file if it is damaged, it is made again") from error


def _check(key: bytes, vector: bytes) -> bytes:
    return blake2b(key + vector, digest_size=CHECK_BYTES).digest()
