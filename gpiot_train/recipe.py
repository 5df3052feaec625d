"""The recipe: what a training run does, read from YAML with every key known and every value checked.

Keys under `sft` are TRL's own names and reach `SFTConfig` untouched; those that would contradict
the rest of the recipe, or that a run does not support, are refused by name.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from gpiot_data.errors import BadManifest, UsageError
from gpiot_data.manifest import StrictLoader, build, read_yaml
from gpiot_data.store import canonical_json, sha256_json
from gpiot_data.weights import Base

MAX_SEED = 2**32 - 1  #: numpy takes no larger one
MAX_RANK = 4096  #: far above any layer's use; a slip of a digit should not fill the memory

#: Keys of `SFTConfig` that a run sets itself, and where the same thing is said instead.
MANAGED_SFT_KEYS = {
    "output_dir": "out",
    "seed": "seed",
    "data_seed": "seed",
    "max_length": "max_length",
    "bf16": "dtype",
    "fp16": "dtype",
    "per_device_eval_batch_size": "eval_rows",
    "dataset_kwargs": "datasets",
    "model_init_kwargs": "base",
    "trust_remote_code": "base",
    "chat_template_path": "base",
    "eos_token": "base",
}
#: Keys of `SFTConfig` whose value is fixed, because single-task batches on three adapters need it so.
FIXED_SFT = {
    "report_to": "none",
    "logging_strategy": "steps",
    "packing": False,
    "padding_free": False,
    "eval_strategy": "no",
    "load_best_model_at_end": False,
    "remove_unused_columns": True,
    "push_to_hub": False,
    "completion_only_loss": True,
    "assistant_only_loss": False,
    "loss_type": "nll",
    "save_only_model": False,
    "ignore_data_skip": False,
    "disable_tqdm": True,
    "torch_compile": False,
    "label_smoothing_factor": 0.0,
    "auto_find_batch_size": False,
    "dataloader_drop_last": False,
}
#: Keys of `SFTConfig` that a run does not support: they upload, hold secrets, belong to an evaluation or a launcher of
#: Trainer's that is not used, or would do nothing.
REFUSED_SFT_KEYS = (
    *("push_to_hub", "hub_token", "hub_private_repo", "hub_model_id", "hub_strategy", "hub_always_push", "hub_revision"),
    *("trackio_space_id", "trackio_bucket_id", "trackio_static_space_id", "project", "run_name"),
    *("eval_steps", "eval_delay", "eval_on_start", "eval_do_concat_batches", "eval_use_gather_object", "eval_accumulation_steps"),
    *("eval_packing", "batch_eval_metrics", "include_for_metrics", "prediction_loss_only", "bf16_full_eval", "fp16_full_eval"),
    *("metric_for_best_model", "greater_is_better", "do_train", "do_eval", "do_predict"),
    *("resume_from_checkpoint", "restore_callback_states_from_checkpoint", "enable_jit_checkpoint"),
    *("deepspeed", "fsdp", "fsdp_config", "accelerator_config", "parallelism_config", "local_rank", "debug"),
    *("ddp_find_unused_parameters", "ddp_bucket_cap_mb", "ddp_broadcast_buffers", "ddp_static_graph", "ddp_backend", "ddp_timeout"),
    *("log_level", "log_level_replica", "log_on_each_node", "save_on_each_node", "skip_memory_metrics"),
    *("pad_token", "include_num_input_tokens_seen", "average_tokens_across_devices", "pad_to_multiple_of", "truncation_mode"),
    *("shuffle_dataset", "train_sampling_strategy", "length_column_name", "label_names", "dataset_text_field", "dataset_num_proc"),
    *("packing_strategy", "dataloader_pin_memory", "torch_compile_backend", "torch_compile_mode"),
    *("use_liger_kernel", "liger_kernel_config", "use_cache", "router_aux_loss_coef"),
)
#: Used where the recipe says nothing.
DEFAULT_SFT: dict[str, Any] = {"logging_steps": 1, "save_steps": 50, "save_total_limit": 2}


@dataclass(frozen=True, slots=True)
class Targets:
    """Which linear layers carry adapters: the paper puts the paths on q, k, v and the shared adapter on k, v."""

    path: tuple[str, ...] = ("q_proj", "k_proj", "v_proj")
    shared: tuple[str, ...] = ("k_proj", "v_proj")


@dataclass(frozen=True, slots=True)
class PectConfig:
    """Ranks and scales of the three adapters; `lam` (`lambda` in a recipe) weighs the shared one on the TD path."""

    r_path: int = 16
    r_shared: int = 16
    alpha: int = 16
    dropout: float = 0.0
    lam: float = 0.5
    projection: str = "off"
    targets: Targets = field(default_factory=Targets)

    def __post_init__(self) -> None:
        """Check ranges.

        Raises:
            BadManifest: naming the key and what was expected.
        """
        for name in ("r_path", "r_shared"):
            if not 1 <= getattr(self, name) <= MAX_RANK:
                raise BadManifest(f"{name}: expected an integer from 1 to {MAX_RANK}, got {getattr(self, name)}")
        if self.alpha < 1:
            raise BadManifest(f"alpha: expected an integer of at least 1, got {self.alpha}")
        if not 0.0 <= self.dropout < 1.0:
            raise BadManifest(f"dropout: expected a number from 0 to below 1, got {self.dropout}")
        if not 0.0 <= self.lam <= 1.0:
            raise BadManifest(f"lambda: expected a number from 0 to 1, got {self.lam}")
        if self.projection != "off":
            raise BadManifest(f"projection: '{self.projection}' is not there yet; only 'off' is")
        if not self.targets.path or not self.targets.shared or not set(self.targets.shared) <= set(self.targets.path):
            raise BadManifest("targets: 'shared' needs at least one layer, and every one of them must be in 'path' too")

    def shared_weight(self, task: str) -> float:
        """Return the weight of the shared adapter on a path: lambda on TD, 1 - lambda on CG."""
        return self.lam if task == "td" else 1.0 - self.lam

    def to_json(self) -> dict[str, Any]:
        """Return the mapping recorded in the lock, with the paper's name for lambda."""
        plain = dataclasses.asdict(self)
        plain["lambda"] = plain.pop("lam")
        plain["targets"] = {name: list(layers) for name, layers in plain["targets"].items()}
        return plain


