"""Checking a chain.json found from before: it must hold together before anyone is shown it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gpiot_data.errors import GpiotError
from gpiot_data.store import canonical_json
from gpiot_infer.assemble import file_name, render


def is_sound(record: Mapping[str, Any], inputs: Mapping[str, Any], requirement: str) -> bool:
    """Tell whether a record is complete, made from these inputs, and every field in it is what its answer says."""
    try:
        return _agrees(record, inputs, requirement)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, GpiotError):
        # Something is missing or of another form.
        return False


def _agrees(record: Mapping[str, Any], inputs: Mapping[str, Any], requirement: str) -> bool:
    if record["inputs"] != inputs or record["requirement"] != requirement:
        return False
    answers = {answer["id"]: answer["text"] for answer in record["answers"]}
    tasks, failure = record["tasks"], record["failure"]
    complete = bool(tasks) and all(task["code"] is not None for task in tasks)
    if record["status"] != ("ok" if complete else "failed") or (failure is None) is not complete:
        return False
    if failure is not None and (answers[failure["answer"]] != failure["answer_text"] or not isinstance(failure["message"], str)):
        return False
    for number, task in enumerate(tasks, start=1):
        if task["file"] != (None if task["code"] is None else file_name(number, task["name"]["text"])):
            return False
    # Both fail on what cannot be printed or written.
    canonical_json(record).encode("utf-8")
    render(record).encode("utf-8")
    return all(_is_span(span, answers) for span in _spans(tasks))


def _spans(tasks: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for task in tasks:
        yield task["name"]
        yield from task["steps"]
        if (specification := task["specification"]) is not None:
            yield specification["target"]
            for variable in [*specification["inputs"], *specification["outputs"]]:
                yield from (span for span in variable.values() if span is not None)
        if task["code"] is not None:
            yield task["code"]
            yield task["documentation"]


def _is_span(span: Mapping[str, Any], answers: Mapping[str, str]) -> bool:
    start, end = span["span"]
    return 0 <= start <= end and bool(answers[span["answer"]][start:end] == span["text"])
