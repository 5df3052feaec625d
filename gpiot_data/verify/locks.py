"""What an environment of examples consists of, as it is recorded beside a manifest and in a dataset's lock."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from gpiot_data import manifest
from gpiot_data.errors import BadManifest
from gpiot_data.store import read_json, sha256_json

SCHEMA = "gpiot.environments/1"


def running_python() -> str:
    """Return the version of Python that an environment made now would have, without its last part."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentLock:
    """The exact packages in which the examples of `sources` run.

    `requested` is what was asked for, `packages` what that resolved to, both as `name==version`, sorted.
    """

    python: str
    requested: tuple[str, ...]
    packages: tuple[str, ...]
    sources: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """Return the hash of what decides how an example behaves here."""
        return sha256_json({"python": self.python, "packages": sorted(self.packages)})

    @property
    def name(self) -> str:
        """Return what verdicts call the environment."""
        return f"py{self.python.replace('.', '')}-{self.sha256[:12]}"

    def to_json(self) -> dict[str, Any]:
        """Return the mapping that is recorded; `name` is for people, and follows from the rest."""
        return {
            "name": self.name,
            "python": self.python,
            "requested": list(self.requested),
            "packages": list(self.packages),
            "sources": list(self.sources),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentSet:
    """The environments of a corpus; `missing` says why the package of a source cannot be installed."""

    locks: tuple[EnvironmentLock, ...] = ()
    missing: dict[str, str] = field(default_factory=dict)

    def of(self, source: str) -> EnvironmentLock | None:
        """Return the environment in which the examples of a source run, or None."""
        return next((lock for lock in self.locks if source in lock.sources), None)

    def to_json(self) -> dict[str, Any]:
        """Return the mapping that is recorded."""
        return {"schema": SCHEMA, "locks": [lock.to_json() for lock in self.locks], "missing": dict(sorted(self.missing.items()))}


@dataclass(frozen=True, slots=True, kw_only=True)
class _LockFile:
    name: str
    python: str
    requested: tuple[str, ...]
    packages: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    schema: Literal["gpiot.environments/1"]
    locks: tuple[_LockFile, ...]
    missing: dict[str, str]


def read_environments(value: Any, where: str) -> EnvironmentSet:
    """Read what `EnvironmentSet.to_json` gave.

    Raises:
        BadManifest: if it does not follow the schema, or a package is not pinned exactly.
    """
    file = manifest.build(_File, value, where)
    locks = []
    for entry in file.locks:
        for text in (*entry.requested, *entry.packages):
            _check_requirement(text, where)
        for text in entry.packages:
            if "==" not in text:
                raise BadManifest(f"{where}: '{text}' is not pinned as name==version")
        locks.append(EnvironmentLock(python=entry.python, requested=entry.requested, packages=entry.packages, sources=entry.sources))
    return EnvironmentSet(locks=tuple(locks), missing=file.missing)


def load_environments(path: Path) -> EnvironmentSet | None:
    """Read a file of environments; None if there is none.

    Raises:
        BadManifest, InputError: if it cannot be read.
    """
    return read_environments(read_json(path), str(path)) if path.is_file() else None


def _check_requirement(text: str, where: str) -> None:
    """Refuse what pip would take for an option, a path or an address.

    Raises:
        BadManifest: naming the text.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise BadManifest(f"{where}: '{text}' is no requirement such as numpy or numpy==2.4.6") from error
    if requirement.url is not None:
        raise BadManifest(f"{where}: '{text}' names an address; environments take packages from pip's indexes only")


def check_requirements(texts: Sequence[str], where: str) -> None:
    """Check requirements that a person wrote.

    Raises:
        BadManifest: naming the first that is none.
    """
    for text in texts:
        _check_requirement(text, where)
