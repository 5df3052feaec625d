"""One training run from a plan to an adapter folder; every stage can be killed and gone on with."""

from __future__ import annotations

import contextlib
import importlib.metadata
import logging
import os
import platform
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gpiot_data.console import say
from gpiot_data.errors import BadDataset, BadManifest, GpiotError
from gpiot_data.schema import Task
from gpiot_data.store import exclusive, read_json, write_json, write_jsonl
from gpiot_train import __version__
from gpiot_train.base_model import load_model, load_tokenizer, prepare, resolve_dtype
from gpiot_train.checkpoints import in_order, last_whole
from gpiot_train.plan import (
    PROMPTS,
    TRAIN_LOCK_SCHEMA,
    Plan,
    finished_lock,
    output_entries,
    read_lock,
    refuse_foreign,
    remove_results,
    remove_work,
)
from gpiot_train.progress import StepProgress
from gpiot_train.reasons import REFUSALS, first_line, refused
from gpiot_train.sampler import capped_batch_size
from gpiot_train.threads import use_free_cores
from gpiot_train.tokens import Encoded, encode

#: Tokens on which the export is compared with the trained model.
CHECK_TOKENS = 64
_VERSIONED = ("torch", "transformers", "trl", "peft", "accelerate", "gguf")


@dataclass(slots=True)
class Clock:
    """Wall time per stage, for run.json only; `started` is when the command began."""

    started: float = field(default_factory=time.monotonic)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def stage(self, name: str, text: str) -> Iterator[None]:
        """Say what starts, and note how long it took."""
        say(text)
        begun = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - begun, 2)


def run_plan(plan: Plan) -> tuple[dict[str, Any], bool]:
    """Train what the plan says, or find that it is done.

    Returns: the training lock, and whether it was there already.

    Raises:
        InputError: if the output folder holds what no run of ours made.
        GpiotError: if an input is bad, the loss is not a number, or the export differs from the trained model.
    """
    refuse_foreign(plan.out)
    with exclusive(plan.out):
        if lock := finished_lock(plan):
            remove_work(plan)
            return lock, True
        _say_what_changed(plan)
        clock = Clock()
        with quiet():
            lock = _train(plan, clock)
        remove_work(plan)
        return lock, False


