"""Raw rows -> the rows themselves, and behind each its variants, checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from gpiot_data.augment.decompositions.checker import faults_of
from gpiot_data.augment.decompositions.combined import draw_settings
from gpiot_data.augment.decompositions.problem import write_problem
from gpiot_data.augment.decompositions.setting import Setting, figures_of, parts_of
from gpiot_data.augment.decompositions.tasks import write_tasks
from gpiot_data.augment.decompositions.understand import Understanding, understand_all
from gpiot_data.augment.decompositions.values import values_of
from gpiot_data.augment.ontology.load import load_ontology
from gpiot_data.augment.ontology.model import Ontology
from gpiot_data.quality.dedup import place_of
from gpiot_data.schema import Kept, Rejected, SourceRef, SubTask, TddRow, Teacher
from gpiot_data.store import sha256_text
from gpiot_data.variants_rule import VariantsRule

JsonRow = dict[str, Any]

#: The version moves whenever the same rows would give other variants.
RULES = Teacher(name="rules", prompt="tdd-variants/4")


def augment_rows(
    rows: Iterable[JsonRow], rule: VariantsRule, seed: int = 0, ontology: Ontology | None = None
) -> Iterator[Kept[JsonRow] | Rejected]:
    """Yield each raw row, and behind it its variants, in the order of `rule.aspects`.

    Args:
        rows: decompositions as stored, with aspect `raw`; the same rows in any order give the same variants of each.
        rule: how many variants.
        seed: another one chooses other variants.
        ontology: what substitutions are allowed and what they mean; by default the one that is part of the package.

    Yields: Kept(row), or Rejected with the reason `not_understood` (no variants of a row), `same_as_other`, or `inconsistent_` and the
        class of fault that the checker found.
    """
    ontology = ontology or load_ontology()
    stored = list(rows)
    seen: dict[str, str] = {}
    for row, found in zip(stored, understand_all(stored, ontology), strict=True):
        yield Kept(row)
        if found is None or found.confidence < rule.confidence:
            yield _rejected("not_understood", row, row["problem"])
            continue
        for aspect in rule.aspects:
            for setting in draw_settings(ontology, found, aspect, f"{seed}/{row['id']}", rule.per_aspect):
                yield _checked(make_variant(row, found, setting, aspect, ontology), found, row, ontology, seen)


def make_variant(row: JsonRow, found: Understanding, setting: Setting, aspect: str, ontology: Ontology) -> TddRow:
    """Return the row of one setting with its lineage; problem and sub-tasks are written anew.

    Raises:
        ValueError: if the setting is not possible.
    """
    figures = figures_of(setting, ontology)
    if figures is None:
        raise ValueError(f"no figures for {setting}")
    parts = parts_of(setting, ontology)
    values = values_of(setting, parts, figures)
    params = {name: value for name, value in asdict(setting).items() if name != "seed" and value is not None}
    replaced = {"from_modality": found.modality, "from_representation": found.representation}
    source = row["source"]
    places = {name: None if source[name] is None else tuple(source[name]) for name in ("span", "bbox", "lines")}
    return TddRow(
        problem=write_problem(setting, parts, values, ontology, aspect),
        tasks=write_tasks(setting, parts, values, ontology, aspect),
        aspect=aspect,
        source=SourceRef(**{**source, **places}),
        license=row["license"],
        teacher=RULES,
        parents=({"id": row["id"], "aspect": aspect, "operation": "rewrite", "params": {**replaced, **params}},),
    )


def _checked(variant: TddRow, found: Understanding, row: JsonRow, ontology: Ontology, seen: dict[str, str]) -> Kept[JsonRow] | Rejected:
    faults = faults_of(variant.problem, variant.tasks, variant.aspect, variant.parents[0]["params"], ontology)
    if faults:
        return _rejected(f"inconsistent_{faults[0].kind}", row, f"{variant.aspect}: {faults[0].text}")
    text = sha256_text(variant.problem + _lines(variant.tasks))
    if text in seen:
        return _rejected("same_as_other", row, f"{variant.aspect}: {variant.problem}", of=seen[text])
    made = variant.to_json()
    seen[text] = made["id"]
    return Kept(made)


def _lines(tasks: Sequence[SubTask]) -> str:
    return "".join(f"\n{line}" for task in tasks for line in (task.name, *task.steps))


def _rejected(reason: str, row: JsonRow, text: str, of: str | None = None) -> Rejected:
    return Rejected(reason, row["source"]["source"], place_of(row), text, of=of)
