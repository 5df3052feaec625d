"""Rows of scores -> figures with intervals, in total, by domain, and as differences between systems."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gpiot_infer.iotbench.answers import GivenLoss
from gpiot_infer.iotbench.comparison import Kind
from gpiot_infer.iotbench.metrics import Figure, Statistic, bleu, difference, estimate, ks_of, pass_at_k, ratio

Row = dict[str, Any]
#: The sums of each task that tells something of a figure.
Sums = dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure: how it is called, which way is better (1 up, -1 down, 0 neither), and how its sums become a value.

    `share`: each task has a value from 0 to 1.
    """

    name: str
    title: str
    better: int
    statistic: Statistic = ratio
    share: bool = False


def measures_of(kind: Kind, n: int) -> list[Measure]:
    """Return the figures of a kind of tasks with n answers each, the most telling ones first."""
    shared = [
        Measure("well_formed", "well-formed answers, share", 1, share=True),
        Measure("loss_per_byte", "loss of the reference, nats per byte", -1),
        Measure("bleu", "BLEU, corpus", 1, bleu),
        Measure("chrf", "chrF2, mean", 1),
        Measure("tokens", "tokens per answer", 0),
    ]
    if kind == "decomposition":
        return [Measure("coverage", "checklist met, share of parts", 1, share=True), *shared]
    return [
        *(Measure(f"pass@{k}", f"pass@{k}", 1, share=True) for k in ks_of(n)),
        Measure("cases_passed", "cases passed, share", 1, share=True),
        Measure("ran", "runs on every case, share", 1, share=True),
        Measure("imported", "loads, share", 1, share=True),
        Measure("parsed", "is Python, share", 1, share=True),
        *shared,
        Measure("similarity", "similarity to the reference, cosine", 1),
        Measure("bugs", "bugs per 100 lines (ruff)", -1),
        Measure("smells", "smells per 100 lines (ruff)", -1),
        Measure("security", "security findings per 100 lines (bandit)", -1),
    ]


def sums_of(kind: Kind, n: int, rows: Sequence[Row], losses: Sequence[GivenLoss]) -> dict[str, Sums]:
    """Return the sums of each figure of a kind, by task."""
    by_task: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["kind"] == kind:
            by_task[row["task"]].append(row)
    found: dict[str, Sums] = {
        "well_formed": _means(by_task, "well_formed"),
        "chrf": _means(by_task, "chrf"),
        "tokens": _means(by_task, "tokens"),
        "bleu": {task: tuple(map(sum, zip(*(row["bleu_sums"] for row in of), strict=True))) for task, of in by_task.items()},
        "loss_per_byte": {
            loss.question.task: (loss.nats, float(len(loss.question.reference.encode("utf-8"))))
            for loss in losses
            if loss.question.kind == kind and loss.nats is not None
        },
    }
    if kind == "decomposition":
        return found | {"coverage": _means(by_task, "coverage")}
    found |= {name: _means(by_task, name) for name in ("ran", "imported", "parsed", "similarity")}
    for k in ks_of(n):
        found[f"pass@{k}"] = {task: (pass_at_k(len(of), sum(row["passed"] for row in of), k), 1.0) for task, of in by_task.items()}
    found["cases_passed"] = {task: _mean(row["cases_passed"] / row["cases"] for row in of) for task, of in by_task.items()}
    for place, name in enumerate(("bugs", "smells", "security"), start=1):
        found[name] = {
            task: (100.0 * sum(row["quality"][place] for row in sound), float(sum(row["quality"][0] for row in sound)))
            for task, of in by_task.items()
            if (sound := [row for row in of if row["quality"] is not None])
        }
    return found


def _means(by_task: Mapping[str, Sequence[Row]], name: str) -> Sums:
    return {task: _mean(values) for task, of in by_task.items() if (values := [row[name] for row in of if row[name] is not None])}


def _mean(values: Iterable[float]) -> tuple[float, float]:
    numbers = [float(value) for value in values]
    return sum(numbers) / len(numbers), 1.0


def figures_of(kind: Kind, n: int, sums: Mapping[str, Sums], domains: Mapping[str, str], seed: int) -> dict[str, Any]:
    """Return the figures of one system for one kind of tasks; `domains` maps each task asked to its domain."""
    names = sorted(set(domains.values()))

    def over(order: Sequence[str]) -> dict[str, Any]:
        def figure(measure: Measure) -> Figure:
            told = {task: value for task, value in sums[measure.name].items() if task in order}
            return estimate(told, order, seed, measure.statistic, share=measure.share)

        return {measure.name: figure(measure).to_json() for measure in measures_of(kind, n)}

    by_domain = {name: over(sorted(task for task, domain in domains.items() if domain == name)) for name in names}
    return {"n_tasks": len(domains), "total": over(sorted(domains)), "domains": by_domain}


def differences_of(
    kind: Kind, n: int, first: Mapping[str, Sums], other: Mapping[str, Sums], tasks: Iterable[str], seed: int
) -> dict[str, Any]:
    """Return by how much the figures of `other` are above those of `first`."""
    order = sorted(tasks)
    return {
        measure.name: difference(other[measure.name], first[measure.name], order, seed, measure.statistic, share=measure.share).to_json()
        for measure in measures_of(kind, n)
    }
