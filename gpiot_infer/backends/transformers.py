"""The chain's model through transformers and PEFT: for a GPU, and for a base that is no GGUF file.

One base model holds both paths as two plain LoRA adapters; a switch activates one of them or disables all.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from pathlib import Path
from typing import Any

from gpiot_data.errors import BadAdapters, InputError, MissingWeights
from gpiot_data.store import cache_dir, sha256_file, sha256_json
from gpiot_data.weights import gguf_of, weights_sha256
from gpiot_infer.adapters import Adapters
from gpiot_infer.backends.protocol import AdapterPath, Answer, Finish, Prompt, Sampling
from gpiot_infer.backends.stopping import Stopper


class TransformersBackend:
    """A torch base model with its paths' PEFT adapters."""

    def __init__(self, model: Any, tokenizer: Any, paths: tuple[str, ...]) -> None:
        """Wrap a loaded model; with `paths` it is a PeftModel that holds an adapter of each name."""
        self._model = model.eval()
        self._tokenizer = tokenizer
        self._paths = paths

    def prompt_ids(self, prompt: Prompt) -> list[int]:
        """Return the token ids of a prompt through the tokenizer's chat template."""
        turns = [{"role": turn.role, "content": turn.content} for turn in prompt.messages]
        text = self._tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False) + prompt.begun
        ids: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def answer(self, prompt: Prompt, path: AdapterPath, sampling: Sampling) -> Answer:
        """Write an answer; see `Backend.answer`."""
        import torch

        ids = self.prompt_ids(prompt)
        room = self._model.config.max_position_embeddings - len(ids) - sampling.max_tokens
        if room < 0:
            raise InputError(f"the text is {-room} tokens too long for the model's context; shorten the requirement")
        watch = _Watch(self._tokenizer, len(ids), Stopper(sampling.stop))
        torch.manual_seed(sampling.seed)
        inputs = torch.tensor([ids], device=self._model.device)
        with torch.inference_mode(), self._applied(path):
            output = self._model.generate(
                input_ids=inputs,
                attention_mask=torch.ones_like(inputs),
                max_new_tokens=sampling.max_tokens,
                stopping_criteria=[watch],
                pad_token_id=self._tokenizer.pad_token_id or self._tokenizer.eos_token_id,
                **_drawing(sampling),
            )[0]
        return watch.finish(output.tolist())

    def loss(self, prompt: Prompt, path: AdapterPath, text: str) -> float:
        """Return the nats of a given answer; see `Backend.loss`."""
        import torch

        ids = self.prompt_ids(prompt)
        answer: list[int] = self._tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
        room = self._model.config.max_position_embeddings - len(ids) - len(answer)
        if room < 0:
            raise InputError(f"the text is {-room} tokens too long for the model's context; shorten the requirement")
        if not answer:
            return 0.0
        inputs = torch.tensor([[*ids, *answer[:-1]]], device=self._model.device)
        with torch.inference_mode(), self._applied(path):
            logits = self._model(input_ids=inputs, logits_to_keep=len(answer)).logits[0]
        wanted = torch.tensor(answer, device=logits.device)
        return float(torch.nn.functional.cross_entropy(logits.double(), wanted, reduction="sum"))

    @contextlib.contextmanager
    def _applied(self, path: AdapterPath) -> Any:
        if path in self._paths:
            self._model.set_adapter(path)
            yield
        elif self._paths:
            with self._model.disable_adapter():
                yield
        else:
            yield

    def close(self) -> None:
        """Let go of the model."""
        self._model = None


class _Watch:
    """A stopping criterion of `generate` over the text written so far."""

    def __init__(self, tokenizer: Any, start: int, stopper: Stopper) -> None:
        self._tokenizer = tokenizer
        self._start = start
        self._stopper = stopper
        self._text = ""
        self._reason: Finish | None = None

    def __call__(self, input_ids: Any, _scores: Any, **_rest: Any) -> Any:
        import torch

        self._take(input_ids[0].tolist())
        return torch.tensor([self._reason is not None], device=input_ids.device)

    def _take(self, ids: list[int]) -> None:
        size, self._text = len(self._text), self._tokenizer.decode(ids[self._start :], skip_special_tokens=True)
        self._reason = self._reason or self._stopper.look(self._text, min(size, len(self._text)))

    def finish(self, ids: list[int]) -> Answer:
        self._take(ids)
        ended = ids[-1] in self._tokenizer.all_special_ids
        drawn = len(ids) - self._start - ended
        return Answer(self._stopper.cut(self._text), self._reason or ("end" if ended else "length"), drawn)


def _drawing(sampling: Sampling) -> dict[str, Any]:
    if sampling.temperature == 0.0:
        return {"do_sample": False}
    return {"do_sample": True, "temperature": sampling.temperature, "top_p": sampling.top_p, "min_p": sampling.min_p, "top_k": 0}


def open_transformers(adapters: Adapters, threads: int) -> TransformersBackend:
    """Load the base model and the PEFT adapters of the paths in use.

    Raises:
        MissingWeights: if the base is not there or cannot be read.
        BadAdapters: if the adapters do not fit the base.
    """
    import torch
    import transformers

    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(threads)
    peft_paths = adapters.peft_paths()
    with warnings.catch_warnings():
        # PEFT still calls names that transformers is about to drop; nobody at this terminal can change that.
        warnings.simplefilter("ignore", FutureWarning)
        model, tokenizer = _load_base(adapters)
        for path, folder in peft_paths.items():
            model = _add_adapter(model, path, folder)
    model.to("cuda" if torch.cuda.is_available() else "cpu")
    return TransformersBackend(model, tokenizer, tuple(peft_paths))


def _load_base(adapters: Adapters) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place, options = _place(adapters)
    try:
        # The dequantiser of GGUF files draws its own progress bar, whatever the verbosity.
        with contextlib.redirect_stderr(io.StringIO()):
            tokenizer = AutoTokenizer.from_pretrained(place, **options)
            model = AutoModelForCausalLM.from_pretrained(place, dtype="auto", **options)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise MissingWeights(
            f"{place}: transformers cannot load this base model ({reason}); check the base that train.lock.json names"
        ) from error
    return model, tokenizer


def _place(adapters: Adapters) -> tuple[str, dict[str, str]]:
    """Return what `from_pretrained` takes: a repository, a folder of weights, or a GGUF file."""
    base = adapters.base
    if base.hub:
        return base.hub, {"revision": str(base.revision)}
    plain = sorted(Path(base.folder).glob("*.safetensors")) if base.folder else []
    if plain:
        adapters.check_base(sha256_json([[path.name, sha256_file(path)] for path in plain]))
        return str(base.folder), {}
    gguf = gguf_of(base)
    sha256 = weights_sha256(gguf)
    adapters.check_base(sha256)
    # Training leaves the dequantised weights of a GGUF base here; they load in a second instead of in half a minute.
    if (converted := cache_dir() / "base" / sha256).is_dir():
        return str(converted), {}
    return str(gguf.parent), {"gguf_file": gguf.name}


def _add_adapter(model: Any, path: str, folder: Path) -> Any:
    from peft import PeftModel

    try:
        if isinstance(model, PeftModel):
            model.load_adapter(str(folder), adapter_name=path)
            return model
        return PeftModel.from_pretrained(model, str(folder), adapter_name=path)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise BadAdapters(f"{folder}: PEFT cannot load it on this base model ({reason}); export it again") from error
