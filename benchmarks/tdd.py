"""Papers -> sections -> pairs -> variants: python benchmarks/tdd.py [--json] [--quick] [--only HALF] [--papers DIR] [--jobs N].

Compares what the extractor finds in real papers with what people read off their pages (`tdd_gold`), counts the pairs that the embedded
teacher makes of all papers, the variants that these allow, how varied they are, and what the checker of variants finds. The papers are
in the folder named by GPIOT_SHARED or --papers, with an `index.csv` that tells their licences. `--quick` reads five papers of each set,
and takes pairs of the sample papers only; `--faults` prints each disagreement.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from layout_gold import Head, Score, found_heads, read_heads, score_heads, score_joins, score_order, score_system
from variant_figures import measure_variants

from gpiot_data.papers.pdf import import_pymupdf
from gpiot_data.papers.sections import Paper, read_paper_here

QUICK = 5
#: Papers whose order of paragraphs and hyphens people marked, all under CC BY 4.0.
MARKED = 10
SETS = {"tuned": "heads_tuned.txt", "held_out": "heads_held_out.txt"}


def papers_folder(given: Path | None) -> Path:
    """Return the folder of PDFs, or end with a sentence and the code 2."""
    shared = os.environ.get("GPIOT_SHARED")
    folder = given or (Path(shared) / "papers" if shared else None)
    if folder is None or not (folder / "index.csv").is_file():
        where = "no folder of papers is named" if folder is None else f"{folder / 'index.csv'} is not there"
        print(f"error: {where}; name the folder of papers and their index.csv by --papers or GPIOT_SHARED", file=sys.stderr)
        sys.exit(2)
    return folder


def read_all(folder: Path, names: list[str]) -> tuple[dict[str, Paper], float]:
    """Return the papers by name, and the pages per second of processor time, sectioning included."""
    import_pymupdf()
    started = time.process_time()
    papers = {name: read_paper_here(folder / f"{name}.pdf") for name in names}
    return papers, sum(paper.pages for paper in papers.values()) / (time.process_time() - started)


def raw_text(path: Path) -> str:
    """Return the text of a PDF as the file has it."""
    with import_pymupdf().open(path) as document:
        return "".join(page.get_text(flags=0) for page in document)


def heads_and_system(gold: dict[str, list[Head]], papers: dict[str, Paper]) -> tuple[Score, Score]:
    """Score the heads, and the sections that modules are made of."""
    heads, system = Score(), Score()
    for name, paper in papers.items():
        heads.add(score_heads(gold[name], found_heads(paper)))
        system.add(score_system(gold[name], paper))
    return heads, system


def measure(folder: Path, *, quick: bool) -> tuple[dict[str, Any], list[str]]:
    """Return the figures and every disagreement."""
    figures: dict[str, Any] = {"quick": quick}
    faults: list[str] = []
    for name, file in SETS.items():
        gold = read_heads(file)
        names = list(gold)[: QUICK if quick else None]
        papers, speed = read_all(folder, names)
        heads, system = heads_and_system(gold, papers)
        prefix = "" if name == "held_out" else f"{name}_"
        figures |= {f"{prefix}papers": len(names), f"{prefix}heads": heads.right + heads.missed}
        figures |= {f"{prefix}heads_precision": round(heads.precision, 3), f"{prefix}heads_recall": round(heads.recall, 3)}
        figures |= {f"{prefix}system_precision": round(system.precision, 3), f"{prefix}system_recall": round(system.recall, 3)}
        figures[f"{prefix}pages_per_s"] = round(speed, 1)
        faults += [f"{name} heads {fault}" for fault in heads.faults] + [f"{name} system {fault}" for fault in system.faults]
        if name == "tuned" and not quick:
            marked = dict(list(papers.items())[:MARKED])
            order = score_order(marked)
            joins = score_joins(marked, {paper: raw_text(folder / f"{paper}.pdf") for paper in marked})
            figures |= {"successions": order.right + order.wrong, "order_right": round(order.precision, 3)}
            figures |= {"line_end_hyphens": joins.right + joins.wrong, "wrong_joins": round(1 - joins.precision, 4)}
            faults += order.faults + joins.faults
    return figures, faults


def print_curve(curve: list[dict[str, Any]]) -> None:
    """Print what each size of the variants gives, as a table."""
    for at, point in enumerate(curve):
        if at == 0:
            print("".join(f"{name:>19}" for name in point))
        print("".join(f"{value:>19}" for value in point.values()))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--quick", action="store_true", help="read five papers of each set, and make variants of the samples only")
    parser.add_argument("--papers", type=Path, help="the folder of PDFs")
    parser.add_argument("--only", choices=["sections", "variants"], help="measure this half only")
    parser.add_argument("--jobs", type=int, default=1, help="processes that write variants")
    parser.add_argument("--faults", action="store_true", help="print every disagreement")
    options = parser.parse_args()
    folder = papers_folder(options.papers)
    figures, faults = measure(folder, quick=options.quick) if options.only != "variants" else ({"quick": options.quick}, [])
    if options.only != "sections":
        figures |= measure_variants(folder, quick=options.quick, jobs=options.jobs)
    for fault in faults if options.faults else ():
        print(fault)
    for key, value in figures.items():
        if key != "curve":
            print(f"{key:24} {value}")
    print_curve(figures.get("curve", []))
    if options.json:
        print(json.dumps(figures, sort_keys=True))


if __name__ == "__main__":
    main()
