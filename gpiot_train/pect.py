"""Multi-path LoRA (PECT without projection layers): three stock PEFT adapters behind one route.

On a key or value projection the TD path computes (W + s B1 A1 + lambda s Bc Ac) x and the CG path
(W + s B2 A2 + (1 - lambda) s Bc Ac) x; the query projection has no shared term.
Source: arXiv 2503.00686, section 4.2 (equation 9).

This module imports torch and peft at the top, so only the stages that train or export import it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, cast

import torch
from peft import LoraConfig, PeftConfig, PeftModel, get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict
from peft.tuners.lora.layer import Linear as LoraLinear
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors

from gpiot_data.errors import BadManifest
from gpiot_data.schema import Task
from gpiot_data.store import write_atomic, write_json
from gpiot_train.recipe import PectConfig

Adapter = Literal["td", "cg", "shared"]
ADAPTERS: tuple[Adapter, ...] = ("td", "cg", "shared")
TASKS: tuple[Task, ...] = ("td", "cg")
ROUTE = "gpiot_route"  #: the attribute of a model that holds its route


class Route:
    """Which path the next forward pass takes; one object per model, read by each of its routed layers.

    `task` is None for the base model alone. Layers of one model share the object, so changing the
    path costs one assignment whatever the number of layers.
    """

    def __init__(self, config: PectConfig) -> None:
        self.task: Task | None = None
        self.shared_weight: dict[Task, float] = {task: config.shared_weight(task) for task in TASKS}


class RoutedLinear(LoraLinear):
    """A linear layer with the adapters of both paths and the shared one, of which the route picks.

    Adapters off the route take no part in the graph: their gradients stay None, so AdamW leaves them
    alone. (With zero gradients its momentum would move them.)
    """

    route: Route

    def forward(self, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        """Return the frozen layer's output plus the low-rank terms of the current path.

        `x` has shape (..., in_features) and the base's dtype; the terms are computed in the adapters' dtype.
        """
        result: torch.Tensor = self.base_layer(x, *args, **kwargs)
        task = self.route.task
        if task is None:
            return result
        dtype: torch.dtype = result.dtype
        result = self._add(result, x, task, 1.0)
        return self._add(result, x, "shared", self.route.shared_weight[task]).to(dtype)

    def _add(self, result: torch.Tensor, x: torch.Tensor, adapter: Adapter, weight: float) -> torch.Tensor:
        if adapter not in self.lora_A:
            return result
        a, b = self.lora_A[adapter], self.lora_B[adapter]
        # Same order of operations as PEFT's set_scale and forward, so that logits agree to the last bit.
        scaling = weight * self.lora_alpha[adapter] / self.r[adapter]
        delta: torch.Tensor = b(a(self.lora_dropout[adapter](x.to(cast(torch.Tensor, a.weight).dtype)))) * scaling
        return result + delta


def attach(model: Any, config: PectConfig, base_name: str) -> PeftModel:
    """Put the three adapters on a base model; all of them train, the base does not.

    The adapters start at zero effect, so every route gives the base model's logits.

    Raises:
        BadManifest: if the base has no layers of the names in `config.targets`.
    """
    try:
        routed = get_peft_model(model, _lora_config(config, "td"), adapter_name="td")
        routed.add_adapter("cg", _lora_config(config, "cg"))
        routed.add_adapter("shared", _lora_config(config, "shared"))
    except ValueError as error:
        if "not found" not in str(error):
            raise
        layers = ", ".join(sorted({*config.targets.path, *config.targets.shared}))
        raise BadManifest(f"pect.targets: the base model has no layers named {layers}; name its attention projections") from error
    route = Route(config)
    routed.__dict__[ROUTE] = route
    for layer in routed.modules():
        if isinstance(layer, RoutedLinear):
            layer.route = route
    for name in ADAPTERS:
        # PEFT would record the folder the base was loaded from, which is a path of this machine.
        routed.peft_config[name].base_model_name_or_path = base_name
    # add_adapter freezes what came before it; an optimiser built now would only ever see one adapter.
    routed.set_requires_grad(list(ADAPTERS), True)
    return cast(PeftModel, routed)


def route_of(model: Any) -> Route:
    """Return the route of a model that `attach` made."""
    return cast(Route, model.__dict__[ROUTE])


def _lora_config(config: PectConfig, adapter: Adapter) -> LoraConfig:
    shared = adapter == "shared"
    lora = LoraConfig(
        r=config.r_shared if shared else config.r_path,
        lora_alpha=config.alpha,
        lora_dropout=config.dropout,
        target_modules=list(config.targets.shared if shared else config.targets.path),
        task_type="CAUSAL_LM",
    )
    # Experimental in PEFT 0.21; the test against set_adapter + set_scale tells when it changes.
    lora._register_custom_module({torch.nn.Linear: RoutedLinear})
    return lora


def adapter_tensors(model: PeftModel, adapter: str) -> dict[str, torch.Tensor]:
    """Return one adapter's tensors under PEFT's saved names, in float32 on the CPU."""
    state = get_peft_model_state_dict(model, adapter_name=adapter, save_embedding_layers=False)
    return {name: tensor.detach().to("cpu", torch.float32).contiguous() for name, tensor in sorted(state.items())}


def write_lora(folder: Path, tensors: dict[str, torch.Tensor], config: PeftConfig) -> None:
    """Write one LoRA as PEFT reads it: adapter_model.safetensors and adapter_config.json, each atomically."""
    plain: dict[str, Any] = config.to_dict()
    write_atomic(folder / "adapter_model.safetensors", save_safetensors(tensors, metadata={"format": "pt"}))
    write_json(folder / "adapter_config.json", {name: sorted(value) if isinstance(value, set) else value for name, value in plain.items()})


def write_adapters(model: PeftModel, folder: Path) -> None:
    """Write the three adapters in their training form, one subfolder each."""
    for adapter in ADAPTERS:
        write_lora(folder / adapter, adapter_tensors(model, adapter), model.peft_config[adapter])


def read_adapters(model: PeftModel, folder: Path) -> None:
    """Load the three adapters in place, so that an optimiser's references stay valid, and keep all of them trainable."""
    for adapter in ADAPTERS:
        tensors = load_safetensors((folder / adapter / "adapter_model.safetensors").read_bytes())
        set_peft_model_state_dict(model, tensors, adapter_name=adapter)
    model.set_requires_grad(list(ADAPTERS), True)


def trainable_parameters(model: Any) -> dict[str, int]:
    """Return the number of trainable parameters of each adapter."""
    counts = dict.fromkeys(ADAPTERS, 0)
    for name, parameter in model.named_parameters():
        for adapter in ADAPTERS:
            if f".{adapter}." in name and parameter.requires_grad:
                counts[adapter] += parameter.numel()
    return {str(adapter): count for adapter, count in counts.items()}
