"""Writes the fingerprints of a suite, for dataset manifests to name: `python -m gpiot_infer.iotbench.index [VERSION]`."""

from __future__ import annotations

import sys
from pathlib import Path

from gpiot_data.fingerprints import Item, write_fingerprints
from gpiot_data.schema import Specification, SubTask
from gpiot_data.vectors import Encoder, open_encoder
from gpiot_infer.iotbench.schema import SUITES, Suite, load_suite

FOLDER = "index"


def items_of(suite: Suite) -> list[Item]:
    """Return what must not get into a dataset: specification and programs of code tasks, problem and all ways of decompositions.

    Wrong solutions as well: who has read how a task is done wrongly knows the task.
    """
    code = [
        Item(task.id, (specification_text(task.specification), task.reference), (task.reference, *(one.program for one in task.wrong)))
        for task in suite.code
    ]
    ways = [
        Item(task.id, (task.problem, tasks_text(task.tasks), *(tasks_text(other.tasks) for other in task.alternatives)))
        for task in suite.decomposition
    ]
    return code + ways


def specification_text(specification: Specification) -> str:
    """Return the sentences of a specification without the headings and facts that all specifications share."""
    described = [entry.description or "" for entry in (*specification.inputs, *specification.outputs)]
    return "\n".join([specification.target, *described]).strip()


def tasks_text(tasks: tuple[SubTask, ...]) -> str:
    """Return names and steps, one a line."""
    return "\n".join(text for task in tasks for text in (task.name, *task.steps))


def write_index(suite: Suite, folder: Path, encoder: Encoder) -> str:
    """Write the index of a suite and return its hash."""
    return write_fingerprints(folder, f"iotbench-{suite.version}", items_of(suite), encoder)


def main() -> None:
    """Write the index of the version that the command line names into the suite's folder."""
    version = sys.argv[1] if len(sys.argv) > 1 else "v1"
    digest = write_index(load_suite(version), SUITES / version / FOLDER, open_encoder("static"))
    sys.stdout.write(f"{SUITES / version / FOLDER}: {digest}\n")


if __name__ == "__main__":
    main()
