"""Runs one answer on the inputs of its cases. This file is never imported: its text is the program of a sandbox job.

The module of the answer is loaded first, and only then the inputs are read, each case anew, so that what a call does to its
arguments reaches no other call. Expected values are not here: nothing in this process can tell a right result from a wrong one, so
an answer that takes it over, forges lines or patches the encoding gains nothing but the right to send values, which is all that it
was asked for. What is sent is one JSON line for each step: how loading ended, whether the function is there, and for each
case its encoded result or the exception.
"""

import json
import sys
import types
from collections.abc import Callable
from typing import Any

#: What is kept of the text of an exception.
MAX_TEXT = 300


def module_of(name: str, source: str) -> types.ModuleType:
    """Return a fresh module made from source text, known by its name to whatever looks it up."""
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(compile(source, f"<{name}>", "exec", dont_inherit=True), vars(module))  # noqa: S102 - this is what a sandbox is for
    return module


def describe(error: BaseException) -> str:
    """Return type and text of an exception."""
    try:
        text = str(error)
    except BaseException:
        text = ""
    return f"{type(error).__name__}: {text}"[:MAX_TEXT]


def run_all(argument: bytes, send: Callable[[bytes], None]) -> None:
    """Load the answer and call its function once for each case; stops where loading fails or the function is missing."""
    order = json.loads(argument)
    values = module_of("iotbench_values", order["values"])

    def tell(line: dict[str, Any]) -> None:
        send(json.dumps(line).encode() + b"\n")

    try:
        answer = module_of("answer", order["answer"])
    except BaseException as error:
        tell({"loaded": False, "error": describe(error)})
        return
    function = vars(answer).get(order["function"])
    tell({"loaded": True, "callable": callable(function)})
    if not callable(function):
        return
    for encoded in order["cases"]:
        try:
            tell({"value": values.encode(function(*values.decode(encoded)))})
        except BaseException as error:
            tell({"error": describe(error)})


if __name__ == "__main__":
    # The module that the sandbox provides: the argument of the job, and the way back.
    import gpiot_job  # type: ignore[import-not-found]

    run_all(vars(gpiot_job).pop("argument"), gpiot_job.result)
