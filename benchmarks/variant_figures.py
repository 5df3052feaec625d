"""Figures of variants of decompositions: how many can be reached, how varied they are at each size, and what their checker finds."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planted_faults import planted

from gpiot_data.augment.decompositions.checker import faults_of
from gpiot_data.augment.decompositions.stage import augment_sources
from gpiot_data.augment.ontology.load import load_ontology
from gpiot_data.augment.ontology.model import Ontology
from gpiot_data.quality.licence import standing_of
from gpiot_data.quality.skeletons import text_skeleton
from gpiot_data.schema import Kept, SubTask
from gpiot_data.sources.papers import PaperCorpus, PaperSource
from gpiot_data.teacher.pairs import extract_paper
from gpiot_data.teacher.rules import RulesTeacher
from gpiot_data.variants_rule import VariantsRule

Row = dict[str, Any]

SAMPLES = Path(__file__).parents[1] / "corpora" / "papers.samples.yaml"
#: Papers that no row is made of: the one whose method is followed here, and one that builds attacks on robots.
NEVER_A_SOURCE = ("gpiot-2025", "lemingshen-blindfold")
#: Sizes of the curve: variants of each aspect that a row may get.
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
#: Pairs of the task decomposition dataset of Shen et al. 2025, DOI 10.1145/3715014.3722064.
ROWS_OF_THE_PAPER = 36_098
PLANTS, PLANT_SEED = 300, 20261122
#: Other words for what templates say, as another writer would choose them.
REWORDED = {"Apply": "Employ", "Run": "Put to work", "Compute": "Work out", "Report": "Announce", "Keep": "Retain", "Cut": "Divide"}


@dataclass(frozen=True, slots=True)
class Made:
    """A variant as far as it is counted: its number among those of its row and aspect, from 1, and its texts with names masked."""

    number: int
    aspect: str
    open: bool
    skeleton: int
    steps: frozenset[int]


def papers_of(folder: Path) -> Iterator[PaperSource]:
    """Yield the sample papers, and those of a folder that its `index.csv` does not mark as hostile."""
    yield from PaperCorpus.load(SAMPLES).sources
    with (folder / "index.csv").open(encoding="utf-8", errors="replace", newline="") as stream:
        for entry in csv.DictReader(stream):
            if not entry["hostile"] and entry["slug"] not in NEVER_A_SOURCE:
                licence = "CC-BY-4.0" if entry["licence"] == "CC BY 4.0" else "LicenseRef-as-printed"
                yield PaperSource(
                    id=entry["slug"], file=f"{entry['slug']}.pdf", sha256=entry["sha256"], license=licence, title=entry["title"],
                    corpus="papers", folder=str(folder),
                )  # fmt: skip


def raw_rows(sources: Iterator[PaperSource]) -> list[Row]:
    """Return the pairs that the embedded teacher makes of papers."""
    return [
        item.row.to_json() for source in sources for item in extract_paper(source, source.path, RulesTeacher()) if isinstance(item, Kept)
    ]


def variants_of(rows: Sequence[Row], per_aspect: int, jobs: int) -> Iterator[Row]:
    """Yield the variants that a build makes of rows."""
    for item in augment_sources(rows, VariantsRule(per_aspect=per_aspect), 0, jobs):
        if isinstance(item, Kept) and item.row["parents"]:
            yield item.row


def count(variants: Iterator[Row]) -> list[Made]:
    """Return the variants as they are counted; those of a smaller size are the first of a larger one."""
    numbers: Counter[tuple[str, str]] = Counter()
    made = []
    for row in variants:
        key = (row["parents"][0]["id"], row["aspect"])
        numbers[key] += 1
        steps = [text_skeleton(step) for task in row["tasks"] for step in task["steps"]]
        names = [text_skeleton(task["name"]) for task in row["tasks"]]
        is_open = standing_of(row["license"]) == "open"
        made.append(Made(numbers[key], row["aspect"], is_open, hash((*names, *steps)), frozenset(map(hash, steps))))
    return made


def curve_of(made: Sequence[Made], n_raw: int, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Return what each size gives: rows, skeletons per raw row, the share of the most common one, and different steps."""
    curve = []
    for size in sizes:
        chosen = [item for item in made if item.number <= size]
        skeletons = Counter(item.skeleton for item in chosen)
        curve.append(
            {
                "per_aspect": size,
                "rows": len(chosen),
                "rows_publishable": sum(item.open for item in chosen),
                "skeletons_per_raw": round(len(skeletons) / n_raw, 2),
                "common_share": round(max(skeletons.values(), default=0) / max(1, len(chosen)), 5),
                "steps": len(frozenset().union(*(item.steps for item in chosen))),
            }
        )
    return curve


