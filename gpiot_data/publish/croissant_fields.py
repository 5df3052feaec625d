"""The fields of a row as Croissant describes them: name, meaning, type, and where in a line of the file the value is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

JsonRow = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Field:
    """A value of a row: `path` leads to it inside `column`; an array's `parts` are the fields of its items, by their key."""

    name: str
    description: str
    column: str = ""
    path: str | None = None
    type: str = "sc:Text"
    array: bool = False
    parts: tuple[tuple[str, str], ...] = ()


_COMMON = (
    _Field("id", "Hash of what the row holds, 16 hex digits."),
    _Field("kind", "decomposition, description, implementation or example."),
    _Field(
        "messages",
        "The row as a chat: a question by the user, an answer by the assistant.",
        array=True,
        parts=(("role", "user or assistant."), ("content", "The text of the turn.")),
    ),
)
_OWN: dict[Literal["tdd", "cgd"], tuple[_Field, ...]] = {
    "tdd": (
        _Field("problem", "The problem statement."),
        _Field("task_names", "The names of the sub-tasks, in order.", "tasks", "name", array=True),
        _Field("aspect", "What an augmentation changed; raw where nothing."),
        _Field("overlap", "Share of the answer's runs of eight words that stand in the span; null for variants.", type="sc:Float"),
        _Field("confidence", "Ranks the pairs of one teacher, 0 to 1; null for variants and where a teacher cannot tell.", type="sc:Float"),
    ),
    "cgd": (
        _Field("symbol", "The public function, class or module that the row is about."),
        _Field("package", "The package that has the symbol."),
        _Field("target", "What the program must do; null for descriptions.", "specification", "target"),
        _Field("code", "The program; null for descriptions."),
        _Field("documentation", "What the program or the symbol does, as Markdown."),
        _Field("imports", "The packages that the program imports.", array=True),
    ),
}
_LINEAGE = (
    _Field("source", "The id of the source that the row was taken from.", "source", "source"),
    _Field("source_version", "The version of the source.", "source", "version"),
    _Field("source_sha256", "The sha256 of the source's file.", "source", "sha256"),
    _Field("source_path", "The file inside the source's archive; null for papers.", "source", "path"),
    _Field("source_page", "The page of the paper, counted from 1; null for packages.", "source", "page", "sc:Integer"),
    _Field("span_sha256", "The sha256 of the span of the source that the row was taken from.", "source", "span_sha256"),
    _Field("license", "The licence of the source, as an SPDX expression."),
    _Field("teacher", "Who wrote the text of the row; rules is no model.", "teacher", "name"),
    _Field("verdict", "What running the program found.", "verdict", "status"),
    _Field("split", "train or test; a source is never in both."),
)


#: What a row holds besides, in lists of lists or of objects with keys of their own, which Croissant cannot describe.
_PARENTS = ("parents", "What a variant was made from: `id`, `aspect`, `operation` and `params` of each step; empty for other rows.")
_NESTED: dict[Literal["tdd", "cgd"], tuple[tuple[str, str], ...]] = {
    "tdd": (
        ("tasks.steps", "The steps of each sub-task, in order."),
        ("passages", "For each step of each sub-task the span of the source that it rests on, in characters; empty for variants."),
        _PARENTS,
    ),
    "cgd": (
        ("specification.inputs, .outputs", "Name, type, shape, unit, rate and description of each value; null where nothing tells."),
        ("expected", "Lines of the program and the outputs that the documentation shows for them."),
        _PARENTS,
    ),
}


def told_fields(kind: Literal["tdd", "cgd"]) -> list[tuple[str, str]]:
    """Return the columns of a row, or the values inside them as `column.key`, each with what it holds; nested ones come last."""
    fields = (*_COMMON, *_OWN[kind], *_LINEAGE)
    flat = [(f"{field.column}.{field.path}" if field.path else field.column or field.name, field.description) for field in fields]
    return [*flat, *_NESTED[kind]]


def describe_fields(kind: Literal["tdd", "cgd"], split: str, file_id: str) -> list[JsonRow]:
    """Return the fields of the record set `split`, read from the JSON lines file with the id `file_id`."""
    return [_describe(field, f"{split}/{field.name}", file_id) for field in (*_COMMON, *_OWN[kind], *_LINEAGE)]


def _describe(field: _Field, where: str, file_id: str) -> JsonRow:
    found: JsonRow = {"@type": "cr:Field", "@id": where, "name": field.name, "description": field.description}
    if field.array:
        found |= {"isArray": True, "arrayShape": "-1"}
    column = field.column or field.name
    if not field.parts:
        return {**found, "dataType": field.type, "source": _source(file_id, column, field.path)}
    parts = [(key, {"@type": "cr:Field", "@id": f"{where}/{key}", "name": key, "description": text}) for key, text in field.parts]
    return {**found, "subField": [{**part, "dataType": "sc:Text", "source": _source(file_id, column, key)} for key, part in parts]}


def _source(file_id: str, column: str, path: str | None) -> JsonRow:
    found: JsonRow = {"fileObject": {"@id": file_id}, "extract": {"column": column}}
    return found if path is None else {**found, "transform": {"jsonPath": path}}
