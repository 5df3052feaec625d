import pytest

from gpiot_data.errors import BadManifest
from gpiot_train.recipe import PectConfig, Targets

CONFIG = PectConfig(r_path=2, r_shared=3, alpha=4, lam=0.3)
IDS = [[5, 17, 42, 99, 3, 250, 7]]


def randomise(model):
    import torch

    torch.manual_seed(1)
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter, std=0.3)


@pytest.fixture
def routed(tiny_model):
    from gpiot_train.pect import attach

    model = attach(tiny_model, CONFIG, "tiny")
    randomise(model)
    return model.eval()


def logits(model, task):
    import torch

    from gpiot_train.pect import route_of

    route_of(model).task = task
    with torch.no_grad():
        return model(input_ids=torch.tensor(IDS)).logits


def test_each_path_gives_the_logits_of_stock_peft_with_set_adapter_and_set_scale(routed, tiny_base):
    import torch
    from peft import LoraConfig, get_peft_model
    from peft.tuners.lora.layer import LoraLayer
    from transformers import AutoModelForCausalLM

    from gpiot_train.pect import ADAPTERS

    def lora(adapter):
        layers = CONFIG.targets.shared if adapter == "shared" else CONFIG.targets.path
        rank = CONFIG.r_shared if adapter == "shared" else CONFIG.r_path
        return LoraConfig(r=rank, lora_alpha=CONFIG.alpha, target_modules=list(layers))

    stock = get_peft_model(AutoModelForCausalLM.from_pretrained(str(tiny_base)), lora("td"), adapter_name="td")
    for adapter in ADAPTERS[1:]:
        stock.add_adapter(adapter, lora(adapter))
    stock.load_state_dict(routed.state_dict())
    for task in ("td", "cg"):
        stock.base_model.set_adapter([task, "shared"])
        for layer in stock.modules():
            if isinstance(layer, LoraLayer):
                layer.set_scale("shared", CONFIG.shared_weight(task))
        with torch.no_grad():
            expected = stock.eval()(input_ids=torch.tensor(IDS)).logits
        assert float((logits(routed, task) - expected).abs().max()) == 0.0
        assert float((expected - logits(routed, None)).abs().max()) > 0.01


def test_without_a_path_the_base_model_answers(routed, tiny_base):
    import torch
    from transformers import AutoModelForCausalLM

    with torch.no_grad():
        expected = AutoModelForCausalLM.from_pretrained(str(tiny_base)).eval()(input_ids=torch.tensor(IDS)).logits
    assert torch.equal(logits(routed, None), expected)


def test_fresh_adapters_change_nothing(tiny_model):
    import torch

    from gpiot_train.pect import attach

    model = attach(tiny_model, CONFIG, "tiny").eval()
    assert torch.equal(logits(model, "td"), logits(model, None))


def test_a_step_on_td_leaves_the_cg_path_bit_identical_even_with_momentum(routed):
    import torch

    from gpiot_train.pect import adapter_tensors, route_of

    optimiser = torch.optim.AdamW([parameter for parameter in routed.parameters() if parameter.requires_grad], lr=0.01)

    def step(task):
        route_of(routed).task = task
        ids = torch.tensor(IDS)
        routed(input_ids=ids, labels=ids).loss.backward()
        optimiser.step()
        optimiser.zero_grad()

    step("cg")
    before = {name: adapter_tensors(routed, name) for name in ("td", "cg", "shared")}
    before = {name: {key: tensor.clone() for key, tensor in tensors.items()} for name, tensors in before.items()}
    step("td")
    same = {name: all(torch.equal(tensor, before[name][key]) for key, tensor in adapter_tensors(routed, name).items()) for name in before}
    assert same == {"td": False, "cg": True, "shared": False}


def test_all_three_adapters_train_and_the_base_does_not(routed):
    from gpiot_train.pect import trainable_parameters

    assert all(count > 0 for count in trainable_parameters(routed).values())
    assert sum(trainable_parameters(routed).values()) == sum(p.numel() for p in routed.parameters() if p.requires_grad)
    assert not any(p.requires_grad for name, p in routed.named_parameters() if "lora_" not in name)


def test_adapters_survive_a_write_and_a_read(routed, tiny_base, tmp_path):
    import torch
    from transformers import AutoModelForCausalLM

    from gpiot_train.pect import attach, read_adapters, write_adapters

    write_adapters(routed, tmp_path)
    again = attach(AutoModelForCausalLM.from_pretrained(str(tiny_base)), CONFIG, "tiny").eval()
    read_adapters(again, tmp_path)
    for task in ("td", "cg"):
        assert torch.equal(logits(again, task), logits(routed, task))
    assert all(p.requires_grad for name, p in again.named_parameters() if "lora_" in name)


def test_a_bfloat16_base_runs_with_float32_adapters(tiny_base):
    import torch
    from transformers import AutoModelForCausalLM

    from gpiot_train.pect import attach

    model = attach(AutoModelForCausalLM.from_pretrained(str(tiny_base), dtype=torch.bfloat16), CONFIG, "tiny").eval()
    randomise(model)
    assert {p.dtype for name, p in model.named_parameters() if "lora_" in name} == {torch.float32}
    assert logits(model, "td").dtype == torch.bfloat16


def test_layer_names_that_the_base_lacks_are_reported(tiny_model):
    from gpiot_train.pect import attach

    config = PectConfig(targets=Targets(path=("query",), shared=("query",)))
    with pytest.raises(BadManifest, match="the base model has no layers named query"):
        attach(tiny_model, config, "tiny")
