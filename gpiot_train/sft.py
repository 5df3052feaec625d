"""The recipe's `sft` keys as a TRL SFTConfig."""

from __future__ import annotations

import dataclasses
import types
import typing
from pathlib import Path
from typing import Any

from gpiot_data.errors import BadManifest
from gpiot_train.reasons import REFUSALS, refused
from gpiot_train.recipe import DEFAULT_SFT, FIXED_SFT, Recipe, refuse_unknown

_POSITIVE: tuple[str, ...] = ("learning_rate", "num_train_epochs", "per_device_train_batch_size", "gradient_accumulation_steps")
_POSITIVE += ("save_steps", "logging_steps")


def sft_config(recipe: Recipe, folder: Path) -> Any:
    """Build the SFTConfig of a run whose checkpoints go to `folder`.

    Raises:
        BadManifest: if a key is unknown, or TRL refuses a value.
    """
    import torch
    from trl.trainer.sft_config import SFTConfig

    where = "sft"
    refuse_unknown(recipe.sft, [entry.name for entry in dataclasses.fields(SFTConfig) if entry.init], where)
    hints = typing.get_type_hints(SFTConfig)
    for key, value in recipe.sft.items():
        _check_type(hints[key], value, f"{where}.{key}")
    managed = {
        "output_dir": str(folder),
        "seed": recipe.seed,
        "max_length": recipe.max_length,
        "bf16": False,
        "fp16": False,
        "dataset_kwargs": {"skip_prepare_dataset": True},
        "dataloader_pin_memory": torch.cuda.is_available(),
    }
    values = {**DEFAULT_SFT, **recipe.sft, **FIXED_SFT, **managed}
    if not {"gradient_checkpointing", "activation_checkpointing"} & set(recipe.sft):
        # TRL turns it on; on a CPU that costs 13 to 22 % of the speed, and a small model needs no such saving.
        values["activation_checkpointing"] = False
    for key in _POSITIVE:
        if key in values and not values[key] > 0:
            raise BadManifest(f"{where}.{key}: expected a number above 0, got {values[key]!r}")
    if (steps := values.get("max_steps", -1)) < 1 and steps != -1:
        raise BadManifest(f"{where}.max_steps: expected at least 1, or -1 for no limit, got {steps}")
    if values["save_steps"] % values["logging_steps"]:
        raise BadManifest(
            f"{where}.save_steps: expected a multiple of logging_steps ({values['logging_steps']}), got {values['save_steps']}; "
            "else a resumed run would log other averages"
        )
    try:
        return SFTConfig(**values)
    except REFUSALS as error:
        raise refused(recipe.name, error) from error


def _check_type(hint: Any, value: Any, where: str) -> None:
    options = typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
    kinds = tuple(option for option in options if option in (int, float, bool, str, type(None)))
    if not kinds or len(kinds) < len(options):
        return  # enumerations and mappings: SFTConfig checks those itself
    fits = type(value) in kinds or (type(value) is int and float in kinds)
    if not fits:
        names = " or ".join("null" if kind is type(None) else kind.__name__ for kind in kinds)
        advice = " (write 1.0e-4, not 1e-4)" if float in kinds and isinstance(value, str) else ""
        raise BadManifest(f"{where}: expected {names}, got {value!r}{advice}")
