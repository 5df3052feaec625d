"""The rows of both datasets, their chat form, and how tasks and specifications read as text.

A row is a frozen dataclass; `to_json` gives the mapping that goes into JSON lines, and
`row_from_json` reads it back. Everything that inference and training need to speak the same
language as the datasets - the rendering of sub-tasks and specifications and their parsers - is here.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from gpiot_data.fences import blocks_of
from gpiot_data.store import content_id, sha256_json, sha256_text

Split = Literal["train", "test", ""]
Task = Literal["td", "cg"]

#: What the user turn of a row says; `{problem}` and `{specification}` are the only blanks.
TD_PROMPT = (
    "Break the following IoT problem down into sub-tasks. Give each sub-task a numbered name and its steps as a list, "
    "and leave a blank line between sub-tasks.\n\nProblem: {problem}"
)
CG_PROMPT = "Write Python code with comments, and its documentation, for this specification.\n\n{specification}"
DESCRIBE_PROMPT = "Describe `{symbol}` of the package {package}."


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Where a row comes from: a span of one source, and the sha256 of the span's UTF-8 bytes.

    For a PDF, `page` counts from 1, `bbox` is (x0, y0, x1, y1) in whole points, and `span` is
    [start, end) in characters of the text that extraction returns. For a package, `path` is inside
    the archive, `lines` is (first, last) counted from 1, and `span` is [start, end) in bytes of the file.
    """

    corpus: str
    source: str
    version: str
    sha256: str
    span: tuple[int, int]
    span_sha256: str
    page: int | None = None
    bbox: tuple[int, int, int, int] | None = None
    path: str | None = None
    lines: tuple[int, int] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the mapping stored in a row."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in dataclasses.asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Teacher:
    """Who wrote the text of a row: `rules` has no model; `prompt` names the template or rule set and its version."""

    name: str
    prompt: str
    model: str | None = None
    response_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What execution found for a row; `not_run` where nothing was executed, with the reason."""

    status: Literal["passed", "ran", "failed", "timeout", "needs_network", "not_installed", "not_run"] = "not_run"
    reason: str | None = None
    isolation: str | None = None
    environment: str | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What the documentation shows as the output of the statement that starts at `line` of a program, counted from 1."""

    line: int
    output: str


@dataclass(frozen=True, slots=True)
class SubTask:
    """One sub-task of a decomposition: a short name and its implementation steps in order."""

    name: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """One input or output of a specification; None where the source does not tell."""

    name: str
    type: str | None = None
    shape: str | None = None
    unit: str | None = None
    rate_hz: float | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Specification:
    """What a program must do (`target`) and the values that go in and come out."""

    target: str
    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    source: SourceRef
    license: str
    teacher: Teacher
    verdict: Verdict = field(default_factory=Verdict)
    parents: tuple[dict[str, Any], ...] = ()
    split: Split = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TddRow(_Row):
    """A pair of the Task Decomposition Dataset: `problem` -> `tasks`.

    What a pair of a paper knows of how it was made: `passages` holds, for each step of each sub-task, the [start, end) of the words that
    it rests on, in characters of the text that `source.span` counts in; `overlap` is the share of the answer's runs of eight words that
    stand in the source's span; `confidence` ranks the pairs of one teacher, from 0 to 1. A variant is written anew and rests on no
    passage: it has none of the three, nor has a pair whose teacher cannot tell.
    """

    problem: str
    tasks: tuple[SubTask, ...]
    aspect: str = "raw"
    passages: tuple[tuple[tuple[int, int], ...], ...] = ()
    overlap: float | None = None
    confidence: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the row as stored: content, lineage, chat messages and id."""
        content = {
            "kind": "decomposition",
            "problem": self.problem,
            "tasks": [dataclasses.asdict(task) for task in self.tasks],
            "aspect": self.aspect,
            "passages": [[list(span) for span in task] for task in self.passages],
            "overlap": self.overlap,
            "confidence": self.confidence,
            "messages": chat_turns(TD_PROMPT.format(problem=self.problem), render_tasks(self.tasks)),
        }
        return _with_lineage(content, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CgdRow(_Row):
    """A pair of the Code Generation Dataset: `specification` -> `code` + `documentation`, or a description.

    `kind` is `description` (documentation only, no specification and no code), `implementation` or `example`.
    `expected` lets anybody run `code` again and compare.
    """

    kind: Literal["description", "implementation", "example"]
    symbol: str
    package: str
    documentation: str
    imports: tuple[str, ...] = ()
    specification: Specification | None = None
    code: str | None = None
    expected: tuple[Expected, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the row as stored: content, lineage, chat messages and id."""
        if self.specification is None:
            prompt = DESCRIBE_PROMPT.format(symbol=self.symbol, package=self.package)
            answer = self.documentation
        else:
            prompt = CG_PROMPT.format(specification=render_specification(self.specification))
            answer = render_answer(self.code or "", self.documentation)
        content = {
            "kind": self.kind,
            "symbol": self.symbol,
            "package": self.package,
            "specification": None if self.specification is None else dataclasses.asdict(self.specification),
            "code": self.code,
            "expected": [dataclasses.asdict(item) for item in self.expected],
            "documentation": self.documentation,
            "imports": list(self.imports),
            "messages": chat_turns(prompt, answer),
        }
        return _with_lineage(content, self)


