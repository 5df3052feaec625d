"""The response store: what models answered, by what they were asked, so that nothing is asked - and paid - twice.

The store of a machine lies in the cache, one file an answer, with the server's raw words; it is on disk before anything is done with
the answer. The entries that a dataset uses ship with it as `responses.jsonl`, without what differs between two servers that say the
same, and a build takes them in again.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gpiot_data.errors import BadDataset
from gpiot_data.store import cache_dir, canonical_json, held_in_turn, read_jsonl, sha256_json, sha256_text, write_atomic

FILE = "responses.jsonl"
#: A model writes 5 bytes a token; nothing that is asked for needs more than 65,536 tokens.
MAX_TEXT_CHARS = 400_000
_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Response:
    """What a server said to one request.

    `finish` is why the text ends: `stop`, `length`, `content_filter`; `declined` where the model would not, `refused` where the server
    did not take the request; the text is then the reason. Tokens are the server's count, None where it gives none.
    """

    text: str
    finish: str
    prompt_tokens: int | None = None
    answer_tokens: int | None = None

    @property
    def sha256(self) -> str:
        """The hash that rows name the answer by."""
        return sha256_text(self.text)


class ResponseStore:
    """Answers by key: those of this machine, and those that came with a dataset."""

    def __init__(self, folder: Path | None) -> None:
        """Read and write the answers in `folder`, which is made with the first one; None for those that came with a dataset alone."""
        self._folder = folder
        self._shipped: dict[str, Response] = {}

    @property
    def shipped(self) -> list[str]:
        """The keys of the answers that came with a dataset, sorted."""
        return sorted(self._shipped)

    def get(self, key: str) -> Response | None:
        """Return the answer stored under `key`, or None; a file that is no answer counts as none."""
        if key in self._shipped or self._folder is None:
            return self._shipped.get(key)
        try:
            return _response(json.loads((self._folder / f"{key}.json").read_text(encoding="utf-8"))["response"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def put(self, key: str, response: Response, raw: Any) -> None:
        """Store an answer with the server's raw words; on return it is on disk.

        Raises:
            InputError: if it cannot be written.
            ValueError: if the store has no folder.
        """
        if self._folder is None:
            raise ValueError("answers that came with a dataset are not added to")
        write_atomic(self._folder / f"{key}.json", canonical_json({"response": asdict(response), "raw": raw}) + "\n")

    def note(self, key: str, response: Response) -> None:
        """Keep an answer for this run and for what ships with its dataset, but not for other runs: a refusal that may be mended."""
        self._shipped[key] = response

    def take_in(self, path: Path) -> None:
        """Answer from a `responses.jsonl` as well, if there is one, and from it first: it is what a dataset was made of.

        Raises:
            BadDataset: if a line is no response.
        """
        if path.is_file():
            self._shipped |= read_shipped(path)

    def entries(self, keys: Iterable[str]) -> list[dict[str, Any]]:
        """Return the lines that ship with a dataset: the answers under `keys` that are here, by key."""
        found = ((key, self.get(key)) for key in sorted(set(keys)))
        return [{"key": key, "value": asdict(response)} for key, response in found if response is not None]


def read_shipped(path: Path) -> dict[str, Response]:
    """Return the answers of a `responses.jsonl` by key.

    Raises:
        BadDataset: if a line is no response.
        InputError: if the file cannot be read.
    """
    found: dict[str, Response] = {}
    for number, entry in enumerate(read_jsonl(path), start=1):
        try:
            key, response = entry["key"], _response(entry["value"])
            if not _KEY.fullmatch(key) or key in found:
                raise ValueError("no key, or one that was there already")
        except (TypeError, KeyError, ValueError) as error:
            raise BadDataset(f"{path}:{number}: is no response of a teacher; delete the file to have everything asked again") from error
        found[key] = response
    return found


def responses_root(entries: Iterable[dict[str, Any]]) -> str:
    """Return the hash over the lines that ship, for the lock."""
    return sha256_json(list(entries))


def _response(value: Any) -> Response:
    response = Response(**value)
    counts = (response.prompt_tokens, response.answer_tokens)
    if not (isinstance(response.text, str) and len(response.text) <= MAX_TEXT_CHARS and isinstance(response.finish, str)):
        raise ValueError("text and finish should be text")
    if any(count is not None and (type(count) is not int or count < 0) for count in counts):
        raise ValueError("tokens should be whole numbers")
    return response


@contextlib.contextmanager
def open_responses(model: str, revision: str | None, folder: Path | None = None) -> Iterator[ResponseStore]:
    """Hold the answers of one model on this machine; a second build that asks it waits, and then finds what the first one was told.

    Raises:
        InputError: if the store cannot be written to.
    """
    place = (folder or cache_dir() / "responses") / sha256_json({"model": model, "revision": revision})[:16]
    with held_in_turn(place):
        yield ResponseStore(place)
