"""One plain LoRA as GGUF, for llama.cpp.

llama.cpp scales every tensor by one alpha divided by that tensor's rank, so a LoRA with patterns of
rank or alpha would run at the wrong strength without a word: only a uniform one is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gpiot_data.store import write_atomic

Array = npt.NDArray[np.float32]

#: Model types of transformers that llama.cpp reads as architecture "llama", with rotary halves interleaved.
LLAMA_TYPES = ("llama",)
_GGUF_NAMES = {"q_proj": "attn_q", "k_proj": "attn_k", "v_proj": "attn_v", "o_proj": "attn_output"}
_GGUF_NAMES |= {"gate_proj": "ffn_gate", "up_proj": "ffn_up", "down_proj": "ffn_down"}
_TENSOR = re.compile(r"\.layers\.(?P<block>\d+)\.(?:self_attn|mlp)\.(?P<layer>\w+)\.lora_(?P<factor>[AB])\.weight$")


def can_convert(model_config: Any) -> bool:
    """Tell whether a base's adapters can be written for llama.cpp."""
    return model_config.model_type in LLAMA_TYPES


def write_gguf_lora(path: Path, tensors: Mapping[str, Array], alpha: float, model_config: Any, name: str) -> None:
    """Write a uniform LoRA given under PEFT's names; the file appears whole or not at all.

    Raises:
        ValueError: if a tensor's name is none that llama.cpp knows.
    """
    from gguf import GGUFWriter

    temp = path.with_name(f".tmp-{path.name}")
    temp.parent.mkdir(parents=True, exist_ok=True)
    writer = GGUFWriter(temp, "llama")
    writer.add_string("general.type", "adapter")
    writer.add_string("general.name", name)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(alpha))
    for key in sorted(tensors):
        writer.add_tensor(gguf_name(key), np.ascontiguousarray(_rotary_order(key, tensors[key], model_config)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    write_atomic(path, temp.read_bytes())
    temp.unlink()


def gguf_name(key: str) -> str:
    """Return llama.cpp's name of a tensor that PEFT calls `key`.

    Raises:
        ValueError: if there is none.
    """
    match = _TENSOR.search(key)
    if match is None or match["layer"] not in _GGUF_NAMES:
        raise ValueError(f"no GGUF name for the LoRA tensor {key}")
    return f"blk.{match['block']}.{_GGUF_NAMES[match['layer']]}.weight.lora_{match['factor'].lower()}"


def _rotary_order(key: str, tensor: Array, model_config: Any) -> Array:
    # llama.cpp pairs neighbouring rows of a query or key head for the rotary embedding where transformers pairs
    # the two halves; the output side (B) has to be permuted like the weight it is added to.
    match = _TENSOR.search(key)
    if match is None or match["factor"] != "B" or match["layer"] not in ("q_proj", "k_proj"):
        return tensor
    heads = model_config.num_attention_heads if match["layer"] == "q_proj" else model_config.num_key_value_heads
    rows, rank = tensor.shape
    return tensor.reshape(heads, 2, rows // heads // 2, rank).swapaxes(1, 2).reshape(rows, rank)
