"""What the checker finds, and what it leaves alone."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest
from planted_faults import planted

from gpiot_data.augment.decompositions.arithmetic import disagreeing_parts, wrong_equations
from gpiot_data.augment.decompositions.checker import Fault, faults_of
from gpiot_data.augment.ontology.model import Ontology
from gpiot_data.schema import SubTask

Rows = list[dict[str, Any]]
#: Other words for what templates say, as another writer would choose them.
REWORDED = {
    "Apply": "Employ",
    "Run": "Put to work",
    "Compute": "Work out",
    "Report": "Announce",
    "Keep": "Retain",
    "Cut": "Divide",
    "Hold": "Retain",
}


def faults(row: dict[str, Any], ontology: Ontology) -> list[Fault]:
    tasks = [SubTask(task["name"], tuple(task["steps"])) for task in row["tasks"]]
    return faults_of(row["problem"], tasks, row["aspect"], row["parents"][0]["params"], ontology)


def test_planted_faults_of_six_classes_are_caught(variants: Rows, ontology: Ontology) -> None:
    found = planted(variants, ontology, 300, seed=11)
    caught = Counter(name for name, _, row in found if faults(row, ontology))
    assert dict.fromkeys(caught, 50) == dict(Counter(name for name, _, _ in found))
    assert sum(caught.values()) >= 0.95 * len(found)
    assert min(caught.values()) >= 45


def test_rows_that_another_writer_shortened_and_reworded_raise_no_alarm(variants: Rows, ontology: Ontology) -> None:
    rng = random.Random(3)
    alarms = []
    for row in rng.sample(variants, 120):
        other = json.loads(json.dumps(row))
        for task in other["tasks"]:
            for at, step in enumerate(task["steps"]):
                first, _, rest = step.partition(" ")
                task["steps"][at] = f"{REWORDED.get(first, first)} {rest}"
            spare = [step for step in task["steps"] if "byte" not in step]
            if len(spare) > 1 and rng.random() < 0.5 and len(task["steps"]) > 2:
                task["steps"].remove(rng.choice(spare[1:]))
        alarms += faults(other, ontology)[:1]
    assert len(alarms) <= 0.05 * 120, alarms


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("128 samples x 6 axes x 2 bytes = 1,536 bytes", 0),
        ("128 samples x 6 axes x 2 bytes = 1,563 bytes", 1),
        ("0.1 x 3.7 mA + 0.9 x 0.0019 mA = 0.372 mA", 0),
        ("0.1 x 3.7 mA + 0.9 x 0.0019 mA = 0.732 mA", 1),
        ("add up 6,144 + 48 + 1,766 = 7,958 bytes", 0),
        ("add up 6,144 + 48 + 1,766 = 9,958 bytes", 1),
        ("2 s x 480 MHz = 960 million cycles", 0),
        ("windows of 2 s, where x = 3", 0),
    ],
)
def test_equations_are_worked_out(text: str, wrong: int) -> None:
    assert wrong == len(list(wrong_equations(text)))


def test_a_buffer_that_is_not_among_the_terms_is_told() -> None:
    text = "Keep 100 samples x 2 bytes = 200 bytes. Add up 300 + 48 = 348 bytes."
    assert len(list(disagreeing_parts(text))) == 1
    assert list(disagreeing_parts(text.replace("300 + 48 = 348", "200 + 48 = 248"))) == []


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (("BMI", "MAX30101 next to a BMI"), "modality"),
        (("a low-pass", "a high-pass"), None),
        ((" Hz on all six axes", "00 Hz on all six axes"), "rate"),
    ],
)
def test_a_change_by_hand_is_judged_by_its_class(variants: Rows, ontology: Ontology, change: tuple[str, str], kind: str | None) -> None:
    row = next(row for row in variants if row["parents"][0]["params"]["modality"] == "imu" and "BMI" in json.dumps(row))
    other = json.loads(json.dumps(row).replace(*change))
    kinds = {fault.kind for fault in faults(other, ontology)}
    assert kinds == set() if kind is None else kind in kinds
