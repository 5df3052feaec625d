"""A folder of fingerprints of texts that must not get into a dataset: hashed n-grams of words and of code, and vectors; no text in plain.

    index.json            what was taken, how, and the hash of each file
    ngrams-5.bin          for each n: sorted 64-bit hashes, little-endian, then the number of the text of each, 16 bits
    ngrams-13.bin
    masked-24.bin         the same of programs as streams of tokens without the names that they bind
    vectors.bin           one row of 16-bit whole numbers for each text, on the grid of the encoder

A word is a run of letters, digits and underscores in lower case, so indentation, line breaks and punctuation are of no account.
Hashes are not secret: whoever guesses a sentence can confirm it. They keep the texts from being trained on by accident.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpiot_data.errors import InputError
from gpiot_data.masked_code import masked_tokens
from gpiot_data.store import read_json, sha256_bytes, sha256_file, sha256_json, write_atomic, write_json
from gpiot_data.vectors.encoder import GRID, Encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCHEMA = "gpiot.fingerprints/1"
HEAD, VECTORS = "index.json", "vectors.bin"
#: Five words in a row survive where every seventh is changed and tell edited copies by their share; thirteen hardly come about by
#: chance. The longer size is that of GPT-3's check of its training set (arXiv 2005.14165, appendix C).
SIZES = (5, 13)
#: Tokens of code in a row: at 20 a program shares some with another that indexes a grid likewise, at 24 none of 239 did.
MASKED_SIZE = 24
#: How hashes are made; another rule gives another number.
RULE = "words/1 masked/1 texts/1 blake2b-64 polynomial-64 splitmix64"
MAX_TEXTS = 1 << 16
_WORD = re.compile(r"\w+")
#: An odd number without structure, so that a power of it never becomes 0 modulo 2**64.
_FACTOR = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class Item:
    """Something to be kept out: its id, its texts, and programs of which no part may come back under other names either."""

    id: str
    texts: tuple[str, ...]
    programs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """An index as read: for each file of n-grams the hashes, sorted, with the number of the text of each; unit vectors (n, dims).

    `items` has the number of the item of each text; vectors are those of the first texts, programs follow them.
    """

    folder: Path
    name: str
    sha256: str
    ids: tuple[str, ...]
    items: tuple[int, ...]
    hashes: dict[str, NDArray[np.uint64]]
    owners: dict[str, NDArray[np.uint16]]
    vectors: NDArray[np.float32]
    encoder: str
    encoder_sha256: str

    def item_of(self, text: int) -> str:
        """Return the id of the item that a text belongs to."""
        return self.ids[self.items[text]]


def _file(n: int) -> str:
    return f"ngrams-{n}.bin"


SHORT, LONG = map(_file, SIZES)
MASKED = f"masked-{MASKED_SIZE}.bin"
FILES = (SHORT, LONG, MASKED)


class WordHashes:
    """Hashes the n-grams of texts; each different word is hashed once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def ngrams(self, text: str, n: int) -> NDArray[np.uint64]:
        """Return the hash of each n-gram of a text in order, repeats included; empty for a text of fewer than n words."""
        return self._of_tokens(_WORD.findall(unicodedata.normalize("NFKC", text).lower()), n)

    def masked(self, program: str) -> NDArray[np.uint64]:
        """Return the hash of each run of `MASKED_SIZE` masked tokens of a program; empty for what is short or no Python."""
        return self._of_tokens(masked_tokens(program), MASKED_SIZE)

    def _of_tokens(self, words: Sequence[str], n: int) -> NDArray[np.uint64]:
        import numpy as np

        numbers = np.fromiter((self._of(word) for word in words), dtype=np.uint64, count=len(words))
        count = len(words) - n + 1
        if count < 1:
            return np.zeros(0, dtype=np.uint64)
        total = np.zeros(count, dtype=np.uint64)
        for place in range(n):
            total = total * np.uint64(_FACTOR) + numbers[place : place + count]
        return _mixed(total)

    def _of(self, word: str) -> int:
        number = self._known.get(word)
        if number is None:
            number = self._known[word] = int.from_bytes(blake2b(word.encode("utf-8"), digest_size=8).digest(), "little")
        return number


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread neighbouring values over all 64 bits; Source: the finaliser of SplitMix64 (doi:10.1145/2660193.2660195)."""
    import numpy as np

    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def write_fingerprints(folder: Path, name: str, items: Sequence[Item], encoder: Encoder) -> str:
    """Write an index and return its hash; the same items in any order give the same bytes.

    Args:
        folder: where to; files of an earlier index there are replaced.
        name: what the index protects, with its version.
        items: what to keep out; ids are all different.
        encoder: makes the vectors; who checks against the index needs the same one.

    Raises:
        InputError: if there are too many items, or the folder cannot be written to.
    """
    import numpy as np

    items = sorted(items, key=lambda item: item.id)
    texts = [(text, at) for at, item in enumerate(items) for text in item.texts]
    programs = [(program, at) for at, item in enumerate(items) for program in item.programs]
    if len(texts) + len(programs) >= MAX_TEXTS:
        raise InputError(f"{folder}: an index holds fewer than {MAX_TEXTS} texts, got {len(texts) + len(programs)}; make several")
    hasher = WordHashes()
    grams = {_file(n): [hasher.ngrams(text, n) for text, _ in texts] for n in SIZES}
    # Numbered on from the texts.
    grams[MASKED] = [np.zeros(0, dtype=np.uint64)] * len(texts) + [hasher.masked(program) for program, _ in programs]
    files: dict[str, bytes] = {}
    counts: dict[str, int] = {}
    for file, found in grams.items():
        pairs = sorted({(int(value), at) for at, values in enumerate(found) for value in values})
        hashes, owners = ([pair[side] for pair in pairs] for side in (0, 1))
        files[file] = np.array(hashes, dtype="<u8").tobytes() + np.array(owners, dtype="<u2").tobytes()
        counts[file] = len(pairs)
    files[VECTORS] = np.rint(encoder.encode([text for text, _ in texts]) * GRID).astype("<i2").tobytes()
    head = {
        "schema": SCHEMA,
        "name": name,
        "rule": RULE,
        "items": [item.id for item in items],
        "texts": [at for _, at in [*texts, *programs]],
        "ngrams": counts,
        "vectors": {"count": len(texts), "dims": encoder.dims, "grid": GRID, "encoder": encoder.name, "encoder_sha256": encoder.sha256},
        "files": {file: sha256_bytes(data) for file, data in sorted(files.items())},
    }
    for file, data in files.items():
        write_atomic(folder / file, data)
    write_json(folder / HEAD, head)
    return sha256_json(head)


def read_fingerprints(folder: Path) -> Fingerprints:
    """Read an index.

    Raises:
        InputError: if it is missing, damaged, or made by another rule.
    """
    import numpy as np

    head = read_head(folder)
    try:
        ids, items = tuple(map(str, head["items"])), tuple(map(int, head["texts"]))
        hashes, owners = {}, {}
        for file in FILES:
            count = head["ngrams"][file]
            data = _read(folder, file, head, 10 * count)
            hashes[file] = np.frombuffer(data, dtype="<u8", count=count).astype(np.uint64)
            owners[file] = np.frombuffer(data, dtype="<u2", offset=8 * count).astype(np.uint16)
        made = head["vectors"]
        count, dims = made["count"], made["dims"]
        data = _read(folder, VECTORS, head, 2 * count * dims)
        rows = np.frombuffer(data, dtype="<i2", count=count * dims).reshape(count, dims)
        vectors = rows.astype(np.float32) / np.float32(made["grid"])
        encoder, encoder_sha256 = made["encoder"], made["encoder_sha256"]
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(folder / HEAD, f"{type(error).__name__}: {error}") from error
    return Fingerprints(
        folder, str(head["name"]), sha256_json(head), ids, items, hashes, owners, vectors, str(encoder), str(encoder_sha256)
    )


def read_head(folder: Path) -> dict[str, Any]:
    """Return the head of an index; its hash covers all files.

    Raises:
        InputError: if there is none, or it was made by another rule.
    """
    if not (folder / HEAD).is_file():
        raise InputError(f"{folder}: is no index of fingerprints (it has no {HEAD}); check the path")
    head = read_json(folder / HEAD)
    if not isinstance(head, dict) or head.get("schema") != SCHEMA or head.get("rule") != RULE:
        raise InputError(f"{folder / HEAD}: expected schema '{SCHEMA}' and rule '{RULE}'; make the index again")
    return head


def index_sha256(folder: Path) -> str:
    """Return the hash that names an index by its content.

    Raises:
        InputError: if there is none.
    """
    return sha256_json(read_head(folder))


def _read(folder: Path, name: str, head: dict[str, Any], size: int) -> bytes:
    path = folder / name
    if not path.is_file() or sha256_file(path) != head["files"][name]:
        raise _damaged(path, "is missing or differs from its hash")
    data = path.read_bytes()
    if len(data) != size:
        raise _damaged(path, f"has {len(data)} bytes, the head says {size}")
    return data


def _damaged(path: Path, reason: str) -> InputError:
    return InputError(f"{path}: damaged index of fingerprints ({reason}); make it again or fetch it again")