Row = TddRow | CgdRow
RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Kept(Generic[RowT]):
    """A row that a stage passes on."""

    row: RowT


@dataclass(frozen=True, slots=True)
class Rejected:
    """A candidate that a stage drops: `reason` is a stable word, `of` the id it duplicates, if any.

    A duplicate also tells what was compared (`field`), how (`metric`: exact, jaccard or cosine), and the `score` reached.
    """

    reason: str
    source: str
    place: str
    text: str
    of: str | None = None
    field: str | None = None
    metric: str | None = None
    score: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the mapping kept in `rejected.jsonl`."""
        return dataclasses.asdict(self)


def render_tasks(tasks: Sequence[SubTask]) -> str:
    """Write sub-tasks as numbered names with dashed steps, a blank line between sub-tasks."""
    blocks = []
    for number, task in enumerate(tasks, start=1):
        blocks.append("\n".join([f"{number}. {task.name}", *(f"- {step}" for step in task.steps)]))
    return "\n\n".join(blocks)


_NUMBERED = re.compile(r"(?:\*\*|#+\s*)?(?:sub-?task\s*)?\d+[.):]\s*(?P<name>\S.*)", re.IGNORECASE)
_STEP = re.compile(r"(?:[-*\u2022+]|\d+[.)]|[a-z][.)])\s+(?P<step>\S.*)")


def parse_tasks(text: str) -> tuple[SubTask, ...]:
    """Read sub-tasks from a decomposition; the inverse of `render_tasks`.

    A block is a run of lines between blank lines. Its first line is the name (number and Markdown
    emphasis dropped), each further list item is a step. A block without a numbered first line is
    no sub-task and is left out, so every name and step is a span of `text`.
    """
    tasks = []
    for block in re.split(r"\n[ \t]*\n", text.strip()):
        lines = block.splitlines()
        if not lines or (head := _NUMBERED.match(lines[0].strip())) is None:
            continue
        name = head["name"].strip("*# :").strip()
        steps = tuple(match["step"] for line in lines[1:] if (match := _STEP.match(line.strip())))
        if name:
            tasks.append(SubTask(name, steps))
    return tuple(tasks)


_FIELD_NAMES = ("type", "shape", "unit", "rate_hz")


def render_specification(specification: Specification) -> str:
    """Write a specification as Markdown with the sections Target, Input and Output."""
    return "\n".join(
        [
            "## Target",
            specification.target,
            "",
            "## Input",
            *_render_variables(specification.inputs),
            "",
            "## Output",
            *_render_variables(specification.outputs),
        ]
    )


def _render_variables(variables: Sequence[Variable]) -> list[str]:
    lines = []
    for variable in variables:
        known = [(name, getattr(variable, name)) for name in _FIELD_NAMES]
        facts = "; ".join(f"{name}: {value}" for name, value in known if value is not None)
        line = f"- `{variable.name}`" + (f" ({facts})" if facts else "")
        lines.append(line + (f": {variable.description}" if variable.description is not None else ""))
    return lines or ["- none"]


_VARIABLE = re.compile(r"^- `(?P<name>[^`]+)`(?: \((?P<facts>(?:type|shape|unit|rate_hz): .*?)\))?(?:: (?P<description>.*))?$")
_FACT = re.compile(r"(?:^|; )(type|shape|unit|rate_hz): ")


def parse_specification(text: str) -> Specification:
    """Read a specification back; the inverse of `render_specification`.

    Raises:
        ValueError: if a section is missing or a line is no variable.
    """
    match = re.fullmatch(r"\s*## Target\n(.*?)\n+## Input\n(.*?)\n+## Output\n(.*?)\s*", text, re.DOTALL)
    if match is None:
        raise ValueError("a specification needs the sections '## Target', '## Input' and '## Output', in this order")
    return Specification(match[1].strip(), _parse_variables(match[2]), _parse_variables(match[3]))


def _parse_variables(text: str) -> tuple[Variable, ...]:
    if text.strip() == "- none":
        return ()
    variables = []
    for line in text.splitlines():
        if (match := _VARIABLE.match(line)) is None:
            raise ValueError(f"not a variable line: {line!r}")
        pieces = _FACT.split(match["facts"] or "")
        facts: dict[str, Any] = dict(zip(pieces[1::2], pieces[2::2], strict=True))
        if "rate_hz" in facts:
            facts["rate_hz"] = float(facts["rate_hz"])
        variables.append(Variable(match["name"], description=match["description"], **facts))
    return tuple(variables)


def render_answer(code: str, documentation: str) -> str:
    """Write the answer of a code row: a fenced Python block, then the Markdown documentation."""
    return f"```python\n{code.rstrip()}\n```\n\n{documentation.strip()}"


def parse_answer(text: str) -> tuple[str, str] | None:
    """Split a model's answer into (code, documentation), each a span of `text`; None without a closed block of code as in the rows.

    Documentation is what follows the first such block, between three backticks and marked `python`, `py` or not at all; else what precedes.
    """
    for block in blocks_of(text):
        if block.closed and block.mark == "```" and block.info in ("", "python", "py"):
            return text[block.start : block.end], text[block.after :].strip() or text[: block.opening].strip()
    return None


def chat_turns(prompt: str, answer: str) -> list[dict[str, str]]:
    """Return the two turns of a chat row."""
    return [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]


def _with_lineage(content: dict[str, Any], row: _Row) -> dict[str, Any]:
    lineage = {
        "source": row.source.to_json(),
        "license": row.license,
        "parents": list(row.parents),
        "teacher": dataclasses.asdict(row.teacher),
        "verdict": dataclasses.asdict(row.verdict),
    }
    whole = {**content, **lineage, "split": row.split}
    return {"id": row_id(whole), **whole}


#: What is told about a row, and is no part of what it says: the same pair keeps its id when it is run, moved or measured anew.
_TOLD = ("id", "license", "teacher", "verdict", "split", "passages", "overlap", "confidence")


def row_id(row: dict[str, Any]) -> str:
    """Return the id of a row by what it holds."""
    return content_id({name: value for name, value in row.items() if name not in _TOLD})


def dataset_sha256(rows: Sequence[dict[str, Any]]) -> str:
    """Return the hash that names a dataset's content whatever the file format: over sorted row ids and row hashes."""
    return sha256_text("".join(f"{row['id']} {sha256_json(row)}\n" for row in sorted(rows, key=lambda row: str(row["id"]))))
