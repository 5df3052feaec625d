"""The files of a passage index: two for each source, named by their content, and `index.json`, which lists them and is written last.

The same set of sources gives the same bytes, whatever was added and removed before.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from gpiot_data.errors import InputError
from gpiot_data.passages.cut import Passage
from gpiot_data.store import TEMP_PREFIX, canonical_json, exclusive, read_json, sha256_bytes, write_atomic, write_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

INDEX = "index.json"
FILES = "passages"
SCHEMA = "gpiot.passages/1"
_NAME = re.compile(r"[0-9a-f]{64}")
#: How often a reader starts over when a writer changes the index under it.
TRIES = 3


@dataclass(frozen=True, slots=True)
class IndexedSource:
    """A source in an index.

    `title` is the paper's own, or the name under which a text was added. `sha256` is that of the paper's file or of the text;
    `reader` names what read the paper, since another version may give another text. `lines` and `vectors` are the hashes of the
    source's files.
    """

    id: str
    kind: Literal["paper", "text"]
    title: str
    sha256: str
    passages: int
    reader: str
    lines: str
    vectors: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What `index.json` holds; `encoder` has name, sha256 and dims, and is None while there is no source."""

    encoder: dict[str, Any] | None = None
    sources: tuple[IndexedSource, ...] = ()


def read_contents(folder: Path) -> Contents:
    """Return what an index holds; nothing where there is none.

    Raises:
        InputError: if `index.json` is damaged, or is none of an index of passages.
    """
    path = folder / INDEX
    if not path.is_file():
        return Contents()
    found = read_json(path)
    try:
        if found["schema"] != SCHEMA:
            raise InputError(
                f"{path}: has the schema {found['schema']!r}, expected {SCHEMA!r}; choose another folder, or make the index anew"
            )
        sources = tuple(IndexedSource(**entry) for entry in found["sources"])
        encoder = {"name": str(found["encoder"]["name"]), "sha256": str(found["encoder"]["sha256"]), "dims": int(found["encoder"]["dims"])}
        sound = all(_is_sound(source) for source in sources) and len({source.id for source in sources}) == len(sources)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{path}: is no list of an index of passages; choose another folder, or make the index anew") from error
    if not sound:
        raise InputError(f"{path}: is damaged; delete the folder and make the index anew")
    return Contents(encoder, sources)


def _is_sound(source: IndexedSource) -> bool:
    """Tell whether an entry has the types that it should; JSON may hold any others."""
    texts = (source.id, source.title, source.sha256, source.reader, source.lines, source.vectors)
    return (
        all(isinstance(text, str) for text in texts)
        and source.kind in ("paper", "text")
        and type(source.passages) is int
        and bool(_NAME.fullmatch(source.lines) and _NAME.fullmatch(source.vectors))
    )


@contextmanager
def writing(folder: Path) -> Iterator[Contents]:
    """Hold the folder of an index against other writers, and tell what it holds.

    Raises:
        InputError: if another process is writing to it, it cannot be written to, or it is a folder of something else.
    """
    if folder.is_dir() and not (folder / INDEX).exists():
        others = sorted(
            path.name for path in folder.iterdir() if path.name not in (FILES, ".lock") and not path.name.startswith(TEMP_PREFIX)
        )
        if others:
            raise InputError(f"{folder}: holds no index of passages but other files ({others[0]}); choose a new or empty folder")
    with exclusive(folder):
        yield read_contents(folder)


def write_source(folder: Path, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> tuple[str, str]:
    """Write the two files of a source and return their hashes: passages as JSON lines, vectors of shape (n, dims) as npy."""
    import numpy as np

    lines = "".join(canonical_json(passage.to_json()) + "\n" for passage in passages).encode("utf-8")
    raw = io.BytesIO()
    np.save(raw, np.ascontiguousarray(vectors, dtype="<f4"), allow_pickle=False)
    names = sha256_bytes(lines), sha256_bytes(raw.getvalue())
    write_atomic(_lines_path(folder, names[0]), lines)
    write_atomic(_vectors_path(folder, names[1]), raw.getvalue())
    return names


def write_contents(folder: Path, contents: Contents) -> None:
    """Make `contents` what the index holds, then delete the files that it no longer lists; an empty index has no file at all."""
    if contents.sources:
        entries = [asdict(source) for source in sorted(contents.sources, key=lambda source: source.id)]
        write_json(folder / INDEX, {"schema": SCHEMA, "encoder": contents.encoder, "sources": entries})
    else:
        (folder / INDEX).unlink(missing_ok=True)
    listed = {path for source in contents.sources for path in (_lines_path(folder, source.lines), _vectors_path(folder, source.vectors))}
    place = folder / FILES
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        if path not in listed and _NAME.fullmatch(path.stem):
            path.unlink()
    if not contents.sources:
        with suppress(OSError):  # missing, or somebody's own file is in it
            place.rmdir()


def read_all(folder: Path) -> tuple[Contents, list[Passage], NDArray[np.float32]]:
    """Return what an index holds with all passages, by source and place, and their vectors, of shape (n, dims).

    Raises:
        InputError: if a file is missing or damaged.
    """
    import numpy as np

    for _ in range(TRIES):
        contents = read_contents(folder)
        try:
            parts = [_read_source(folder, source, contents) for source in contents.sources]
        except InputError:
            # A writer may have replaced the files since the list was read.
            if read_contents(folder) == contents:
                raise
            continue
        dims = contents.encoder["dims"] if contents.encoder else 0
        vectors = [part[1] for part in parts] or [np.zeros((0, dims), dtype=np.float32)]
        return contents, [passage for part in parts for passage in part[0]], np.concatenate(vectors)
    raise InputError(f"{folder}: was written to {TRIES} times while it was read; try again when the writer is done")


def _read_source(folder: Path, source: IndexedSource, contents: Contents) -> tuple[list[Passage], NDArray[np.float32]]:
    import numpy as np

    advice = f"remove the source {source.id} from the index and add it again"
    raw = {}
    for path, name in ((_lines_path(folder, source.lines), source.lines), (_vectors_path(folder, source.vectors), source.vectors)):
        try:
            raw[path.suffix] = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}); {advice}") from error
        if sha256_bytes(raw[path.suffix]) != name:
            raise InputError(f"{path}: is damaged; {advice}")
    try:
        passages = [_passage(json.loads(line)) for line in raw[".jsonl"].decode("utf-8").split("\n")[:-1]]
        vectors = np.load(io.BytesIO(raw[".npy"]), allow_pickle=False)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(f"{folder}: the files of the source {source.id} hold no passages; {advice}") from error
    dims = contents.encoder["dims"] if contents.encoder else 0
    if vectors.dtype != np.float32 or vectors.shape != (source.passages, dims) or len(passages) != source.passages:
        raise InputError(f"{folder}: the files of the source {source.id} do not fit the list of the index; {advice}")
    return passages, vectors


def _passage(line: dict[str, Any]) -> Passage:
    start, end = line["span"]
    left, upper, right, lower = line["bbox"] or (0, 0, 0, 0)
    return Passage(**{**line, "span": (start, end), "bbox": (left, upper, right, lower) if line["bbox"] else None})


def _lines_path(folder: Path, name: str) -> Path:
    return folder / FILES / f"{name}.jsonl"


def _vectors_path(folder: Path, name: str) -> Path:
    return folder / FILES / f"{name}.npy"
