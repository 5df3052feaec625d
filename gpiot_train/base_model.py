"""The frozen base model: which weights a recipe names, and a plain copy of them that training can load.

transformers reads a GGUF file by dequantising it, and then refuses to train or save the result
although its weights are plain float32. `prepare` clears that state once and keeps a safetensors
copy in the cache, named by the sha256 of the GGUF file.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpiot_data.console import say
from gpiot_data.errors import InputError, MissingWeights, RemoteError
from gpiot_data.store import TEMP_PREFIX, cache_dir, held_in_turn, sha256_file, sha256_json
from gpiot_data.weights import Base, gguf_of, weights_sha256
from gpiot_train.reasons import first_line

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class BaseIdentity:
    """A base model and what pins it: the GGUF file's sha256, the hash of a folder's weights, or a Hub revision."""

    base: Base
    gguf: Path | None
    gguf_sha256: str | None
    weights_sha256: str | None

    @property
    def name(self) -> str:
        """Return the name that goes into adapter configurations: never a path of this machine."""
        return self.base.package or self.base.hub or Path(self.base.folder or "").resolve().name

    def to_json(self) -> dict[str, Any]:
        """Return the mapping recorded in the training lock; of a folder only its last name, the hash says which weights."""
        named: dict[str, Any] = {key: getattr(self.base, key) for key in ("package", "hub", "revision")}
        named["folder"] = self.name if self.base.folder else None
        record = {key: value for key, value in named.items() if value is not None}
        record["gguf_sha256"] = self.gguf_sha256
        return record | ({"weights_sha256": self.weights_sha256} if self.weights_sha256 else {})

    def key(self) -> dict[str, Any]:
        """Return what identifies the weights, wherever a folder of them lies."""
        return {name: value for name, value in self.to_json().items() if name != "folder"}


def identify(base: Base) -> BaseIdentity:
    """Find the weights of a base and hash them; nothing is loaded.

    Raises:
        MissingWeights: if they are not there.
    """
    if base.hub:
        return BaseIdentity(base, None, None, None)
    plain = sorted(Path(base.folder).glob("*.safetensors")) if base.folder else []
    if plain and base.folder:
        if not (Path(base.folder) / "config.json").is_file():
            raise MissingWeights(f"{base.folder}: has weights but no config.json; name a folder that save_pretrained wrote")
        return BaseIdentity(base, None, None, sha256_json([[path.name, sha256_file(path)] for path in plain]))
    gguf = gguf_of(base)
    return BaseIdentity(base, gguf, weights_sha256(gguf), None)


def prepare(identity: BaseIdentity) -> Path | str:
    """Return what `from_pretrained` can load; a GGUF base is converted once and then found in the cache.

    Raises:
        MissingWeights: if transformers cannot read the GGUF file.
        InputError: if the cache cannot be written to.
    """
    if identity.gguf is None:
        return Path(identity.base.folder) if identity.base.folder else str(identity.base.hub)
    folder = cache_dir() / "base" / str(identity.gguf_sha256)
    if folder.is_dir():
        return folder
    with held_in_turn(folder.parent):
        # Another run may have finished the same conversion while this one waited.
        if not folder.is_dir():
            say(f"reading {identity.gguf.name} once and keeping a copy in {folder.parent}")
            try:
                temp = Path(tempfile.mkdtemp(prefix=TEMP_PREFIX, dir=folder.parent))
                _convert(identity.gguf, temp)
                temp.chmod(0o755)  # mkdtemp makes private folders; a cache may be shared
                # The rename is what makes the copy visible, so a killed conversion is never read.
                temp.rename(folder)
            except OSError as error:
                reason = error.strerror or error
                raise InputError(f"{folder.parent}: cannot be written ({reason}); set GPIOT_CACHE to another folder") from error
    return folder


def _convert(gguf: Path, folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    try:
        # The dequantiser draws its own progress bar, whatever the verbosity.
        with contextlib.redirect_stderr(io.StringIO()):
            tokenizer = AutoTokenizer.from_pretrained(str(gguf.parent), gguf_file=gguf.name)
            model = AutoModelForCausalLM.from_pretrained(str(gguf.parent), gguf_file=gguf.name, dtype=torch.float32)
    except (ValueError, KeyError, RuntimeError) as error:
        raise MissingWeights(f"{gguf}: transformers cannot read this GGUF file ({first_line(error)}); name another base") from error
    # transformers 5.23 keeps GGUF weights marked as quantised after dequantising them, which blocks both
    # save_pretrained ("not serializable") and Trainer ("do not support training").
    for name, value in (("hf_quantizer", None), ("is_quantized", False)):
        setattr(model, name, value)
    del model.quantization_method
    del model.config.quantization_config
    with contextlib.redirect_stderr(io.StringIO()):
        model.save_pretrained(str(folder))
        tokenizer.save_pretrained(str(folder))


def load_tokenizer(place: Path | str, identity: BaseIdentity) -> Any:
    """Load the tokenizer of a prepared base.

    Raises:
        MissingWeights: if there is none, or it has no chat template.
    """
    from transformers import AutoTokenizer

    with _as_sentence(place):
        tokenizer = AutoTokenizer.from_pretrained(str(place), revision=identity.base.revision)
    if not tokenizer.chat_template:
        raise MissingWeights(f"{identity.name}: its tokenizer has no chat template, so rows cannot be rendered; name an instruct model")
    return tokenizer


def load_model(place: Path | str, identity: BaseIdentity, dtype: torch.dtype) -> Any:
    """Load the weights of a prepared base; code that ships with a model is never run.

    Raises:
        MissingWeights: if they cannot be read.
    """
    from transformers import AutoModelForCausalLM

    with _as_sentence(place):
        return AutoModelForCausalLM.from_pretrained(str(place), revision=identity.base.revision, dtype=dtype, use_safetensors=True)


@contextlib.contextmanager
def _as_sentence(place: Path | str) -> Iterator[None]:
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            yield
    except (OSError, ValueError) as error:
        kind = MissingWeights if isinstance(place, Path) else RemoteError
        raise kind(f"{place}: the base model cannot be loaded ({first_line(error)})") from error


def resolve_dtype(name: str) -> torch.dtype:
    """Return the dtype of the frozen base: `auto` is bfloat16 where the machine multiplies it natively, else float32."""
    import torch

    if name != "auto":
        return torch.float32 if name == "float32" else torch.bfloat16
    if torch.cuda.is_available():
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    return torch.bfloat16 if _cpu_has_bfloat16() else torch.float32


def _cpu_has_bfloat16() -> bool:
    # Emulated bfloat16 is slower than float32, so only a CPU that says it has the instructions counts.
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags
