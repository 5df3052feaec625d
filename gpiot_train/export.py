"""Each path as one plain LoRA that other servers load, exact up to rounding.

A path's two low-rank terms are one of a larger rank: A = [A_path; A_shared] and
B = [s B_path, w s B_shared], with every factor in B, alpha equal to the rank, and zeros where a layer
has no shared term. One rank and one alpha everywhere, because llama.cpp knows only one alpha.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel
from safetensors.torch import load as load_safetensors

from gpiot_data.errors import QualityGateFailed
from gpiot_data.schema import Task
from gpiot_train.gguf_lora import can_convert, write_gguf_lora
from gpiot_train.loss import logits_of
from gpiot_train.pect import TASKS, route_of, write_lora
from gpiot_train.recipe import PectConfig

MAX_LOGIT_DIFF = 1e-3  #: in float32; rounding alone gives about 1e-4 on a 135M model (trained adapters)


def merge_path(path: dict[str, torch.Tensor], shared: dict[str, torch.Tensor], config: PectConfig, task: Task) -> dict[str, torch.Tensor]:
    """Return the tensors of the one LoRA that stands for a path, under PEFT's saved names."""
    merged: dict[str, torch.Tensor] = {}
    scale = config.alpha / config.r_path
    shared_scale = config.shared_weight(task) * config.alpha / config.r_shared
    for name_a in sorted(name for name in path if name.endswith(".lora_A.weight")):
        name_b = name_a.replace(".lora_A.", ".lora_B.")
        a, b = path[name_a], path[name_b]
        shared_a = shared[name_a] if name_a in shared else a.new_zeros(config.r_shared, a.shape[1])
        shared_b = shared[name_b] if name_b in shared else b.new_zeros(b.shape[0], config.r_shared)
        merged[name_a] = torch.cat([a, shared_a]).contiguous()
        merged[name_b] = torch.cat([b * scale, shared_b * shared_scale], dim=1).contiguous()
    return merged


def export_paths(folder: Path, config: PectConfig, base_name: str, model_config: Any) -> tuple[Path, ...]:
    """Write `paths/` of an adapter folder from its `adapters/`; GGUF only where llama.cpp knows the architecture.

    Returns: the files written.
    """
    adapters = {name: read_lora(folder / "adapters" / name) for name in (*TASKS, "shared")}
    rank = config.r_path + config.r_shared
    for task in TASKS:
        tensors = merge_path(adapters[task], adapters["shared"], config, task)
        lora = LoraConfig(r=rank, lora_alpha=rank, lora_dropout=0.0, target_modules=list(config.targets.path), task_type="CAUSAL_LM")
        lora.base_model_name_or_path = base_name
        lora.inference_mode = True
        write_lora(folder / "paths" / task, tensors, lora)
        if can_convert(model_config):
            arrays = {name: tensor.numpy() for name, tensor in tensors.items()}
            write_gguf_lora(folder / "paths" / f"{task}.gguf", arrays, rank, model_config, f"gpiot {task}")
    return tuple(sorted(path for path in (folder / "paths").rglob("*") if path.is_file()))


def read_lora(folder: Path) -> dict[str, torch.Tensor]:
    """Return the tensors of a saved LoRA."""
    tensors: dict[str, torch.Tensor] = load_safetensors((folder / "adapter_model.safetensors").read_bytes())
    return tensors


def check_export(routed: PeftModel, folder: Path, ids: list[int]) -> dict[str, float]:
    """Compare both exported LoRAs with the routed model on a few tokens, in float32.

    The routed model is used up: its layers are taken off to put the exported ones on the same base.

    Raises:
        QualityGateFailed: if a path differs by more than MAX_LOGIT_DIFF.
    """
    routed.float().eval()
    wanted = {}
    for task in TASKS:
        route_of(routed).task = task
        wanted[task] = logits_of(routed, ids)
    base = routed.unload()
    differences: dict[str, float] = {}
    for task in TASKS:
        exported = PeftModel.from_pretrained(base, str(folder / "paths" / task)).eval()
        differences[task] = float((logits_of(exported, ids) - wanted[task]).abs().max())
        base = exported.unload()
        if not differences[task] <= MAX_LOGIT_DIFF:
            raise QualityGateFailed(
                f"{folder / 'paths' / task}: the exported LoRA differs from the trained path by {differences[task]:.1e} in a logit, "
                f"more than {MAX_LOGIT_DIFF:.0e}; the adapters in {folder / 'adapters'} are not affected"
            )
    return differences