def _say_what_changed(plan: Plan) -> None:
    if (lock := read_lock(plan.out)) is not None:
        same = lock.get("inputs_sha256") == plan.inputs_sha256
        reason = "its files differ from its lock" if same else "the recipe, datasets or base changed"
        say(f"{plan.out}: {reason} since it was made; training again")
    stale = len(in_order(plan.checkpoints))
    if stale and last_whole(plan.checkpoints, plan.inputs_sha256) is None:
        say(f"{plan.checkpoints}: {stale} unfinished or outdated checkpoint(s) deleted; starting over")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A run that is ready for its first step."""

    model: Any
    trainer: Any
    dtype: str
    parameters: dict[str, int]
    train: dict[Task, Encoded]
    test: dict[Task, Encoded]
    threads: int


def _train(plan: Plan, clock: Clock) -> dict[str, Any]:
    loaded = _load(plan, clock)
    with clock.stage("evaluate_before", f"held-out loss before: {_row_counts(loaded.test)}"):
        use_free_cores(loaded.threads)
        before = _evaluate_once(plan, loaded)
    with clock.stage("train", f"training: {_row_counts(loaded.train)}, {sum(loaded.parameters.values()):,} parameters"):
        use_free_cores(loaded.threads)
        history, resumed_from = _fit(plan, loaded.trainer)
    with clock.stage("evaluate_after", "held-out loss after"):
        use_free_cores(loaded.threads)
        after = _evaluate(loaded)
    with clock.stage("export", "export: one plain LoRA per path, PEFT and GGUF"):
        differences = _write_results(plan, loaded, history)
        say("export checked: largest logit difference " + ", ".join(f"{task} {value:.1e}" for task, value in differences.items()))
    write_json(plan.out / "run.json", _host_facts(clock, resumed_from))
    lock = {
        **_lock_head(plan, loaded),
        "evaluation": {task: _evaluation(before[task], after[task]) for task in before},
        "export_max_logit_diff": {task: float(f"{value:.2e}") for task, value in differences.items()},
        "outputs": output_entries(plan.out),
    }
    write_json(plan.out / "train.lock.json", lock)
    return lock


def _load(plan: Plan, clock: Clock) -> Loaded:
    recipe = plan.recipe
    with clock.stage("import", "loading torch, transformers, peft and trl"):
        from transformers import set_seed

        from gpiot_train.pect import attach, trainable_parameters
        from gpiot_train.sft import sft_config
        from gpiot_train.trainer import PectTrainer

        threads = use_free_cores()
        arguments = sft_config(recipe, plan.checkpoints)
        dtype = resolve_dtype(recipe.dtype)
    name = str(dtype).removeprefix("torch.")
    with clock.stage("base", f"base model {plan.base.name} as {name}"):
        place = prepare(plan.base)
        tokenizer = load_tokenizer(place, plan.base)
        train, test = encode_rows(plan, tokenizer)
        rows = {task: len(encoded.samples) for task, encoded in train.items()}
        arguments.per_device_train_batch_size = capped_batch_size(rows, arguments.per_device_train_batch_size)
        set_seed(recipe.seed)
        model = attach(load_model(place, plan.base, dtype), recipe.pect, plan.base.name)
        samples = [sample for encoded in train.values() for sample in encoded.samples]
        try:
            trainer = PectTrainer(model, arguments, samples, tokenizer, plan.inputs_sha256)
        except REFUSALS as error:
            raise refused(recipe.name, error) from error
    return Loaded(model, trainer, name, trainable_parameters(model), train, test, threads)


def _write_results(plan: Plan, loaded: Loaded, history: list[dict[str, Any]]) -> dict[str, float]:
    from gpiot_train.export import check_export, export_paths
    from gpiot_train.pect import write_adapters
    from gpiot_train.trainer import step_records

    # From here on the folder holds other files than its old lock says.
    remove_results(plan.out)
    write_adapters(loaded.model, plan.out / "adapters")
    export_paths(plan.out, plan.recipe.pect, plan.base.name, loaded.model.config)
    write_jsonl(plan.out / "metrics.jsonl", step_records(history))
    write_json(plan.out / "prompts.json", PROMPTS)
    sample = loaded.train["td"].samples[0]
    return check_export(loaded.model, plan.out, list(sample.input_ids[:CHECK_TOKENS]))


def _lock_head(plan: Plan, loaded: Loaded) -> dict[str, Any]:
    recipe = plan.recipe
    return {
        "schema": TRAIN_LOCK_SCHEMA,
        "name": recipe.name,
        "version": recipe.version,
        "inputs_sha256": plan.inputs_sha256,
        "recipe_sha256": recipe.sha256(),
        "recipe": recipe.to_json(),
        "base": plan.base.to_json(),
        "pect": recipe.pect.to_json(),
        "dtype": loaded.dtype,
        "datasets": [dataset.to_json() for dataset in plan.datasets.values()],
        "rows": {task: _row_record(plan, task, encoded) for task, encoded in loaded.train.items()},
        "parameters": loaded.parameters,
        "versions": {"gpiot_train": __version__, **{name: importlib.metadata.version(name) for name in _VERSIONED}},
    }


def encode_rows(plan: Plan, tokenizer: Any) -> tuple[dict[Task, Encoded], dict[Task, Encoded]]:
    """Tokenise the rows that the recipe takes, saying what is left out and why.

    Returns: the training rows and the held-out rows by task.

    Raises:
        BadDataset: if no row of a task fits in `max_length` tokens.
    """
    recipe = plan.recipe
    limits: dict[Task, int | None] = {"td": recipe.train_rows.td, "cg": recipe.train_rows.cg}
    train: dict[Task, Encoded] = {}
    test: dict[Task, Encoded] = {}
    for task, dataset in plan.datasets.items():
        train[task] = encode(dataset.train, task, tokenizer, recipe.max_length, limits[task])
        test[task] = encode(dataset.test, task, tokenizer, recipe.max_length, recipe.eval_rows)
        for split, encoded, rows in (("train", train[task], dataset.train), ("test", test[task], dataset.test)):
            if not encoded.samples:
                raise BadDataset(f"{dataset.folder}: no {split} row fits in {recipe.max_length} tokens; raise max_length in the recipe")
            left = len(rows) - len(encoded.samples) - encoded.too_long
            if left or encoded.too_long:
                notes = [f"{encoded.too_long} longer than {recipe.max_length} tokens"] if encoded.too_long else []
                notes += [f"{left} left out by the recipe's limit"] if left else []
                say(f"{task.upper()} {split}: {len(encoded.samples)} of {len(rows)} rows taken, {', '.join(notes)}")
    return train, test


def _evaluate(loaded: Loaded) -> dict[Task, dict[str, Any]]:
    from gpiot_train.loss import held_out_loss

    return {task: held_out_loss(loaded.model, encoded.samples, task) for task, encoded in loaded.test.items()}


def _evaluate_once(plan: Plan, loaded: Loaded) -> dict[Task, dict[str, Any]]:
    # The adapters start at zero effect, so this is the base model's loss; a resumed run reads it back.
    path = plan.work / "before.json"
    if path.is_file() and (stored := read_json(path))["inputs_sha256"] == plan.inputs_sha256:
        known: dict[Task, dict[str, Any]] = stored["loss"]
        return known
    loss = _evaluate(loaded)
    write_json(path, {"inputs_sha256": plan.inputs_sha256, "loss": loss})
    return loss


def _fit(plan: Plan, trainer: Any) -> tuple[list[dict[str, Any]], int]:
    """Train from the last whole checkpoint, or from the start; return the log and the step it went on from."""
    from transformers import TrainerState

    from gpiot_train.trainer import StepReport, step_records

    curve = plan.work / "metrics.jsonl"
    report = StepReport(StepProgress(curve))
    trainer.add_callback(report)
    checkpoint = last_whole(plan.checkpoints, plan.inputs_sha256)
    if checkpoint is None:
        curve.unlink(missing_ok=True)
        _steps(plan, trainer, report, None)
        return list(trainer.state.log_history), 0
    state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
    say(f"going on from step {state.global_step} of {state.max_steps}")
    write_jsonl(curve, step_records(state.log_history))
    if state.global_step >= state.max_steps:
        trainer._load_from_checkpoint(str(checkpoint))
        return list(state.log_history), state.global_step
    _steps(plan, trainer, report, str(checkpoint))
    return list(trainer.state.log_history), state.global_step


def _steps(plan: Plan, trainer: Any, report: Any, checkpoint: str | None) -> None:
    """Run Trainer's loop; what a recipe can cause becomes a sentence, a fault of ours stays a traceback."""
    try:
        trainer.train(resume_from_checkpoint=checkpoint)
    except ImportError as error:
        raise BadManifest(f"sft: a library is missing for these values ({first_line(error)})") from error
    except (RuntimeError, MemoryError, *REFUSALS) as error:
        if not isinstance(error, MemoryError) and not (isinstance(error, RuntimeError) and "memory" in str(error)):
            if report.begun:
                raise
            # Trainer makes the optimiser and the schedule only now.
            raise refused(plan.recipe.name, error) from error
        remedy = "lower max_length or sft.per_device_train_batch_size, or set sft.activation_checkpointing to true"
        raise GpiotError(f"out of memory while training; {remedy}") from error


