"""What the chat turns of a stored row must read, from its own content."""

from __future__ import annotations

from typing import Any

from gpiot_data import manifest
from gpiot_data.schema import (
    CG_PROMPT,
    DESCRIBE_PROMPT,
    TD_PROMPT,
    Specification,
    SubTask,
    chat_turns,
    render_answer,
    render_specification,
    render_tasks,
)


def render_messages(row: dict[str, Any], kind: str) -> list[dict[str, str]]:
    """Return the chat turns that the content of a stored row renders to; `kind` is that of its dataset.

    Raises:
        BadManifest: if the tasks or the specification of the row are not of the right form.
    """
    if kind == "tdd":
        tasks = [manifest.build(SubTask, task, "tasks") for task in row["tasks"]]
        return chat_turns(TD_PROMPT.format(problem=row["problem"]), render_tasks(tasks))
    if row.get("specification") is None:
        return chat_turns(DESCRIBE_PROMPT.format(symbol=row["symbol"], package=row["package"]), row["documentation"])
    specification = manifest.build(Specification, row["specification"], "specification")
    answer = render_answer(row.get("code") or "", row["documentation"])
    return chat_turns(CG_PROMPT.format(specification=render_specification(specification)), answer)
