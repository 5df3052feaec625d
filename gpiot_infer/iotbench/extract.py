"""What is taken from an answer for scoring, and whether it has the form that was asked for."""

from __future__ import annotations

import re
import textwrap

from gpiot_data.fences import Block, blocks_of
from gpiot_data.schema import parse_answer, parse_tasks
from gpiot_infer.iotbench.checklist import MAX_TEXT_CHARS
from gpiot_infer.wellformed import is_program
from gpiot_infer.words import normal

#: Of a longer answer only the beginning is read.
MAX_ANSWER_CHARS = 200_000
MIN_TASKS = 2
MIN_DOCUMENTATION_WORDS = 5


def program_of(text: str, function: str) -> str:
    """Return the program in an answer that is to define `function`.

    The first Python block in which the function stands; else the whole text if it is Python; else the first closed Python block; else the
    first that nothing closes. Fences of every kind that Markdown or models know are read, for what is scored is the program; whether an
    answer has the form that was asked for is told by `is_well_formed_code`. An answer without any program is returned whole.
    """
    text = text[:MAX_ANSWER_CHARS]
    blocks = [block for block in blocks_of(text, words_close=True) if block.is_python]
    programs = [_held(text, block) for block in blocks]
    defines = re.compile(rf"^(?:(?:async[ \t]+def|def|class)[ \t]+{re.escape(function)}\b|{re.escape(function)}[ \t]*[:=])", re.MULTILINE)
    for program in programs:
        if defines.search(program):
            return program
    if is_program(text):
        return text
    closed = [program for program, block in zip(programs, blocks, strict=True) if block.closed]
    return next(iter([*closed, *programs]), text)


def _held(text: str, block: Block) -> str:
    program = text[block.start : block.end]
    # A block in a list stands as far to the right as its fence.
    return textwrap.dedent(program) if block.indent else program


def is_well_formed_code(text: str) -> bool:
    """Tell whether an answer has a closed block of Python, fenced as in the datasets, and documentation beside it."""
    parsed = parse_answer(text[:MAX_ANSWER_CHARS])
    return parsed is not None and is_program(parsed[0]) and len(normal(parsed[1]).split()) >= MIN_DOCUMENTATION_WORDS


def is_well_formed_decomposition(text: str) -> bool:
    """Tell whether an answer has two distinct sub-tasks or more, separated by blank lines, each with a step."""
    tasks = parse_tasks(text[:MAX_TEXT_CHARS])
    return len({normal(task.name) for task in tasks}) >= MIN_TASKS and all(task.steps for task in tasks)
