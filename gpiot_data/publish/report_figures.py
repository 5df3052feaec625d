"""What the report page draws: counts, lengths, pairs and rows, in a form small enough for one file."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gpiot_data.console import printable
from gpiot_data.quality.dedup import place_of
from gpiot_data.quality.diversity import answer_text, question_text
from gpiot_data.quality.subjects import Packages, tags_of
from gpiot_data.schema import CG_PROMPT, TD_PROMPT

JsonRow = Mapping[str, Any]

#: Rows that the filters of the page count; of more the ones with the smallest ids, which are hashes and so a fair sample.
MAX_ROWS = 40_000
MAX_PAIRS = 60
SAMPLE = 10
MAX_TITLE_CHARS = 90
MAX_TEXT_CHARS = 6000
_PREFIXES = (*(prompt.partition("{")[0] for prompt in (TD_PROMPT, CG_PROMPT)), "## Target\n")


def facets_of(rows: Sequence[JsonRow], packages: Packages) -> list[dict[str, Any]]:
    """Return what rows are counted and filtered by: for each property its values and, row by row, the numbers of those it has.

    A property that no row has, or that is the same for all, is left out; kind and source are always there.
    """
    properties: list[tuple[str, str, Callable[[JsonRow], Sequence[str]]]] = [
        ("kind", "Kind", lambda row: [row["kind"]]),
        ("split", "Split", lambda row: [row["split"]]),
        ("source", "Package" if packages else "Paper", lambda row: [row["source"]["source"]]),
        ("tag", "Subject", lambda row: tags_of(dict(row), packages) if packages else ()),
        ("aspect", "Aspect", _aspects),
        ("modality", "Modality", lambda row: _changed(row, "modality", "modality")),
        ("representation", "Representation", lambda row: _changed(row, "representation", "representation")),
        ("platform", "Platform", lambda row: _changed(row, "resource", "platform", "resource")),
        ("operation", "Augmentation", lambda row: [row["parents"][-1]["operation"]] if row["parents"] else []),
        ("verdict", "Verdict", lambda row: [row["verdict"]["status"]]),
        ("license", "Licence", lambda row: [row["license"]]),
    ]
    facets = []
    for name, title, read in properties:
        found = [tuple(sorted({printable(str(value)) for value in read(row)})) for row in rows]
        counts = Counter(value for values in found for value in values)
        if name in ("kind", "source") or len(counts) > 1 or (counts and () in found):
            facets.append(_facet(name, title, found, counts))
    return facets


def _facet(name: str, title: str, found: Sequence[tuple[str, ...]], counts: Counter[str]) -> dict[str, Any]:
    values = sorted(counts, key=lambda value: (-counts[value], value))
    numbers = {value: number for number, value in enumerate(values)}
    # A single value needs no list around it: there are tens of thousands of them.
    codes = [numbers[some[0]] if len(some) == 1 else [numbers[value] for value in some] for some in found]
    return {"name": name, "title": title, "values": values, "codes": codes}


def _aspects(row: JsonRow) -> list[str]:
    """Return what the last augmentation changed; several at once are joined by a plus sign."""
    return str(row["parents"][-1]["aspect"] if row["parents"] else row.get("aspect", "raw")).split("+")


def _changed(row: JsonRow, aspect: str, *names: str) -> list[str]:
    """Return what the last augmentation of an aspect changed it to: the parameter called as one of `names`, else the operation."""
    steps = [parent for parent in row["parents"] if aspect in str(parent["aspect"]).split("+")]
    for step in steps[-1:]:
        given = [step["params"][name] for name in (*names, "to") if (step.get("params") or {}).get(name)]
        return [str(given[0] if given else step["operation"])]
    return []


def lengths_of(rows: Sequence[JsonRow]) -> list[dict[str, Any]]:
    """Return the numbers of characters of questions, answers and programs, row by row; 0 without a program."""
    columns = {
        "Question": [len(row["messages"][0]["content"]) for row in rows],
        "Answer": [len(row["messages"][1]["content"]) for row in rows],
        "Program": [len(row.get("code") or "") for row in rows],
    }
    return [{"title": title, "values": values} for title, values in columns.items() if any(values)]


def title_of(row: JsonRow) -> str:
    """Return one line that tells what a row is about."""
    return _line((row.get("specification") or {}).get("target") or question_text(row), MAX_TITLE_CHARS)


def question_and_answer(row: JsonRow) -> tuple[str, str]:
    """Return the two texts that place a row on the map."""
    return question_text(row), answer_text(row)


def pairs_of(rejected: Sequence[JsonRow], rows: Sequence[JsonRow]) -> dict[str, Any]:
    """Return how many near-duplicates there were by metric and score, and the pairs that are least alike: the ones to doubt.

    Args:
        rejected: what stages dropped, as `rejected.jsonl` has it.
        rows: of the dataset, to tell what a dropped row was near to.
    """
    near = [item for item in rejected if item.get("of") and item.get("metric") in ("jaccard", "cosine")]
    bins = Counter((item["metric"], int(item["score"] * 100 + 1e-9)) for item in near)
    kept = {row["id"]: row for row in rows}
    chosen = sorted(near, key=lambda item: (item["score"], item["of"], item["source"], item["place"], item["text"]))[:MAX_PAIRS]
    return {
        "count": len(near),
        "copies": sum(item["reason"] == "exact_duplicate" for item in rejected),
        "scores": [{"metric": metric, "score": score, "pairs": count} for (metric, score), count in sorted(bins.items())],
        "shown": [_pair(item, kept.get(item["of"])) for item in chosen],
    }


def _pair(item: JsonRow, keeper: JsonRow | None) -> dict[str, Any]:
    return {
        "score": item["score"],
        "metric": item["metric"],
        "field": item["field"],
        "gone": _line(asked(item["text"]), 2 * MAX_TITLE_CHARS),
        "gone_from": printable(f"{item['source']}, {item['place']}"),
        "kept": "" if keeper is None else _line(asked(keeper["messages"][0]["content"]), 2 * MAX_TITLE_CHARS),
        "kept_from": "" if keeper is None else printable(f"{keeper['source']['source']}, {place_of(dict(keeper))}"),
        "kept_id": item["of"],
    }


def asked(text: str) -> str:
    """Return what a user turn asks for, without the words that all rows share and without inputs and outputs."""
    for prefix in _PREFIXES:
        text = text.removeprefix(prefix)
    return text.partition("\n\n## Input")[0]


def sample_of(rows: Sequence[JsonRow], digest: str) -> list[dict[str, Any]]:
    """Return ten rows with their lineage, drawn as `gpiot-data show --sample 10` draws them: by the dataset's own hash."""
    drawn = random.Random(int(digest[:8], 16))  # noqa: S311  # a sample for readers, not a secret
    chosen = drawn.sample(sorted(rows, key=lambda row: str(row["id"])), min(SAMPLE, len(rows)))
    return [_shown(row) for row in chosen]


