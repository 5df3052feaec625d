"""Rows of two versions are the same, changed, come or gone; what changed is paired by span, then question, then symbol."""

from __future__ import annotations

from pathlib import Path

from gpiot_data.diff import SHOWN, compare, render
from gpiot_data.recheck import Dataset


def row(name: str, symbol: str = "toy.f", span: str = "s1", question: str = "q", line: int = 1, **given: object) -> dict:
    source = {"source": "toy", "path": "toy.py", "span": [line, line + 1], "span_sha256": span, "page": None, "lines": [line, line]}
    base = {
        "id": name,
        "kind": "example",
        "symbol": symbol,
        "code": name,
        "parents": [],
        "source": source,
        "license": "MIT",
        "split": "train",
    }
    return {**base, "messages": [{"content": question}, {"content": name}], "verdict": {"status": "ran"}, **given}


def dataset(rows: list[dict], version: str = "1.0.0", sources: tuple[dict, ...] = (), stages: tuple[dict, ...] = ()) -> Dataset:
    lock = {"version": version, "kind": "cgd", "sources": list(sources), "stages": list(stages)}
    return Dataset(Path("toys"), lock, tuple(rows))


def changes(old: list[dict], new: list[dict]) -> tuple[set[tuple[str, str]], set[str], set[str], int]:
    found = compare(dataset(old), dataset(new))
    pairs = {(pair.old["id"], pair.new["id"]) for pair in found.changed}
    return pairs, {row["id"] for row in found.went}, {row["id"] for row in found.came}, found.same


def test_the_same_rows_in_another_order_are_the_same() -> None:
    rows = [row("a"), row("b")]
    assert changes(rows, rows[::-1]) == (set(), set(), set(), 2)


def test_a_row_with_the_same_id_and_another_verdict_or_split_has_changed() -> None:
    found = compare(dataset([row("a")]), dataset([row("a", verdict={"status": "passed"}, split="test")]))
    assert [pair.fields for pair in found.changed] == [("verdict", "split")]


def test_changed_rows_are_paired_by_span_before_question_before_symbol() -> None:
    old = [row("a", span="s1"), row("b", span="s2", question="mine"), row("c", span="s3", line=9), row("d", symbol="toy.gone")]
    new = [row("x", span="s9", line=9), row("y", span="s8", question="mine"), row("z", span="s1"), row("w", symbol="toy.new")]
    assert changes(old, new) == ({("a", "z"), ("b", "y"), ("c", "x")}, {"d"}, {"w"}, 0)


def test_a_row_is_never_paired_twice() -> None:
    assert changes([row("a"), row("b")], [row("x")]) == ({("a", "x")}, {"b"}, set(), 0)
    assert changes([row("a")], [row("x"), row("y")]) == ({("a", "x")}, set(), {"y"}, 0)


def test_a_variant_is_not_taken_for_its_origin() -> None:
    parents = [{"id": "o", "aspect": "modality", "operation": "rename", "params": {}}]
    assert changes([row("a")], [row("x", parents=parents)]) == (set(), {"a"}, {"x"}, 0)


def test_papers_have_no_symbol_and_are_paired_by_span_or_question_only() -> None:
    old, new = row("a", span="s1", symbol="", question="p1"), row("x", span="s2", symbol="", question="p2")
    assert changes([old], [new]) == (set(), {"a"}, {"x"}, 0)
    assert changes([old], [{**new, "messages": old["messages"]}])[0] == {("a", "x")}


def test_sources_and_stages_that_differ_are_told() -> None:
    def stage(out: int, **rejected: int) -> dict:
        return {"name": "dedup", "in": 9, "out": out, "rejected": rejected, "params": {}, "digest": ""}

    one = {"id": "one", "version": "1.0", "sha256": "a" * 64, "license": "MIT"}
    old = dataset([row("a")], sources=(one, {**one, "id": "two"}), stages=(stage(8, near_jaccard=1),))
    new = dataset([row("a")], "1.1.0", sources=({**one, "version": "1.1"}, {**one, "id": "three"}), stages=(stage(7, near_jaccard=2),))
    found = compare(old, new)
    assert found.to_json()["sources"] == {"came": ["three"], "went": ["two"], "changed": {"one": {"version": ["1.0", "1.1"]}}}
    assert render(found).splitlines() == [
        "version: 1.0.0 -> 1.1.0",
        "source three: came",
        "source two: went",
        "source one: version 1.0 -> 1.1",
        "stage dedup: 8 -> 7 rows",
        "  rejected near_jaccard: 1 -> 2",
        "rows: 1 the same, 0 came, 0 went, 0 changed",
    ]


def test_people_are_shown_some_rows_and_told_of_the_rest() -> None:
    new = [row(f"r{number:02}", symbol=f"toy.f{number}") for number in range(SHOWN + 3)]
    lines = render(compare(dataset([]), dataset(new))).splitlines()
    assert lines[0] == f"rows: 0 the same, {len(new)} came, 0 went, 0 changed"
    assert lines[1:3] == [f"came (toy {len(new)}):", "  r00 example of toy.f0, toy toy.py:1"]
    assert lines[-1] == "  and 3 more; --json names all"
    assert len(lines) == SHOWN + 3
