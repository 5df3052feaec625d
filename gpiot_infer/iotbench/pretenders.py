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
#: What has nothing to do with the field, to fill up moulds; and what has.
_VERBS = ("Please polish", "Gently juggle", "Someone knits", "Kindly borrow", "Quietly bake", "Slowly peel", "Later bury", "Today admire")
_NOUNS = (
    *("copper", "lantern", "violet", "pebble", "walnut", "orchid", "saddle", "thimble", "ribbon", "cactus", "pillow", "trumpet", "glacier"),
    *("meadow", "biscuit", "velvet", "parsley", "hammock", "pigeon", "marble"),
)
_TERMS = (
    *("amplitude", "register", "spectrum", "packet", "antenna", "variance", "interrupt", "checksum", "bandwidth", "histogram", "latency"),
    *("median", "carrier", "quaternion", "residual", "gradient", "watchdog", "jitter", "topic", "envelope"),
)
#: Moulds that differ from step to step.
_SENTENCES = (
    "{verb} the {joined} with {one} or {other}.",
    "{verb} a {one} for the {joined} under the {other}.",
    "From each {one}, {verb} the {joined} into a {other}.",
    "{verb} {one} until the {joined} is in its {other}.",
    "Where a {one} meets the {other}, {verb} the {joined}.",
    "{verb} both the {one} and what the {joined} has of {other}.",
    "After the {one}, {verb} every {joined} to the {other}.",
    "{verb} no {one} but the {joined} above its {other}.",
)
_NEGATIONS = ("Never do this, it is wrong: {step}", "Do not {step}", "{step} This must not be done.", "It would be a mistake to {step}")


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
    yield from _filled(keywords)
    for mould in _NEGATIONS:
        steps = [SubTask(sub.name, tuple(mould.format(step=text) for text in sub.steps)) for sub in task.tasks]
        yield f"the reference in '{mould}'", render_tasks(steps)
    yield from _echoes(task.problem, keywords)


def _filled(keywords: list[list[str]]) -> Iterator[tuple[str, str]]:
    """Yield keywords in moulds that other words fill up: words of anything in one mould and in many, words of the field in one."""
    fillings = {"words of anything": _NOUNS, "words of the field": _TERMS}
    for moulds, of in ((_SENTENCES[:1], "words of anything"), (_SENTENCES[:1], "words of the field"), (_SENTENCES, "words of anything")):
        nouns = cycle(fillings[of])
        steps = [
            mould.format(verb=verb, joined=" and the ".join(words), one=next(nouns), other=next(nouns))
            for mould, verb, words in zip(cycle(moulds), cycle(_VERBS), keywords, strict=False)
        ]
        yield f"keywords filled up with {of} in {len(moulds)} moulds", _steps(steps)
    bare = zip(keywords, _NOUNS, reversed(_NOUNS), strict=False)
    yield "keywords with two nouns", _steps([f"{' and the '.join(words)} {one} with {other}" for words, one, other in bare])


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