def _row_counts(rows: dict[Task, Encoded]) -> str:
    parts = [f"{len(encoded.samples)} {task.upper()}" for task, encoded in rows.items()]
    tokens = sum(len(sample.input_ids) for encoded in rows.values() for sample in encoded.samples)
    return f"{' + '.join(parts)} rows, {tokens:,} tokens"


def _row_record(plan: Plan, task: Task, encoded: Encoded) -> dict[str, int]:
    return {"available": len(plan.datasets[task].train), "taken": len(encoded.samples), "too_long": encoded.too_long}


def _evaluation(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    losses = {"loss_before": round(before["loss"], 6), "loss_after": round(after["loss"], 6)}
    return {"rows": after["rows"], "tokens": after["tokens"], **losses}


def _host_facts(clock: Clock, resumed_from: int) -> dict[str, Any]:
    import torch

    total = round(time.monotonic() - clock.started, 2)
    facts = {"platform": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}
    return {"seconds": {**clock.seconds, "total": total}, "resumed_from_step": resumed_from, "threads": torch.get_num_threads(), **facts}


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep other libraries' progress bars, notices and warnings off the terminal."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from transformers.utils import logging as transformers_logging

        transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        for name in ("trl", "peft", "accelerate", "datasets"):
            logging.getLogger(name).setLevel(logging.ERROR)
        yield