def _shown(row: JsonRow) -> dict[str, Any]:
    source, verdict, teacher = row["source"], row["verdict"], row["teacher"]
    made = [f"{parent['aspect']}: {parent['operation']} of {parent['id']}" for parent in row["parents"]]
    facts = {
        "Source": f"{source['source']} {source.get('version') or ''}, {place_of(dict(row))}",
        "Span": f"{source['span'][0]} to {source['span'][1]}, sha256 {source['span_sha256'][:16]}",
        "Source file": f"sha256 {source['sha256'][:16]}",
        "Licence": row["license"],
        "Made by": f"{teacher['name']}, {teacher['prompt']}" + (f", {teacher['model']}" if teacher["model"] else ""),
        "Made from": "; ".join(made) or "the source itself",
        "Verdict": ", ".join(str(verdict[name]) for name in ("status", "reason", "isolation", "environment") if verdict.get(name)),
        "Split": row["split"],
    }
    question, answer = (printable(message["content"])[:MAX_TEXT_CHARS] for message in row["messages"])
    lineage = [[name, printable(str(value))] for name, value in facts.items()]
    return {"id": row["id"], "kind": row["kind"], "title": title_of(row), "lineage": lineage, "question": question, "answer": answer}


def _line(text: str, most: int) -> str:
    words = " ".join(printable(text).split())
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}\u2026"
