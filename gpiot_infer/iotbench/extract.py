"""What is taken from an answer for scoring, and whether it has the form that was asked for."""

from __future__ import annotations

import re

from gpiot_data.schema import parse_answer, parse_tasks
from gpiot_infer.wellformed import parse_program
from gpiot_infer.words import normal

MIN_TASKS = 2
MIN_DOCUMENTATION_WORDS = 5
_OPENING = re.compile(r"^[ \t]*(?:```|~~~)(?:python|py)?[ \t]*\n", re.MULTILINE | re.IGNORECASE)


def program_of(text: str) -> str:
    """Return the program in an answer: its first closed code block; else the whole text if it is Python; else what an open block holds.

    An answer without any of them is returned whole, and does not parse.
    """
    parsed = parse_answer(text)
    if parsed is not None:
        return parsed[0]
    if parse_program(text) is not None:
        return text
    opening = _OPENING.search(text)
    return text if opening is None else text[opening.end() :]


def is_well_formed_code(text: str) -> bool:
    """Tell whether an answer has a closed block of Python and documentation beside it."""
    parsed = parse_answer(text)
    return parsed is not None and parse_program(parsed[0]) is not None and len(normal(parsed[1]).split()) >= MIN_DOCUMENTATION_WORDS


def is_well_formed_decomposition(text: str) -> bool:
    """Tell whether an answer has two distinct sub-tasks or more, separated by blank lines, each with a step."""
    tasks = parse_tasks(text)
    return len({normal(task.name) for task in tasks}) >= MIN_TASKS and all(task.steps for task in tasks)
