"""The two things pip is asked to do: say what requirements resolve to, and unpack exact wheels into a folder.

Only wheels are taken, since building a source archive would run its code with the user's rights; and pip
runs in our interpreter, never in the environment it fills, since a wheel can bring `.pth` files that run on start.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from gpiot_data.errors import InputError, RemoteError

#: scipy, matplotlib and what they need take 20 s from a near index; this is for slow lines.
TIMEOUT_S = 1800

_COMMON = ("--disable-pip-version-check", "--no-input", "--only-binary=:all:", "--quiet", "--no-warn-conflicts")
#: pip's words for requirements that cannot be met, as against an index that does not answer.
_UNMET = re.compile(
    r"No matching distribution|ResolutionImpossible|conflicting dependencies"
    r"|requires a different Python|not a supported wheel|Invalid requirement"
)
_OFFLINE = re.compile(r"Retrying \(|NewConnectionError|ConnectTimeout|Could not fetch URL|ProxyError|Temporary failure")


class UnmetError(Exception):
    """Requirements that no set of wheels meets; the message is pip's reason in one line."""


def resolve(requirements: Sequence[str]) -> tuple[str, ...]:
    """Return what `requirements` resolve to, as sorted `name==version`.

    Raises:
        UnmetError: if they exclude each other, or one has no wheel for this Python and platform.
        RemoteError: if an index does not answer.
        InputError: if there is no pip.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        _pip("install", "--dry-run", "--ignore-installed", "--report", str(report), *requirements)
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return tuple(sorted(f"{entry['metadata']['name']}=={entry['metadata']['version']}" for entry in found))


def unpack(packages: Sequence[str], site: Path) -> None:
    """Install exactly `packages` into the folder `site`.

    Raises:
        UnmetError, RemoteError, InputError: as `resolve`.
    """
    _pip("install", "--no-deps", "--target", str(site), *packages)


def _pip(verb: str, *arguments: str) -> None:
    command = [sys.executable, "-m", "pip", verb, *_COMMON, *arguments]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        raise RemoteError(f"pip did not finish within {TIMEOUT_S} s; check the connection and run the same command again") from error
    if done.returncode == 0:
        return
    if "No module named pip" in done.stderr:
        raise InputError(f"{sys.executable}: this Python has no pip, which makes the environments of examples; run: python -m ensurepip")
    reason = _reason(done.stderr)
    if _OFFLINE.search(done.stderr) or not _UNMET.search(done.stderr):
        raise RemoteError(f"pip could not get packages ({reason}); run the same command again when the index answers")
    raise UnmetError(reason)


def _reason(text: str) -> str:
    """Return pip's reason in one line: of its errors the one that says which package and why."""
    errors = [line.removeprefix("ERROR: ") for line in text.splitlines() if line.startswith("ERROR: ")]
    chosen = next((line for line in errors if _UNMET.search(line)), errors[-1] if errors else text.strip()[-200:] or "no message")
    return " ".join(re.sub(r"\(from versions: [^)]*\)", "", chosen).split())[:240]
