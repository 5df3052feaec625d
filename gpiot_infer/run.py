"""One `gpiot-infer run`: read the requirement, go on where an earlier run stopped, write the folder."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gpiot_data.errors import InputError, UsageError
from gpiot_data.store import TEMP_PREFIX, Ledger, exclusive, sha256_json, write_json
from gpiot_infer.ask import Interview
from gpiot_infer.assemble import CHAIN, read_record, write_folder
from gpiot_infer.audit import is_sound
from gpiot_infer.backends.protocol import Backend
from gpiot_infer.chain import Say, Setup, make_record, run_chain

ANSWERS = "answers.jsonl"
MAX_REQUIREMENT_BYTES = 20_000


def read_requirement(value: str) -> str:
    """Return the requirement: the content of a file if `value` names one, else `value` itself.

    Raises:
        UsageError: if it is empty.
        InputError: if it is too long, no UTF-8 text, or a file that does not exist.
    """
    data = _file_bytes(value)
    try:
        data = value.encode("utf-8") if data is None else data
        text = data.decode("utf-8-sig")
    except UnicodeError as error:
        raise InputError("the requirement is no UTF-8 text; save the file as UTF-8") from error
    if len(data) > MAX_REQUIREMENT_BYTES:
        raise InputError(f"the requirement has more than {MAX_REQUIREMENT_BYTES} bytes; state it in a few sentences")
    text = "\n".join(line.rstrip() for line in text.splitlines()).strip()
    if not text:
        raise UsageError("the requirement is empty; describe what the program must do, as text or as a file")
    if "\0" in text:
        raise InputError("the requirement holds NUL bytes, so it is no text file")
    return text


def _file_bytes(value: str) -> bytes | None:
    """Return the beginning of the file that `value` names, one byte more than allowed; None if it names none."""
    path = Path(value)
    # An empty text would name the working folder.
    if not value.strip():
        return None
    try:
        folder, file = path.is_dir(), path.is_file()
    except (OSError, ValueError):
        # A text too long for a file name, or with letters that none can have.
        folder, file = False, False
    if folder:
        raise InputError(f"{value}: is a folder; give a text file or the requirement itself")
    if file:
        with path.open("rb") as stream:
            return stream.read(MAX_REQUIREMENT_BYTES + 1)
    if _looks_like_path(value.strip()):
        raise InputError(f"{value.strip()}: no such file; check the path, or give the requirement as text")
    return None


def _looks_like_path(text: str) -> bool:
    if len(text) > 1023 or re.search(r"[\s\0]", text):
        return False
    # Scripts without blanks between words write whole sentences like this, with a unit such as m/s in them.
    slashed = "/" in text and (text.isascii() or text.startswith(("/", "./", "../")))
    return slashed or text.endswith((".txt", ".md", ".json"))


def default_threads() -> int:
    """Return how many threads to decode with: two, as one token is too little work for more; one where the machine is busy.

    Two threads on cores that others use are slower than one, by five times and more.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return max(1, min(cores, 2 if cores <= 4 else cores // 2) - (busy > cores / 2))


def default_out(setup: Setup) -> Path:
    """Return the folder named by the inputs."""
    return Path("out") / f"chain-{sha256_json(setup.inputs())[:16]}"


def run_in_folder(setup: Setup, out: Path, open_backend: Callable[[], Backend], threads: int, say: Say) -> dict[str, Any]:
    """Return the record of the chain, made here or by an earlier run with the same inputs.

    Raises:
        InputError: if the folder is in use, holds other files than ours, or cannot be written to.
    """
    _check_ours(out)
    with exclusive(out):
        found = read_record(out)
        if found is not None and found.get("inputs_sha256") == sha256_json(setup.inputs()):
            if is_sound(found, setup.inputs(), setup.requirement):
                say(f"{out}: already made from the same inputs")
                write_folder(out, found)
                return found
            say(f"{out / CHAIN}: does not agree with its own answers; it is made again")
        return _make(setup, out, open_backend, threads, say)


def _check_ours(out: Path) -> None:
    """Refuse a folder with content of which nothing shows that a run of ours made it."""
    if not out.is_dir() or (out / CHAIN).is_file() or (out / ANSWERS).is_file():
        return
    # A run that was killed at once leaves no more than its lock and half-written files.
    if any(path.name != ".lock" and not path.name.startswith(TEMP_PREFIX) for path in out.iterdir()):
        raise InputError(f"{out}: is not empty and was not made by gpiot-infer; choose another --out")


def _make(setup: Setup, out: Path, open_backend: Callable[[], Backend], threads: int, say: Say) -> dict[str, Any]:
    started = time.monotonic()
    interview = Interview(
        ledger=Ledger(out / ANSWERS), open_backend=open_backend, identity=setup.model, seed=setup.seed, samples=setup.samples
    )
    try:
        outcome = run_chain(setup, interview, say)
    finally:
        interview.close()
        interview.ledger.close()
    record = make_record(setup, interview, outcome)
    # Outside every claim: how long it took, and where.
    seconds = round(time.monotonic() - started, 3)
    host = {"machine": platform.machine(), "python": platform.python_version(), "cores": os.cpu_count(), "threads": threads}
    write_json(out / "run.json", {"seconds": seconds, "asked": interview.counts.asked, "replayed": interview.counts.replayed, "host": host})
    write_folder(out, record)
    return record
