"""Secrets in files that are about to be given away: keys by their form, and whatever the environment of this process calls a secret.

The scan fails closed: a file that cannot be read as text or as parquet is reported like a secret. Forms are those that their issuers
document, with a fixed prefix or frame; passwords without any form are found only if an environment variable holds them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gpiot_data.store import canonical_json

#: Shorter values of the environment, such as `1` or `true`, are in any text.
MIN_VALUE_CHARS = 8
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL", re.IGNORECASE)
_BLOCK_ROWS = 1024

_FORMS = {
    "Hugging Face token": r"(?:hf|api_org)_[A-Za-z0-9]{30,}\b",
    "OpenAI key": r"sk-(?:(?:proj|svcacct|admin|ant)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{32,})",
    "AWS access key": r"(?:AKIA|ASIA)(?![A-Z0-9]*EXAMPLE)[A-Z0-9]{16}\b",
    "Google API key": r"AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])",
    "GitHub token": r"(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})",
    "GitLab token": r"glpat-[A-Za-z0-9_-]{20,}",
    "Slack token": r"xox[abposr]-[A-Za-z0-9-]{10,}",
    "Slack webhook": r"hooks\.slack\.com/services/T[A-Za-z0-9_]+/B[A-Za-z0-9_]+/[A-Za-z0-9_]+",
    "PyPI token": r"pypi-AgE[A-Za-z0-9_-]{50,}",
    "npm token": r"npm_[A-Za-z0-9]{36}\b",
    "Stripe key": r"[sr]k_live_[A-Za-z0-9]{20,}",
    "private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "JSON web token": r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
}
#: Where a key may begin: not within a word, but right behind an escape of JSON, whose letter is no part of a word.
_START = r"(?:(?<![A-Za-z0-9_])|(?<=\\[bfnrt]))"
_ANY = re.compile(f"{_START}(?:{'|'.join(f'(?P<f{number}>{form})' for number, form in enumerate(_FORMS.values()))})")
_NAMES = tuple(_FORMS)


@dataclass(frozen=True, slots=True)
class Leak:
    """Where something secret stands, and what it is; never the secret itself."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: holds {self.what}" if self.line else f"{self.path}: {self.what}"


def secret_values(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the values of an environment that are secret by the name of their variable, with that name.

    A value is there as it is and as JSON writes it. Places of files are no secrets.
    """
    found = {
        value: name
        for name, value in sorted(environment.items())
        if _SECRET_NAME.search(name) and len(value) >= MIN_VALUE_CHARS and not value.startswith("/")
    }
    return found | {canonical_json(value)[1:-1]: name for value, name in found.items()}


def scan_files(files: Mapping[str, Path], environment: Mapping[str, str] | None = None) -> Iterator[Leak]:
    """Yield what is secret in files, at most one leak for a line.

    Args:
        files: by what they are called.
        environment: whose secrets to look for, by default that of this process.
    """
    values = secret_values(os.environ if environment is None else environment)
    for name, path in sorted(files.items()):
        try:
            for number, line in enumerate(_lines(path), start=1):
                if what := find_secret(line, values):
                    yield Leak(name, number, what)
        except (OSError, ValueError) as error:
            yield Leak(name, 0, f"cannot be looked through for secrets ({str(error).splitlines()[0][:80]})")


def find_secret(text: str, values: Mapping[str, str]) -> str | None:
    """Return what secret a text holds, in words, or None."""
    for value, name in values.items():
        if value in text:
            return f"the value of the environment variable {name}"
    match = _ANY.search(text)
    if match is None or match.lastgroup is None:
        return None
    return f"what looks like a {_NAMES[int(match.lastgroup[1:])]}"


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines of a text, or the rows of a parquet file as JSON: compressed bytes hide everything."""
    if path.suffix == ".parquet":
        yield from _parquet_rows(path)
        return
    with path.open(encoding="utf-8") as stream:
        yield from stream


def _parquet_rows(path: Path) -> Iterator[str]:
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(path) as file:
        # What a writer puts beside the rows, such as the schema of a data frame.
        yield " ".join(f"{key!r}: {value!r}" for key, value in (file.metadata.metadata or {}).items())
        for batch in file.iter_batches(_BLOCK_ROWS):
            yield from (canonical_json(row) for row in batch.to_pylist())
