"""TRL's SFTTrainer with the hooks that three adapters and two tasks need, and nothing else.

The hooks: the task travels in the batch (accelerate prefetches, so it cannot live on the trainer);
batches are of one task; the route is set where the loss is computed; loss is logged per task; all
three adapters are saved and resumed; a checkpoint counts once it is marked whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import torch
from transformers import Trainer, TrainerCallback
from transformers.trainer_callback import PrinterCallback
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling, SFTTrainer

from gpiot_data.errors import InputError, QualityGateFailed
from gpiot_train.checkpoints import keep_newest, mark_whole
from gpiot_train.loss import answer_loss
from gpiot_train.pect import TASKS, read_adapters, route_of, write_adapters
from gpiot_train.reasons import first_line
from gpiot_train.sampler import SingleTaskSampler
from gpiot_train.tokens import Sample

#: What a step record keeps of Trainer's log; everything that depends on the clock stays out.
RECORDED = ("loss", "loss_td", "loss_cg", "learning_rate", "grad_norm", "epoch")


class TaskCollator(DataCollatorForLanguageModeling):
    """Pads a single-task batch and carries its task along under the key `task`."""

    def torch_call(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the padded batch.

        Raises:
            ValueError: if the batch mixes tasks.
        """
        tasks = {example["task"] for example in examples}
        if len(tasks) != 1:
            raise ValueError(f"a batch should have one task, got {sorted(tasks)}")
        batch: dict[str, Any] = super().torch_call(examples)
        batch["task"] = tasks.pop()
        return batch


class PectTrainer(SFTTrainer):
    """Trains both paths and the shared adapter in one run."""

    def __init__(self, model: Any, args: SFTConfig, samples: Sequence[Sample], tokenizer: Any, inputs_sha256: str) -> None:
        """Set up a run of the model that `pect.attach` returned; `inputs_sha256` names what its checkpoints belong to."""
        from datasets import Dataset

        rows = [{"input_ids": list(row.input_ids), "labels": list(row.labels), "task": row.task} for row in samples]
        self._inputs_sha256 = inputs_sha256
        self._tasks = [row.task for row in samples]
        self._sums = torch.zeros(len(TASKS), 2, dtype=torch.float64)
        # Trainer rotates before the new checkpoint can be marked whole; ours rotates after.
        self._keep_checkpoints, args.save_total_limit = args.save_total_limit, None
        if tokenizer.pad_token_id is None:
            tokenizer.pad_token = tokenizer.eos_token
        super().__init__(
            model=model,
            args=args,
            train_dataset=Dataset.from_list(rows),
            processing_class=tokenizer,
            data_collator=TaskCollator(pad_token_id=tokenizer.pad_token_id),
        )
        self.remove_callback(PrinterCallback)

    def _set_signature_columns_if_needed(self) -> None:
        self._signature_columns = ["input_ids", "labels", "task"]  # type: ignore[assignment]  # declared by its first value, None

    def _get_train_sampler(self, train_dataset: Any = None) -> torch.utils.data.Sampler[Any]:
        return cast("torch.utils.data.Sampler[Any]", SingleTaskSampler(self._tasks, self._train_batch_size, self.args.seed))

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> torch.Tensor:
        """Return the loss of a single-task batch on its own path, per answer token of the accumulation window.

        Raises:
            QualityGateFailed: if the loss is not a number.
        """
        task = inputs.pop("task")
        # Set inside training_step, so that a recomputation for gradient checkpointing takes the same path.
        route_of(self.accelerator.unwrap_model(model)).task = task
        total, tokens = answer_loss(model, inputs)
        summed = float(total.detach())
        if not abs(summed) < float("inf"):
            step = self.state.global_step + 1
            raise QualityGateFailed(f"the loss on the {task.upper()} path is not a number at step {step}; lower sft.learning_rate")
        self._sums[TASKS.index(task)] += torch.tensor([summed, tokens], dtype=torch.float64)
        # num_items_in_batch spans the whole accumulation window, which holds batches of both tasks.
        loss = total / max(int(tokens if num_items_in_batch is None else num_items_in_batch), 1)
        return loss * self.accelerator.num_processes if num_items_in_batch is not None else loss

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Add each task's mean loss over the answer tokens since the last log."""
        sums = self.accelerator.reduce(self._sums.to(self.accelerator.device, torch.float32), reduction="sum")
        for task, (summed, tokens) in zip(TASKS, sums.tolist(), strict=True):
            if tokens:
                logs[f"loss_{task}"] = summed / tokens
        self._sums.zero_()
        super().log(logs, start_time)

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        write_adapters(self.accelerator.unwrap_model(self.model), Path(output_dir or str(self.args.output_dir)))

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        # Not SFTTrainer's: it writes a model card beside every checkpoint.
        try:
            Trainer._save_checkpoint(self, model, trial)
        except (OSError, RuntimeError) as error:
            # torch reports a full disk as a RuntimeError of its zip writer.
            reason = first_line(error)
            raise InputError(f"{self.args.output_dir}: a checkpoint cannot be written ({reason}); free some space") from error
        if self.args.should_save:
            folder = Path(str(self.args.output_dir))
            mark_whole(folder / f"checkpoint-{self.state.global_step}", self._inputs_sha256)
            keep_newest(folder, self._keep_checkpoints)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        # Trainer's own reloads the first active adapter as trainable and freezes the others, after which the
        # optimiser's groups no longer match.
        read_adapters(self.accelerator.unwrap_model(model or self.model), Path(resume_from_checkpoint))


class StepReport(TrainerCallback):
    """Hands every step record to a function, for the progress line and the metrics file."""

    def __init__(self, report: Any) -> None:
        """Keep `report`, which takes (record, number of all steps)."""
        self._report = report
        self.begun = False  #: optimiser and schedule are made, and the first step is next

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Note that what the recipe's values decide is set up."""
        self.begun = True

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Report the newest step record."""
        if logs and "loss" in logs:
            self._report(step_records(state.log_history)[-1], state.max_steps)


def step_records(history: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return Trainer's step records without anything that depends on the clock."""
    return [{"step": entry["step"], **{name: entry[name] for name in RECORDED if name in entry}} for entry in history if "loss" in entry]
