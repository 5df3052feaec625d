"""`gpiot-data report`: a dataset folder drawn on one page that needs no other file and asks nobody for anything.

All texts of rows reach the page as data, never as markup, and its policy lets no script run but its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

from gpiot_data.errors import BadDataset, MissingWeights
from gpiot_data.lockfile import read_lock
from gpiot_data.plan import source_of
from gpiot_data.publish.projection import project
from gpiot_data.publish.report_figures import MAX_ROWS, facets_of, lengths_of, pairs_of, question_and_answer, sample_of, title_of
from gpiot_data.publish.statements import STATEMENTS
from gpiot_data.publish.statistics import FILE as STATISTICS
from gpiot_data.quality.subjects import Packages, packages_of
from gpiot_data.row_form import check_row
from gpiot_data.store import canonical_json, read_json, read_jsonl, write_atomic
from gpiot_data.vectors import CachedEncoder, Encoder, open_encoder

JsonRow = dict[str, Any]

FILE = "report.html"
#: Points of the map; of more rows those with the smallest ids.
MAX_POINTS = 4000


def write_report(folder: Path, out: Path | None = None, encoder: Encoder | None = None) -> Path:
    """Write the page of a finished dataset and return where it is.

    Args:
        folder: of the dataset.
        out: the file to write; by default `report.html` in the folder.
        encoder: gives the vectors of the map; by default the one that the dataset was made with, if it is here.

    Raises:
        BadDataset: if the folder is no finished dataset, or a file of it cannot be used.
        InputError: if the page cannot be written.
    """
    lock = read_lock(folder / "lock.json")
    rows = _read_rows(folder, lock)
    path = out or folder / FILE
    write_atomic(path, render_page(_figures(folder, lock, rows, encoder)))
    return path


def render_page(figures: Mapping[str, Any]) -> str:
    """Return the page for what it has to draw."""
    pieces = resources.files("gpiot_data.publish") / "page"
    style, script, page = ((pieces / name).read_text(encoding="utf-8") for name in ("report.css", "report.js", "report.html"))
    # No markup can begin in it, so nothing in a row can end the element that holds the data.
    data = json.dumps(figures, sort_keys=True, separators=(",", ":"), allow_nan=False)
    data = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    title = escape(f"{figures['name']} {figures['version']}")
    filled = {"policy": policy, "title": title, "style": style, "data": data, "script": script}
    return re.sub(r"\{\{(\w+)\}\}", lambda match: filled[match[1]], page)


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode()}"


def _read_rows(folder: Path, lock: JsonRow) -> list[JsonRow]:
    rows = []
    for entry in lock["outputs"]:
        if entry["path"].startswith("data/"):
            for number, row in enumerate(read_jsonl(folder / entry["path"]), start=1):
                check_row(row, lock["kind"], f"{folder / entry['path']}:{number}")
                rows.append(row)
    return sorted(rows, key=lambda row: str(row["id"]))


def _figures(folder: Path, lock: JsonRow, rows: list[JsonRow], encoder: Encoder | None) -> JsonRow:
    """Return what the page draws.

    Raises:
        BadDataset: if a file lacks what every build writes.
    """
    try:
        statistics, diversity = read_json(folder / STATISTICS), read_json(folder / "diversity.json")
        counted = rows[:MAX_ROWS]
        found = {
            "name": lock["manifest"]["name"],
            "version": lock["manifest"]["version"],
            "summary": STATEMENTS[lock["kind"]].summary,
            "digest": lock["dataset_sha256"],
            "engine": lock["engine"]["gpiot"],
            "total": len(rows),
            "counted": len(counted),
            "sources": len(lock["sources"]),
            "licences": sorted({source["license"] for source in lock["sources"]}),
            "statistics": {name: statistics[name] for name in ("funnel", "verdicts", "executed_share", "origin_programs")},
            "facets": facets_of(counted, _packages(lock)),
            "lengths": lengths_of(counted),
            "map": _draw_map(lock, rows[:MAX_POINTS], encoder),
            "pairs": pairs_of(list(read_jsonl(folder / "rejected.jsonl")), rows),
            "diversity": diversity["parts"],
            "sample": sample_of(rows, lock["dataset_sha256"]),
        }
        # NaN and infinity are JSON for Python alone.
        canonical_json(found)
        return found
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise BadDataset(f"{folder}: its files do not hold what a report needs ({error!r}); build the dataset again") from error


def _packages(lock: JsonRow) -> Packages:
    """Return the packages with what tells the subjects of their modules; none for papers."""
    return packages_of(map(source_of, lock["sources"])) if lock["kind"] == "cgd" else {}


def _draw_map(lock: JsonRow, rows: list[JsonRow], given: Encoder | None) -> JsonRow:
    encoder, why = (given, "") if given is not None else _encoder_of(lock)
    if encoder is None:
        return {"why": why, "points": []}
    texts = [question_and_answer(row) for row in rows]
    places = project([question for question, _ in texts], [answer for _, answer in texts], encoder)
    points = [[x, y, row["id"], title_of(row)] for (x, y), row in zip(places, rows, strict=True)]
    return {"why": "", "points": points, "encoder": encoder.name}


def _encoder_of(lock: JsonRow) -> tuple[Encoder | None, str]:
    """Return the encoder that a dataset was made with, or None and why there is none."""
    rule = lock["manifest"]["dedup"]
    if rule["method"] != "near":
        return None, "This dataset was built without vectors, so there is no map of it."
    try:
        return CachedEncoder(open_encoder(rule["encoder"])), ""
    except MissingWeights as error:
        return None, f"The vectors of this dataset cannot be made here: {error}."
