"""The dedup stage: rows that say the same as another one go, and each removal names the row that stands for it.

Rows are compared within their kind, question with question and answer with answer. What a template adds to every row
is left out; names and numbers count like any other word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gpiot_data.plan import DedupRule
from gpiot_data.quality.near import EXACT_ROWS, Limits, Near, find_near, searches_cells
from gpiot_data.schema import Kept, Rejected
from gpiot_data.store import sha256_text
from gpiot_data.vectors.encoder import Encoder

JsonRow = dict[str, Any]


def dedup_exact(rows: Iterable[JsonRow]) -> Iterator[Kept[JsonRow] | Rejected]:
    """Keep one row of each set of duplicates: the one with the smallest id, whatever the order of `rows`.

    Yields: in order of id, Kept(row) or Rejected(reason="exact_duplicate", of=<id of the row kept>).
    """
    keepers: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: str(row["id"])):
        key = _key(row)
        if key not in keepers:
            keepers[key] = row["id"]
            yield Kept(row)
        else:
            yield _rejected(row, Near(0, 0, "exact_duplicate", "question+answer", "exact", 1.0), keepers[key])


def dedup_near(
    rows: Iterable[JsonRow], rule: DedupRule, encoder: Encoder, against: Iterable[JsonRow] = ()
) -> Iterator[Kept[JsonRow] | Rejected]:
    """Keep one row of each set of near-duplicates, whatever the order of `rows`.

    Of two rows the one with fewer parents stays, so that no variant displaces what it was made from; of equals the
    one with the smaller id. A row of `against` is never removed, and one that is among `rows` again is a duplicate of itself.

    Args:
        rows: of any kinds.
        rule: from where on rows are near-duplicates.
        encoder: gives the vectors that meaning is compared by.
        against: rows of published datasets.

    Yields: in order of id, Kept(row) or Rejected with reason, field, metric and score, of=<id of the row kept>.
    """
    chosen = sorted(rows, key=lambda row: str(row["id"]))
    published = {row["id"]: row for row in against}
    limits = Limits(rule.jaccard, rule.cosine, rule.match)
    removed: dict[int, Rejected] = {}
    for kind in sorted({row["kind"] for row in chosen}):
        fixed = sorted((row for row in published.values() if row["kind"] == kind), key=_order)
        places = sorted((place for place, row in enumerate(chosen) if row["kind"] == kind), key=lambda place: _order(chosen[place]))
        items = [*fixed, *(chosen[place] for place in places)]
        fields = _fields(items)
        for near in find_near(fields, encoder, limits, len(fixed)):
            removed[places[near.position - len(fixed)]] = _rejected(items[near.position], near, items[near.keeper]["id"])
    for place, row in enumerate(chosen):
        yield removed[place] if place in removed else Kept(row)


def is_approximate(rows: Iterable[JsonRow], against: Iterable[JsonRow] = ()) -> bool:
    """Tell whether `dedup_near` compares the vectors of any kind of rows within cells only, and so may miss a few pairs."""
    chosen = list(rows)
    published = list({row["id"]: row for row in against}.values())
    kinds = sorted({row["kind"] for row in chosen})
    # Texts are put together for a large kind only.
    return any(
        len(items) > EXACT_ROWS and searches_cells(_fields(items), EXACT_ROWS)
        for items in ([row for row in (*published, *chosen) if row["kind"] == kind] for kind in kinds)
    )


def _fields(items: Sequence[JsonRow]) -> dict[str, list[str]]:
    """Return the compared texts of rows of one kind, by field."""
    texts = [compared_texts(row) for row in items]
    return {name: [text[name] for text in texts] for name in texts[0]}


def compared_texts(row: JsonRow) -> dict[str, str]:
    """Return what of a row is compared, by field.

    A description is asked for by a template, so only its answer counts. A program's documentation repeats its
    specification, so its answer is the code.
    """
    if row["kind"] == "decomposition":
        lines = [line for task in row["tasks"] for line in (task["name"], *task["steps"])]
        return {"answer": "\n".join(lines), "question": row["problem"]}
    if row["kind"] == "description":
        return {"answer": re.sub(r"^#.*$", "", row["documentation"], flags=re.MULTILINE)}
    return {"answer": row["code"] or "", "question": _specification_text(row["specification"] or {})}


def _specification_text(specification: JsonRow) -> str:
    variables = [*specification.get("inputs", ()), *specification.get("outputs", ())]
    facts = [str(value) for variable in variables for _, value in sorted(variable.items()) if value is not None]
    return "\n".join([specification.get("target", ""), *facts])


def _order(row: JsonRow) -> tuple[int, str]:
    return len(row["parents"]), str(row["id"])


def _rejected(row: JsonRow, near: Near, of: str) -> Rejected:
    text = row["messages"][0]["content"][:200]
    return Rejected(
        near.reason, row["source"]["source"], place_of(row), text, of=of, field=near.field, metric=near.metric, score=near.score
    )


def _key(row: JsonRow) -> str:
    return sha256_text("\x00".join(re.sub(r"\s+", " ", message["content"]).strip().lower() for message in row["messages"]))


def place_of(row: JsonRow) -> str:
    """Return where in its source a row comes from, for people."""
    source = row["source"]
    return f"page {source['page']}" if source["page"] else f"{source['path']}:{source['lines'][0]}"
