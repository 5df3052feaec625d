"""Prompts: files with an id, the turns with their blanks, and the JSON schema of the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from gpiot_data.errors import BadManifest
from gpiot_data.store import sha256_json

_BLANK = re.compile(r"\{([a-z_]+)\}")
Turns = tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told (`system`), what it is asked (`user`, with blanks such as `{material}`), and the form of its answer."""

    id: str
    system: str
    user: str
    schema: dict[str, Any]

    @property
    def sha256(self) -> str:
        """The hash over all of it; a changed prompt is another one, whatever its id says."""
        return sha256_json({"id": self.id, "system": self.system, "user": self.user, "schema": self.schema})

    @property
    def name(self) -> str:
        """What rows and locks call it: the id and the beginning of the hash."""
        return f"{self.id}@{self.sha256[:12]}"

    def fill(self, blanks: Mapping[str, str]) -> Turns:
        """Return the turns of a request; what is filled in is not looked through for blanks.

        Raises:
            KeyError: if a blank is not given.
        """
        return (
            {"role": "system", "content": self.system},
            {"role": "user", "content": _BLANK.sub(lambda found: blanks[found[1]], self.user)},
        )


@cache
def load_prompt(name: str) -> Prompt:
    """Return the prompt of the file `prompts/<name>.yaml`.

    Raises:
        BadManifest: if there is none, or it lacks a key.
    """
    path = resources.files("gpiot_data.teacher") / "prompts" / f"{name}.yaml"
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Prompt(found["id"], found["system"].strip(), found["user"].strip(), found["schema"])
    except (OSError, KeyError, TypeError, AttributeError) as error:
        raise BadManifest(f"prompts/{name}.yaml: is no prompt with id, system, user and schema ({error})") from error
