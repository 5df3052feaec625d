"""What `gpiot-train check` finds out: row, token and parameter counts, steps, and an estimate of memory."""

from __future__ import annotations

import math
from typing import Any

from gpiot_train.base_model import load_model, load_tokenizer, prepare, resolve_dtype
from gpiot_train.plan import Plan
from gpiot_train.run import encode_rows, quiet
from gpiot_train.sampler import capped_batch_size
from gpiot_train.tokens import Encoded


def check_plan(plan: Plan) -> dict[str, Any]:
    """Load everything a run would load, and count.

    Raises:
        GpiotError: for whatever would stop the run before its first step.
    """
    with quiet():
        from gpiot_train.pect import attach, trainable_parameters
        from gpiot_train.sft import sft_config

        arguments = sft_config(plan.recipe, plan.checkpoints)
        dtype = resolve_dtype(plan.recipe.dtype)
        place = prepare(plan.base)
        train, test = encode_rows(plan, load_tokenizer(place, plan.base))
        model = load_model(place, plan.base, dtype)
        base_parameters = sum(parameter.numel() for parameter in model.parameters())
        routed = attach(model, plan.recipe.pect, plan.base.name)
        parameters = trainable_parameters(routed)
    batch = capped_batch_size({task: len(encoded.samples) for task, encoded in train.items()}, arguments.per_device_train_batch_size)
    batches = sum(math.ceil(len(encoded.samples) / batch) for encoded in train.values())
    updates = math.ceil(batches / arguments.gradient_accumulation_steps)
    longest = max(len(sample.input_ids) for encoded in train.values() for sample in encoded.samples)
    return {
        "recipe_sha256": plan.recipe.sha256(),
        "base": plan.base.to_json(),
        "base_name": plan.base.name,
        "base_parameters": base_parameters,
        "dtype": str(dtype).removeprefix("torch."),
        "datasets": [dataset.to_json() for dataset in plan.datasets.values()],
        "rows": {task: _counts(len(plan.datasets[task].train), train[task], test[task]) for task in train},
        "parameters": parameters,
        "steps": arguments.max_steps if arguments.max_steps > 0 else math.ceil(updates * arguments.num_train_epochs),
        "memory_mib": _memory_mib(routed.config, base_parameters, sum(parameters.values()), dtype.itemsize, longest * batch),
    }


def _counts(available: int, train: Encoded, test: Encoded) -> dict[str, int]:
    return {
        "available": available,
        "train": len(train.samples),
        "too_long": train.too_long + test.too_long,
        "train_tokens": sum(len(sample.input_ids) for sample in train.samples),
        "answer_tokens": sum(sample.answer_tokens for sample in train.samples),
        "test": len(test.samples),
        "test_tokens": sum(len(sample.input_ids) for sample in test.samples),
    }


def _memory_mib(config: Any, base: int, trainable: int, itemsize: int, tokens: int) -> int:
    # Weights; adapter, gradient and two AdamW moments in float32; what backward keeps of each block (about 16 hidden-wide
    # and 4 inner-wide tensors a token); logits and their gradient in float32; and 600 MiB for the libraries themselves.
    kept = config.num_hidden_layers * (16 * config.hidden_size + 4 * config.intermediate_size) * itemsize
    total = base * itemsize + trainable * 16 + tokens * (kept + config.vocab_size * 8)
    return int(total // 2**20) + 600
