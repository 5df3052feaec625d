"""Exact duplicates: the same question and answer, white space and case aside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from gpiot_data.schema import Kept, Rejected
from gpiot_data.store import sha256_text

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
            yield Rejected("exact_duplicate", row["source"]["source"], place_of(row), row["messages"][0]["content"][:200], of=keepers[key])


def _key(row: JsonRow) -> str:
    return sha256_text("\x00".join(re.sub(r"\s+", " ", message["content"]).strip().lower() for message in row["messages"]))


def place_of(row: JsonRow) -> str:
    """Return where in its source a row comes from, for people."""
    source = row["source"]
    return f"page {source['page']}" if source["page"] else f"{source['path']}:{source['lines'][0]}"
