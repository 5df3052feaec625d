import json
import shutil

import pytest

from gpiot_data.errors import QualityGateFailed
from gpiot_train.recipe import PectConfig

# Unequal ranks and an alpha that is neither: every factor has to land in B for the export to be exact.
CONFIG = PectConfig(r_path=2, r_shared=3, alpha=4, lam=0.3)
IDS = [5, 17, 42, 99, 3, 250, 7]


@pytest.fixture
def exported(tiny_model, tmp_path):
    """A routed model with random adapters, and the folder it was exported to."""
    import torch

    from gpiot_train.export import export_paths
    from gpiot_train.pect import attach, write_adapters

    routed = attach(tiny_model, CONFIG, "tiny")
    torch.manual_seed(1)
    for name, parameter in routed.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter, std=0.3)
    write_adapters(routed, tmp_path / "adapters")
    export_paths(tmp_path, CONFIG, "tiny", routed.config)
    return routed, tmp_path


def test_each_path_as_one_plain_lora_gives_the_logits_of_the_routed_model(exported):
    from gpiot_train.export import check_export

    routed, folder = exported
    differences = check_export(routed, folder, IDS)
    assert sorted(differences) == ["cg", "td"]
    assert max(differences.values()) < 1e-5


def test_an_export_that_differs_is_refused(exported):
    from gpiot_train.export import check_export

    routed, folder = exported
    shutil.copy(folder / "paths/td/adapter_model.safetensors", folder / "paths/cg/adapter_model.safetensors")
    with pytest.raises(QualityGateFailed, match="the exported LoRA differs from the trained path by"):
        check_export(routed, folder, IDS)


def test_an_exported_lora_is_uniform_and_names_no_path_of_this_machine(exported):
    _, folder = exported
    for task in ("td", "cg"):
        config = json.loads((folder / "paths" / task / "adapter_config.json").read_text(encoding="utf-8"))
        assert (config["r"], config["lora_alpha"], config["rank_pattern"], config["alpha_pattern"]) == (5, 5, {}, {})
        assert config["base_model_name_or_path"] == "tiny"
        assert config["target_modules"] == ["k_proj", "q_proj", "v_proj"]


def test_gguf_tensors_have_llama_cpp_names_one_alpha_and_permuted_query_and_key_rows(exported):
    import numpy as np
    from gguf import GGUFReader

    from gpiot_train.export import read_lora

    routed, folder = exported
    reader = GGUFReader(folder / "paths/td.gguf")
    found = {tensor.name: tensor.data for tensor in reader.tensors}
    layers = ("attn_k", "attn_q", "attn_v")
    assert sorted(found) == [f"blk.{block}.{layer}.weight.lora_{factor}" for block in (0, 1) for layer in layers for factor in "ab"]
    assert reader.fields["adapter.lora.alpha"].contents() == 5.0
    plain = {name: tensor.numpy() for name, tensor in read_lora(folder / "paths/td").items()}
    prefix = "base_model.model.model.layers.1.self_attn"
    assert np.array_equal(found["blk.1.attn_v.weight.lora_b"], plain[f"{prefix}.v_proj.lora_B.weight"])
    assert np.array_equal(found["blk.1.attn_q.weight.lora_a"], plain[f"{prefix}.q_proj.lora_A.weight"])
    # A head of 8 rows: transformers rotates row 0 with row 4, llama.cpp row 0 with row 1.
    order = [0, 4, 1, 5, 2, 6, 3, 7]
    key_rows = [head * 8 + row for head in range(routed.config.num_key_value_heads) for row in order]
    assert np.array_equal(found["blk.1.attn_k.weight.lora_b"], plain[f"{prefix}.k_proj.lora_B.weight"][key_rows])


def test_an_export_has_the_same_bytes_each_time(exported):
    from gpiot_data.store import sha256_file
    from gpiot_train.export import export_paths

    routed, folder = exported
    files = sorted(path for path in (folder / "paths").rglob("*") if path.is_file())
    before = [sha256_file(path) for path in files]
    export_paths(folder, CONFIG, "tiny", routed.config)
    assert [sha256_file(path) for path in files] == before


def test_a_layer_that_llama_cpp_does_not_know_has_no_gguf_name():
    from gpiot_train.gguf_lora import gguf_name

    assert gguf_name("base_model.model.model.layers.12.self_attn.q_proj.lora_A.weight") == "blk.12.attn_q.weight.lora_a"
    with pytest.raises(ValueError, match="no GGUF name for the LoRA tensor"):
        gguf_name("base_model.model.lm_head.lora_A.weight")
