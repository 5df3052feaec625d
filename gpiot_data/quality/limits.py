"""The limits stage: no symbol, no wording and no kind of row may fill a dataset.

Of rows that exceed a limit those stay whose program passed, then those whose program ran to its end; an origin stays before its
variants, and of equals the one with the smaller id. The order of the rows is of no account.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from gpiot_data.errors import QualityGateFailed
from gpiot_data.plan import LimitsRule, Source
from gpiot_data.quality.dedup import place_of
from gpiot_data.quality.diversity import answer_text, skeleton_of
from gpiot_data.quality.subjects import is_general, packages_of
from gpiot_data.schema import Kept, Rejected
from gpiot_data.stages import StageResult, run_stage
from gpiot_data.store import sha256_text

JsonRow = dict[str, Any]

DESCRIPTION = "description"
#: Verdicts by how much they say for a program; all others say nothing.
_RANKS = {"passed": 0, "ran": 1}
_MAX_SHOWN = 200


@dataclass(frozen=True, slots=True)
class _Item:
    """A row and what it is limited by: hashes of skeletons, None where it has no such text."""

    row: JsonRow
    general: bool
    content: str
    target: str | None
    documentation: str | None


#: Why a row goes, and the id of the row that stands for it, if one does.
_Loss = tuple[str, str | None]
#: The rows that are still there -> the ids of those that have to go.
_Cut = Callable[[Sequence[_Item]], Iterator[str]]


def limit_rows(rows: Sequence[JsonRow], rule: LimitsRule, general: Callable[[JsonRow], bool]) -> Iterator[Kept[JsonRow] | Rejected]:
    """Keep of the rows of packages what stays within the limits.

    Per symbol: rows whose programs (or texts, where they have none) are equal but for names and literals count once, and of each kind
    at most `rule.per_symbol` stay. Of all rows then left, shares are cut down: of each skeleton of a target and of a documentation,
    and of the descriptions: those from general-purpose packages go first, and of these the ones whose symbol has a program as well.

    A share is one of the rows that stay, and every cut makes the whole smaller, so the cuts are repeated until none of them drops a
    row. That ends: each turn but the last drops at least one of finitely many rows. It ends within the limits: in the last turn
    all cuts have seen the same rows, which are those that stay. And it drops no more than needed by any one limit: a cut of a larger
    whole allows more, so none goes below what the smaller whole at the end allows.

    Args:
        rows: of kind description, implementation or example, each id once.
        rule: the limits.
        general: tells whether a row comes from a general-purpose package.

    Yields: in order of id, Kept(row) or Rejected with the reason `same_skeleton` (of=<id of the row that stays for it then>),
    `symbol_limit`, `common_target`, `common_documentation` or `description_limit`.
    """
    items = [_item(row, general(row)) for row in sorted(rows, key=_priority)]
    lost: dict[str, _Loss] = {}
    _limit_symbols(items, rule, lost)
    _limit_shares([item for item in items if item.row["id"] not in lost], rule, lost)
    for row in sorted(rows, key=lambda row: str(row["id"])):
        yield _rejected(row, *lost[row["id"]]) if row["id"] in lost else Kept(row)


def run_limits_stage(rule: LimitsRule, sources: Sequence[Source], place: Path, before: StageResult) -> StageResult:
    """Return the rows of `before` that stay within the limits.

    Args:
        rule: of the manifest.
        sources: what the rows come from; their tags tell which are general-purpose.
        place: the folder of the stage.
        before: the stage before.

    Raises:
        QualityGateFailed: if no row is left.
        InputError: if a folder cannot be written to.
    """
    packages = packages_of(sources)

    def general(row: JsonRow) -> bool:
        return is_general(row, packages)

    first_to_go = [row["id"] for row in before.rows if row["kind"] == DESCRIPTION and general(row)]
    stage = run_stage(
        place,
        "limits",
        params=asdict(rule),
        inputs=[before.record["digest"], first_to_go],
        rows_in=len(before.rows),
        compute=lambda: limit_rows(before.rows, rule, general),
    )
    if before.rows and not stage.rows:
        raise QualityGateFailed(
            f"none of the {len(before.rows)} rows is within the limits; see {place / 'rejected.jsonl'} and raise 'limits' in the manifest"
        )
    return stage


def _priority(row: JsonRow) -> tuple[int, int, str]:
    return _RANKS.get(row["verdict"]["status"], len(_RANKS)), len(row["parents"]), str(row["id"])


def _item(row: JsonRow, general: bool) -> _Item:
    text = answer_text(row)
    documentation = _hash(skeleton_of(text, code=False)) if text.strip() else None
    code, target = row.get("code"), (row.get("specification") or {}).get("target")
    return _Item(
        row=row,
        general=general,
        content=f"code {_hash(skeleton_of(code, code=True))}" if code else f"text {documentation}",
        target=_hash(skeleton_of(target, code=False)) if target else None,
        documentation=documentation,
    )


def _hash(skeleton: str) -> str:
    # It stands for a skeleton, which can be as long as the text.
    return sha256_text(skeleton)[:32]


def _limit_symbols(items: Sequence[_Item], rule: LimitsRule, lost: dict[str, _Loss]) -> None:
    """Note which rows, best first, are like another one of their symbol, or too many of it; what stays keeps this whatever goes later."""
    first: dict[tuple[str, str], str] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for item in items:
        row_id, symbol = str(item.row["id"]), str(item.row["symbol"])
        kept = first.get((symbol, item.content))
        if kept is not None:
            lost[row_id] = ("same_skeleton", kept)
        elif counts[symbol, item.row["kind"]] >= rule.per_symbol:
            lost[row_id] = ("symbol_limit", None)
        else:
            first[symbol, item.content] = row_id
            counts[symbol, item.row["kind"]] += 1


def _limit_shares(items: Sequence[_Item], rule: LimitsRule, lost: dict[str, _Loss]) -> None:
    """Note which rows, best first, have to go until every share is one of what stays."""
    skeleton, descriptions = Fraction(str(rule.skeleton)), Fraction(str(rule.descriptions))
    cuts: dict[str, _Cut] = {
        "common_target": lambda rows: _too_common(rows, lambda item: item.target, skeleton),
        "common_documentation": lambda rows: _too_common(rows, lambda item: item.documentation, skeleton),
        "description_limit": lambda rows: _too_many_descriptions(rows, descriptions),
    }
    left, before = list(items), -1
    while len(left) != before:
        before = len(left)
        for reason, cut in cuts.items():
            gone = set(cut(left))
            lost.update(dict.fromkeys(gone, (reason, None)))
            left = [item for item in left if item.row["id"] not in gone]


def _too_common(items: Sequence[_Item], skeleton_of_item: Callable[[_Item], str | None], share: Fraction) -> Iterator[str]:
    """Yield the ids of what is above a skeleton's share of the rows that have one; a skeleton that occurs once repeats nothing."""
    found = [(skeleton, item) for item in items if (skeleton := skeleton_of_item(item)) is not None]
    most = max(1, math.floor(share * len(found)))
    seen: Counter[str] = Counter()
    for skeleton, item in found:
        seen[skeleton] += 1
        if seen[skeleton] > most:
            yield item.row["id"]


def _too_many_descriptions(items: Sequence[_Item], share: Fraction) -> Iterator[str]:
    """Yield the ids of the descriptions above their share: d of d + p rows is at most s as long as d is at most p s / (1 - s)."""
    descriptions = [item for item in items if item.row["kind"] == DESCRIPTION]
    if share < 1:
        most = math.floor((len(items) - len(descriptions)) * share / (1 - share))
        programmed = {item.row["symbol"] for item in items if item.row["kind"] != DESCRIPTION}
        last_to_go = sorted(descriptions, key=lambda item: (item.general, item.row["symbol"] in programmed))
        yield from (item.row["id"] for item in last_to_go[most:])


def _rejected(row: JsonRow, reason: str, of: str | None) -> Rejected:
    text = (row.get("specification") or {}).get("target") or answer_text(row).strip()
    return Rejected(reason, row["source"]["source"], place_of(row), f"{row['kind']} of {row['symbol']}: {text}"[:_MAX_SHOWN], of=of)
