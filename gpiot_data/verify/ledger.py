"""The verdict store: what execution found, by code, environment and limits, so that nothing runs twice.

The store of a machine lies in the cache and is shared by all builds; the entries that a dataset uses ship with
it as `verdicts.jsonl`, and a build takes them in again. An entry never says more than its key: other code,
another environment or other limits are run.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args, get_type_hints

from gpiot_data.errors import BadDataset, InputError
from gpiot_data.schema import Verdict
from gpiot_data.store import Ledger, cache_dir, make_folder, read_jsonl, sha256_json
from gpiot_data.verify.judge import Finding
from gpiot_data.verify.statements import Statement

FILE = "verdicts.jsonl"
#: Moves whenever the way in which examples run or are compared would give other verdicts.
PREAMBLE_VERSION = 1

STATUSES = get_args(get_type_hints(Verdict)["status"])


def verdict_key(statements: Sequence[Statement], environment_sha256: str, cpu_s: float) -> str:
    """Return the key of the verdict on statements with their wanted outputs, in an environment, under a limit."""
    code = [[statement.source, statement.want, statement.raises] for statement in statements]
    return sha256_json({"code": code, "environment": environment_sha256, "limits": {"cpu_s": float(cpu_s)}, "preamble": PREAMBLE_VERSION})


class VerdictStore:
    """Verdicts by key: what was found on this machine, and what came with a dataset."""

    def __init__(self, ledger: Ledger) -> None:
        """Read and write `ledger`."""
        self._ledger = ledger
        self._shipped: dict[str, Any] = {}

    def get(self, key: str) -> Finding | None:
        """Return the finding stored under `key`, or None."""
        value = self._ledger.get(key) or self._shipped.get(key)
        return None if value is None else Finding(**value)

    def put(self, key: str, finding: Finding) -> None:
        """Store a finding; on return it is on disk."""
        self._ledger.put(key, asdict(finding))

    def entries(self, keys: Iterable[str]) -> list[dict[str, Any]]:
        """Return the lines that ship with a dataset: the findings under `keys` that are here, sorted by key."""
        found = ((key, self.get(key)) for key in sorted(set(keys)))
        return [{"key": key, "value": asdict(finding)} for key, finding in found if finding is not None]

    def take_in(self, path: Path) -> None:
        """Answer from a `verdicts.jsonl` as well, if there is one.

        Raises:
            BadDataset: if a line is no verdict.
        """
        if path.is_file():
            for number, entry in enumerate(read_jsonl(path), start=1):
                key, value = _checked(entry, f"{path}:{number}")
                self._shipped[key] = value


def _checked(entry: Any, where: str) -> tuple[str, dict[str, Any]]:
    try:
        key, value = entry["key"], asdict(Finding(**entry["value"]))
    except (TypeError, KeyError) as error:
        raise BadDataset(f"{where}: is no verdict; delete the file to have everything run again") from error
    texts = isinstance(key, str) and all(value[name] is None or isinstance(value[name], str) for name in ("reason", "isolation"))
    if not texts or value["status"] not in STATUSES or not isinstance(value["compared"], int):
        raise BadDataset(f"{where}: is no verdict; delete the file to have everything run again")
    return key, value


@contextlib.contextmanager
def open_store(folder: Path | None = None) -> Iterator[VerdictStore]:
    """Hold the verdict store of this machine; a second build waits, and then finds what the first one found.

    Raises:
        InputError: if the store is damaged or cannot be written to.
    """
    folder = folder or cache_dir() / "verdicts"
    make_folder(folder)
    try:
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror}); set GPIOT_CACHE to a folder that can") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        ledger = Ledger(folder / FILE)
        try:
            yield VerdictStore(ledger)
        finally:
            ledger.close()
    finally:
        os.close(handle)
