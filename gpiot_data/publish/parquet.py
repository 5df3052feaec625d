"""Parquet files beside the JSON lines: a derived view with one schema for every split, so that `load_dataset` opens the folder."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from gpiot_data.store import canonical_json

if TYPE_CHECKING:
    import pyarrow


def parquet_bytes(rows: Sequence[dict[str, Any]], kind: Literal["tdd", "cgd"]) -> bytes:
    """Return rows as one parquet file; parameters of parents are kept as JSON text, since their keys differ."""
    import pyarrow
    import pyarrow.parquet

    plain = [{**row, "parents": [{**parent, "params": canonical_json(parent.get("params"))} for parent in row["parents"]]} for row in rows]
    table = pyarrow.Table.from_pylist(plain, schema=_schema(kind))
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _schema(kind: Literal["tdd", "cgd"]) -> pyarrow.Schema:
    import pyarrow as pa

    text, texts, whole = pa.string(), pa.list_(pa.string()), pa.int64()
    variable = pa.struct(
        [("name", text), ("type", text), ("shape", text), ("unit", text), ("rate_hz", pa.float64()), ("description", text)]
    )
    source = [("corpus", text), ("source", text), ("version", text), ("sha256", text), ("span", pa.list_(whole)), ("span_sha256", text)]
    place = [("page", whole), ("bbox", pa.list_(whole)), ("path", text), ("lines", pa.list_(whole))]
    made = [("passages", pa.list_(pa.list_(pa.list_(whole)))), ("overlap", pa.float64()), ("confidence", pa.float64())]
    own = {
        "tdd": [("problem", text), ("tasks", pa.list_(pa.struct([("name", text), ("steps", texts)]))), ("aspect", text), *made],
        "cgd": [
            ("symbol", text),
            ("package", text),
            ("specification", pa.struct([("target", text), ("inputs", pa.list_(variable)), ("outputs", pa.list_(variable))])),
            ("code", text),
            ("expected", pa.list_(pa.struct([("line", whole), ("output", text)]))),
            ("documentation", text),
            ("imports", texts),
        ],
    }[kind]
    common = [
        ("messages", pa.list_(pa.struct([("role", text), ("content", text)]))),
        ("source", pa.struct([*source, *place])),
        ("license", text),
        ("parents", pa.list_(pa.struct([("id", text), ("aspect", text), ("operation", text), ("params", text)]))),
        ("teacher", pa.struct([("name", text), ("prompt", text), ("model", text), ("response_sha256", text)])),
        ("verdict", pa.struct([("status", text), ("reason", text), ("isolation", text), ("environment", text)])),
        ("split", text),
    ]
    return pa.schema([("id", text), ("kind", text), *own, *common])
