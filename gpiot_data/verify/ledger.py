"""The verdict store: what execution found, by code, environment and limits, so that nothing runs twice.

The store of a machine lies in the cache and is shared by all builds; the entries that a dataset uses ship with
it as `verdicts.jsonl`, and a build takes them in again. An entry never says more than its key: other code,
another environment, other limits or less isolation than is asked for are run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

from gpiot_data.console import printable
from gpiot_data.errors import BadDataset
from gpiot_data.sandbox import Level, Limits
from gpiot_data.schema import Verdict
from gpiot_data.store import Ledger, cache_dir, held_in_turn, read_jsonl, sha256_json
from gpiot_data.verify.judge import Finding, is_possible
from gpiot_data.verify.observed import stored_observations
from gpiot_data.verify.statements import Statement

FILE = "verdicts.jsonl"
#: Moves whenever the way in which examples run or are compared would give other verdicts.
PREAMBLE_VERSION = 6
MAX_SHIPPED_REASON_CHARS = 500

STATUSES = get_args(get_type_hints(Verdict)["status"])


LEVELS = (Level.STRONG, Level.MEDIUM, Level.WEAK)


def levels_for(choice: str) -> tuple[Level, ...]:
    """Return the levels whose verdicts answer who chose a sandbox: that level and those above it, best first."""
    lowest = {"strong": 1, "weak": 3, "weak-as-root": 3}.get(choice, 2)
    return LEVELS[:lowest]


def verdict_key(statements: Sequence[Statement], environment_sha256: str, limits: Limits) -> str:
    """Return the key of the verdict on statements with their wanted outputs, in an environment, under limits."""
    code = [[statement.source, statement.want, statement.raises] for statement in statements]
    bounds = {name: float(value) for name, value in asdict(limits).items()}
    return sha256_json({"code": code, "environment": environment_sha256, "limits": bounds, "preamble": PREAMBLE_VERSION})


def _stored_key(key: str, level: str | None) -> str:
    """Return the key of a verdict together with the level it was reached on."""
    return sha256_json({"key": key, "isolation": level})


class VerdictStore:
    """Verdicts by key: what was found on this machine, and what came with a dataset."""

    def __init__(self, ledger: Ledger, levels: Sequence[Level] = LEVELS[:2]) -> None:
        """Read and write `ledger`; only what was found on one of `levels` is an answer."""
        self._ledger = ledger
        self._levels = tuple(levels)
        self._shipped: dict[str, Any] = {}
        #: How many of those that were taken in cannot be true.
        self.refused = 0

    def get(self, key: str) -> Finding | None:
        """Return the finding stored under `key` on the best of the levels, or None."""
        found = self._find(key)
        return None if found is None else _finding(found[1])

    def _find(self, key: str) -> tuple[str, dict[str, Any]] | None:
        for level in self._levels:
            stored = _stored_key(key, level)
            value = self._ledger.get(stored) or self._shipped.get(stored)
            if value is not None and value["isolation"] == level:
                return stored, value
        return None

    def put(self, key: str, finding: Finding) -> None:
        """Store a finding; on return it is on disk."""
        self._ledger.put(_stored_key(key, finding.isolation), _to_json(finding))

    def entries(self, keys: Iterable[str]) -> list[dict[str, Any]]:
        """Return the lines that ship with a dataset: the findings under `keys` that are here, sorted by the key they have in it."""
        found = dict(entry for entry in map(self._find, set(keys)) if entry is not None)
        return [{"key": key, "value": value} for key, value in sorted(found.items())]

    def take_in(self, path: Path) -> None:
        """Answer from a `verdicts.jsonl` as well, if there is one.

        Raises:
            BadDataset: if a line is no verdict.
        """
        if path.is_file():
            self._shipped |= _read_shipped(path)

    def refuse_impossible(self, programs: Mapping[str, Sequence[Statement]]) -> None:
        """Forget what was taken in for `programs`, by key, but cannot have been found for them; `refused` counts it."""
        answers = ((key, _stored_key(key, level)) for key in programs for level in LEVELS)
        wrong = [
            stored for key, stored in answers if stored in self._shipped and not is_possible(_finding(self._shipped[stored]), programs[key])
        ]
        for stored in wrong:
            del self._shipped[stored]
        self.refused += len(wrong)

    def count_taken(self, keys: Iterable[str]) -> int:
        """Return how many of `keys` are answered by what was taken in, and not by what was found here."""
        found = (self._find(key) for key in set(keys))
        return sum(entry is not None and self._ledger.get(entry[0]) is None for entry in found)


class ShippedVerdicts:
    """The verdicts that came with a dataset, and no others, whatever the level they were reached on."""

    def __init__(self, path: Path) -> None:
        """Read a `verdicts.jsonl`.

        Raises:
            BadDataset: if a line is no verdict.
            InputError: if it cannot be read.
        """
        self._shipped = _read_shipped(path)

    @property
    def levels(self) -> set[str]:
        """The isolation levels on which something was found."""
        return {value["isolation"] for value in self._shipped.values()}

    def get(self, key: str) -> Finding | None:
        """Return the finding that came under `key`, on the best level of those there are."""
        found = (self._shipped.get(_stored_key(key, level)) for level in LEVELS)
        return next((_finding(value) for value in found if value is not None), None)


def _to_json(finding: Finding) -> dict[str, Any]:
    return {**asdict(replace(finding, observed=())), "observed": [item.to_json() for item in finding.observed]}


def _finding(value: dict[str, Any]) -> Finding:
    return Finding(**{**value, "observed": stored_observations(value["observed"])})


def _read_shipped(path: Path) -> dict[str, dict[str, Any]]:
    return dict(_checked(entry, f"{path}:{number}") for number, entry in enumerate(read_jsonl(path), start=1))


def _checked(entry: Any, where: str) -> tuple[str, dict[str, Any]]:
    try:
        key, value = entry["key"], _to_json(_finding(entry["value"]))
    except (TypeError, KeyError, ValueError) as error:
        raise BadDataset(f"{where}: is no verdict; delete the file to have everything run again") from error
    if not isinstance(key, str) or not _is_finding(value):
        raise BadDataset(f"{where}: is no verdict; delete the file to have everything run again")
    if value["reason"] is not None:
        value["reason"] = " ".join(printable(value["reason"]).split())
    return key, value


def _is_finding(value: dict[str, Any]) -> bool:
    reason, compared = value["reason"], value["compared"]
    return (
        isinstance(value["status"], str)
        and value["status"] in STATUSES
        and isinstance(value["isolation"], str)
        and value["isolation"] in set(LEVELS)
        and (reason is None or (isinstance(reason, str) and len(reason) <= MAX_SHIPPED_REASON_CHARS))
        and type(compared) is int
        and compared >= 0
        and (compared > 0) == (value["status"] == "passed")
    )


@contextlib.contextmanager
def open_store(folder: Path | None = None, levels: Sequence[Level] = LEVELS[:2]) -> Iterator[VerdictStore]:
    """Hold the verdict store of this machine; a second build waits, and then finds what the first one found.

    `levels` are those whose verdicts count, best first.

    Raises:
        InputError: if the store is damaged or cannot be written to.
    """
    folder = folder or cache_dir() / "verdicts"
    with held_in_turn(folder):
        ledger = Ledger(folder / FILE)
        try:
            yield VerdictStore(ledger, levels)
        finally:
            ledger.close()
