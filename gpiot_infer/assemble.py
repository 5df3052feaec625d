"""The folder of a finished chain: one program for each sub-task, README.md, and chain.json, which is written last."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gpiot_data.console import printable
from gpiot_data.errors import InputError
from gpiot_data.schema import Specification, Variable, render_specification
from gpiot_data.store import read_json, write_atomic, write_json

CHAIN = "chain.json"
README = "README.md"
#: The names that `file_name` gives.
_PROGRAM = re.compile(r"\d{2}_[a-z0-9_]+\.py")


def file_name(number: int, name: str) -> str:
    """Return the file of a sub-task's program: its number and a plain form of its name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:40].rstrip("_")
    return f"{number:02d}_{slug or 'task'}.py"


def specification_of(entry: Mapping[str, Any]) -> Specification:
    """Return the specification that a record holds as spans."""
    inputs, outputs = (tuple(_variable(variable) for variable in entry[side]) for side in ("inputs", "outputs"))
    return Specification(entry["target"]["text"], inputs, outputs)


def _variable(entry: Mapping[str, Any]) -> Variable:
    known: dict[str, Any] = {name: span["text"] for name, span in entry.items() if span is not None}
    if "rate_hz" in known:
        known["rate_hz"] = float(known["rate_hz"])
    return Variable(**known)


def render(record: Mapping[str, Any]) -> str:
    """Write a record for people as Markdown: sub-tasks, specifications, code and documentation as far as they exist.

    The headings of a specification are moved below the sub-task's own. A documentation stays as the model
    wrote it, headings and all, so a rule stands before each sub-task.
    """
    parts = ["# Requirement", record["requirement"], "# Sub-tasks"]
    for number, task in enumerate(record["tasks"], start=1):
        steps = "".join(f"\n   - {step['text']}" for step in task["steps"])
        parts.append(f"{number}. {task['name']['text']}{steps}")
    for number, task in enumerate(record["tasks"], start=1):
        parts += ["---", f"# {number}. {task['name']['text']}"]
        if task["specification"] is not None:
            parts.append(re.sub("^## ", "### ", render_specification(specification_of(task["specification"])), flags=re.MULTILINE))
        if task["code"] is not None:
            parts += [f"### Code: {task['file']}", f"```python\n{task['code']['text']}\n```"]
            parts += ["### Documentation", task["documentation"]["text"]]
    return printable("\n\n".join(parts)) + "\n"


def read_record(out: Path) -> dict[str, Any] | None:
    """Return the chain.json of a folder; None if there is none that this version understands."""
    try:
        record = read_json(out / CHAIN)
    except InputError:
        return None
    return record if isinstance(record, dict) and record.get("schema") == "gpiot.chain/1" else None


def write_folder(out: Path, record: Mapping[str, Any]) -> None:
    """Write what differs from the record; programs that are not in it are removed first.

    Raises:
        InputError: if the folder cannot be written to.
    """
    files = {task["file"]: task["code"]["text"] + "\n" for task in record["tasks"] if task["code"] is not None}
    files[README] = render(record)
    old = read_record(out)
    if old != record:
        # First the record: without it a folder is unfinished, whatever else is in it.
        (out / CHAIN).unlink(missing_ok=True)
    for path in sorted(out.glob("[0-9][0-9]_*.py")):
        if path.name not in files and _PROGRAM.fullmatch(path.name) and path.is_file():
            path.unlink()
    for name, text in files.items():
        path = out / name
        # A code block ends where the answer's does: no line end is translated.
        if not path.is_file() or path.read_bytes() != text.encode("utf-8"):
            write_atomic(path, text)
    if old != record:
        write_json(out / CHAIN, record)
