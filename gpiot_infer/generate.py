"""Specification -> code and documentation, by the base model with the CG path."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gpiot_data.schema import Specification, parse_answer, render_specification
from gpiot_infer.ask import Interview, Malformed, Question, Span, Written
from gpiot_infer.backends.protocol import AdapterPath, Message, Prompt
from gpiot_infer.prompts import fill
from gpiot_infer.wellformed import does_something, parse_program, unbound_names
from gpiot_infer.words import normal

_MAX_CODE_TOKENS = 512
_MAX_DOCUMENTATION_TOKENS = 200
_MIN_DOCUMENTATION_WORDS = 5
#: A program costs seconds, so a doubtful one is passed over twice at most.
_PATIENCE = 3
#: Where an unfinished text can end and still read as whole: after a sentence, or after a line.
_WHOLE = re.compile(r".*(?:[.!?](?=\s)|\n)", re.DOTALL)


_FENCE = re.compile(r"[ \t]*(?P<fence>`{3,}|~{3,})(?P<rest>[^`\n]*)$", re.MULTILINE)
#: A heading at the end of a text: nothing stands below it.
_BARE_HEADING = re.compile(r"(?:^|\n)[ \t]*(?:#{1,6}(?:[ \t][^\n]*)?|\*\*[^*\n.!?]{1,60}\*\*:?)\s*$")


@dataclass(frozen=True, slots=True)
class ProgramSpans:
    """A program and its documentation as spans of answers."""

    code: Span
    documentation: Span


@dataclass(frozen=True, slots=True)
class _CodeAnswer:
    """`head` is the answer up to the end of the code's fence."""

    code: Span
    documentation: Span | None
    head: str


def generate(specification: Specification, template: str, path: AdapterPath, place: str, interview: Interview) -> ProgramSpans:
    """Return code and documentation for one specification.

    Where the model stopped after the code, its answer is continued once more for the documentation.

    Raises:
        NoWellFormedAnswer: if no sample holds a program, or none a documentation.
    """
    asked = (Message("user", fill(template, {"specification": render_specification(specification)})),)
    question = Question(role="code", place=place, path=path, prompt=Prompt(asked), max_tokens=_MAX_CODE_TOKENS)
    answer = interview.ask(question, _read_code, _unbound, patience=_PATIENCE)
    if answer.documentation is not None:
        return ProgramSpans(answer.code, answer.documentation)
    prompt = Prompt(asked, begun=f"{answer.head}\n\n")
    more = Question(role="documentation", place=place, path=path, prompt=prompt, max_tokens=_MAX_DOCUMENTATION_TOKENS)
    return ProgramSpans(answer.code, interview.ask(more, _read_documentation))


def _unbound(answer: _CodeAnswer) -> list[str]:
    return [f"it reads '{name}', which nothing binds" for name in unbound_names(answer.code.text)]


def _read_code(written: Written) -> _CodeAnswer:
    parsed = parse_answer(written.text)
    if parsed is None:
        raise Malformed("no closed code block")
    code = written.find(parsed[0], written.text.find("```"))
    tree = parse_program(code.text)
    if tree is None:
        raise Malformed("the code is no Python")
    if not does_something(tree):
        raise Malformed("the code does nothing")
    fence = written.text.index("```", code.end) + 3
    return _CodeAnswer(code, _documentation(written, fence), written.text[:fence])


def _read_documentation(written: Written) -> Span:
    span = _documentation(written, 0)
    if span is None:
        raise Malformed("no documentation of sane length")
    return span


def _documentation(written: Written, start: int) -> Span | None:
    """Return the documentation in an answer from `start` on; of an unfinished one, what reads as whole."""
    text = written.text[start:]
    if written.finish == "loop":
        return None
    if written.finish != "end":
        match = _WHOLE.match(text)
        text = match[0] if match else ""
    text = _closed(text).strip()
    if len(normal(text).split()) < _MIN_DOCUMENTATION_WORDS or text.startswith("```"):
        return None
    return written.find(text, start)


def _closed(text: str) -> str:
    """Return the beginning of `text` that leaves no code fence open and no heading without a text below it."""
    opened, begin, place = "", 0, 0
    for line in text.splitlines(keepends=True):
        match = _FENCE.match(line)
        if match and not opened:
            opened, begin = match["fence"], place
        elif match and match["fence"].startswith(opened) and not match["rest"].strip():
            opened = ""
        place += len(line)
    if opened:
        text = text[:begin]
    while heading := _BARE_HEADING.search(text):
        text = text[: heading.start()]
    return text
