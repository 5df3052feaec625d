"""What readers said of random rows: for each reading how many of them they would take out of a training set, and why.

    python benchmarks/marks.py [--json] [FILE ...]

Each file of benchmarks/marks holds the readings of one dataset, a line per row that was read: {"reading", "drawn_from", "kind", "id",
"mark": "ok" or "faulty", "class", "reason"}. Rows were drawn with `gpiot-data show FOLDER --sample N --kind KIND`, so by the hash of
the dataset, which `drawn_from` begins; before there was a dataset, at random from the candidates, and `drawn_from` says so. Readers
saw question and answer, and nothing of the code that made them. Faults found in one reading were mended before the rows of the next
were drawn, so the ids of earlier readings need not be in the dataset any more.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "marks"
OK, FAULTY = "ok", "faulty"
KEYS = {"reading", "drawn_from", "kind", "id", "mark", "class", "reason"}
#: Of the exact interval for a share; 1.96 standard errors of Wilson's score, E. B. Wilson 1927, DOI 10.1080/01621459.1927.10502953.
Z = 1.959964

Mark = dict[str, Any]


def read_marks(path: Path) -> list[Mark]:
    """Read the marks of a dataset.

    Raises:
        ValueError: if a line is no mark, a fault has no reason, or a row was marked twice in one reading.
    """
    marks: list[Mark] = []
    seen: set[tuple[Any, ...]] = set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        mark = json.loads(line)
        if set(mark) != KEYS or mark["mark"] not in (OK, FAULTY) or (mark["mark"] == FAULTY) != bool(mark["reason"] and mark["class"]):
            raise ValueError(f"{path}:{number}: is no mark; it needs {', '.join(sorted(KEYS))}, and class and reason for a fault alone")
        row = (mark["reading"], mark["kind"], mark["id"])
        if row in seen:
            raise ValueError(f"{path}:{number}: row {mark['id']} was marked before in reading {mark['reading']}")
        seen.add(row)
        marks.append(mark)
    return marks


def tally(marks: Iterable[Mark]) -> Iterator[dict[str, Any]]:
    """Yield for each reading and kind how many rows were read and how many are faulty, with the 95 % interval of that share."""
    groups: dict[tuple[int, str], list[Mark]] = {}
    for mark in marks:
        groups.setdefault((mark["reading"], mark["kind"]), []).append(mark)
    for (reading, kind), found in sorted(groups.items()):
        faults = [mark for mark in found if mark["mark"] == FAULTY]
        yield {
            "reading": reading,
            "kind": kind,
            "drawn_from": sorted({mark["drawn_from"] for mark in found}),
            "rows": len(found),
            "faulty": len(faults),
            "share": round(len(faults) / len(found), 4),
            "interval": [round(bound, 4) for bound in share_interval(len(faults), len(found))],
            "classes": dict(sorted(Counter(mark["class"] for mark in faults).items(), key=lambda item: (-item[1], item[0]))),
        }


def share_interval(hits: int, total: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    share, square = hits / total, Z * Z / total
    middle = (share + square / 2) / (1 + square)
    half = Z / (1 + square) * (share * (1 - share) / total + square / (4 * total)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table of all readings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="default: all of benchmarks/marks")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    answer = {}
    for path in options.files or sorted(FOLDER.glob("*.jsonl")):
        try:
            answer[path.stem] = list(tally(read_marks(path)))
        except (OSError, ValueError) as error:
            sys.exit(f"error: {error}")
    if options.json:
        print(json.dumps(answer, sort_keys=True))
        return
    for name, readings in answer.items():
        for found in readings:
            low, high = (f"{100 * bound:.0f}" for bound in found["interval"])
            said = f"{found['faulty']:>3} of {found['rows']:<4} {100 * found['share']:5.1f} % ({low} to {high})"
            classes = ", ".join(f"{kind} {count}" for kind, count in found["classes"].items())
            print(f"{name:<10} reading {found['reading']} {found['kind']:<15}{said:<32}{classes}")


if __name__ == "__main__":
    main()
