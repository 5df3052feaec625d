"""The chain's model through llama.cpp: one GGUF base, one GGUF LoRA for each path, switched in microseconds.

The adapters sit on the key and value projections, so what the KV cache holds belongs to one path. Every answer
starts from an empty cache or from a saved prefix of its own path: it does not depend on what was asked before.
"""

from __future__ import annotations

import codecs
import ctypes
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpiot_data.errors import BadAdapters, InputError, MissingWeights
from gpiot_infer.backends.protocol import AdapterPath, Answer, Finish, Prompt, Sampling
from gpiot_infer.backends.stopping import Stopper

if TYPE_CHECKING:
    from llama_cpp import Llama

#: Room for a long requirement and its answer; 92 MiB of cache for the packaged base, a sixth of what 8192 and its training length need.
_MAX_CONTEXT = 4096
#: Saved prefixes: one for each few-shot prompt of the chain, 5 to 10 MiB each for the packaged base.
_MAX_PREFIXES = 6
#: Tokens of a given text that are scored at a time: a vocabulary of 49152 needs 12 MiB of logits for them.
_SCORED_TOKENS = 64


class LlamaCppBackend:
    """A GGUF base model with its paths' GGUF adapters."""

    def __init__(self, gguf: Path, adapters: Mapping[str, Path], threads: int) -> None:
        """Load the base model once and the adapters beside it.

        Raises:
            MissingWeights: if llama.cpp cannot load the base.
            BadAdapters: if it cannot load an adapter for it.
        """
        import llama_cpp
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        self._api: Any = llama_cpp
        self._model = _load_base(gguf, threads)
        self._adapters = {path: self._load_adapter(file) for path, file in adapters.items()}
        self._active: AdapterPath = "base"
        self._prefixes: dict[tuple[str, tuple[int, ...]], Any] = {}
        template = self._model.metadata.get("tokenizer.chat_template")
        if template is None:
            raise MissingWeights(f"{gguf}: has no chat template, so it is no chat model; name another base")
        self._template = Jinja2ChatFormatter(template=template, eos_token="", bos_token="", add_generation_prompt=True)

    def _load_adapter(self, file: Path) -> Any:
        adapter = self._api.llama_adapter_lora_init(self._model._model.model, str(file).encode())
        if not adapter:
            raise BadAdapters(f"{file}: llama.cpp cannot load it as an adapter of this base model; export it again")
        return adapter

    def _render(self, prompt: Prompt, messages: int, opened: bool) -> list[int]:
        turns: Any = [{"role": turn.role, "content": turn.content} for turn in prompt.messages[:messages]]
        self._template.add_generation_prompt = opened
        text = self._template(messages=turns).prompt + (prompt.begun if opened else "")
        return self._model.tokenize(text.encode("utf-8"), add_bos=False, special=True)

    def prompt_ids(self, prompt: Prompt) -> list[int]:
        """Return the token ids of a prompt, the same that the tokenizer of transformers gives."""
        return self._render(prompt, len(prompt.messages), opened=True)

    def switch(self, path: AdapterPath) -> None:
        """Apply the adapter of `path`, or none; the KV cache is emptied, since it belongs to the path before."""
        chosen = [self._adapters[path]] if path in self._adapters else []
        handles = (self._api.llama_adapter_lora_p_ctypes * 1)(*chosen)
        scales = (ctypes.c_float * 1)(1.0)
        if self._api.llama_set_adapters_lora(self._model.ctx, handles, len(chosen), scales):
            raise BadAdapters(f"llama.cpp refused the adapter of the {path} path; export it again")
        self._active = path
        self._clear()

    def answer(self, prompt: Prompt, path: AdapterPath, sampling: Sampling) -> Answer:
        """Write an answer; see `Backend.answer`."""
        ids = self.prompt_ids(prompt)
        self._prepare(path, len(ids) + sampling.max_tokens)
        if prompt.shared:
            self._restore(path, self._shared_ids(prompt, ids))
        pieces = self._pieces(ids, sampling)
        stopper, text, finish, drawn = Stopper(sampling.stop), "", None, 0
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        for _ in range(sampling.max_tokens):
            piece = next(pieces, None)
            if piece is None:
                finish = "end"
                break
            size, drawn = len(text), drawn + 1
            text += decoder.decode(piece)
            if finish := stopper.look(text, size):
                break
        pieces.close()
        reason: Finish = finish or "length"  # type: ignore[assignment]
        return Answer(stopper.cut(text), reason, drawn)

    def _prepare(self, path: AdapterPath, n_tokens: int) -> None:
        """Empty the context for `n_tokens` tokens on a path."""
        room = self._model.n_ctx() - n_tokens
        if room < 0:
            raise InputError(
                f"the text is {-room} tokens too long for the model's context of {self._model.n_ctx()}; shorten the requirement"
            )
        if path != self._active:
            self.switch(path)
        self._clear()

    def loss(self, prompt: Prompt, path: AdapterPath, text: str) -> float:
        """Return the nats of a given answer; see `Backend.loss`."""
        ids, answer = self.prompt_ids(prompt), self._model.tokenize(text.encode("utf-8"), add_bos=False, special=False)
        self._prepare(path, len(ids) + len(answer))
        if not answer:
            return 0.0
        if prompt.shared:
            self._restore(path, self._shared_ids(prompt, ids))
        *before, last = ids
        if rest := before[self._model.n_tokens :]:
            self._model.eval(rest)
        # Each token is predicted by the one before it, the first by the last of the prompt.
        given, nats = [last, *answer[:-1]], 0.0
        for start in range(0, len(given), _SCORED_TOKENS):
            piece = slice(start, start + _SCORED_TOKENS)
            nats += self._piece_loss(given[piece], answer[piece])
        return nats

    def _piece_loss(self, given: list[int], wanted: list[int]) -> float:
        import numpy as np

        model = self._model
        model._batch.set_batch(batch=given, n_past=model.n_tokens, logits_all=True)
        model._ctx.decode(model._batch)
        model.n_tokens += len(given)
        logits = np.ctypeslib.as_array(self._api.llama_get_logits(model.ctx), shape=(len(given), model.n_vocab())).astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        return float((np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(wanted)), wanted]).sum())

    def _pieces(self, ids: list[int], sampling: Sampling) -> Any:
        model = self._model
        model.set_seed(sampling.seed)
        tokens = model.generate(ids, top_k=0, top_p=sampling.top_p, min_p=sampling.min_p, temp=sampling.temperature)
        return self._bytes_until_end(tokens)

    def _bytes_until_end(self, tokens: Iterator[int]) -> Iterator[bytes]:
        vocabulary = self._api.llama_model_get_vocab(self._model.model)
        for token in tokens:
            if self._api.llama_vocab_is_eog(vocabulary, token):
                return
            yield self._model.detokenize([token])

    def _shared_ids(self, prompt: Prompt, ids: list[int]) -> tuple[int, ...]:
        """Return the ids of the shared turns; fewer where the turn that follows merges with their end."""
        shared = self._render(prompt, prompt.shared, opened=False)
        same = next((place for place, (a, b) in enumerate(zip(shared, ids, strict=False)) if a != b), min(len(shared), len(ids) - 1))
        return tuple(ids[:same])

    def _restore(self, path: AdapterPath, ids: tuple[int, ...]) -> None:
        """Put the KV state of a prefix into the empty cache.

        The state is restored even right after it was computed, so that the first answer and a later one start from the same bytes.
        """
        api, model = self._api, self._model
        state = self._prefixes.get((path, ids))
        if state is None:
            model.eval(list(ids))
            size = api.llama_state_seq_get_size(model.ctx, 0)
            state = (ctypes.c_uint8 * size)()
            api.llama_state_seq_get_data(model.ctx, state, size, 0)
            if len(self._prefixes) >= _MAX_PREFIXES:
                self._prefixes.pop(next(iter(self._prefixes)))
            self._prefixes[path, ids] = state
            self._clear()
        if not api.llama_state_seq_set_data(model.ctx, state, len(state), 0):
            self._clear()
            return
        model.input_ids[: len(ids)] = ids
        model.n_tokens = len(ids)

    def _clear(self) -> None:
        self._api.llama_memory_clear(self._api.llama_get_memory(self._model.ctx), True)
        self._model.reset()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Free the adapters and the model."""
        for adapter in self._adapters.values():
            self._api.llama_adapter_lora_free(adapter)
        self._adapters = {}
        self._model.close()


def _load_base(gguf: Path, threads: int) -> Llama:
    from llama_cpp import Llama

    try:
        return Llama(str(gguf), n_ctx=_MAX_CONTEXT, n_threads=threads, n_threads_batch=threads, verbose=False)
    except (ValueError, RuntimeError, OSError) as error:
        raise MissingWeights(
            f"{gguf}: llama.cpp cannot load this model ({error}); install its package again or name another base"
        ) from error
