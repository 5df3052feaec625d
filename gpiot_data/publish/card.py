"""The dataset card: what is in a dataset folder, from where, under which licences, and how to load it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import yaml

from gpiot_data.plan import Plan
from gpiot_data.quality.diversity import Diversity

_WHAT = {
    "tdd": "Task decomposition pairs: an IoT problem statement and its sub-tasks with implementation steps, taken from papers.",
    "cgd": "Code generation pairs from Python packages: a symbol and its description, or a specification and its code with documentation.",
}


def render_card(
    plan: Plan,
    sources: Sequence[dict[str, Any]],
    stages: Sequence[dict[str, Any]],
    rows: Sequence[dict[str, Any]],
    digest: str,
    diversity: Diversity,
) -> str:
    """Return the README.md of a dataset folder, its YAML header included."""
    splits = sorted({row["split"] for row in rows})
    licences = sorted({source["license"] for source in sources})
    files = [{"split": split, "path": f"parquet/{split}-00000-of-00001.parquet"} for split in splits]
    header = {
        "pretty_name": f"{plan.name} {plan.version}",
        "license": licences[0].lower() if len(licences) == 1 else "other",
        "language": ["en"],
        "task_categories": ["text-generation"],
        "tags": ["iot", "gpiot", "synthetic"],
        "configs": [{"config_name": "default", "data_files": files}],
    }
    counts = Counter((row["kind"], row["split"]) for row in rows)
    used = Counter(row["source"]["source"] for row in rows)
    lines = [
        "---",
        yaml.safe_dump(header, sort_keys=False, allow_unicode=True).rstrip(),
        "---",
        "",
        f"# {plan.name} {plan.version}",
        "",
        _WHAT[plan.kind],
        "",
        f"Built by gpiot from a manifest; content hash `{digest}`.",
        "The JSON lines in `data/` are the dataset, the parquet files a view of them.",
        "",
        "| kind | split | rows |",
        "| --- | --- | --- |",
        *(f"| {kind} | {split} | {count} |" for (kind, split), count in sorted(counts.items())),
        "",
        "## Sources",
        "",
        "| source | version | licence | rows | sha256 |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {source['id']} | {source['version']} | {source['license']} | {used[source['id']]} | `{source['sha256'][:16]}` |"
            for source in sources
        ),
        "",
        "## Funnel",
        "",
        "| stage | kept | rejected |",
        "| --- | --- | --- |",
        *(f"| {stage['name']} | {stage['out']} | {_reasons(stage['rejected'])} |" for stage in stages),
        "",
        "Rejected candidates are in `rejected.jsonl` with their reasons.",
        "",
        *_execution(rows),
        *_diversity(diversity),
        "## Load",
        "",
        "```python",
        "from datasets import load_dataset",
        'rows = load_dataset("PATH_OF_THIS_FOLDER")',
        "```",
        "",
    ]
    return "\n".join(lines)


def _execution(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return what was run, how isolated, and what came of it."""
    programs = [row["verdict"] for row in rows if row.get("code")]
    if all(verdict["status"] == "not_run" for verdict in programs):
        return ["No row was executed in this build: every verdict is `not_run`.", ""]
    counts = Counter((verdict["status"], verdict["isolation"] or "", verdict["environment"] or "") for verdict in programs)
    return [
        "## Execution",
        "",
        "Each program was run in a sandbox. `passed`: at least one value was compared with the one that the documentation shows, and all",
        "were equal; `ran`: it ran to its end and the documentation shows no value, or a value that depends on random numbers differs;",
        "programs that failed are among the rejected.",
        "`expected` holds the documented outputs by line, `verdicts.jsonl` every verdict, `environments.json` the packages it holds for.",
        "",
        "| verdict | isolation | environment | programs |",
        "| --- | --- | --- | --- |",
        *(f"| {status} | {isolation} | {environment} | {count} |" for (status, isolation, environment), count in sorted(counts.items())),
        "",
    ]


def _diversity(diversity: Diversity) -> list[str]:
    """Return how varied the rows are: the last point of each curve."""
    if not diversity.parts:
        return []
    lines = [
        "## Diversity",
        "",
        "distinct-n: different n-grams over all n-grams. Skeletons: texts or programs with names, numbers and domain terms masked. Spread:",
        "mean cosine distance over all pairs of rows; effective: how many rows, all different, would vary as much (Vendi score).",
        "`diversity.json` has the same figures against the number of rows.",
        "",
        "| part | rows | distinct-1 | distinct-2 | distinct-3 | distinct-4 | skeletons | most common | spread | effective |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, curve in diversity.parts.items():
        whole = curve[-1]
        figures = [*whole.distinct, whole.skeletons, f"{whole.common_share:.1%}", whole.spread, whole.effective]
        lines.append(f"| {name} | {whole.rows} | {' | '.join(_figure(figure) for figure in figures)} |")
    return [*lines, ""]


def _figure(value: float | str | None) -> str:
    if value is None:
        return "not measured"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _reasons(rejected: dict[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in sorted(rejected.items())) or "none"
