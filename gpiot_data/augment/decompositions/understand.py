"""What a pair speaks of: its application, sensor, representation, platform and focus, told from its words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from gpiot_data.augment.ontology.model import Ontology

#: How much a word counts in the name of the module, in what the problem says, and in the sub-tasks.
_WEIGHTS = (3, 2, 1)
#: A pair whose words for sensor and application together count less is not understood.
MIN_SCORE = 4
#: What one part of the text may count at most, so that one word repeated does not decide.
_MOST_MATCHES = 3
#: A focus is taken from the name of the module or from several sub-tasks; else the pair is about its model.
_MIN_FOCUS, _USUAL_FOCUS = 3, "classifier"
#: Rows of a paper that have to agree, and the confidence of a reading that is taken from them.
_AGREEING, _BORROWED = 2, 0.5
_QUOTED = re.compile(r"“([^”]*)”")


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What a pair is about; `confidence` from 0 to 1 tells how clearly sensor and application stand out from the next best reading."""

    application: str
    modality: str
    focus: str
    confidence: float
    representation: str | None = None
    platform: str | None = None


def understand(row: Mapping[str, Any], ontology: Ontology) -> Understanding | None:
    """Return what a row is about, or None where no application and sensor that go together can be told from its words."""
    fields = _fields(row)
    modalities, applications = _scores(_patterns(ontology, "modalities"), fields), _scores(_patterns(ontology, "applications"), fields)
    readings = sorted(
        (
            (-(score + modalities[modality]), application, modality)
            for application, score in applications.items()
            for modality in modalities
            if all(need in ontology.modalities[modality].senses for need in ontology.applications[application].needs)
        ),
    )
    if not readings or -readings[0][0] < MIN_SCORE:
        return None
    best, application, modality = -readings[0][0], readings[0][1], readings[0][2]
    # Another application of the same sensor is a neighbour, another sensor a rival.
    rival = max((-score for score, _, other in readings if other != modality), default=0)
    known = set(ontology.modalities[modality].representations)
    representations = {name: score for name, score in _scores(_patterns(ontology, "representations"), fields).items() if name in known}
    return Understanding(
        application=application,
        modality=modality,
        focus=_focus(ontology, fields),
        confidence=round(best / (best + rival), 3),
        representation=_best(representations),
        platform=_best(_scores(_patterns(ontology, "platforms"), fields)),
    )


def understand_all(rows: Sequence[Mapping[str, Any]], ontology: Ontology) -> list[Understanding | None]:
    """Return what each row is about; a row that names no sensor takes that of its paper where at least two other rows agree on it."""
    found = [understand(row, ontology) for row in rows]
    by_paper: dict[str, list[Understanding]] = {}
    for row, reading in zip(rows, found, strict=True):
        if reading is not None:
            by_paper.setdefault(row["source"]["source"], []).append(reading)
    return [
        reading or _as_the_paper(row, by_paper.get(row["source"]["source"], []), ontology) for row, reading in zip(rows, found, strict=True)
    ]


def _as_the_paper(row: Mapping[str, Any], others: Sequence[Understanding], ontology: Ontology) -> Understanding | None:
    about = {(other.application, other.modality) for other in others}
    fields = _fields(row)
    if len(others) < _AGREEING or len(about) != 1:
        return None
    [(application, modality)] = about
    # The row itself has to speak of the application: papers have modules that sense nothing.
    if application not in _scores(_patterns(ontology, "applications"), fields):
        return None
    return Understanding(application=application, modality=modality, focus=_focus(ontology, fields), confidence=_BORROWED)


def _fields(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the texts that count differently: the module's name, the rest of the problem, and the sub-tasks."""
    problem = row["problem"]
    title = match[1] if (match := _QUOTED.search(problem)) else ""
    tasks = "\n".join(line for task in row["tasks"] for line in (task["name"], *task["steps"]))
    return title, problem.replace(f"“{title}”", " "), tasks


def _focus(ontology: Ontology, fields: tuple[str, str, str]) -> str:
    title, _, tasks = fields
    named = _scores(_patterns(ontology, "focuses"), (title, "", ""))
    scores = _scores(_patterns(ontology, "focuses"), (title, "", tasks))
    # What the module is called decides, its sub-tasks only between the names that it has.
    best = min(named, key=lambda name: (-scores[name], _first(ontology, name, title))) if named else _best(scores)
    return best if best is not None and scores[best] >= _MIN_FOCUS else _USUAL_FOCUS


def _first(ontology: Ontology, focus: str, title: str) -> int:
    match = _patterns(ontology, "focuses")[focus].search(title)
    return match.start() if match else len(title)


def _best(scores: Mapping[str, int]) -> str | None:
    return min(scores, key=lambda name: (-scores[name], name)) if scores else None


def _scores(patterns: Mapping[str, re.Pattern[str]], fields: Sequence[str]) -> dict[str, int]:
    scores = {
        name: sum(weight * min(_MOST_MATCHES, len(pattern.findall(field))) for weight, field in zip(_WEIGHTS, fields, strict=True) if field)
        for name, pattern in patterns.items()
    }
    return {name: score for name, score in scores.items() if score}


@cache
def _patterns(ontology: Ontology, kind: str) -> dict[str, re.Pattern[str]]:
    """Return one pattern for each entry of a kind that has words; single words match in any case, abbreviations as written."""
    entries = getattr(ontology, kind)
    return {name: word_pattern(entry.words) for name, entry in entries.items() if entry.words}


def word_pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of the words, whole; case counts only for those in capitals."""
    sided = (word if re.search(r"[A-Z]{2}", word) else f"(?i:{word})" for word in words)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(sided)})(?!\w)")
