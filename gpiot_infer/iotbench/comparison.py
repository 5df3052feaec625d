"""A comparison as a person writes it: which suite, which systems, how they are asked, how their programs are run."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gpiot_data import manifest
from gpiot_data.errors import BadManifest
from gpiot_data.weights import Base
from gpiot_infer.iotbench.schema import Suite

Kind = Literal["code", "decomposition"]
KINDS: tuple[Kind, ...] = ("code", "decomposition")
MAX_SAMPLES = 1000
MAX_TOKENS = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An OpenAI-compatible server; `key_env` names the environment variable that holds its key, if it wants one."""

    base_url: str
    model: str
    key_env: str | None = None
    parallel: int = 1
    timeout_s: float = 120.0

    def __post_init__(self) -> None:
        """Check what the types cannot.

        Raises:
            BadManifest: naming the key and the value.
        """
        if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", self.base_url):
            # Not shown: what is wrong with it may be the key in it.
            raise BadManifest("base_url: expected http(s)://host[:port]/path without user, key or query")
        if self.key_env is not None and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", self.key_env):
            raise BadManifest("key_env: expected the name of an environment variable, not a key")
        if not 1 <= self.parallel <= 256:
            raise BadManifest(f"parallel: expected requests at a time from 1 to 256, got {self.parallel}")
        if not 0.0 < self.timeout_s <= 3600.0:
            raise BadManifest(f"timeout_s: expected seconds up to 3600, got {self.timeout_s}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemEntry:
    """A system under test: exactly one of a base model, an adapter folder and an endpoint.

    With `adapters`, `paths: none` asks the base model that the adapters were trained on. Folders are relative to the working directory.
    """

    name: str
    base: Base | None = None
    adapters: str | None = None
    paths: Literal["both", "td", "cg", "none"] = "both"
    backend: Literal["auto", "llama.cpp", "transformers"] = "auto"
    endpoint: Endpoint | None = None

    def __post_init__(self) -> None:
        """Check that the system is named in one way.

        Raises:
            BadManifest: if it is not, or its name cannot be that of a file.
        """
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", self.name):
            raise BadManifest(f"name: expected lower-case letters, digits, '.', '_' and '-', got {self.name!r}")
        named = [key for key in ("base", "adapters", "endpoint") if getattr(self, key) is not None]
        if len(named) != 1:
            raise BadManifest(f"system '{self.name}': expected exactly one of 'base', 'adapters' and 'endpoint', got {len(named)}")
        if self.adapters is None and self.paths != "both":
            raise BadManifest(f"system '{self.name}': 'paths' chooses among adapters, and '{named[0]}' has none; leave it out")
        if self.endpoint is not None and self.backend != "auto":
            raise BadManifest(f"system '{self.name}': an endpoint runs its own model; leave 'backend' out")


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxTokens:
    """How long an answer may be, in tokens of the system."""

    code: int = 512
    decomposition: int = 480

    def __post_init__(self) -> None:
        """Check the range.

        Raises:
            BadManifest: if a number is outside it.
        """
        for value in (self.code, self.decomposition):
            if not 1 <= value <= MAX_TOKENS:
                raise BadManifest(f"expected tokens from 1 to {MAX_TOKENS}, got {value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All of one comparison.

    `tasks` are ids or shell patterns of ids or domains; none take all. `encoder` makes the vectors by which code is compared.
    """

    schema: Literal["gpiot.bench/1"]
    name: str
    systems: tuple[SystemEntry, ...]
    suite: str = "v1"
    parts: Literal["both", "code", "decomposition"] = "both"
    tasks: tuple[str, ...] = ()
    n: int = 1
    seed: int = 0
    temperature: float = 0.7
    top_p: float = 0.95
    max_tokens: MaxTokens = field(default_factory=MaxTokens)
    loss: bool = True
    sandbox: Literal["strong", "medium"] = "strong"
    encoder: str = "static"

    def __post_init__(self) -> None:
        """Check what the types cannot.

        Raises:
            BadManifest: naming the key and the value.
        """
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", self.name):
            raise BadManifest(f"name: expected lower-case letters, digits, '.', '_' and '-', got {self.name!r}")
        if not self.systems:
            raise BadManifest("systems: expected at least one")
        names = [system.name for system in self.systems]
        if twice := [name for at, name in enumerate(names) if name in names[:at]]:
            raise BadManifest(f"systems: two are named '{twice[0]}'")
        if not 1 <= self.n <= MAX_SAMPLES:
            raise BadManifest(f"n: expected answers per task from 1 to {MAX_SAMPLES}, got {self.n}")
        if not 0 <= self.seed < 2**32:
            raise BadManifest(f"seed: expected a number from 0 to {2**32 - 1}, got {self.seed}")
        if not 0.0 <= self.temperature <= 2.0:
            raise BadManifest(f"temperature: expected a number from 0 to 2, got {self.temperature}")
        if not 0.0 < self.top_p <= 1.0:
            raise BadManifest(f"top_p: expected a number above 0 up to 1, got {self.top_p}")
        if self.temperature == 0.0 and self.n > 1:
            raise BadManifest(f"n: at temperature 0 all answers are the same; ask for 1 instead of {self.n}, or raise the temperature")

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of tasks that are asked."""
        return KINDS if self.parts == "both" else (self.parts,)


def load_comparison(path: Path) -> Comparison:
    """Read a comparison.

    Raises:
        BadManifest: if it does not follow the schema.
    """
    return manifest.load(Comparison, path)


def choose_tasks(comparison: Comparison, suite: Suite) -> Suite:
    """Return the suite with the tasks that a comparison asks.

    Raises:
        BadManifest: if a pattern of `tasks` takes none.
    """
    known = [(task.id, task.domain) for task in suite.code if "code" in comparison.kinds]
    known += [(task.id, task.domain) for task in suite.decomposition if "decomposition" in comparison.kinds]
    for pattern in comparison.tasks:
        if not any(fnmatch.fnmatchcase(word, pattern) for words in known for word in words):
            raise BadManifest(f"tasks: '{pattern}' is no task or domain of {comparison.parts} in suite {suite.version}")

    def wanted(task_id: str, domain: str, kind: Kind) -> bool:
        if kind not in comparison.kinds:
            return False
        return not comparison.tasks or any(fnmatch.fnmatchcase(word, pattern) for pattern in comparison.tasks for word in (task_id, domain))

    code = tuple(task for task in suite.code if wanted(task.id, task.domain, "code"))
    ways = tuple(task for task in suite.decomposition if wanted(task.id, task.domain, "decomposition"))
    return Suite(suite.version, suite.manifest, code, ways, suite.sha256)
