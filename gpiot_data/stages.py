"""Stage folders: what a stage made is kept with a digest of what it was made from, and is reused only when both still hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from gpiot_data.errors import InputError
from gpiot_data.schema import Kept, Rejected
from gpiot_data.store import canonical_json, read_json, sha256_file, sha256_json, sha256_text, write_atomic, write_json

JsonRow = dict[str, Any]

#: In the order of a build; not every build has all of them.
ORDER = ("pairs", "augment", "dedup", "decontaminate", "verify", "limits", "split")


def stage_place(folder: Path, name: str) -> Path:
    """Return where a stage of the dataset folder `folder` keeps what it made."""
    return folder / "stages" / f"{ORDER.index(name) + 1}-{name}"


@dataclass(frozen=True, slots=True)
class StageResult:
    """The rows a stage kept, its rejections, and its record for the lock; `aside` is for `run.json`, which no claim covers."""

    rows: list[JsonRow]
    rejected: list[JsonRow]
    record: dict[str, Any]
    reused: bool
    aside: dict[str, Any] = field(default_factory=dict)


def run_stage(
    folder: Path,
    name: str,
    params: dict[str, Any],
    inputs: Any,
    rows_in: int | None,
    compute: Callable[[], Iterable[Kept[JsonRow] | Rejected]],
    beside: Sequence[str] = (),
) -> StageResult:
    """Return what `compute` yields, from `folder` when it was made from the same inputs, parameters and code.

    `inputs` is anything with a JSON form that changes when the input does. `beside` names files that `compute`
    itself writes into `folder`. `stage.json` is written last, so a folder without it was not finished and is made anew.
    """
    key = sha256_json({"name": name, "params": params, "inputs": inputs, "code": code_digest()})
    found = _load(folder, key)
    if found is not None:
        return found
    kept: list[JsonRow] = []
    rejected: list[JsonRow] = []
    for item in compute():
        if isinstance(item, Kept):
            kept.append(item.row)
        else:
            rejected.append(item.to_json())
    rejected.sort(key=canonical_json)
    reasons = Counter(item["reason"] for item in rejected)
    rows_text = "".join(canonical_json(row) + "\n" for row in kept)
    rejected_text = "".join(canonical_json(row) + "\n" for row in rejected)
    write_atomic(folder / "rows.jsonl", rows_text)
    write_atomic(folder / "rejected.jsonl", rejected_text)
    record = {
        "name": name,
        "params": params,
        "in": rows_in,
        "out": len(kept),
        "rejected": dict(sorted(reasons.items())),
        "digest": sha256_text(rows_text),
    }
    files = {"rows.jsonl": sha256_text(rows_text), "rejected.jsonl": sha256_text(rejected_text)}
    files |= {name: sha256_file(folder / name) for name in beside}
    write_json(folder / "stage.json", {"key": key, "files": files, "record": record})
    return StageResult(kept, rejected, record, reused=False)


def _load(folder: Path, key: str) -> StageResult | None:
    import json

    try:
        stage = read_json(folder / "stage.json")
        if stage["key"] != key or any(sha256_file(folder / name) != digest for name, digest in stage["files"].items()):
            return None
        rows, rejected = (
            [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]
            for name in ("rows.jsonl", "rejected.jsonl")
        )
    except (InputError, OSError, KeyError, TypeError, ValueError):
        return None
    return StageResult(rows, rejected, stage["record"], reused=True)


@cache
def code_digest() -> str:
    """Return a hash of this package's own code: results of other code are never reused."""
    root = Path(__file__).parent
    files = sorted(path for path in root.rglob("*") if path.suffix in (".py", ".yaml", ".txt") and path.is_file())
    return sha256_json([[str(path.relative_to(root)), sha256_file(path)] for path in files])
