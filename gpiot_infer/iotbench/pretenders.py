"""Decompositions that only look as if they answered a problem, to see that the checklist does not fall for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle, zip_longest

from gpiot_data.schema import SubTask, render_tasks
from gpiot_infer.iotbench.checklist import Step, _patterns, meets
from gpiot_infer.iotbench.schema import DecompositionTask, Part

#: What the words of one part are put into, one step for each part.
_MOULDS = {
    "bare": "{bare}",
    "with commas": "{commas}",
    "between little words": "Do the {joined} of it in this and then with that.",
    "between empty words": "Apply the {joined} method to the data and process the results properly.",
    "behind a verb": "Compute the {joined} for each of them thoroughly.",
}


def pretenders(task: DecompositionTask) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of keyword dumps and echoes made from the checklist and the problem of a task."""
    keywords = [keywords_of(part, task) for part in task.checklist]
    every = " and the ".join(word for words in keywords for word in words)
    yield "keywords on one line", every.replace(" and the ", " ")
    yield "keywords in one step", _steps([every.replace(" and the ", " ")])
    yield "keywords in one fluent step", _steps([f"Use the {every} for all of it."])
    yield "keywords in three fluent steps", _steps([f"Calibrate the {every} for it."] * 3)
    for name, mould in _MOULDS.items():
        yield f"keywords {name}", _steps([_cast(mould, words) for words in keywords])
        pairs = zip(keywords, [*keywords[1:], keywords[0]], strict=True)
        yield f"keywords of two parts {name}", _steps([_cast(mould, [*one, *other]) for one, other in pairs])
    yield "keywords in names", render_tasks([SubTask(" ".join(words), ("Do this as it is needed for all of it.",)) for words in keywords])
    yield from _echoes(task.problem, keywords)


def _echoes(problem: str, keywords: list[list[str]]) -> Iterator[tuple[str, str]]:
    sentences = [piece.strip() for piece in re.split(r"[.!?;:](?:\s|$)", problem) if piece.strip()]
    clauses = [clause.strip() for sentence in sentences for clause in sentence.split(",") if clause.strip()]
    yield "problem, one sentence a step", _steps(sentences)
    yield "problem, one clause a step", _steps(clauses)
    yield "problem as names and steps", render_tasks([SubTask(sentence, (sentence, *clauses)) for sentence in sentences])
    behind = [f"{clause} with the {' and the '.join(words)}" for clause, words in zip(cycle(clauses), keywords, strict=False)]
    yield "problem with keywords behind", _steps(behind)
    named = [SubTask(" ".join(words), (sentence,)) for sentence, words in zip(cycle(sentences), keywords, strict=False)]
    yield "problem with keywords in names", render_tasks(named)


def _cast(mould: str, words: list[str]) -> str:
    return mould.format(bare=" ".join(words), commas=", ".join(words * 3), joined=" and the ".join(words))


def hidden_among(task: DecompositionTask, other: DecompositionTask) -> str:
    """Return the steps of another task's reference with keywords of this one's checklist between them."""
    mould = _MOULDS["behind a verb"]
    dumps = [SubTask("Part", (_cast(mould, keywords_of(part, task)),)) for part in task.checklist]
    return render_tasks([sub for pair in zip_longest(dumps, other.tasks) for sub in pair if sub is not None])


def keywords_of(part: Part, task: DecompositionTask) -> list[str]:
    """Return a text for each group of a part that meets it, taken from a reference step that meets the part."""
    for sub in task.tasks:
        for text in sub.steps:
            if meets(Step(sub.name, text), part):
                return [_first_match(group, f"{text}\n{sub.name}") for group in _patterns(part)]
    return []


def _first_match(group: tuple[re.Pattern[str], ...], text: str) -> str:
    match = next(match for pattern in group if (match := pattern.search(text)))
    end = next((at for at in range(match.end(), len(text)) if not text[at].isalnum()), len(text))
    return text[match.start() : end].strip()


def _steps(steps: list[str]) -> str:
    return render_tasks([SubTask(f"Part {number}", (step,)) for number, step in enumerate(steps, start=1)])