def bend_of(curve: Sequence[dict[str, Any]]) -> int:
    """Return the size at which the different steps lie furthest above the straight line between both ends, sizes counted in doublings.

    Source: the knee of a curve, Satopaa et al. 2011, DOI 10.1109/ICDCSW.2011.20, without smoothing.
    """
    first, last = curve[0]["steps"], curve[-1]["steps"]
    above = [point["steps"] - first - (last - first) * at / max(1, len(curve) - 1) for at, point in enumerate(curve)]
    return int(curve[max(range(len(curve)), key=lambda at: above[at])]["per_aspect"])


def changed_by_a_platform(rows: Sequence[Row]) -> float:
    """Return the share of the variants for another computer alone that have a step which says so."""
    own = [row for row in rows if row["aspect"] == "resource"]
    said = [any("budget" in step or "memory limit" in step for task in row["tasks"] for step in task["steps"]) for row in own]
    return round(sum(said) / max(1, len(said)), 4)


def checked(rows: Sequence[Row]) -> dict[str, Any]:
    """Return how many planted faults the checker catches, by class, and how many alarms it raises on rows another writer reworded."""
    ontology = load_ontology()
    spoilt = planted(list(rows), ontology, PLANTS, PLANT_SEED)
    caught = Counter(name for name, _, row in spoilt if _has_fault(row, ontology))
    rng = random.Random(PLANT_SEED)  # noqa: S311  # a sample, not a secret
    told = [_reworded(row, rng) for row in rng.sample(list(rows), min(PLANTS, len(rows)))]
    return {
        "checker_caught_share": round(sum(caught.values()) / len(spoilt), 4),
        "checker_caught": dict(sorted(caught.items())),
        "checker_planted": len(spoilt),
        "checker_false_share": round(sum(_has_fault(row, ontology) for row in told) / len(told), 4),
        "checker_reworded": len(told),
    }


def _reworded(row: Row, rng: random.Random) -> Row:
    """Return a row with other verbs and without some steps that carry no sum: sound, but by no template."""
    other: Row = json.loads(json.dumps(row))
    for task in other["tasks"]:
        for at, step in enumerate(task["steps"]):
            first, _, rest = step.partition(" ")
            task["steps"][at] = f"{REWORDED.get(first, first)} {rest}"
        spare = [step for step in task["steps"] if "byte" not in step]
        if len(spare) > 1 and len(task["steps"]) > 2 and rng.random() < 0.5:
            task["steps"].remove(rng.choice(spare[1:]))
    return other


def _has_fault(row: Row, ontology: Ontology) -> bool:
    tasks = [SubTask(task["name"], tuple(task["steps"])) for task in row["tasks"]]
    return bool(faults_of(row["problem"], tasks, row["aspect"], row["parents"][0]["params"], ontology))


def measure_variants(folder: Path, *, quick: bool, jobs: int) -> dict[str, Any]:
    """Return all figures of variants; `quick` takes the sample papers and small sizes only.

    `rows_reachable` is what the largest size gives, raw pairs included, `paper_rows_reached_by` the first size that gives as many as the
    paper has; `rows_default` is what the default size gives, at which skeletons are counted, and `curve_bends_at` where it should be.
    """
    sources = PaperCorpus.load(SAMPLES).sources if quick else papers_of(folder)
    rows = raw_rows(iter(sources))
    sizes = SIZES[:3] if quick else SIZES
    default = VariantsRule().per_aspect
    curve = curve_of(count(variants_of(rows, sizes[-1], jobs)), len(rows), sizes)
    at_default = next(point for point in curve if point["per_aspect"] == min(default, sizes[-1]))
    sample = list(variants_of(rows, 2, jobs))
    return {
        "raw_pairs": len(rows),
        "raw_publishable": (open_raw := sum(standing_of(row["license"]) == "open" for row in rows)),
        "raw_understood": len({row["parents"][0]["id"] for row in sample}),
        "rows_reachable": len(rows) + curve[-1]["rows"],
        "reachable_publishable": open_raw + curve[-1]["rows_publishable"],
        "paper_rows_reached_by": next((point["per_aspect"] for point in curve if len(rows) + point["rows"] >= ROWS_OF_THE_PAPER), None),
        "default_per_aspect": default,
        "curve_bends_at": bend_of(curve),
        "rows_default": len(rows) + at_default["rows"],
        "rows_publishable": open_raw + at_default["rows_publishable"],
        "skeletons_per_raw": at_default["skeletons_per_raw"],
        "common_skeleton_share": at_default["common_share"],
        "platform_changes_a_step": changed_by_a_platform(sample),
        **checked(sample),
        "curve": curve,
    }
