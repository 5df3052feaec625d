"""The chain: requirement -> sub-tasks -> specifications -> code and documentation, recorded answer by answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gpiot_data.store import sha256_json, sha256_text
from gpiot_infer import prompts
from gpiot_infer.adapters import Adapters
from gpiot_infer.ask import Interview, NoWellFormedAnswer, Span
from gpiot_infer.assemble import file_name
from gpiot_infer.backends.protocol import AdapterPath, BackendName
from gpiot_infer.decompose import TaskSpans, decompose
from gpiot_infer.generate import ProgramSpans, generate
from gpiot_infer.specify import SpecificationSpans, specify

SCHEMA = "gpiot.chain/1"
#: Changes whenever the same inputs may give another result: gates, questions, sampling.
ENGINE = "chain/2"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Everything that a chain's result depends on."""

    requirement: str
    adapters: Adapters
    backend: BackendName
    backend_version: str
    seed: int
    samples: int

    def model(self, path: AdapterPath) -> dict[str, Any]:
        """Return what names the model that answers on `path`."""
        base = {key: value for key, value in self._base().items() if key != "folder"}
        return {"backend": self.backend, "version": self.backend_version, "base": base, "adapter": self.adapters.path_sha256(path)}

    def _base(self) -> dict[str, Any]:
        base = self.adapters.base
        return {
            "package": base.package,
            "folder": base.folder,
            "hub": base.hub,
            "revision": base.revision,
            "sha256": self.adapters.base_sha256,
        }

    def inputs(self) -> dict[str, Any]:
        """Return the inputs as recorded: with the same ones, the same chain."""
        return {
            "engine": ENGINE,
            "requirement_sha256": sha256_text(self.requirement),
            "adapters_lock_sha256": self.adapters.lock_sha256,
            "adapters": {path: self.adapters.path_sha256(path) for path in ("td", "cg")},
            "base": {key: value for key, value in self._base().items() if key != "folder"},
            "backend": {"name": self.backend, "version": self.backend_version},
            "prompts": {**prompts.sha256(), **{path: sha256_text(text) for path, text in self.adapters.prompts.items()}},
            "seed": self.seed,
            "samples": self.samples,
        }

    def path(self, wanted: AdapterPath) -> AdapterPath:
        """Return the path that a question takes: `base` where its adapter is not in use."""
        return wanted if wanted in self.adapters.in_use else "base"


@dataclass(slots=True)
class _Part:
    """One sub-task on its way through the chain."""

    task: TaskSpans
    specification: SpecificationSpans | None = None
    program: ProgramSpans | None = None


@dataclass(slots=True)
class Outcome:
    """How far a chain came; `failure` is why it ended early."""

    parts: list[_Part] = field(default_factory=list)
    failure: NoWellFormedAnswer | None = None


def run_chain(setup: Setup, interview: Interview, say: Say) -> Outcome:
    """Ask all questions in order; a question without a well-formed answer ends the chain, and what came before stays."""
    outcome = Outcome()
    prompt = setup.adapters.prompts
    try:
        tasks = decompose(setup.requirement, prompt["td"], setup.path("td"), interview)
        outcome.parts = [_Part(task) for task in tasks]
        say(f"decompose: {len(tasks)} sub-tasks ({_samples(interview, 'decompose', '0')})")
        for number, part in enumerate(outcome.parts, start=1):
            place, of = str(number), f"{number}/{len(tasks)}"
            part.specification = specify(setup.requirement, part.task, place, interview)
            inputs, outputs = len(part.specification.inputs), len(part.specification.outputs)
            say(f"specify {of}: {inputs} in, {outputs} out ({_samples(interview, 'target', place)} for the target)")
            part.program = generate(part.specification.specification(), prompt["cg"], setup.path("cg"), place, interview)
            say(f"generate {of}: {len(part.program.code.text.splitlines())} lines ({_samples(interview, 'code', place)})")
    except NoWellFormedAnswer as error:
        outcome.failure = error
    return outcome


def _samples(interview: Interview, role: str, place: str) -> str:
    count = sum(answer["role"] == role and answer["place"] == place for answer in interview.answers)
    return f"{count} sample{'s' if count > 1 else ''}"


def make_record(setup: Setup, interview: Interview, outcome: Outcome) -> dict[str, Any]:
    """Return the content of chain.json; nothing in it depends on the clock or the machine's load."""
    inputs = setup.inputs()
    return {
        "schema": SCHEMA,
        "status": "failed" if outcome.failure else "ok",
        "failure": _failure(outcome.failure),
        "inputs": inputs,
        "inputs_sha256": sha256_json(inputs),
        "requirement": setup.requirement,
        "tasks": [_task(number, part) for number, part in enumerate(outcome.parts, start=1)],
        "answers": interview.answers,
        "prompts": interview.prompts,
    }


def _failure(error: NoWellFormedAnswer | None) -> Mapping[str, Any] | None:
    if error is None:
        return None
    where = {"role": error.question.role, "place": error.question.place, "samples": error.samples, "reason": error.reason}
    return {**where, "message": str(error), "answer": error.last.id, "answer_text": error.last.text}


def _task(number: int, part: _Part) -> dict[str, Any]:
    specification = part.specification
    return {
        "name": part.task.name.to_json(),
        "steps": [step.to_json() for step in part.task.steps],
        "specification": None
        if specification is None
        else {
            "target": specification.target.to_json(),
            "inputs": [variable.to_json() for variable in specification.inputs],
            "outputs": [variable.to_json() for variable in specification.outputs],
        },
        "file": file_name(number, part.task.name.text) if part.program else None,
        "code": _span(part.program.code if part.program else None),
        "documentation": _span(part.program.documentation if part.program else None),
    }


def _span(span: Span | None) -> dict[str, Any] | None:
    return span.to_json() if span else None
