"""Faults planted into rewritten pairs, one of each of six classes in turn, to see whether the checker finds them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

from gpiot_data.augment.ontology.model import Ontology

Row = dict[str, Any]
#: A plant changes the row and tells what it did, or returns None where the row has nothing to spoil.
Plant = Callable[[Row, Ontology, random.Random], str | None]


def _params(row: Row) -> dict[str, Any]:
    return row["parents"][0]["params"]


def _replace_step(row: Row, change: Callable[[str], str | None], rng: random.Random) -> str | None:
    """Change one of the steps that can be changed."""
    places = [(task, at) for task in row["tasks"] for at in range(len(task["steps"]))]
    rng.shuffle(places)
    for task, at in places:
        changed = change(task["steps"][at])
        if changed is not None and changed != task["steps"][at]:
            task["steps"][at] = changed
            return changed
    return None


def leave_a_unit(row: Row, ontology: Ontology, rng: random.Random) -> str | None:
    """A figure in the unit of the replaced sensor."""
    params = _params(row)
    old, new = ontology.modalities[params["from_modality"]], ontology.modalities[params["modality"]]
    own = " ".join((*new.acquire, *new.clean, new.unit, *new.units, *new.terms))
    units = [unit.rstrip("?").removesuffix("s") if unit.endswith("s?") else unit for unit in old.units]
    left = [unit for unit in units if unit not in own]
    return _replace_step(row, lambda step: f"{step[:-1]}, and drop values below 3 {left[0]}.", rng) if left and old is not new else None


def leave_a_name(row: Row, ontology: Ontology, rng: random.Random) -> str | None:
    """A dataset, library or device of the replaced sensor."""
    params = _params(row)
    old, new = ontology.modalities[params["from_modality"]], ontology.modalities[params["modality"]]
    own = {item.name for item in (*new.devices, *new.datasets)} | set(new.packages)
    names = [item.name for item in (*old.datasets, *old.devices)] + [f"`{package}`" for package in old.packages]
    names = [name for name in names if name.strip("`") not in own]
    if params.get("platform"):
        names = [name for name in names if name not in ontology.platforms[params["platform"]].name]
    if not names or old is new:
        return None
    name = rng.choice(names)
    return _replace_step(row, lambda step: f"{step[:-1]}, first on recordings of {name}.", rng)


def shift_a_rate(row: Row, ontology: Ontology, rng: random.Random) -> str | None:
    """A sampling rate, count of samples or filter edge that does not fit the sensor."""
    unit = re.escape(ontology.modalities[_params(row)["modality"]].rate_unit)

    def faster(step: str) -> str | None:
        return re.sub(
            rf"(\bat )([\d,]+)( {unit})", lambda match: f"{match[1]}{int(match[2].replace(',', '')) * 20:,}{match[3]}", step, count=1
        )

    def fewer(step: str) -> str | None:
        return re.sub(r"(which is )([\d,]+)", lambda match: f"{match[1]}{int(match[2].replace(',', '')) * 3 + 7:,}", step, count=1)

    def beyond(step: str) -> str | None:
        return re.sub(r"(low-pass below |Hz to )([\d,.]+)( Hz)", lambda match: f"{match[1]}96,000{match[3]}", step, count=1)

    changes = [faster, fewer, beyond]
    rng.shuffle(changes)
    return next((done for change in changes if (done := _replace_step(row, change, rng)) is not None), None)


def spoil_a_sum(row: Row, ontology: Ontology, rng: random.Random) -> str | None:
    """A result or a term of a sum or product of bytes that is off by a fifth."""

    def result(step: str) -> str | None:
        return re.sub(
            r"(= )([\d,]+)( bytes)", lambda match: f"{match[1]}{int(match[2].replace(',', '')) * 6 // 5 + 4:,}{match[3]}", step, count=1
        )

    def term(step: str) -> str | None:
        return re.sub(r"([\d,]+)( \+ )", lambda match: f"{int(match[1].replace(',', '')) * 6 // 5 + 4:,}{match[2]}", step, count=1)

    changes = [result, term]
    rng.shuffle(changes)
    return next((done for change in changes if (done := _replace_step(row, change, rng)) is not None), None)


def exceed_the_budget(row: Row, ontology: Ontology, rng: random.Random) -> str | None:
    """A sum that is right but above the budget, or a budget that is another one than the problem's."""
    params = _params(row)
    if not params.get("platform"):
        return None
    over = params["budget_kib"] * 1024

    def larger(step: str) -> str | None:
        match = re.search(r"([\d,]+)((?: \+ [\d,]+)*) = ([\d,]+)( bytes)", step)
        if match is None or "+" not in match[0]:
            return None
        first, total = (int(match[number].replace(",", "")) for number in (1, 3))
        return step.replace(match[0], f"{first + over:,}{match[2]} = {total + over:,}{match[4]}")

    def other(step: str) -> str | None:
        return re.sub(r"(budget of )([\d,]+)(?= bytes)", lambda match: f"{match[1]}{int(match[2].replace(',', '')) * 2:,}", step, count=1)

    changes = [larger, other]
    rng.shuffle(changes)
    return next((done for change in changes if (done := _replace_step(row, change, rng)) is not None), None)


def break_the_order(row: Row, ontology: Ontology, rng: random.Random) -> str | None:
    """Two neighbouring sub-tasks, or two neighbouring steps of one, in the wrong order."""
    tasks = row["tasks"]
    if rng.random() < 0.5:
        at = rng.randrange(len(tasks) - 1)
        tasks[at], tasks[at + 1] = tasks[at + 1], tasks[at]
        return f"sub-tasks {at + 1} and {at + 2} swapped: {tasks[at + 1]['name']} / {tasks[at]['name']}"
    long = [task for task in tasks if len(task["steps"]) > 1 and not re.search(r"budget|Deployment|Memory", task["name"])]
    steps = rng.choice(long)["steps"]
    at = rng.randrange(len(steps) - 1)
    steps[at], steps[at + 1] = steps[at + 1], steps[at]
    return f"steps swapped: {steps[at + 1]} / {steps[at]}"


PLANTS: tuple[Plant, ...] = (leave_a_unit, leave_a_name, shift_a_rate, spoil_a_sum, exceed_the_budget, break_the_order)


def planted(rows: list[Row], ontology: Ontology, count: int, seed: int) -> list[tuple[str, str, Row]]:
    """Return `count` spoilt copies of rows, as many of each class: (class, what was done, row)."""
    rng = random.Random(seed)  # noqa: S311  # a sample, not a secret
    found: list[tuple[str, str, Row]] = []
    while len(found) < count:
        plant = PLANTS[len(found) % len(PLANTS)]
        row = json.loads(json.dumps(rng.choice(rows)))
        done = plant(row, ontology, rng)
        if done is not None:
            found.append((plant.__name__, done, row))
    return found
