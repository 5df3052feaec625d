"""The readings that are committed are whole, and are tallied as they were marked."""

from __future__ import annotations

import json
from pathlib import Path

import marks
import pytest


def mark(row: str, fault: str | None = None, **changes: object) -> dict[str, object]:
    said = "faulty" if fault else "ok"
    whole = {"reading": 1, "drawn_from": "0" * 8, "kind": "example", "id": row, "mark": said, "class": fault, "reason": fault and "It is."}
    return {**whole, **changes}


def write(path: Path, *lines: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_shares_are_told_for_each_reading_and_kind_with_their_interval(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [mark(f"{n}", "cut" if n < 5 else None) for n in range(100)]
    path = write(tmp_path / "cgd.jsonl", *rows, mark("0", reading=2), mark("0", kind="description"))
    found = list(marks.tally(marks.read_marks(path)))
    assert [(item["reading"], item["kind"], item["faulty"], item["rows"]) for item in found] == [
        (1, "description", 0, 1),
        (1, "example", 5, 100),
        (2, "example", 0, 1),
    ]
    assert (found[1]["share"], found[1]["interval"], found[1]["classes"]) == (0.05, [0.0215, 0.1118], {"cut": 5})
    marks.main([str(path)])
    assert "cgd        reading 1 example          5 of 100    5.0 % (2 to 11)   cut 5" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([mark("a"), mark("a")], "a.jsonl:2: row a was marked before in reading 1"),
        ([mark("a", mark="good")], "a.jsonl:1: is no mark"),
        ([mark("a", "cut", reason="")], "a.jsonl:1: is no mark"),
        ([{"id": "a"}], "a.jsonl:1: is no mark"),
    ],
)
def test_a_line_that_is_no_mark_is_named(tmp_path: Path, lines: list[dict[str, object]], said: str) -> None:
    with pytest.raises(SystemExit, match=said):
        marks.main([str(write(tmp_path / "a.jsonl", *lines))])


def test_the_committed_readings_are_whole() -> None:
    files = sorted(marks.FOLDER.glob("*.jsonl"))
    assert files
    for path in files:
        assert all(item["rows"] >= 40 for item in marks.tally(marks.read_marks(path)))
