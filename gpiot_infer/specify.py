"""Sub-task -> specification, by the base model as it is, in steps: the target, then what goes in, then what comes out.

Each step is a question of its own with a few examples, and sees the answers before it. A fact about a
variable (type, shape, unit, rate) is kept only where the answer states it plausibly; else it stays unknown.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gpiot_data.schema import Specification, Variable
from gpiot_infer import prompts
from gpiot_infer.ask import Interview, Malformed, Question, Role, Span, Written
from gpiot_infer.decompose import TaskSpans
from gpiot_infer.words import mentions, normal, shares_stem, stutters

_FACTS = ("type", "shape", "unit", "rate_hz")
_MAX_VARIABLES = 4
_MAX_DESCRIPTION = 120
_LINE = re.compile(
    r"^[ \t]*(?:[-*][ \t]+)?`?(?P<name>[A-Za-z_]\w{0,39})`?[ \t]*(?::[ \t]*(?P<description>\S[^\n]*?))?[ \t]*$", re.MULTILINE
)
_FACT = re.compile(r"(?:^|;)[ \t]*(type|shape|unit|rate_hz):[ \t]*([^;\n]+?)[ \t]*(?=;|\n|$)")
_TYPE = re.compile(
    r"(?:int|float|bool|str|string|complex|bytes|dict|tuple|list)(?: (?:array|list|matrix))?"
    r"|(?:list|array|dict) of \w+|(?:np\.|numpy\.)?ndarray|array|array_like|DataFrame"
)
_SHAPE = re.compile(r"\([A-Za-z0-9_]+(?:, ?[A-Za-z0-9_]+)*,?\)")
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,6})?")
#: The end of the first sentence: a stop before a blank (so not the one in 1.2), or the end of the line.
_SENTENCE = re.compile(r"\s*(?P<sentence>[^\n]+?(?:[.!?](?=\s|$)|(?=\n|$)))")


#: What the examples of the prompts are about; these words in an answer about something else are copied.
EXAMPLE_SUBJECTS = "pipe vibration soil moisture rained valve acceleration temperature belt breathing microphone cough speech"


@dataclass(frozen=True, slots=True)
class VariableSpans:
    """An input or output as spans of answers; None where the model was not asked or did not tell."""

    name: Span
    description: Span | None
    facts: dict[str, Span]

    def variable(self) -> Variable:
        """Return the values as the schema has them."""
        values: dict[str, Any] = {name: span.text for name, span in self.facts.items()}
        if "rate_hz" in values:
            values["rate_hz"] = float(values["rate_hz"])
        return Variable(self.name.text, description=self.description.text if self.description else None, **values)

    def text(self) -> str:
        """Return the line that names the variable."""
        return f"{self.name.text}: {self.description.text}" if self.description else self.name.text

    def to_json(self) -> dict[str, Any]:
        """Return the mapping kept in `chain.json`."""
        facts = {name: self.facts[name].to_json() if name in self.facts else None for name in _FACTS}
        return {"name": self.name.to_json(), "description": self.description.to_json() if self.description else None, **facts}


@dataclass(frozen=True, slots=True)
class SpecificationSpans:
    """A specification as spans of answers."""

    target: Span
    inputs: tuple[VariableSpans, ...]
    outputs: tuple[VariableSpans, ...]

    def specification(self) -> Specification:
        """Return the values as the schema has them."""
        inputs, outputs = (tuple(entry.variable() for entry in side) for side in (self.inputs, self.outputs))
        return Specification(self.target.text, inputs, outputs)


def specify(requirement: str, task: TaskSpans, place: str, interview: Interview) -> SpecificationSpans:
    """Return the specification of one sub-task.

    Raises:
        NoWellFormedAnswer: if no sample of a step is well-formed.
    """
    context = f"{requirement}\n{task.text()}"
    question = Question(role="target", place=place, path="base", prompt=prompts.few_shot("target", task=task.text()), max_tokens=64)
    target = interview.ask(question, lambda written: _read_target(written, requirement), _grounded_target(task.text()))
    context += f"\n{target.text}"
    inputs = _variables("inputs", {"target": target.text}, context, place, interview, ())
    shown = "\n".join(entry.text() for entry in inputs)
    outputs = _variables("outputs", {"target": target.text, "inputs": shown}, context, place, interview, inputs)
    sides = []
    for letter, side in (("i", inputs), ("o", outputs)):
        named = [
            _with_facts(entry, target.text, context, f"{place}.{letter}{number}", interview) for number, entry in enumerate(side, start=1)
        ]
        sides.append(tuple(named))
    return SpecificationSpans(target, sides[0], sides[1])


def _read_target(written: Written, requirement: str) -> Span:
    match = _SENTENCE.match(written.text)
    if match is None:
        raise Malformed("the answer is empty")
    span = written.span(*match.span("sentence"))
    if len(normal(span.text).split()) < 3 or len(span.text) > 240:
        raise Malformed("the target is no sentence of sane length")
    if written.finish != "end" and match.end() == len(written.text):
        raise Malformed("the target is cut off")
    if normal(span.text) == normal(requirement):
        raise Malformed("the target is the requirement again")
    if normal(span.text) in {normal(example) for example in prompts.examples("target")}:
        raise Malformed("the target is an example of the prompt")
    return span


def _grounded_target(task: str) -> Callable[[Span], list[str]]:
    def judge(target: Span) -> list[str]:
        doubts = ["a word follows itself"] if stutters(target.text) else []
        doubts += ["it takes words of an example"] if _copies(target.text, task) else []
        return doubts if shares_stem(target.text, task) else [*doubts, "it shares no word with the sub-task"]

    return judge


def _copies(piece: str, context: str) -> bool:
    # Whole words: a microprocessor in the task does not explain a microphone in the answer.
    said, known = (set(normal(text).split()) for text in (piece, context))
    return bool(said & set(EXAMPLE_SUBJECTS.split()) - known)


def _variables(
    role: Role, values: dict[str, str], context: str, place: str, interview: Interview, inputs: tuple[VariableSpans, ...]
) -> tuple[VariableSpans, ...]:
    prompt = prompts.few_shot(role, **values)
    question = Question(role=role, place=place, path="base", prompt=prompt, max_tokens=72, stop=("\n\n",))
    copied = {line.strip() for example in prompts.examples(role) for line in example.splitlines()}
    taken = {normal(entry.name.text) for entry in inputs}

    def judge(found: tuple[VariableSpans, ...]) -> list[str]:
        doubts = []
        for entry in found:
            if stutters(entry.text()) or normal(entry.name.text) in taken:
                doubts.append(f"'{entry.name.text}' repeats itself or an input")
            if _copies(entry.text(), context):
                doubts.append(f"'{entry.name.text}' takes words of an example")
            if not shares_stem(entry.text(), context):
                doubts.append(f"'{entry.name.text}' shares no word with the sub-task")
        return doubts

    return interview.ask(question, lambda written: _read_variables(written, copied), judge)


def _read_variables(written: Written, copied: set[str]) -> tuple[VariableSpans, ...]:
    found: dict[str, VariableSpans] = {}
    for match in _LINE.finditer(written.text):
        cut = written.finish in ("length", "loop") and match.end() == len(written.text)
        if cut or keyword.iskeyword(match["name"]) or match[0].strip() in copied or len(match["description"] or "") > _MAX_DESCRIPTION:
            continue
        described = match["description"] is not None
        entry = VariableSpans(written.span(*match.span("name")), written.span(*match.span("description")) if described else None, {})
        found.setdefault(normal(match["name"]), entry)
    if not found:
        raise Malformed("no line names a variable")
    if len(found) > _MAX_VARIABLES:
        raise Malformed(f"{len(found)} variables, expected at most {_MAX_VARIABLES}")
    return tuple(found.values())


def _with_facts(entry: VariableSpans, target: str, context: str, place: str, interview: Interview) -> VariableSpans:
    prompt = prompts.few_shot("facts", target=target, variable=entry.text())
    question = Question(role="facts", place=place, path="base", prompt=prompt, max_tokens=40, stop=("\n",))
    facts = interview.ask(question, lambda written: _read_facts(written, f"{context}\n{entry.text()}"))
    return VariableSpans(entry.name, entry.description, facts)


def _read_facts(written: Written, context: str) -> dict[str, Span]:
    """Take the plausible facts of an answer; a unit or a rate must be one that the texts mention. None at all is well-formed."""
    facts: dict[str, Span] = {}
    for match in _FACT.finditer(written.text):
        name, value = match[1], match[2]
        if name not in facts and _plausible(name, value, context):
            facts[name] = written.span(*match.span(2))
    return facts


def _plausible(name: str, value: str, context: str) -> bool:
    if name == "type":
        return _TYPE.fullmatch(value) is not None
    if name == "shape":
        return _SHAPE.fullmatch(value) is not None
    if name == "unit":
        return len(value) <= 30 and mentions(context, value)
    return _NUMBER.fullmatch(value) is not None and mentions(context, f"{value} Hz")
