"""The dataset card: what is in a dataset folder, from where, under which licences, and how to load it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from gpiot_data.plan import Plan
from gpiot_data.quality.diversity import Diversity

_WHAT = {
    "tdd": "Task decomposition pairs: an IoT problem statement and its sub-tasks with implementation steps, taken from papers.",
    "cgd": "Code generation pairs from Python packages: a symbol and its description, or a specification and its code with documentation.",
}

_EXECUTION = ("status", "isolation", "environment", "programs")


def render_card(plan: Plan, sources: Sequence[dict[str, Any]], statistics: dict[str, Any], digest: str, diversity: Diversity) -> str:
    """Return the README.md of a dataset folder, its YAML header included.

    Args:
        plan: the manifest.
        sources: as the lock describes them.
        statistics: as `measure_build` gives them.
        digest: the hash of the dataset's content.
        diversity: of its rows.
    """
    lines = [
        "---",
        yaml.safe_dump(_header(plan, sources, sorted(statistics["splits"])), sort_keys=False, allow_unicode=True).rstrip(),
        "---",
        "",
        f"# {plan.name} {plan.version}",
        "",
        _WHAT[plan.kind],
        "",
        f"Built by gpiot from a manifest; content hash `{digest}`.",
        "The JSON lines in `data/` are the dataset, the parquet files a view of them; `statistics.json` has the counts of this card.",
        "",
        "| kind | split | rows |",
        "| --- | --- | --- |",
        *sorted(f"| {kind} | {split} | {count} |" for split, kinds in statistics["splits"].items() for kind, count in kinds.items()),
        "",
        *_sources(sources, statistics),
        *_subjects(statistics),
        "## Funnel",
        "",
        "| stage | kept | rejected |",
        "| --- | --- | --- |",
        *(f"| {stage['name']} | {stage['out']} | {_reasons(stage['rejected'])} |" for stage in statistics["funnel"]),
        "",
        "Rejected candidates are in `rejected.jsonl` with their reasons.",
        "",
        *_execution(statistics),
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


def _header(plan: Plan, sources: Sequence[dict[str, Any]], splits: Sequence[str]) -> dict[str, Any]:
    licences = sorted({source["license"] for source in sources})
    files = [{"split": split, "path": f"parquet/{split}-00000-of-00001.parquet"} for split in splits]
    return {
        "pretty_name": f"{plan.name} {plan.version}",
        "license": licences[0].lower() if len(licences) == 1 else "other",
        "language": ["en"],
        "task_categories": ["text-generation"],
        "tags": ["iot", "gpiot", "synthetic"],
        "configs": [{"config_name": "default", "data_files": files}],
    }


def _sources(sources: Sequence[dict[str, Any]], statistics: dict[str, Any]) -> list[str]:
    """Return what each source gave: candidates before any stage dropped some, what the first stage refused, and rows."""
    columns = [statistics[name] for name in ("candidates", "refused", "sources")]
    lines = [
        "## Sources",
        "",
        "Candidates are what a source gave before any stage dropped rows, refused is what gave no sound candidate.",
        "",
        "| source | version | licence | candidates | refused | rows | sha256 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for source in sources:
        counts = " | ".join(str(sum(column.get(source["id"], {}).values())) for column in columns)
        lines.append(f"| {source['id']} | {source['version']} | {source['license']} | {counts} | `{source['sha256'][:16]}` |")
    return [*lines, ""]


def _subjects(statistics: dict[str, Any]) -> list[str]:
    """Return how many rows there are by tag of their package; a row may have several."""
    if not statistics["tags"]:
        return []
    return [
        "## Subjects",
        "",
        f"{statistics['specialised']} of {statistics['rows']} rows come from packages that are not general-purpose.",
        "",
        "| tag | rows |",
        "| --- | --- |",
        *(f"| {tag} | {count} |" for tag, count in statistics["tags"].items()),
        "",
    ]


def _execution(statistics: dict[str, Any]) -> list[str]:
    """Return what was run, how isolated, and what came of it."""
    if all(execution["status"] == "not_run" for execution in statistics["executions"]):
        return ["No row was executed in this build: every verdict is `not_run`.", ""]
    programs = sum(execution["programs"] for execution in statistics["executions"])
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
        *(f"| {' | '.join(str(execution[name]) for name in _EXECUTION)} |" for execution in statistics["executions"]),
        "",
        f"Of {programs} programs {_percent(statistics['unrunnable_share'])} need a network or a package that does not install; of the",
        f"others {_percent(statistics['executed_share'])} ran to their end. {statistics['origin_programs']} different programs that are no",
        "variants of others did.",
        "",
        "| kind | verdict | programs |",
        "| --- | --- | --- |",
        *(f"| {kind} | {status} | {count} |" for kind, counts in statistics["verdicts"].items() for status, count in counts.items()),
        "",
    ]


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.1%}"


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
