"""The dataset card: what is in a dataset folder, from where, under which licences, and how to load it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from gpiot_data import __version__
from gpiot_data.plan import Plan
from gpiot_data.publish.croissant_fields import told_fields
from gpiot_data.publish.facts import Facts
from gpiot_data.publish.statements import BY_MODEL, MAINTENANCE, SENSITIVE, SOCIAL_IMPACT, STATEMENTS, largest_source
from gpiot_data.quality.diversity import Diversity
from gpiot_data.schema import CG_PROMPT, DESCRIBE_PROMPT, TD_PROMPT
from gpiot_data.store import sha256_text

_EXECUTION = ("status", "isolation", "environment", "programs")
#: Licences by the names that the Hub has for them, which are those of SPDX in small letters.
_HUB_LICENCES = (
    *("apache-2.0", "bsd-2-clause", "bsd-3-clause", "cc-by-4.0", "cc-by-sa-4.0", "cc0-1.0", "isc", "mit", "mpl-2.0", "unlicense", "zlib"),
)
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_PROMPTS = {"tdd": (("decomposition", TD_PROMPT),), "cgd": (("description", DESCRIBE_PROMPT), ("implementation, example", CG_PROMPT))}


def render_card(plan: Plan, facts: Facts, diversity: Diversity) -> str:
    """Return the README.md of a dataset folder, its YAML header included.

    Args:
        plan: the manifest.
        facts: of the build.
        diversity: of its rows.
    """
    statistics = facts.statistics
    lines = [
        "---",
        yaml.safe_dump(_header(plan, facts), sort_keys=False, allow_unicode=True).rstrip(),
        "---",
        "",
        f"# {plan.name} {plan.version}",
        "",
        STATEMENTS[plan.kind].summary,
        "",
        *_published(facts),
        f"Built by gpiot {__version__} from a manifest; content hash `{facts.digest}`.",
        "The JSON lines in `data/` are the dataset, the parquet files a view of them; `statistics.json` has the counts of this card,",
        "`croissant.json` the same for machines, and `lock.json` every source, stage and file with its hash.",
        "",
        "| kind | split | rows |",
        "| --- | --- | --- |",
        *sorted(f"| {kind} | {split} | {count} |" for split, kinds in statistics["splits"].items() for kind, count in kinds.items()),
        "",
        *_sources(facts.sources, statistics),
        *_subjects(statistics),
        *_aspects(statistics),
        *_making(plan, facts),
        "## Funnel",
        "",
        "| stage | kept | rejected |",
        "| --- | --- | --- |",
        *(f"| {stage['name']} | {stage['out']} | {_reasons(stage['rejected'])} |" for stage in statistics["funnel"]),
        "",
        "Rejected candidates are in `rejected.jsonl` with their reasons.",
        "",
        *_comparisons(facts),
        *_execution(statistics),
        *_diversity(diversity),
        *_limits(plan, facts),
        *_fields(plan),
        *_loading(plan, facts),
    ]
    return "\n".join(lines)


def _header(plan: Plan, facts: Facts) -> dict[str, Any]:
    licences = sorted({source["license"] for source in facts.sources})
    known = len(licences) == 1 and licences[0].lower() in _HUB_LICENCES
    licence = {"license": licences[0].lower()} if known else {"license": "other", "license_name": "by-source"}
    splits = sorted(facts.statistics["splits"])
    files = [{"split": split, "path": f"parquet/{split}-00000-of-00001.parquet"} for split in splits]
    size = next((name for below, name in _SIZES if facts.statistics["rows"] < below), "n>1M")
    return {
        "pretty_name": f"{plan.name} {plan.version}",
        **licence,
        "language": ["en"],
        "multilinguality": ["monolingual"],
        "task_categories": ["text-generation"],
        "size_categories": [size],
        "annotations_creators": ["machine-generated"],
        "language_creators": ["found", "machine-generated"],
        "source_datasets": ["original"],
        "tags": ["iot", "gpiot", "synthetic", *(["code"] if plan.kind == "cgd" else [])],
        "configs": [{"config_name": "default", "data_files": files}],
    }


def _published(facts: Facts) -> list[str]:
    if (imprint := facts.imprint) is None:
        return []
    return [f"Published on {imprint.date} by {', '.join(imprint.creators)}: {imprint.url}", ""]


def _sources(sources: Sequence[dict[str, Any]], statistics: dict[str, Any]) -> list[str]:
    """Return what each source gave: candidates before any stage dropped some, what the first stage refused, and rows."""
    columns = [statistics[name] for name in ("candidates", "refused", "sources")]
    lines = [
        "## Sources",
        "",
        "Candidates are what a source gave before any stage dropped rows, refused is what gave no sound candidate. Each row is under the",
        "licence of its source, which its field `license` repeats.",
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


def _aspects(statistics: dict[str, Any]) -> list[str]:
    """Return how many decompositions there are by what was changed in them; nothing where there are no variants."""
    if not statistics.get("aspects", {}).keys() - {"raw"}:
        return []
    return [
        "## Variants",
        "",
        "`raw` rows are as their source has them. The others were changed in what their field `aspect` names; `parents` has the row that",
        "each was made from and the ids of what it is about now.",
        "",
        "| aspect | rows |",
        "| --- | --- |",
        *(f"| {aspect} | {count} |" for aspect, count in statistics["aspects"].items()),
        "",
    ]


def _fields(plan: Plan) -> list[str]:
    """Return what a row holds, field by field, as `croissant.json` has it."""
    return [
        "## Fields",
        "",
        "| field | holds |",
        "| --- | --- |",
        *(f"| `{name}` | {text} |" for name, text in told_fields(plan.kind)),
        "",
    ]


def _making(plan: Plan, facts: Facts) -> list[str]:
    """Return how rows came about: what was read, who wrote, and what the user turns ask."""
    said = STATEMENTS[plan.kind]
    lines = [
        "## How the rows were made",
        "",
        said.collection,
        *([said.variants] if facts.params_of("augment") is not None else []),
        said.raw_data,
        "",
        "| teacher | model | prompt | rows |",
        "| --- | --- | --- | --- |",
        *(f"| {writer.name} | {writer.model or 'none'} | {writer.prompt} | {writer.rows} |" for writer in facts.writers),
        "",
        *(["`responses.jsonl` holds the answers of the model; a rebuild takes them from there.", ""] if facts.by_models else []),
        "The user turn of a row is one of these, with its blanks filled:",
        "",
    ]
    for kinds, prompt in _PROMPTS[plan.kind]:
        lines += [f"{kinds} (sha256 `{sha256_text(prompt)[:16]}`):", "", "```text", prompt, "```", ""]
    return lines


def _comparisons(facts: Facts) -> list[str]:
    """Return what counted as a duplicate, and which benchmarks rows were compared with."""
    lines = ["## Duplicates and benchmarks", ""]
    dedup, decontaminate = facts.params_of("dedup"), facts.params_of("decontaminate")
    if dedup is not None and dedup["method"] == "near":
        fields = "the question or the answer" if dedup["match"] == "any" else "the question and the answer"
        lines += [
            f"Of rows that are near each other in {fields} one was kept: from a Jaccard similarity of five-word shingles of",
            f"{dedup['jaccard']} on, or a cosine of {dedup['cosine']} of the vectors of {dedup['encoder']['name']}.",
        ]
        lines += [f"The same for rows near to those of the dataset `{other['dataset_sha256'][:16]}`." for other in dedup["against"]]
    else:
        lines.append("Of rows with the same text one was kept; near-duplicates were not looked for.")
    if decontaminate is None:
        return [*lines, "Rows were not compared with any benchmark.", ""]
    names = ", ".join(f"`{digest[:16]}`" for digest in decontaminate["indexes"])
    return [
        *lines,
        "",
        f"Rows were compared with the benchmarks of the index {names} by n-grams of words and by vectors, and dropped where they hold",
        "what a benchmark asks or answers; the funnel says how many.",
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


def _limits(plan: Plan, facts: Facts) -> list[str]:
    """Return what the dataset is for and what it cannot tell."""
    said = STATEMENTS[plan.kind]
    largest = largest_source(facts.statistics)
    most = [f"- {largest[1]:.1%} of the rows come from one source, {largest[0]}."] if largest is not None else []
    return [
        "## Uses and limits",
        "",
        *(f"- {sentence}" for sentence in (*said.uses, *said.limits, *said.biases)),
        *([f"- {BY_MODEL}"] if facts.by_models else []),
        *most,
        f"- {SENSITIVE}",
        f"- {SOCIAL_IMPACT}",
        "",
        MAINTENANCE,
        "",
    ]


def _loading(plan: Plan, facts: Facts) -> list[str]:
    """Return how to load, check and rebuild the dataset."""
    splits = sorted(facts.statistics["splits"])
    first = "train" if "train" in splits or not splits else splits[0]
    return [
        "## Load",
        "",
        "```python",
        "from datasets import load_dataset",
        'rows = load_dataset("PATH_OF_THIS_FOLDER")',
        f'print(rows["{first}"][0]["messages"])',
        "```",
        "",
        f'A published copy is loaded by its name and version: `load_dataset("ORG/NAME", revision="v{plan.version}")`.',
        "The chat turns in `messages` are what trainers expect: `trl sft --dataset_name PATH_OF_THIS_FOLDER`.",
        "",
        "`gpiot-data verify PATH_OF_THIS_FOLDER` checks files, rows and the spans of their sources, `gpiot-data reproduce` builds the",
        "dataset again and compares the bytes, and `gpiot-data report` draws its figures on one page.",
        "",
    ]


def _figure(value: float | str | None) -> str:
    if value is None:
        return "not measured"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _reasons(rejected: dict[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in sorted(rejected.items())) or "none"
