"""Whether a mapping read from a dataset is a row: what training and publishing rely on, field by field."""

from __future__ import annotations

from typing import Any

from gpiot_data.errors import BadDataset


def is_whole(value: Any) -> bool:
    """Tell whether a JSON value is a whole number from 0 on; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def check_row(row: Any, kind: str, where: str) -> None:
    """Check that a mapping read from a dataset has what training and publishing rely on.

    Raises:
        BadDataset: naming `where` and the field.
    """
    wanted: dict[str, type] = {"id": str, "kind": str, "messages": list, "source": dict, "license": str, "split": str}
    wanted |= {"problem": str, "tasks": list} if kind == "tdd" else {"symbol": str, "package": str, "documentation": str}
    _check_fields(row, wanted, where)
    roles = [message.get("role") for message in row["messages"] if isinstance(message, dict)]
    if roles != ["user", "assistant"]:
        raise BadDataset(f"{where}: 'messages' should be one user and one assistant turn, got {roles}")
    _check_fields(row["source"], {"source": str, "sha256": str, "span_sha256": str, "span": list}, f"{where}: source")
    if not _is_span(row["source"]["span"]):
        raise BadDataset(f"{where}: field 'source.span' should be two whole numbers, the first not above the second")
    if not isinstance(row["source"].get("path"), str | None):
        raise BadDataset(f"{where}: field 'source.path' should be text or null")
    _check_fields(row.get("verdict"), {"status": str}, f"{where}: verdict")
    if any(not isinstance(row["verdict"].get(name), str | None) for name in ("reason", "isolation", "environment")):
        raise BadDataset(f"{where}: 'reason', 'isolation' and 'environment' of the verdict should be text or null")
    if kind == "tdd":
        _check_making(row, where)
    else:
        _check_program(row, where)


def _check_fields(value: Any, wanted: dict[str, type], where: str) -> None:
    if not isinstance(value, dict):
        raise BadDataset(f"{where}: expected an object, got {type(value).__name__}")
    for name, kind_of in wanted.items():
        if not isinstance(value.get(name), kind_of):
            raise BadDataset(f"{where}: field '{name}' should be {kind_of.__name__}, got {type(value.get(name)).__name__}")


def _is_span(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(is_whole, value)) and value[0] <= value[1]


def _check_making(row: dict[str, Any], where: str) -> None:
    passages, tasks = row.get("passages"), row["tasks"]
    if not isinstance(passages, list) or not all(isinstance(task, list) and all(map(_is_span, task)) for task in passages):
        raise BadDataset(f"{where}: field 'passages' should be a list for each sub-task, of two whole numbers for each step")
    if passages and [len(task) for task in passages] != [len(task.get("steps", ())) for task in tasks if isinstance(task, dict)]:
        raise BadDataset(f"{where}: field 'passages' should have as many places as there are steps")
    for name in ("overlap", "confidence"):
        value = row.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1):
            raise BadDataset(f"{where}: field '{name}' should be a number from 0 to 1 or null")


def _check_program(row: dict[str, Any], where: str) -> None:
    if not isinstance(row.get("code"), str | None):
        raise BadDataset(f"{where}: field 'code' should be text or null, got {type(row['code']).__name__}")
    expected = row.get("expected", [])
    if not isinstance(expected, list):
        raise BadDataset(f"{where}: field 'expected' should be list, got {type(expected).__name__}")
    for item in expected:
        _check_fields(item, {"line": int, "output": str}, f"{where}: expected")
        if not is_whole(item["line"]) or item.keys() != {"line", "output"}:
            raise BadDataset(f"{where}: each of 'expected' should be a line and its output")