@dataclass(frozen=True, slots=True)
class DatasetFolders:
    """The two dataset folders that `gpiot-data build` wrote, relative to the current directory."""

    tdd: str
    cgd: str


@dataclass(frozen=True, slots=True)
class RowLimits:
    """How many training rows of each task to take, chosen by row id; None takes all."""

    td: int | None = None
    cg: int | None = None

    def __post_init__(self) -> None:
        """Check that a limit is positive.

        Raises:
            BadManifest: if it is not.
        """
        for name in ("td", "cg"):
            if (value := getattr(self, name)) is not None and value < 1:
                raise BadManifest(f"{name}: expected null or at least 1 row, got {value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One training run. `eval_rows` is the number of held-out rows per task, chosen by row id; None takes all."""

    schema: Literal["gpiot.recipe/1"]
    name: str
    version: str
    base: Base
    datasets: DatasetFolders
    out: str
    seed: int = 0
    max_length: int = 1024
    train_rows: RowLimits = field(default_factory=RowLimits)
    eval_rows: int | None = 64
    pect: PectConfig = field(default_factory=PectConfig)
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    sft: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check ranges and the keys of `sft` that can be judged without TRL.

        Raises:
            BadManifest: naming the key and what was expected.
        """
        if not 0 <= self.seed <= MAX_SEED:
            raise BadManifest(f"seed: expected an integer from 0 to {MAX_SEED}, got {self.seed}")
        if self.max_length < 16:
            raise BadManifest(f"max_length: expected at least 16 tokens, got {self.max_length}")
        if self.eval_rows is not None and self.eval_rows < 1:
            raise BadManifest(f"eval_rows: expected null or at least 1 row, got {self.eval_rows}")
        try:
            canonical_json(self.sft)
        except (TypeError, ValueError) as error:
            raise BadManifest(f"sft: expected plain texts and finite numbers only ({error})") from error
        for key, value in self.sft.items():
            if key in MANAGED_SFT_KEYS:
                raise BadManifest(f"sft.{key}: is set by the recipe's own key '{MANAGED_SFT_KEYS[key]}'")
            if key in REFUSED_SFT_KEYS:
                raise BadManifest(f"sft.{key}: is set by gpiot-train or not supported; remove it")
            if key in FIXED_SFT and value != FIXED_SFT[key]:
                raise BadManifest(f"sft.{key}: only {FIXED_SFT[key]!r} is supported, got {value!r}")

    def to_json(self) -> dict[str, Any]:
        """Return the resolved recipe as the lock records it: all that decides the result, which folder names do not."""
        plain = {**dataclasses.asdict(self), "pect": self.pect.to_json()}
        plain["base"]["folder"] = None  # the lock's own 'base' says which weights they were
        return {key: value for key, value in plain.items() if key not in ("out", "datasets")}

    def sha256(self) -> str:
        """Return the hash of the resolved recipe."""
        return sha256_json(self.to_json())


def load_recipe(path: Path, overrides: Sequence[str] = ()) -> Recipe:
    """Read a recipe and apply `key=value` overrides (dotted keys, YAML values).

    Raises:
        BadManifest: if a key is unknown or missing, or a value is wrong.
        UsageError: if an override is not `key=value`.
    """
    raw = read_yaml(path)
    for override in overrides:
        _override(raw, override)
    if "pect" in raw:
        raw["pect"] = _rename_lambda(raw["pect"], f"{path}: pect")
    return build(Recipe, raw, str(path))


def _override(raw: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals or not key:
        raise UsageError(f"--set {override}: expected key=value, for example --set sft.learning_rate=0.001")
    try:
        value = _parse(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"--set {override[:80]}: the value is not valid YAML") from error
    *groups, last = key.split(".")
    target = raw
    for group in groups:
        target = target.setdefault(group, {})
        if not isinstance(target, dict):
            raise UsageError(f"--set {override}: '{group}' is a single value, not a group of keys")
    target[last] = value


def _parse(text: str) -> Any:
    """Parse a value by the rules of a recipe file: no aliases, no key twice."""
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
        raise ValueError("aliases are not allowed")
    return yaml.load(text, Loader=StrictLoader)  # noqa: S506  # a SafeLoader that refuses repeated keys


def _rename_lambda(pect: Any, where: str) -> Any:
    # `lambda` is a Python keyword, so no dataclass can have a field of that name.
    if not isinstance(pect, dict):
        return pect
    known = [entry.name if entry.name != "lam" else "lambda" for entry in dataclasses.fields(PectConfig)]
    refuse_unknown(pect, known, where)
    if pect.get("projection") is False:
        pect = {**pect, "projection": "off"}  # YAML 1.1 reads a bare off as false
    value = pect.get("lambda", 0.5)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadManifest(f"{where}: lambda: expected float, got {value!r}")
    return {**{key: entry for key, entry in pect.items() if key != "lambda"}, "lam": float(value)}


def refuse_unknown(value: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    """Check the keys of a mapping against those known.

    Raises:
        BadManifest: naming the first unknown key and the nearest known one.
    """
    for key in value:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "see TRL's SFTConfig for the known keys"
            raise BadManifest(f"{where}: unknown key '{key}'; {hint}")
