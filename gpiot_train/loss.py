"""Next-token loss where it counts: the head scores only the positions whose next token is an answer token.

A language-model head over 49 thousand words is a good part of a small model's work, and most
positions of a row are its prompt. Without Triton, TRL 1.16 scores every position.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch.nn.functional import cross_entropy

from gpiot_data.errors import QualityGateFailed
from gpiot_data.schema import Task
from gpiot_train.pect import route_of
from gpiot_train.tokens import IGNORE, Sample


def answer_loss(model: Any, inputs: dict[str, torch.Tensor]) -> tuple[torch.Tensor, int]:
    """Return the summed cross entropy of a batch in float32, and the number of answer tokens it sums over.

    Args:
        model: a causal language model of transformers, routed or not.
        inputs: `input_ids` and `labels` of shape (rows, tokens), and `attention_mask` where rows are padded.
    """
    scored = torch.zeros_like(inputs["labels"], dtype=torch.bool)
    scored[:, :-1] = inputs["labels"][:, 1:] != IGNORE
    given = {name: tensor for name, tensor in inputs.items() if name != "labels"}
    # A boolean mask selects positions row by row before the head: logits are (answer tokens, words).
    logits = model(**given, logits_to_keep=scored, use_cache=False).logits
    targets = inputs["labels"][:, 1:][scored[:, :-1]]
    return cross_entropy(logits.float(), targets, reduction="sum"), targets.numel()


@torch.no_grad()
def held_out_loss(model: Any, samples: Sequence[Sample], task: Task | None) -> dict[str, float | int]:
    """Return the mean loss over the answer tokens of `samples` on one path; the model's mode and route are restored.

    Raises:
        QualityGateFailed: if the loss is not a number.
    """
    route = route_of(model)
    before, training = route.task, model.training
    model.eval()
    route.task = task
    total, tokens = 0.0, 0
    try:
        for sample in samples:
            batch = {name: torch.tensor([getattr(sample, name)], device=model.device) for name in ("input_ids", "labels")}
            loss, count = answer_loss(model, batch)
            total += float(loss)
            tokens += count
    finally:
        route.task = before
        model.train(training)
    mean = total / max(tokens, 1)
    if not mean < float("inf"):
        raise QualityGateFailed(f"the held-out loss on the {str(task).upper()} path is not a number; lower sft.learning_rate")
    return {"rows": len(samples), "tokens": tokens, "loss": mean}


def logits_of(model: Any, ids: Sequence[int]) -> torch.Tensor:
    """Return the logits of one sequence, shape (tokens, words), in float32."""
    with torch.no_grad():
        return cast(torch.Tensor, model(input_ids=torch.tensor([list(ids)], device=model.device)).logits[0].float())
